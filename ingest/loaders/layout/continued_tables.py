"""Tables on pages: which goes on over a page break, and what a break has cut apart."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
    if below.page.number != above.page.number + 1:
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


def rejoined(parts: Sequence[PageTable]) -> list[PageTable]:
    """The parts of one table counted in the columns of all; cells cut by a break made whole."""
    if len(parts) == 1:
        return list(parts)
    edges = [x for part in parts for x in part.grid.xs]
    aligned = [replace(part, grid=part.grid.with_columns(edges)) for part in parts]
    for n in range(len(aligned) - 1, 0, -1):
        aligned[n - 1], aligned[n] = _mended(aligned[n - 1], aligned[n])
    return aligned


def _mended(above: PageTable, below: PageTable) -> tuple[PageTable, PageTable]:
    """The rest of a row that the break has cut moves up to where the row began.

    A row is cut when all that its part on the next page says continues a full last line above.
    """
    last = len(above.grid.ys) - 1
    padding = above.padding()
    ends = {
        (span.left, span.right): n for n, span in enumerate(above.grid.spans) if span.bottom == last
    }
    moves: dict[int, int] = {}
    for n, (span, texts) in enumerate(zip(below.grid.spans, below.lines, strict=True)):
        if span.top or not texts:
            continue
        end = ends.get((span.left, span.right))
        if end is None or not above.lines[end]:
            return above, below
        room = above.room(above.grid.spans[end], padding)
        if not runs_on(above.lines[end][-1].line, texts[0].line, room):
            return above, below
        moves[n] = end
    upper, lower = list(above.lines), list(below.lines)
    for n, end in moves.items():
        upper[end] += lower[n]
        lower[n] = ()
    return replace(above, lines=tuple(upper)), replace(below, lines=tuple(lower))


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
                page,
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


def _runs(page: Page, texts: CellLines, width: float, place: Location) -> tuple[Run, ...]:
    """A run for each line of a cell; lines that run on are not parted by a line break."""
    runs = []
    for n, text in enumerate(texts):
        after = ""
        if n + 1 < len(texts):
            following = texts[n + 1].line
            after = joint(text.line, following) if runs_on(text.line, following, width) else "\n"
        # What a page break has cut off stands in the first row of its own page.
        row = place.row if text.page is page else 1
        where = replace(place, page=text.page.number, row=row, bbox=text.box)
        runs.append(Run(text.line.text + after, where))
    return tuple(runs)
