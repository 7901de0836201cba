"""The place that a citation points to, in the file itself (原文): to be opened from anywhere.

`link` is the address of what `source_html` shows: the page with the place framed, the table with
the cell marked, or the lines. Any element with `data-original=link` is filled with it when it
opens.
"""

from collections.abc import Iterable
from html import escape
from urllib.parse import urlencode

from assistant.sources.excerpt import excerpt, mark, meets
from ingest.types.blocks import Block, Cell, Location, TableBlock

DOTS_PER_POINT = 110 / 72
"""Page pictures are shown as they are drawn: 110 dots an inch."""
MAX_QUOTE = 300
"""Characters of a quote in an address."""
ROWS_AROUND = 12
LINES_AROUND = 10
FRAME_MARGIN = 2.0
"""Points that a frame stands off from what it frames."""


def link(document_id: str, location: Location, quote: str = "") -> str:
    """Where the place is shown, e.g. /source/1f0c…?page=3&bbox=72,90,300,104."""
    fields = ("page", "sheet", "table", "row", "column", "line_start", "line_end")
    query = {name: value for name in fields if (value := getattr(location, name)) is not None}
    if location.bbox:
        query["bbox"] = ",".join(f"{edge:g}" for edge in location.bbox)
    if quote:
        query["quote"] = quote[:MAX_QUOTE]
    return f"/source/{document_id}?{urlencode(query)}"


def original_place(
    document_id: str, location: Location, quote: str = "", *, excerpt: str = ""
) -> str:
    """An element that shows the place when it opens, and `excerpt` until then."""
    address = escape(link(document_id, location, quote), quote=True)
    return f'<div class="original" data-original="{address}">{excerpt}</div>'


def source_html(document_id: str, blocks: Iterable[Block], location: Location, quote: str) -> str:
    """The place as HTML; empty where it is not found."""
    if location.page is not None:
        return page(document_id, location)
    if location.row is not None:
        for block in blocks:
            if isinstance(block, TableBlock) and _same_table(block, location):
                return table(block, location)
    return excerpt(blocks, location, quote, around=LINES_AROUND)


def page(document_id: str, location: Location) -> str:
    """The page's picture, with a frame around the place."""
    number = location.page
    frame = ""
    if location.bbox:
        left, top, right, bottom = location.bbox
        edges = {
            "left": left - FRAME_MARGIN,
            "top": top - FRAME_MARGIN,
            "width": right - left + 2 * FRAME_MARGIN,
            "height": bottom - top + 2 * FRAME_MARGIN,
        }
        style = ";".join(f"{name}:{edge * DOTS_PER_POINT:.1f}px" for name, edge in edges.items())
        frame = f'<i class="here" style="{style}"></i>'
    address = f"/source/{document_id}/page/{number}.png"
    return (
        f'<div class="page-view" tabindex="0" aria-label="第{number}页原文">'
        f'<figure><img src="{address}" alt="第{number}页">{frame}</figure></div>'
        f'<p class="whole"><a href="{address}" target="_blank">看整页</a></p>'
    )


def table(block: TableBlock, location: Location) -> str:
    """The rows around the place, merged cells as in the file, the cell marked."""
    hits = {cell.row for cell in block.cells if cell.runs and meets(cell.location, location)}
    if not hits:
        return ""
    first, last = max(min(hits) - ROWS_AROUND, 0), max(hits) + ROWS_AROUND
    rows: dict[int, list[str]] = {}
    for cell in block.cells:
        if cell.row + cell.row_span > first and cell.row <= last:
            here = bool(cell.runs) and meets(cell.location, location)
            start, end = max(cell.row, first), min(cell.row + cell.row_span - 1, last)
            rows.setdefault(start, []).append(_cell(cell, rows=end - start + 1, here=here))
    body = "".join(f"<tr>{''.join(rows[number])}</tr>" for number in sorted(rows))
    more = f'<p class="more">共{block.row_count}行，这里是其中的一段。</p>'
    cut = first > 0 or last < block.row_count - 1
    return (
        f'<div class="table-view" tabindex="0" aria-label="原文表格"><table>{body}</table></div>'
        f"{more if cut else ''}"
    )


def _cell(cell: Cell, *, rows: int, here: bool) -> str:
    spans = f' rowspan="{rows}"' if rows > 1 else ""
    spans += f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
    text = mark(cell.text.strip(), ()).replace("\n", "<br>")
    kind = ' class="here"' if here else ""
    return f"<td{spans}{kind}>{f'<mark>{text}</mark>' if here and text else text}</td>"


def _same_table(block: TableBlock, location: Location) -> bool:
    place = block.location
    return (place.sheet, place.table) == (location.sheet, location.table) or any(
        cell.runs and meets(cell.location, location) for cell in block.cells
    )
