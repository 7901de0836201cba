"""Pages of placed text and ruling lines → blocks: the same for digital and scanned pages."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ingest.language.line_unwrapping import begins_anew, ends_sentence
from ingest.loaders.layout.borderless_tables import aligned_grids
from ingest.loaders.layout.continued_tables import (
    PageTable,
    drawn_alike,
    goes_on,
    rejoined,
    table_block,
    with_right_halves,
)
from ingest.loaders.layout.page import Page, PageLine
from ingest.loaders.layout.prose_columns import MIN_GUTTER, bands
from ingest.loaders.layout.ruled_tables import Grid, find_grids
from ingest.loaders.layout.struck_text import without_struck
from ingest.loaders.layout.text_lines import (
    Fragment,
    Line,
    joint,
    lines_of,
    runs_on,
    stretches_of,
    without_doubles,
)
from ingest.types.blocks import Block, Location, Run, TextBlock

HEAD_ZONE, FOOT_ZONE = 0.07, 0.12
"""Shares of the page height in which running heads and page numbers stand."""
PAGE_NUMBER = re.compile(r"[-—–―·~\s]*第?\s*\d+\s*页?\s*([,，/／]?\s*共?\s*\d+\s*页?)?[-—–―·~\s]*")
DIGITS = re.compile(r"\d+")
MIN_INDENT = 1.2
MIN_PARAGRAPH_GAP = 1.6
"""In type sizes: a line that begins a paragraph is indented or set apart by at least as much."""
MAX_SIZE_DIFFERENCE = 0.12
"""Maximum difference of two lines set in one size, as a share of it."""
RAGGED = 0.8
"""How much of the text's width a line fills that goes on though it does not reach the margin."""
MIN_HEADING_SIZE = 1.25
"""Minimum size of a heading, in sizes of the body."""


_Item = PageTable | PageLine


def blocks_of(pages: Iterable[Page]) -> tuple[Block, ...]:
    """Paragraphs and tables in reading order, running heads and page numbers left out."""
    items = _without_running_heads([_items(page) for page in pages])
    return tuple(_blocks(list(_rejoined([item for page in items for item in page]))))


def _items(page: Page) -> list[_Item]:
    """What stands on a page from top to bottom."""
    fragments = without_struck(without_doubles(page.fragments), page.across)
    drawn, free = _tables(page, fragments, find_grids(page.across, page.down))
    aligned, free = _tables(page, free, aligned_grids(free))
    columns, free = _columns(page, free)
    items: list[_Item] = [*drawn, *aligned, *columns, *_lines(page, free)]
    return sorted(items, key=lambda item: item.order)


def _columns(page: Page, fragments: list[Fragment]) -> tuple[list[PageLine], list[Fragment]]:
    """The lines of text set in two columns, and the fragments that stand in none."""
    lines: list[PageLine] = []
    for sides in bands(stretches_of(fragments, MIN_GUTTER)):
        top = min(line.top for side in sides for line in side)
        bottom = max(line.bottom for side in sides for line in side)
        fragments = [piece for piece in fragments if not top < piece.baseline < bottom]
        for column, side in enumerate(sides, start=1):
            lines += [PageLine(page, line, column, top) for line in side]
    return lines, fragments


def _tables(
    page: Page, fragments: Iterable[Fragment], grids: Sequence[Grid]
) -> tuple[list[PageTable], list[Fragment]]:
    """The tables that grids hold, and the fragments that stand in none."""
    free: list[Fragment] = []
    held: list[list[list[Fragment]]] = [[[] for _ in grid.spans] for grid in grids]
    owners = [grid.owners() for grid in grids]
    for fragment in fragments:
        x, y = (fragment.x0 + fragment.x1) / 2, fragment.baseline - 0.35 * fragment.size
        for n, grid in enumerate(grids):
            if grid.holds(x, y):
                row, column = grid.field(x, y)
                held[n][owners[n][row][column]].append(fragment)
                break
        else:
            free.append(fragment)
    tables = [
        PageTable(page, grid, tuple(_lines(page, cell) for cell in cells))
        for grid, cells in zip(grids, held, strict=True)
        if any(fragment.text.strip() for cell in cells for fragment in cell)
    ]
    return tables, free


def _lines(page: Page, fragments: Iterable[Fragment]) -> tuple[PageLine, ...]:
    return tuple(PageLine(page, line) for line in lines_of(fragments))


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
    if isinstance(item, PageTable):
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
    return item.line.text if isinstance(item, PageLine) else ""


def _rejoined(items: Sequence[_Item]) -> Iterator[tuple[_Item, bool]]:
    """Each item with whether it is a table that continues the one before it."""
    parts: list[PageTable] = []
    for item in [*_with_right_halves(items), None]:
        if parts and isinstance(item, PageTable):
            item = drawn_alike(parts[-1], item)
        if parts and not (isinstance(item, PageTable) and goes_on(parts[-1], item)):
            yield from ((part, n > 0) for n, part in enumerate(rejoined(parts)))
            parts = []
        if isinstance(item, PageTable):
            parts.append(item)
        elif item is not None:
            yield item, False


def _with_right_halves(items: Sequence[_Item]) -> Iterator[_Item]:
    """The items with their tables as wide as they are, each where its left part stands."""
    tables = [item for item in items if isinstance(item, PageTable)]
    joined = {(table.page.number, table.top): table for table in with_right_halves(tables)}
    for item in items:
        if not isinstance(item, PageTable):
            yield item
        elif table := joined.get((item.page.number, item.top)):
            yield table


def _blocks(items: Sequence[tuple[_Item, bool]]) -> Iterator[Block]:
    texts = [item for item, _ in items if isinstance(item, PageLine)]
    edges = _body_edges(texts)
    body_size = _body_size(texts)
    paragraph: list[PageLine] = []
    tables = 0
    for item, continues in items:
        if paragraph and (isinstance(item, PageTable) or not _joins(paragraph[-1], item, edges)):
            yield _paragraph(paragraph, body_size)
            paragraph = []
        if isinstance(item, PageTable):
            tables += not continues
            yield table_block(item, tables, continues=continues)
        else:
            paragraph.append(item)
    if paragraph:
        yield _paragraph(paragraph, body_size)


_Width = tuple[int, int]
"""The width of a page, and which of its columns."""


def _width(text: PageLine) -> _Width:
    return round(text.page.width), text.column


def _body_edges(texts: Iterable[PageLine]) -> dict[_Width, tuple[float, float]]:
    """The left and right edge of running text, by page width and column."""
    edges: dict[_Width, tuple[float, float]] = {}
    for text in texts:
        width = _width(text)
        left, right = edges.get(width, (text.line.x0, text.line.reach))
        edges[width] = (min(left, text.line.x0), max(right, text.line.reach))
    return edges


def _body_size(texts: Iterable[PageLine]) -> float:
    """The type size that most characters outside tables are set in."""
    sizes: Counter[float] = Counter()
    for text in texts:
        sizes[round(text.line.size, 1)] += len(text.line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _joins(previous: PageLine, item: PageLine, edges: dict[_Width, tuple[float, float]]) -> bool:
    """Whether a line continues the paragraph of the line before it, also over a page break."""
    above, line = previous.line, item.line
    left, right = edges[_width(previous)]
    indent = line.x0 - edges[_width(item)][0]
    broken = previous.page is not item.page or 0 < previous.column < item.column
    apart = line.top - above.bottom
    return (
        abs(line.size - above.size) <= MAX_SIZE_DIFFERENCE * above.size
        and indent <= MIN_INDENT * line.size
        and (broken or -above.size < apart < MIN_PARAGRAPH_GAP * line.size)
        and (runs_on(above, line, right - above.x0) or _is_ragged(above, line, (left, right)))
    )


def _is_ragged(above: Line, line: Line, edges: tuple[float, float]) -> bool:
    """Whether a line goes on with one that ends within a sentence near a margin that is not even:
    text that was broken after so many characters, however wide they are."""
    left, right = edges
    numbers = above.text[-1:].isdigit() and line.text[:1].isdigit()
    return (
        above.x1 - left >= RAGGED * (right - left)
        and not ends_sentence(above.text)
        and not begins_anew(line.text)
        and not numbers
    )


def _paragraph(texts: Sequence[PageLine], body_size: float) -> TextBlock:
    runs = []
    for n, text in enumerate(texts):
        after = joint(text.line, texts[n + 1].line) if n + 1 < len(texts) else ""
        place = Location(page=text.page.number, bbox=text.box)
        runs.append(Run(text.line.text + after, place))
    large = texts[0].line.size >= MIN_HEADING_SIZE * body_size and len(texts) <= 2
    return TextBlock(tuple(runs), level=1 if large else 0)
