"""Pieces of text with their boxes → lines → paragraphs (版面). Pure geometry, PDF points, y down.

A line that was only broken because the next word did not fit is joined with it, so that a number
cut by the right margin reads as one; a line that ends early ends its paragraph.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from ingest.loaders.note_marks import lowered, raised

Box = tuple[float, float, float, float]
"""Left, top, right and bottom of something on a page, in points from its top left."""

MAX_BASELINE_SHIFT = 0.45
"""Maximum distance of baselines on one line (superscripts too), as a share of the type size."""
MAX_MARK_SIZE = 0.85
MIN_MARK_SHIFT, MAX_MARK_SHIFT = 0.1, 0.75
"""How small a note's mark is set, and how far from the baseline, in sizes of its line."""
MIN_LATIN_GAP = 0.3
MIN_CHINESE_GAP = 0.9
"""Minimum width of a printed blank, between Latin letters and between Chinese characters, in type
sizes; less is letter-spacing."""
MAX_ROOM_LEFT = 0.6
"""Maximum room left in a line that counts as full, beside the next word, in type sizes."""
MAX_ROOM_LEFT_IN_NUMBER = 0.3
"""The same inside a number: stricter, as two numbers must not become one."""
MAX_DOUBLE_SHIFT = 0.1
"""How far what is drawn twice to look bold stands from itself, in type sizes."""
NEAR, MIN_DOUBLED = 3.0, 0.05
"""In points: so near each other, and for so many of a page's fragments, doubles are looked for."""
NUMBER = re.compile(r"[\d,.，．]+")
OPENING = frozenset("（《【“‘([<≥≤＞＜＝￥$")
CLOSING = frozenset("，。、；：！？）》】”’％%,.;:!?)]}~～…—")
"""Characters that may not begin a line: they pull the character before them down with them."""


class Fragment(NamedTuple):
    """A character or a recognised stretch of text on one baseline."""

    text: str
    x0: float
    x1: float
    baseline: float
    size: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text as printed, and its box.

    `reach` is where it ends but for a closing mark, which typesetters hang into the margin.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    reach: float

    @property
    def box(self) -> Box:
        """The line's outline: left, top, right, bottom."""
        return (self.x0, self.top, self.x1, self.bottom)


def without_doubles(fragments: Sequence[Fragment]) -> Sequence[Fragment]:
    """The fragments without those drawn a second time all but over themselves, to look bold."""
    places = {(piece.text, piece.x0 // NEAR, piece.baseline // NEAR) for piece in fragments}
    if len(places) > (1 - MIN_DOUBLED) * len(fragments):
        return fragments
    kept: list[Fragment] = []
    taken: set[tuple[str, float, float]] = set()
    for piece in fragments:
        step = MAX_DOUBLE_SHIFT * max(piece.size, 1.0)
        x, y = piece.x0 // step, piece.baseline // step
        around = ((piece.text, x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        if taken.isdisjoint(around):
            taken.add((piece.text, x, y))
            kept.append(piece)
    return kept


def lines_of(fragments: Iterable[Fragment]) -> list[Line]:
    """The lines that fragments form, from top to bottom; lines without ink are dropped."""
    return [line for line in map(_line, baselines(fragments)) if line.text.strip()]


def stretches_of(fragments: Iterable[Fragment], gap: float) -> list[Line]:
    """The lines, each in as many as blanks of `gap` type sizes part it into."""
    lines = []
    for row in baselines(fragments):
        row.sort(key=lambda piece: piece.x0)
        starts = [
            n
            for n, (left, right) in enumerate(pairwise(row), start=1)
            if right.x0 - left.x1 > gap * max(left.size, right.size)
        ]
        lines += [_line(row[a:b]) for a, b in pairwise([0, *starts, len(row)])]
    return [line for line in lines if line.text.strip()]


def baselines(fragments: Iterable[Fragment]) -> list[list[Fragment]]:
    """The fragments of each line, from top to bottom."""
    rows: list[list[Fragment]] = []
    for fragment in sorted(fragments, key=lambda piece: piece.baseline):
        row = rows[-1] if rows else None
        if row and fragment.baseline - row[0].baseline <= MAX_BASELINE_SHIFT * max(
            fragment.size, row[0].size
        ):
            row.append(fragment)
        else:
            rows.append([fragment])
    for above, below in pairwise(rows):
        if above:
            first, second = (max(row, key=lambda piece: piece.size) for row in (above, below))
            if second.baseline - first.baseline < MAX_MARK_SHIFT * max(first.size, second.size):
                _attach(above, below, second)
                _attach(below, above, first)
    return [row for row in rows if row]


def _attach(marks: list[Fragment], row: list[Fragment], base: Fragment) -> None:
    """Moves to a row the small pieces off its baseline, that of `base`, that follow it at once."""
    for mark in sorted(marks, key=lambda piece: piece.x0):
        near = MIN_LATIN_GAP * base.size
        if (
            mark.size <= MAX_MARK_SIZE * base.size
            and abs(base.baseline - mark.baseline) < MAX_MARK_SHIFT * base.size
            and any(piece.x0 < mark.x0 < piece.x1 + near for piece in row)
        ):
            marks.remove(mark)
            row.append(mark)


def _line(row: list[Fragment]) -> Line:
    row.sort(key=lambda piece: piece.x0)
    row = _as_set(row)
    parts = [row[0].text]
    for left, right in pairwise(row):
        if _parted(left, right):
            parts.append(" ")
        parts.append(right.text)
    inked = [piece for piece in row if piece.text.strip()] or row
    size = max(piece.size for piece in inked)
    baseline = max(piece.baseline for piece in inked)
    last = inked[-1]
    return Line(
        text="".join(parts).strip(),
        x0=inked[0].x0,
        top=baseline - 0.88 * size,
        x1=max(piece.x1 for piece in inked),
        bottom=baseline + 0.12 * size,
        size=size,
        reach=last.x0 if last.text in CLOSING else last.x1,
    )


def _as_set(row: list[Fragment]) -> list[Fragment]:
    """The pieces of a line; those set smaller and above or below its baseline as such are read."""
    largest = max(row, key=lambda piece: piece.size)
    if all(piece.size > MAX_MARK_SIZE * largest.size for piece in row):
        return row
    taken: list[Fragment] = []
    for piece in row:
        shift = (largest.baseline - piece.baseline) / largest.size
        text = piece.text
        if piece.size <= MAX_MARK_SIZE * largest.size and taken and not text.isspace():
            before = "".join(other.text for other in taken[-4:])
            near = piece.x0 - taken[-1].x1 < MIN_LATIN_GAP * largest.size
            if near and shift >= MIN_MARK_SHIFT:
                text = raised(text, before)
            elif near and -shift >= MIN_MARK_SHIFT:
                text = lowered(text, before)
        taken.append(piece._replace(text=text))
    return taken


def _parted(left: Fragment, right: Fragment) -> bool:
    """Whether a blank shows between two neighbours that print none."""
    if left.text[-1:].isspace() or right.text[:1].isspace():
        return False
    narrow = left.text[-1:].isascii() and right.text[:1].isascii()
    return right.x0 - left.x1 > (MIN_LATIN_GAP if narrow else MIN_CHINESE_GAP) * max(
        left.size, right.size
    )


def runs_on(line: Line, following: Line, width: float) -> bool:
    """Whether `following` continues `line`: its first word had no room left in the width."""
    room = width - (line.x1 - line.x0)
    if line.text[-1:].isdigit() and following.text[:1].isdigit():
        tight = _width(following.text[0]) + MAX_ROOM_LEFT_IN_NUMBER
        return room < tight * line.size and _is_rest(line.text, following.text)
    return room < _first_word(following.text) * following.size + MAX_ROOM_LEFT * line.size


def _is_rest(line: str, following: str) -> bool:
    """Whether digits go on over a line break; numbers one below the other are a list."""
    if NUMBER.fullmatch(line.strip()) and NUMBER.fullmatch(following.strip()):
        return len(following.strip()) < len(line.strip())
    return True


def _first_word(text: str) -> float:
    """The width, in type sizes, of what a line break may not part at the start of a line."""
    text = text.lstrip()
    count = 1
    while count < len(text) and text[count - 1] in OPENING:
        count += 1
    if _is_word(text[count - 1 : count]):
        while count < len(text) and _is_word(text[count]):
            count += 1
    while count < len(text) and text[count] in CLOSING:
        count += 1
    return sum(map(_width, text[:count]))


def _width(character: str) -> float:
    """About how wide a character is, in type sizes."""
    return 0.55 if character.isascii() else 1.0


def _is_word(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in ".,%-/<>=")


def joint(line: Line, following: Line) -> str:
    """What stands between two lines that run on: a blank where two words meet."""
    before, after = line.text[-1:], following.text[:1]
    latin = before.isascii() and before.isalpha() and after.isascii() and after.isalpha()
    return " " if latin else ""
