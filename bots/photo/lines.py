"""Which way the lines of a picture run, and turning them upright."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from bots.photo.decode import Picture

Points = NDArray[np.float32]

# A line less stretched than this does not show which way it runs.
STRETCHED = 1.5
# Less of a slope is not worth turning a picture for.
LEVEL = 1.0
TALLEST = 64


def axis_of(quads: Points) -> float:
    """Return the slope most lines share, in degrees from -90 to 90; 0 where there is none.

    The lines are told from each other by their longer side alone: which end is the first is
    not known yet.
    """
    weight = 0.0
    total = np.zeros(2)
    for quad in quads:
        along, across = _sides(quad)
        length, height = float(np.hypot(*along)), float(np.hypot(*across))
        if length < STRETCHED * height:
            continue
        # Doubled, so that a line and its reverse are the same direction.
        angle = 2 * np.arctan2(along[1], along[0])
        total += length * np.array([np.cos(angle), np.sin(angle)])
        weight += length
    if not weight:
        return 0.0
    return float(np.degrees(np.arctan2(total[1], total[0])) / 2)


def _sides(quad: Points) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    one, other = quad[1] - quad[0], quad[2] - quad[1]
    return (one, other) if np.hypot(*one) >= np.hypot(*other) else (other, one)


def aligned(quad: Points, angle: float) -> Points:
    """Return the corners from the top left on, for somebody reading in that direction."""
    radians = np.radians(angle)
    ahead = np.array([np.cos(radians), np.sin(radians)])
    edges = np.roll(quad, -1, axis=0) - quad
    lengths = np.maximum(np.hypot(edges[:, 0], edges[:, 1]), 1e-6)
    first = int(np.argmax((edges @ ahead) / lengths))
    return np.roll(quad, -first, axis=0)


def cut(picture: Picture, quad: Points) -> Picture:
    """Return the line between the four corners as an upright strip, not taller than needed."""
    top, side = quad[1] - quad[0], quad[3] - quad[0]
    width, height = max(1.0, float(np.hypot(*top))), max(1.0, float(np.hypot(*side)))
    share = min(1.0, TALLEST / height)
    size = (max(1, round(width * share)), max(1, round(height * share)))
    corners = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), corners)
    strip = cv2.warpPerspective(
        picture, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(strip, np.uint8)


def levelling(angle: float, width: int, height: int) -> tuple[Points, tuple[int, int]]:
    """Return the matrix that turns the picture upright, and the size it then has."""
    centre = (width / 2, height / 2)
    matrix = cv2.getRotationMatrix2D(centre, angle, 1.0)
    cosine, sine = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = (round(height * sine + width * cosine), round(height * cosine + width * sine))
    matrix[0, 2] += size[0] / 2 - centre[0]
    matrix[1, 2] += size[1] / 2 - centre[1]
    return matrix.astype(np.float32), size


def turned(picture: Picture, angle: float) -> tuple[Picture, Points]:
    """Return the picture turned upright, and the matrix that takes its points there."""
    height, width = picture.shape[:2]
    matrix, size = levelling(angle, width, height)
    if abs(angle) < LEVEL:
        return picture, np.array([[1, 0, 0], [0, 1, 0]], np.float32)
    white = (255, 255, 255)
    upright = cv2.warpAffine(picture, matrix, size, borderValue=white)
    return np.asarray(upright, np.uint8), matrix


def moved(points: Points, matrix: Points) -> Points:
    """Return where the matrix takes the points."""
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], np.float32)
