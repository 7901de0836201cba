"""Presentations (.pptx): each slide's texts and tables from top to bottom.

Read from the XML itself, as Word files are. Struck text, notes and slides that are not shown are
left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from ingest.config import DEFAULT_LIMITS, Limits
from ingest.loaders.note_marks import lowered, raised
from ingest.loaders.office.ooxml_package import Package
from ingest.loaders.refusals import PARSER_FAULTS, OnPage, ignore_page, refusal
from ingest.types.blocks import Block, Cell, Document, Location, Run, TableBlock, TextBlock

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
SHAPES = frozenset(P + name for name in ("sp", "graphicFrame", "grpSp", "cxnSp"))
TITLES = ("title", "ctrTitle")
BREAKS = (f"{A}br", f"{A}tab")


def load_pptx(
    file: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS, on_page: OnPage = ignore_page
) -> Document:
    """The text and tables of all slides that are shown."""
    try:
        package = Package(data)
        main = package.related("", "officeDocument") or "ppt/presentation.xml"
        relations = package.relations(main)
        ids = [slide.get(R_ID, "") for slide in package.xml(main).iter(f"{P}sldId")]
        parts = [relations[id][0] for id in ids if id in relations]
        if len(parts) > limits.pages:
            raise refusal(file, f"幻灯片超过 {limits.pages} 页", "请拆分后上传")
        reader = _Reader()
        blocks: list[Block] = []
        for number, part in enumerate(parts, start=1):
            on_page(number, len(parts))
            slide = package.xml(part)
            if slide.get("show") != "0":
                blocks += reader.slide(slide, number)
    except PARSER_FAULTS as error:
        remedy = "请用 PowerPoint 或 WPS 打开后另存为 .pptx 再上传"
        raise refusal(file, "演示文稿的内部结构已损坏", remedy) from error
    return Document(id=sha256(data).hexdigest(), file=file, blocks=tuple(blocks))


@dataclass(slots=True)
class _Reader:
    """Walks slide after slide; tables are counted over all of them."""

    tables: int = 0

    def slide(self, slide: "Element", number: int) -> Iterator[Block]:
        tree = slide.find(f"{P}cSld/{P}spTree")
        lines = 0
        for shape in () if tree is None else _shapes(tree):
            table = shape.find(f".//{A}tbl")
            if table is not None:
                self.tables += 1
                yield from _table(table, Location(page=number, table=self.tables))
                continue
            level = int(_is_title(shape))
            for paragraph in shape.iter(f"{A}p"):
                text = _text(paragraph)
                if text.strip():
                    lines += 1
                    place = Location(page=number, line_start=lines, line_end=lines)
                    yield TextBlock((Run(text, place),), level=level)


def _shapes(tree: "Element") -> list["Element"]:
    """The shapes of a slide as they are read: from top to bottom, those of a group together."""
    shapes = [shape for shape in tree if shape.tag in SHAPES]
    found: list[Element] = []
    for shape in sorted(shapes, key=_place):
        found += _shapes(shape) if shape.tag == f"{P}grpSp" else [shape]
    return found


def _place(shape: "Element") -> tuple[int, int, int]:
    """Titles first; what has no place of its own, as its layout gives it, then the others."""
    offset = next(shape.iter(f"{A}off"), None)
    if _is_title(shape) or offset is None:
        return (0 if _is_title(shape) else 1, 0, 0)
    return (2, int(offset.get("y", "0")), int(offset.get("x", "0")))


def _is_title(shape: "Element") -> bool:
    holder = next(shape.iter(f"{P}ph"), None)
    return holder is not None and holder.get("type") in TITLES


def _text(paragraph: "Element") -> str:
    """A paragraph's text; what is struck is left out, what is raised or lowered read as such."""
    text = ""
    for piece in paragraph:
        if piece.tag in BREAKS:
            text += "\n" if piece.tag == BREAKS[0] else "\t"
            continue
        words = "".join(part.text or "" for part in piece.iter(f"{A}t"))
        look = piece.find(f"{A}rPr")
        if look is not None and look.get("strike", "noStrike") != "noStrike":
            continue
        shift = int((look.get("baseline") if look is not None else "") or 0)
        if shift and text:
            words = raised(words, text) if shift > 0 else lowered(words, text)
        text += words
    return text


def _table(table: "Element", place: Location) -> Iterator[TableBlock]:
    """A table; a merged cell stands once."""
    cells: list[Cell] = []
    rows = table.findall(f"{A}tr")
    width = 0
    for at, row in enumerate(rows):
        for column, cell in enumerate(row.findall(f"{A}tc")):
            width = max(width, column + 1)
            if cell.get("hMerge") in _TRUE or cell.get("vMerge") in _TRUE:
                continue
            where = Location(page=place.page, table=place.table, row=at + 1, column=column + 1)
            text = "\n".join(filter(None, map(_text, cell.iter(f"{A}p"))))
            runs = (Run(text, where),) if text.strip() else ()
            down = min(int(cell.get("rowSpan", "1")), len(rows) - at)
            wide = max(1, int(cell.get("gridSpan", "1")))
            cells.append(Cell(at, column, runs, max(1, down), min(wide, _MAX_SPAN)))
    width = max([width, *(cell.column + cell.column_span for cell in cells)])
    if cells:
        yield TableBlock(tuple(cells), len(rows), width, place)


_TRUE = ("1", "true")
_MAX_SPAN = 1000
