"""Text that a line strikes out (删除线): nobody is to read it. Pure geometry."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from ingest.loaders.layout.ruled_tables import Ruling
from ingest.loaders.layout.text_lines import Fragment

LOWEST, HIGHEST = 0.15, 0.6
"""Between which heights above the baseline a line strikes a text out, in type sizes."""
MAX_OVERHANG = 0.5
"""Maximum length of such a line before and behind its text, in type sizes: a border goes on."""
LARGEST = 60.0
"""The largest type size that is looked at, in points."""


def without_struck(fragments: Sequence[Fragment], across: Sequence[Ruling]) -> Sequence[Fragment]:
    """The fragments less those that a line of their own length runs through."""
    ordered = sorted(fragments, key=lambda piece: piece.baseline)
    heights = [piece.baseline for piece in ordered]
    struck: set[Fragment] = set()
    for ruling in across:
        near = ordered[bisect_left(heights, ruling.at) : bisect_right(heights, ruling.at + LARGEST)]
        under = [piece for piece in near if _crosses(ruling, piece)]
        if not under:
            continue
        room = MAX_OVERHANG * max(piece.size for piece in under)
        first, last = min(piece.x0 for piece in under), max(piece.x1 for piece in under)
        if first - ruling.start <= room and ruling.end - last <= room:
            struck.update(under)
    return [piece for piece in fragments if piece not in struck] if struck else fragments


def _crosses(ruling: Ruling, piece: Fragment) -> bool:
    height = piece.baseline - ruling.at
    middle = (piece.x0 + piece.x1) / 2
    return (
        LOWEST * piece.size <= height <= HIGHEST * piece.size
        and ruling.start <= middle <= ruling.end
    )
