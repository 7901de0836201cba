"""Tables without ruling lines (无框线表格): columns told by the blank between them.

Lines of a page that hold several stretches of text, set apart by wide blanks that stand one below
the other, are the rows of a table. Running text and centred titles never look so. Pure geometry.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.loaders.layout.ruled_tables import Grid, Span
from ingest.loaders.layout.text_lines import Fragment, baselines

MIN_COLUMN_GAP = 1.1
"""Minimum width of a blank between two columns, in type sizes; less is letter-spacing."""
MIN_ALIGNED_GAP = 0.4
"""The same where the text behind it begins as other rows do."""
MAX_LINE_DISTANCE = 3.5
"""Maximum distance of the lines of one table, in type sizes."""
MIN_ROWS, MIN_COLUMNS = 3, 3
"""Of two columns only lists are tables, whose every row ends with a value; of two rows only those
that hold a head and values in so many columns:"""
MIN_COLUMNS_OF_TWO_ROWS = 4
MAX_OVERLAP = 0.95
"""Distance of lines of one row, in type sizes: lines that overlap stand beside each other."""
MAX_ROOM_LEFT = 1.0
"""Maximum room left in a cell whose text goes on in the line below, in type sizes."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Text between two wide blanks."""

    x0: float
    x1: float
    text: str

    @property
    def is_value(self) -> bool:
        """Whether it prints an amount or a count, and not a page or a running number."""
        return _VALUE.fullmatch(self.text) is not None and not self.text.isdecimal()


_VALUE = re.compile(r"[^\d一-龥]{0,3}(?:人民币)?\d[\d\s,，.．]*[)）]?[(（]?[^\d\s]{0,4}[)）]?")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class _Row:
    """A printed line: its stretches of text, its baseline and type size."""

    stretches: tuple[_Stretch, ...]
    baseline: float
    size: float


def aligned_grids(fragments: Iterable[Fragment]) -> list[Grid]:
    """The tables that text outside drawn tables forms, from top to bottom."""
    lines = baselines(f for f in fragments if f.text.strip())
    rows = [_row(line) for line in lines]
    starts = _shared_starts(rows)
    if starts:
        rows = [_row(line, starts) for line in lines]
    grids = [grid for region in _regions(rows) if (grid := _grid(region))]
    free = [row for row in rows if not any(g.ys[0] < row.baseline < g.ys[-1] for g in grids)]
    lists = [_drawn(region, _columns(region)) for region in _lists(free)]
    return sorted([*grids, *lists], key=lambda grid: grid.ys[0])


def _shared_starts(rows: Sequence[_Row]) -> list[float]:
    """Where the stretches behind wide blanks begin in several rows, from left to right."""
    found = sorted(s.x0 for row in rows for s in row.stretches[1:])
    counted = ((x, bisect_right(found, x + 1) - bisect_left(found, x - 1)) for x in found)
    return [x for x, count in counted if count >= MIN_ROWS]


def _row(line: Sequence[Fragment], starts: Sequence[float] = ()) -> _Row:
    """The stretches of a line; a small blank parts two where others begin behind wide ones."""
    ordered = sorted(line, key=lambda piece: piece.x0)
    size = max(piece.size for piece in ordered)
    ends = [0]
    for n, (left, right) in enumerate(pairwise(ordered), start=1):
        gap = right.x0 - left.x1
        if gap > MIN_COLUMN_GAP * size or (
            gap > MIN_ALIGNED_GAP * size
            and bisect_left(starts, right.x0 - 1) < bisect_right(starts, right.x0 + 1)
        ):
            ends.append(n)
    stretches = tuple(
        _Stretch(
            ordered[a].x0,
            max(piece.x1 for piece in ordered[a:b]),
            "".join(piece.text for piece in ordered[a:b]).strip(),
        )
        for a, b in pairwise([*ends, len(ordered)])
    )
    return _Row(stretches, ordered[0].baseline, size)


def _regions(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    """Neighbouring lines between which the same blanks run through, from top to bottom."""
    region: list[_Row] = []
    for row in rows:
        if region and not (_near(region[-1], row) and len(_columns([*region, row])) >= MIN_COLUMNS):
            yield region
            region = []
        if region or len(row.stretches) >= MIN_COLUMNS:
            region.append(row)
    yield region


def _lists(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    """Neighbouring lines of a name and a value, with the two heads above them."""
    region: list[_Row] = []
    for row in rows:
        of_two = len(row.stretches) == 2
        if region and not (
            of_two and _near(region[-1], row) and len(_columns([*region, row])) == 2
        ):
            if _is_list(region):
                yield region
            region = []
        if region and not any(above.stretches[1].is_value for above in region):
            del region[:-1]  # a head is one line
        if of_two:
            region.append(row)
    if _is_list(region):
        yield region


def _is_list(region: Sequence[_Row]) -> bool:
    values = sum(row.stretches[1].is_value for row in region)
    return values >= MIN_ROWS and 3 * values >= 2 * len(region)


def _near(above: _Row, below: _Row) -> bool:
    return below.baseline - above.baseline <= MAX_LINE_DISTANCE * max(above.size, below.size)


def _columns(rows: Sequence[_Row]) -> list[tuple[float, float]]:
    """The stretches of the page's width that hold text of any of the rows."""
    columns: list[tuple[float, float]] = []
    size = max(row.size for row in rows)
    for stretch in sorted((s for row in rows for s in row.stretches), key=lambda s: s.x0):
        if columns and stretch.x0 - columns[-1][1] < 0.5 * size:
            columns[-1] = columns[-1][0], max(columns[-1][1], stretch.x1)
        else:
            columns.append((stretch.x0, stretch.x1))
    return columns


def _grid(region: Sequence[_Row]) -> Grid | None:
    wide = sum(len(row.stretches) >= MIN_COLUMNS for row in region)
    if wide < MIN_ROWS and not _is_head_over_values(region):
        return None
    return _drawn(region, _columns(region))


def _is_head_over_values(region: Sequence[_Row]) -> bool:
    """Whether two lines are the heads of several columns and a value in each but the first."""
    if len(region) != 2:
        return False
    head, row = (line.stretches for line in region)
    return (
        len(head) == len(row) == len(_columns(region)) >= MIN_COLUMNS_OF_TWO_ROWS
        and not any(_DIGIT.search(stretch.text) for stretch in head)
        and all(_DIGIT.search(stretch.text) for stretch in row[1:])
    )


def _drawn(region: Sequence[_Row], columns: Sequence[tuple[float, float]]) -> Grid:
    """The grid that the lines of a table stand in."""
    inner = [(left[1] + right[0]) / 2 for left, right in pairwise(columns)]
    xs = (columns[0][0] - 1, *inner, columns[-1][1] + 1)
    starts = [0]
    for n, (above, below) in enumerate(pairwise(region), start=1):
        apart = below.baseline - above.baseline >= MAX_OVERLAP * max(above.size, below.size)
        if apart and not _goes_on(above, below, columns):
            starts.append(n)
    tops = [region[n].baseline - region[n].size for n in starts]
    ys = (*tops, region[-1].baseline + 0.3 * region[-1].size)
    spans = tuple(Span(r, c, r + 1, c + 1) for r in range(len(ys) - 1) for c in range(len(xs) - 1))
    return Grid(xs, ys, spans)


def _goes_on(above: _Row, below: _Row, columns: Sequence[tuple[float, float]]) -> bool:
    """Whether a line only holds the rest of full cells of the line above it."""
    if len(below.stretches) >= len(above.stretches):
        return False
    full = {_place(s, columns) for s in above.stretches if _is_full(s, above, columns)}
    return all(_place(s, columns) in full for s in below.stretches)


def _place(stretch: _Stretch, columns: Sequence[tuple[float, float]]) -> int:
    return next(n for n, (x0, x1) in enumerate(columns) if x0 <= stretch.x0 <= x1)


def _is_full(stretch: _Stretch, row: _Row, columns: Sequence[tuple[float, float]]) -> bool:
    return columns[_place(stretch, columns)][1] - stretch.x1 < MAX_ROOM_LEFT * row.size
