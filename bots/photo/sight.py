"""What can be seen on a picture: bar codes by zxing-cpp, text by rapidocr."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from rapidocr import RapidOCR
from rapidocr.main import RapidOCRError

from bots.photo import lines
from bots.photo.decode import Picture
from bots.photo.lines import Points
from core.model.label import Barcode, Box, Line, Reading

# The longer side of what the text is looked for on; the letters are cut from the full picture.
SEARCHED_SIDE = 960
ZOOMED_SIDE = 1600
SHORTEST_SIDE = 16
THREADS = 2
LEGIBLE = 0.5
# So many of the longest lines vote on which end of the picture is up.
VOTERS = 6
MOST_LINES = 120
MOST_BARCODES = 12
LONGEST_CODE = 512
UPSIDE_DOWN = "180"


@dataclass(frozen=True, slots=True)
class View:
    """A picture turned so that its text is upright, and what was read on it."""

    picture: Picture
    reading: Reading


class Sight:
    """The loaded models; making one takes a second, looking does not load anything."""

    def __init__(self) -> None:
        """Load the models that lie inside the package; nothing is fetched."""
        cv2.setNumThreads(THREADS)
        self._engine = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_preprocess_img": False,
                "Global.use_vertical_padding": False,
                "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "Det.limit_type": "max",
                "Det.limit_side_len": ZOOMED_SIDE,
            }
        )
        logging.getLogger("RapidOCR").disabled = True

    def look(self, picture: Picture, side: int = SEARCHED_SIDE) -> View:
        """Return what is on the picture; text is looked for on a copy with that longer side."""
        quads = self._quads(picture, side)
        angle = lines.axis_of(quads)
        found, angle = self._texts(picture, quads, angle)
        upright, matrix = lines.turned(picture, angle)
        height, width = upright.shape[:2]
        seen = tuple(
            Line(text=text, box=_box(lines.moved(quad, matrix), width, height))
            for text, quad in found
        )
        codes = _barcodes(picture, upright, matrix)
        return View(upright, Reading(barcodes=codes, lines=seen, width=width, height=height))

    def _quads(self, picture: Picture, side: int) -> Points:
        height, width = picture.shape[:2]
        nothing = np.empty((0, 4, 2), np.float32)
        if min(height, width) < SHORTEST_SIDE:
            return nothing
        share = min(1.0, side / max(height, width))
        size = (
            max(SHORTEST_SIDE, round(width * share)),
            max(SHORTEST_SIDE, round(height * share)),
        )
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        try:
            _, found = self._engine.detect_and_crop(_blue_first(small), {})
        except RapidOCRError:
            # Its way to say that there is no text.
            return nothing
        scale = np.array([width / size[0], height / size[1]], np.float32)
        return np.asarray(found.boxes, np.float32)[:MOST_LINES] * scale

    def _texts(
        self, picture: Picture, quads: Points, axis: float
    ) -> tuple[list[tuple[str, Points]], float]:
        """Return the lines read, and in which direction they run."""
        if not len(quads):
            return [], axis
        angle = self._direction(picture, quads, axis)
        return self._read(picture, quads, angle), angle

    def _direction(self, picture: Picture, quads: Points, axis: float) -> float:
        widest = sorted(quads, key=_length, reverse=True)[:VOTERS]
        strips = [_blue_first(lines.cut(picture, lines.aligned(quad, axis))) for quad in widest]
        _, votes = self._engine.cls_and_rotate(strips)
        against = sum(
            score if label == UPSIDE_DOWN else -score for label, score in votes.cls_res or ()
        )
        return axis + 180 if against > 0 else axis

    def _read(self, picture: Picture, quads: Points, angle: float) -> list[tuple[str, Points]]:
        placed = [lines.aligned(quad, angle) for quad in quads]
        strips = [_blue_first(lines.cut(picture, quad)) for quad in placed]
        told = self._engine.recognize_txt(strips)
        return [
            (text, quad)
            for text, score, quad in zip(
                told.txts or (), told.scores or (), placed, strict=True
            )
            if score >= LEGIBLE and text.strip()
        ]


def _blue_first(picture: NDArray[Any]) -> Picture:
    return np.ascontiguousarray(picture[:, :, ::-1])


def _length(quad: Points) -> float:
    return float(max(np.hypot(*(quad[1] - quad[0])), np.hypot(*(quad[2] - quad[1]))))


def _box(points: Points, width: int, height: int) -> Box:
    left, top = (int(value) for value in np.floor(points.min(axis=0)))
    right, bottom = (int(value) for value in np.ceil(points.max(axis=0)))
    return Box(left=left, top=top, right=right, bottom=bottom).grown(0, width, height)


def _barcodes(picture: Picture, upright: Picture, matrix: Points) -> tuple[Barcode, ...]:
    """Return the bar codes of the picture, with their places on the upright one."""
    height, width = upright.shape[:2]
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    still = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
    found = _codes_on(grey)
    if not found and not np.array_equal(matrix, still):
        found, matrix = _codes_on(cv2.cvtColor(upright, cv2.COLOR_RGB2GRAY)), still
    return tuple(
        Barcode(format=kind, text=text, box=_box(lines.moved(corners, matrix), width, height))
        for kind, text, corners in found
    )


def _codes_on(grey: NDArray[Any]) -> list[tuple[str, str, Points]]:
    found = zxingcpp.read_barcodes(grey, text_mode=zxingcpp.TextMode.Plain)[:MOST_BARCODES]
    return [
        (code.format.name, _content(code), _corners(code.position))
        for code in found
        if code.valid and 0 < len(code.text) <= LONGEST_CODE
    ]


def _content(code: zxingcpp.Barcode) -> str:
    """Return the text, behind the three signs that mark it where it is one of GS1."""
    gs1 = code.content_type == zxingcpp.ContentType.GS1
    return code.symbology_identifier + code.text if gs1 else code.text


def _corners(position: zxingcpp.Position) -> Points:
    corners = (
        position.top_left,
        position.top_right,
        position.bottom_right,
        position.bottom_left,
    )
    return np.array([[point.x, point.y] for point in corners], np.float32)
