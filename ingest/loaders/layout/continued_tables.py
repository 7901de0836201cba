"""Tables on pages: which goes on over a page break, and what a break has cut apart."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.loaders.layout.page import Page, PageLine
from ingest.loaders.layout.ruled_tables import MAX_TOUCHING_GAP, Grid, Span
from ingest.loaders.layout.text_lines import joint, runs_on
from ingest.types.blocks import Cell, Location, Run, TableBlock

MAX_PADDING = 8.0
"""Maximum blank between the lines of a cell and its text, in points."""

CellLines = tuple[PageLine, ...]


@dataclass(frozen=True, slots=True)
class PageTable:
    """A grid on its page with the lines of each of its cells."""

    page: Page
    grid: Grid
    lines: tuple[CellLines, ...]

    @property
    def top(self) -> float:
        """Where the table begins on its page, in points from the top."""
        return self.grid.box[1]

    @property
    def order(self) -> tuple[float, int, float]:
        """Where the table comes on its page."""
        return (self.top, 0, self.top)

    @property
    def last_page(self) -> int:
        """The page on which the table's last columns stand, if they were printed behind it."""
        return max([self.page.number, *(text.page.number for cell in self.lines for text in cell)])

    def texts(self, row: int) -> dict[tuple[int, int], str]:
        """What the cells say that begin in a row, by their columns."""
        return {
            (span.left, span.right): "".join(text.line.text for text in texts)
            for span, texts in zip(self.grid.spans, self.lines, strict=True)
            if span.top == row
        }

    def padding(self) -> float:
        """The blank between text and lines that the table's fullest cells keep."""
        gaps = [
            min(text.line.x0 - self.grid.xs[span.left], self.grid.xs[span.right] - text.line.reach)
            for span, texts in zip(self.grid.spans, self.lines, strict=True)
            for text in texts
            if text.page is self.page
        ]
        return min(max(min(gaps, default=0.0), 0.0), MAX_PADDING)

    def room(self, span: Span, padding: float) -> float:
        """The width for text in a cell."""
        return self.grid.xs[span.right] - self.grid.xs[span.left] - 2 * padding


def goes_on(above: PageTable, below: PageTable) -> bool:
    """Whether a table is the one before it, continued on the next page: the same outline, and
    most of the column edges of the coarser one; or all edges but the last ones, where columns
    that stay empty were not drawn."""
    if below.page.number - 1 not in (above.page.number, above.last_page):
        return False
    first, second = above.grid.xs, below.grid.xs
    if not _near(first[0], second[0]):
        return False
    fewer, more = sorted((first[1:], second[1:]), key=lambda edges: (edges[-1], len(edges)))
    if not _near(first[-1], second[-1]):
        return len(fewer) > 1 and _shared(fewer, more) == len(fewer)
    fewer, more = sorted((first[1:-1], second[1:-1]), key=len)
    return 2 * _shared(fewer, more) >= len(fewer)


def _shared(edges: Sequence[float], others: Sequence[float]) -> int:
    """How many of a table's column edges another has, too."""
    return sum(any(_near(edge, other) for other in others) for edge in edges)


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= MAX_TOUCHING_GAP


def drawn_alike(above: PageTable, below: PageTable) -> PageTable:
    """A table in the columns of the one above it, where it was widened in the room of last columns
    that stay empty; else as it is."""
    first, second = above.grid.xs, below.grid.xs
    if len(second) < MIN_WIDENED or len(second) >= len(first) or not _near(first[-1], second[-1]):
        return below
    narrower = first[: len(second)]
    share = (narrower[-1] - first[0]) / (second[-1] - second[0])
    if not all(
        _near(a - first[0], (b - second[0]) * share) for a, b in zip(narrower, second, strict=True)
    ):
        return below
    return replace(below, grid=replace(below.grid, xs=narrower))


MIN_WIDENED = 4
"""Edges of a table, at least, that was widened in proportion."""
MIN_ROWS_BESIDE = 3
"""Rows of a table, at least, whose last columns stand on another page."""


def with_right_halves(tables: Sequence[PageTable]) -> list[PageTable]:
    """The tables, each with its last columns where a wide sheet was printed in two or more parts:
    one page behind the other, or all pages of the left part before those of the right."""
    joined = list(tables)
    at = 0
    while at < len(joined):
        for count in range(1, (len(joined) - at) // 2 + 1):
            lefts, rights = joined[at : at + count], joined[at + count : at + 2 * count]
            if all(map(_is_right_half, lefts, rights)):
                joined[at : at + 2 * count] = map(_beside, lefts, rights)
                break
        else:
            at += 1
    return joined


def _is_right_half(left: PageTable, right: PageTable) -> bool:
    """Whether a table is no table of its own but the last columns of another: its rows are as high
    as those of the other, one by one, and its first column names nothing but prints values."""
    heights, others = (
        [lower - upper for upper, lower in pairwise(table.grid.ys)] for table in (left, right)
    )
    if left.page.number >= right.page.number or len(heights) != len(others):
        return False
    if len(heights) < MIN_ROWS_BESIDE or not all(map(_near, heights, others)):
        return False
    values = _first_column(right)
    numbers = [str(n) for n in range(1, len(values) + 1)]
    named = _first_column(left)
    return (
        len(values) >= MIN_ROWS_BESIDE - 1
        and all(any(c.isdigit() for c in value) for value in values)
        and values != numbers
        and not all(any(c.isdigit() for c in name) for name in named)
    )


def _first_column(table: PageTable) -> list[str]:
    """What stands below the head in the first column."""
    return [
        text
        for row in range(1, len(table.grid.ys) - 1)
        for (left, _), text in table.texts(row).items()
        if left == 0 and text.strip()
    ]


def _beside(left: PageTable, right: PageTable) -> PageTable:
    """The table that two parts beside each other make."""
    move = left.grid.xs[-1] - right.grid.xs[0]
    count = len(left.grid.xs) - 1
    moved = [
        span._replace(left=span.left + count, right=span.right + count) for span in right.grid.spans
    ]
    grid = Grid(
        (*left.grid.xs, *(x + move for x in right.grid.xs[1:])),
        left.grid.ys,
        (*left.grid.spans, *moved),
    )
    return PageTable(left.page, grid, (*left.lines, *right.lines))


def rejoined(parts: Sequence[PageTable]) -> list[PageTable]:
    """The parts of one table counted in the columns of all; cells cut by a break made whole."""
    if len(parts) == 1:
        return list(parts)
    edges = [x for part in parts for x in part.grid.xs]
    aligned = [replace(part, grid=part.grid.with_columns(edges)) for part in parts]
    for n in range(len(aligned) - 1, 0, -1):
        first = _heads_again(aligned[0], aligned[n])
        aligned[n - 1], aligned[n] = _mended(aligned[n - 1], aligned[n], first)
    return aligned


def _heads_again(table: PageTable, part: PageTable) -> int:
    """How many rows at the top of a part are the heads of the whole table again."""
    rows = min(len(table.grid.ys), len(part.grid.ys)) - 1
    same = (
        n for n in range(rows) if not any(part.texts(n).values()) or part.texts(n) != table.texts(n)
    )
    return next(same, rows)


def _mended(above: PageTable, below: PageTable, first: int) -> tuple[PageTable, PageTable]:
    """The rest of a row that the break has cut moves up to where the row began.

    A row is cut when all that its part on the next page, row `first` there, says continues a full
    last line above, or half of it does and the others hold words of one row behind other words.
    """
    last = len(above.grid.ys) - 1
    padding = above.padding()
    ends = {
        (span.left, span.right): n for n, span in enumerate(above.grid.spans) if span.bottom == last
    }
    moves: dict[int, int] = {}
    going_on, others = 0, 0
    cut = True
    for n, (span, texts) in enumerate(zip(below.grid.spans, below.lines, strict=True)):
        if span.top != first or not texts:
            continue
        end = ends.get((span.left, span.right))
        if end is None or not above.lines[end]:
            cut = False
            continue
        room = above.room(above.grid.spans[end], padding)
        fills = runs_on(above.lines[end][-1].line, texts[0].line, room)
        moves[n] = end
        going_on += fills
        others += not fills
        cut = cut and (fills or _is_rest(span, texts, above.lines[end]))
    filled = sum(bool(above.lines[end]) for end in ends.values())
    if not cut or (others and not (others <= going_on and len(moves) < filled)):
        return above, below
    upper, lower = list(above.lines), list(below.lines)
    for n, end in moves.items():
        upper[end] += lower[n]
        lower[n] = ()
    return replace(above, lines=tuple(upper)), replace(below, lines=tuple(lower))


def _is_rest(span: Span, texts: CellLines, above: CellLines) -> bool:
    """Whether a cell may hold the rest of what stands above it: words, and not the same ones."""
    words, before = ("".join(text.line.text for text in one) for one in (texts, above))
    return (
        span.bottom - span.top == 1
        and words not in before
        and not any(character.isdigit() for character in words)
    )


def table_block(table: PageTable, number: int, *, continues: bool) -> TableBlock:
    """The table as a block, the `number`th of its document."""
    grid, page = table.grid, table.page
    place = Location(page=page.number, table=number)
    padding = table.padding()
    cells = tuple(
        Cell(
            row=span.top,
            column=span.left,
            runs=_runs(
                texts,
                table.room(span, padding),
                replace(place, row=span.top + 1, column=span.left + 1),
            ),
            row_span=span.bottom - span.top,
            column_span=span.right - span.left,
        )
        for span, texts in zip(grid.spans, table.lines, strict=True)
    )
    return TableBlock(
        cells,
        len(grid.ys) - 1,
        len(grid.xs) - 1,
        replace(place, bbox=page.place(grid.box)),
        continues=continues,
    )


def _runs(texts: CellLines, width: float, place: Location) -> tuple[Run, ...]:
    """A run for each line of a cell; lines that run on are not parted by a line break."""
    runs = []
    for n, text in enumerate(texts):
        after = ""
        if n + 1 < len(texts):
            following = texts[n + 1].line
            after = joint(text.line, following) if runs_on(text.line, following, width) else "\n"
        # What a page break has cut off stands in the first row of its own page.
        row = place.row if text.page is texts[0].page else 1
        where = replace(place, page=text.page.number, row=row, bbox=text.box)
        runs.append(Run(text.line.text + after, where))
    return tuple(runs)
