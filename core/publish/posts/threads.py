"""Several posts of one thing: the first says it all, those below it the rest, all numbered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from core.model.message import Block, Quote, Role
from core.model.public import Card, Chart, Links, Part
from core.publish.posts.platform import DoesNotFit
from core.publish.posts.voice import Candidates, Voice

# One digit, so that a post is as long whatever its number is.
MOST_PARTS = 9
_STEP = "- "
# Shorter than this no piece of a text is of use.
_SHORTEST = 12


@dataclass(frozen=True, slots=True)
class Thread:
    """What a thread is made of: forms of its first post, richest first, and further blocks.

    `title` is what the posts below the first are headed.
    """

    title: str
    firsts: Iterable[tuple[Block, ...]]
    further: tuple[Block, ...]
    picture: Card | Chart | None = None


def threaded(thread: Thread, voice: Voice) -> tuple[Part, ...]:
    """Return the first form that fits, and what it left out below it; raises DoesNotFit."""
    firsts = Candidates(
        lambda: (_numbered(blocks, 1, MOST_PARTS, voice) for blocks in thread.firsts)
    )
    first = voice.first_that_fits(firsts, thread.picture)
    if first is None:
        raise DoesNotFit(thread.title)
    rest = [*_left_out(thread.further, first, voice)]
    below = [*packed(rest, thread.title, voice)][: MOST_PARTS - 1]
    if not below:
        return (voice.first_that_fits(thread.firsts, thread.picture) or first,)
    return counted([first, *below], voice)


def counted(parts: Sequence[Part], voice: Voice) -> tuple[Part, ...]:
    """Return numbered parts with how many there really are."""
    stamped = []
    for number, part in enumerate(parts, 1):
        mark = voice.words("post_numbered", text="", number=number, count=MOST_PARTS)
        real = voice.words("post_numbered", text="", number=number, count=len(parts))
        head, *others = part.blocks
        text = head.text.removesuffix(mark) + real
        stamped.append(replace(part, blocks=(replace(head, text=text), *others)))
    return tuple(stamped)


def in_a_row(title: str, blocks: Sequence[Block], voice: Voice) -> tuple[Part, ...]:
    """Return posts that hold every block under one title, numbered; raises DoesNotFit.

    Links stand in the first only where they may, else in one below it.
    """
    reply = voice.links is Links.REPLY
    plain = [one for one in blocks if not (reply and one.url)]
    linked = [one for one in blocks if reply and one.url]
    pieces = [piece for one in plain for piece in _whole(one, title, voice)]
    first: list[Block] = []
    while pieces and voice.fits(_first([*first, pieces[0]], title, voice)):
        first.append(pieces.pop(0))
    rest = [*pieces, *(piece for one in linked for piece in _whole(one, title, voice))]
    parts = [_first(first, title, voice), *packed(rest, title, voice)]
    if not first or len(parts) > MOST_PARTS:
        raise DoesNotFit(title)
    return counted(parts, voice)


def _whole(block: Block, title: str, voice: Voice) -> Iterator[Block]:
    """Yield the block in pieces, none of them lost; raises DoesNotFit."""
    pieces = [*broken(block, title, voice)]
    if not pieces:
        raise DoesNotFit(title)
    yield from pieces


def _first(blocks: Sequence[Block], title: str, voice: Voice) -> Part:
    head = Block(Role.HEADLINE, title)
    return voice.part(_numbered([head, *blocks], 1, MOST_PARTS, voice))


def packed(blocks: Sequence[Block], title: str, voice: Voice) -> Iterator[Part]:
    """Yield posts below a first that hold these blocks, as few as that takes.

    What fits no post, even in pieces, is left to the notice itself.
    """
    held: list[Block] = []
    number = 2
    for block in blocks:
        for piece in broken(block, title, voice):
            if held and not voice.fits(_below([*held, piece], title, number, voice)):
                yield _below(held, title, number, voice)
                held, number = [], min(number + 1, MOST_PARTS)
            held.append(piece)
    if held:
        yield _below(held, title, number, voice)


def broken(block: Block, title: str, voice: Voice) -> Iterator[Block]:
    """Yield the block in pieces that fit a post below the first, none if that cannot be."""
    if voice.fits(_below([block], title, MOST_PARTS, voice)):
        yield block
        return
    halves = _halves(block)
    pieces = [[*broken(half, title, voice)] for half in halves]
    if pieces and all(pieces):
        yield from (piece for half in pieces for piece in half)


def _halves(block: Block) -> tuple[Block, ...]:
    """Return a block as two, cut at a space near the middle; () where it is too short."""
    long = block.quote.text if block.quote else block.text
    if len(long) < 2 * _SHORTEST:
        return ()
    middle = len(long) // 2
    space = long.find(" ", middle)
    cut = space if 0 < space < len(long) - 1 else middle
    first, second = long[:cut].strip(), long[cut:].strip()
    if block.quote:
        lang = block.quote.lang
        return (
            replace(block, url=None, quote=Quote(first, lang)),
            replace(block, text="…", quote=Quote(second, lang)),
        )
    return (replace(block, text=first, url=None), replace(block, text=second))


def _below(blocks: Sequence[Block], title: str, number: int, voice: Voice) -> Part:
    head = Block(Role.HEADLINE, title)
    return voice.part(_numbered([head, *blocks], number, MOST_PARTS, voice), first=False)


def _numbered(
    blocks: Sequence[Block], number: int, count: int, voice: Voice
) -> tuple[Block, ...]:
    head, *others = blocks
    text = voice.words("post_numbered", text=head.text, number=number, count=count)
    return (replace(head, text=text), *others)


def _left_out(blocks: Sequence[Block], first: Part, voice: Voice) -> Iterator[Block]:
    """Yield the blocks that the first post does not hold as they stand here."""
    said = {_gist(block) for block in first.blocks}
    shown = zip(blocks, voice.part(blocks, first=False).blocks, strict=True)
    yield from (block for block, posted in shown if _gist(posted) not in said)


def _gist(block: Block) -> tuple[str, str | None, Quote | None]:
    return (block.text.removeprefix(_STEP), block.url, block.quote)
