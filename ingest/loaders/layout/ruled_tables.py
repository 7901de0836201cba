"""Ruling lines (表格线) → the grid of a table: rows, columns, and which cells are merged.

Pure geometry, the same for lines drawn in a PDF and lines found in a scanned image. Lengths are PDF
points, y grows downwards. Lines that touch belong to one table; its outline closes whatever a page
break left open; neighbouring fields with no line between them are one merged cell.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

MAX_TOUCHING_GAP = 3.0
"""Maximum gap, in points, of lines that count as touching, or as one line when parallel."""
MIN_DRAWN_SHARE = 0.6
"""Minimum share of a field's side that is drawn where it is a border."""


class Ruling(NamedTuple):
    """A horizontal or vertical line: `at` on the one axis, from `start` to `end` on the other."""

    at: float
    start: float
    end: float


class Span(NamedTuple):
    """The fields of one cell: 0-based rows and columns, ends excluded."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A table's row and column edges, and its cells in reading order."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    spans: tuple[Span, ...]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The outline: left, top, right, bottom."""
        return (self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    def holds(self, x: float, y: float) -> bool:
        """Whether a point stands in the table."""
        left, top, right, bottom = self.box
        return left <= x < right and top <= y < bottom

    def owners(self) -> list[list[int]]:
        """For each row and column, the number of the cell that covers it."""
        rows, columns = len(self.ys) - 1, len(self.xs) - 1
        owners = [[-1] * columns for _ in range(rows)]
        for n, span in enumerate(self.spans):
            for r in range(span.top, span.bottom):
                owners[r][span.left : span.right] = [n] * (span.right - span.left)
        return owners

    def field(self, x: float, y: float) -> tuple[int, int]:
        """The row and column that hold a point of the table."""
        return bisect_right(self.ys, y) - 1, bisect_right(self.xs, x) - 1

    def with_columns(self, edges: Sequence[float]) -> "Grid":
        """The same table counted in finer columns, as set by a table it continues."""
        xs = _positions([*self.xs, *edges])
        where = [_nearest(xs, x) for x in self.xs]
        spans = tuple(
            span._replace(left=where[span.left], right=where[span.right]) for span in self.spans
        )
        return Grid(xs, self.ys, spans)


def find_grids(horizontal: Iterable[Ruling], vertical: Iterable[Ruling]) -> tuple[Grid, ...]:
    """The tables that a page's lines draw, from top to bottom; a lone frame is no table."""
    across, down = _merged(horizontal), _merged(vertical)
    grids = (_grid(*group) for group in _touching(across, down))
    return tuple(sorted((g for g in grids if g is not None), key=lambda grid: grid.box[1]))


def _merged(rulings: Iterable[Ruling]) -> list[Ruling]:
    """Pieces of one line put together; lines side by side kept apart."""
    merged: list[Ruling] = []
    rows: list[list[Ruling]] = []
    for ruling in sorted(rulings):
        if rows and ruling.at - rows[-1][0].at <= MAX_TOUCHING_GAP / 2:
            rows[-1].append(ruling)
        else:
            rows.append([ruling])
    for row in rows:
        current: Ruling | None = None
        for ruling in sorted(row, key=lambda piece: piece.start):
            if current is None or ruling.start > current.end + MAX_TOUCHING_GAP:
                if current is not None:
                    merged.append(current)
                current = ruling
            else:
                current = current._replace(end=max(current.end, ruling.end))
        if current is not None:
            merged.append(current)
    return [ruling for ruling in merged if ruling.end - ruling.start > MAX_TOUCHING_GAP]


def _touching(
    across: list[Ruling], down: list[Ruling]
) -> Iterable[tuple[list[Ruling], list[Ruling]]]:
    """Groups of lines that hang together."""
    parents = list(range(len(across) + len(down)))

    def root(n: int) -> int:
        while parents[n] != n:
            parents[n] = parents[parents[n]]
            n = parents[n]
        return n

    for i, h in enumerate(across):
        for j, v in enumerate(down, start=len(across)):
            if (
                h.start - MAX_TOUCHING_GAP <= v.at <= h.end + MAX_TOUCHING_GAP
                and v.start - MAX_TOUCHING_GAP <= h.at <= v.end + MAX_TOUCHING_GAP
            ):
                parents[root(i)] = root(j)
    groups: dict[int, tuple[list[Ruling], list[Ruling]]] = {}
    for i, h in enumerate(across):
        groups.setdefault(root(i), ([], []))[0].append(h)
    for j, v in enumerate(down, start=len(across)):
        groups.setdefault(root(j), ([], []))[1].append(v)
    return groups.values()


def _grid(across: list[Ruling], down: list[Ruling]) -> Grid | None:
    if not across or not down or len(across) + len(down) < 3:
        return None
    ends = [end for h in across for end in (h.start, h.end)]
    xs = _positions([v.at for v in down], (min(ends), max(ends)))
    ends = [end for v in down for end in (v.start, v.end)]
    ys = _positions([h.at for h in across], (min(ends), max(ends)))
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows * columns < 2:
        return None
    below = _borders(across, ys, xs)
    beside = _borders(down, xs, ys)
    spans: list[Span] = []
    taken = [[False] * columns for _ in range(rows)]
    for r in range(rows):
        for c in range(columns):
            if not taken[r][c]:
                spans.append(_span(r, c, taken, below, beside))
    return Grid(xs, ys, tuple(spans)) if len(spans) > 1 else None


def _positions(values: Iterable[float], outline: Iterable[float] = ()) -> tuple[float, ...]:
    """Distinct positions in order, those within reach of each other taken as one."""
    groups: list[list[float]] = []
    for value in sorted([*values, *outline]):
        if groups and value - groups[-1][0] <= MAX_TOUCHING_GAP:
            groups[-1].append(value)
        else:
            groups.append([value])
    return tuple(sum(group) / len(group) for group in groups)


def _nearest(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda n: abs(edges[n] - value))


def _borders(
    rulings: list[Ruling], levels: Sequence[float], edges: Sequence[float]
) -> list[list[bool]]:
    """For each level and each stretch between two edges, whether a line is drawn there."""
    drawn = [[0.0] * (len(edges) - 1) for _ in levels]
    for ruling in rulings:
        level = drawn[_nearest(levels, ruling.at)]
        for n in range(len(edges) - 1):
            start, end = edges[n], edges[n + 1]
            level[n] += max(0.0, min(end, ruling.end) - max(start, ruling.start)) / (end - start)
    return [[share >= MIN_DRAWN_SHARE for share in level] for level in drawn]


def _span(
    row: int,
    column: int,
    taken: list[list[bool]],
    below: list[list[bool]],
    beside: list[list[bool]],
) -> Span:
    """The largest open rectangle from its top left field on, which it marks as taken."""
    right = column + 1
    while right < len(taken[0]) and not taken[row][right] and not beside[right][row]:
        right += 1
    bottom = row + 1
    while (
        bottom < len(taken)
        and not any(taken[bottom][c] or below[bottom][c] for c in range(column, right))
        and not any(beside[c][bottom] for c in range(column + 1, right))
    ):
        bottom += 1
    for r in range(row, bottom):
        taken[r][column:right] = [True] * (right - column)
    return Span(row, column, bottom, right)
