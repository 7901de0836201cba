"""Pages of placed text and ruling lines → blocks: the same for digital and scanned pages."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.loaders.layout import Box, Fragment, Line, joint, lines_of, runs_on
from ingest.loaders.ruling import TOUCH, Grid, Ruling, find_grids
from ingest.loaders.turning import STILL, Affine, moved
from ingest.types import Block, Cell, Location, Run, TableBlock, TextBlock

HEAD_ZONE, FOOT_ZONE = 0.07, 0.12
"""Shares of the page height in which running heads and page numbers stand."""
PAGE_NUMBER = re.compile(r"[-—–―·~\s]*第?\s*\d+\s*页?\s*([,，/／]?\s*共?\s*\d+\s*页?)?[-—–―·~\s]*")
DIGITS = re.compile(r"\d+")
INDENT = 1.2
PARAGRAPH_GAP = 1.6
"""In type sizes: an indented line, or one after a wider gap, begins a paragraph."""
SAME_SIZE = 0.12
HEADING_SIZE = 1.25
"""A line set this much larger than the body is a heading."""
MOST_PADDING = 8.0


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is read, upright; `view` maps its points to the page as it is displayed."""

    number: int
    width: float
    height: float
    fragments: Sequence[Fragment]
    across: Sequence[Ruling]
    down: Sequence[Ruling]
    view: Affine = STILL

    def place(self, box: Box) -> Box:
        """A box of this page on the displayed page."""
        corners = [moved(self.view, x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return (round(min(xs), 1), round(min(ys), 1), round(max(xs), 1), round(max(ys), 1))


@dataclass(frozen=True, slots=True)
class _Table:
    """A grid on its page with the lines of each of its cells."""

    page: Page
    grid: Grid
    lines: tuple[tuple[Line, ...], ...]

    @property
    def top(self) -> float:
        return self.grid.box[1]


@dataclass(frozen=True, slots=True)
class _Text:
    """A line outside any table, on its page."""

    page: Page
    line: Line

    @property
    def top(self) -> float:
        return self.line.top


_Item = _Table | _Text


def blocks_of(pages: Iterable[Page]) -> tuple[Block, ...]:
    """Paragraphs and tables in reading order, running heads and page numbers left out."""
    items = _without_running_heads([_items(page) for page in pages])
    return tuple(_blocks(_aligned([item for page in items for item in page])))


def _items(page: Page) -> list[_Item]:
    """What stands on a page from top to bottom."""
    grids = find_grids(page.across, page.down)
    free: list[Fragment] = []
    held: list[list[list[Fragment]]] = [[[] for _ in grid.spans] for grid in grids]
    owners = [grid.owners() for grid in grids]
    for fragment in page.fragments:
        x, y = (fragment.x0 + fragment.x1) / 2, fragment.baseline - 0.35 * fragment.size
        for n, grid in enumerate(grids):
            if grid.holds(x, y):
                row, column = grid.field(x, y)
                held[n][owners[n][row][column]].append(fragment)
                break
        else:
            free.append(fragment)
    items: list[_Item] = [
        _Table(page, grid, tuple(tuple(lines_of(cell)) for cell in cells))
        for grid, cells in zip(grids, held, strict=True)
        if any(fragment.text.strip() for cell in cells for fragment in cell)
    ]
    items += [_Text(page, line) for line in lines_of(free)]
    return sorted(items, key=lambda item: item.top)


def _without_running_heads(pages: list[list[_Item]]) -> list[list[_Item]]:
    """The items less page numbers, and less lines that pages repeat in their margins."""
    seen = Counter(
        key for items in pages for key in {_margin_key(item) for item in items} if key is not None
    )
    return [
        [
            item
            for item in items
            if (key := _margin_key(item)) is None
            or not (seen[key] > 1 or PAGE_NUMBER.fullmatch(_text_of(item)))
        ]
        for items in pages
    ]


def _margin_key(item: _Item) -> tuple[bool, str] | None:
    """What a line in the top or bottom margin repeats from page to page; None elsewhere."""
    if isinstance(item, _Table):
        return None
    height = item.page.height
    head = item.line.bottom < HEAD_ZONE * height
    if head or item.line.top > (1 - FOOT_ZONE) * height:
        text = _text_of(item)
        # Body text reaches into the foot zone: there only page numbers are safe to take out.
        if head or item.line.top > (1 - HEAD_ZONE) * height or PAGE_NUMBER.fullmatch(text):
            return head, DIGITS.sub("0", "".join(text.split()))
    return None


def _text_of(item: _Item) -> str:
    return item.line.text if isinstance(item, _Text) else ""


def _aligned(items: list[_Item]) -> list[tuple[_Item, bool]]:
    """Each item with whether it is a table that continues the one before it.

    A table and its continuations are counted in the same columns: those of all their pages.
    """
    going_on = [False] * len(items)
    for n, (previous, item) in enumerate(pairwise(items), start=1):
        going_on[n] = (
            isinstance(previous, _Table)
            and isinstance(item, _Table)
            and item.page.number == previous.page.number + 1
            and _same_columns(previous.grid, item.grid)
        )
    aligned: list[tuple[_Item, bool]] = []
    start = 0
    for n in range(1, len(items) + 1):
        if n == len(items) or not going_on[n]:
            edges = [x for item in items[start:n] if isinstance(item, _Table) for x in item.grid.xs]
            aligned += [
                (_recounted(items[m], edges) if n - start > 1 else items[m], going_on[m])
                for m in range(start, n)
            ]
            start = n
    return aligned


def _recounted(item: _Item, edges: Sequence[float]) -> _Item:
    if isinstance(item, _Text):
        return item
    return _Table(item.page, item.grid.with_columns(edges), item.lines)


def _same_columns(above: Grid, below: Grid) -> bool:
    """Whether two grids have the same outline and share most of the edges of the coarser one."""
    if abs(above.xs[0] - below.xs[0]) > TOUCH or abs(above.xs[-1] - below.xs[-1]) > TOUCH:
        return False
    fewer, more = sorted((above.xs[1:-1], below.xs[1:-1]), key=len)
    shared = sum(any(abs(x - other) <= TOUCH for other in more) for x in fewer)
    return 2 * shared >= len(fewer)


def _blocks(items: Iterable[tuple[_Item, bool]]) -> Iterator[Block]:
    items = list(items)
    texts = [item for item, _ in items if isinstance(item, _Text)]
    edges = _body_edges(texts)
    body_size = _body_size(texts)
    paragraph: list[_Text] = []
    tables = 0
    for item, goes_on in items:
        if paragraph and (isinstance(item, _Table) or not _joins(paragraph[-1], item, edges)):
            yield _paragraph(paragraph, body_size)
            paragraph = []
        if isinstance(item, _Table):
            tables += not goes_on
            yield _table_block(item, tables, goes_on)
        else:
            paragraph.append(item)
    if paragraph:
        yield _paragraph(paragraph, body_size)


def _body_edges(texts: Iterable[_Text]) -> dict[float, tuple[float, float]]:
    """The left and right edge of running text, by page width."""
    edges: dict[float, tuple[float, float]] = {}
    for text in texts:
        width = round(text.page.width)
        left, right = edges.get(width, (text.line.x0, text.line.reach))
        edges[width] = (min(left, text.line.x0), max(right, text.line.reach))
    return edges


def _body_size(texts: Iterable[_Text]) -> float:
    """The type size that most characters outside tables are set in."""
    sizes: Counter[float] = Counter()
    for text in texts:
        sizes[round(text.line.size, 1)] += len(text.line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _joins(previous: _Text, item: _Text, edges: dict[float, tuple[float, float]]) -> bool:
    """Whether a line continues the paragraph of the line before it, also over a page break."""
    above, line = previous.line, item.line
    left, right = edges[round(item.page.width)]
    apart = line.top - above.bottom
    return (
        abs(line.size - above.size) <= SAME_SIZE * above.size
        and line.x0 - left <= INDENT * line.size
        and (previous.page is not item.page or -above.size < apart < PARAGRAPH_GAP * line.size)
        and runs_on(above, line, right - above.x0)
    )


def _paragraph(texts: Sequence[_Text], body_size: float) -> TextBlock:
    runs = []
    for n, text in enumerate(texts):
        after = joint(text.line, texts[n + 1].line) if n + 1 < len(texts) else ""
        place = Location(page=text.page.number, bbox=text.page.place(text.line.box))
        runs.append(Run(text.line.text + after, place))
    large = texts[0].line.size >= HEADING_SIZE * body_size and len(texts) <= 2
    return TextBlock(tuple(runs), level=1 if large else 0)


def _table_block(table: _Table, number: int, goes_on: bool) -> TableBlock:
    grid, page = table.grid, table.page
    gaps = [
        min(line.x0 - grid.xs[span.left], grid.xs[span.right] - line.reach)
        for span, lines in zip(grid.spans, table.lines, strict=True)
        for line in lines
    ]
    padding = min(max(min(gaps, default=0.0), 0.0), MOST_PADDING)
    place = Location(page=page.number, table=number)
    cells = tuple(
        Cell(
            row=span.top,
            column=span.left,
            runs=_cell_runs(
                page,
                lines,
                grid.xs[span.right] - grid.xs[span.left] - 2 * padding,
                replace(place, row=span.top + 1, column=span.left + 1),
            ),
            row_span=span.bottom - span.top,
            column_span=span.right - span.left,
        )
        for span, lines in zip(grid.spans, table.lines, strict=True)
    )
    return TableBlock(
        cells,
        len(grid.ys) - 1,
        len(grid.xs) - 1,
        replace(place, bbox=page.place(grid.box)),
        continues=goes_on,
    )


def _cell_runs(page: Page, lines: Sequence[Line], width: float, place: Location) -> tuple[Run, ...]:
    """A run for each line of a cell; lines that run on are not parted by a line break."""
    runs = []
    for n, line in enumerate(lines):
        after = ""
        if n + 1 < len(lines):
            following = lines[n + 1]
            after = joint(line, following) if runs_on(line, following, width) else "\n"
        runs.append(Run(line.text + after, replace(place, bbox=page.place(line.box))))
    return tuple(runs)
