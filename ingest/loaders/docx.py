"""Word files (.docx): paragraphs and tables in reading order, merged cells once.

The text is read from the XML itself, as python-docx leaves out what stands in content controls,
tracked insertions, fields and text boxes; deleted text is left out, as a reader does not see it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING

from ingest.loaders.docx_numbering import VAL, Numbering, W
from ingest.loaders.limits import DEFAULT_LIMITS, PARSER_FAULTS, Limits, refusal
from ingest.types import Block, Cell, Document, Location, Run, TableBlock, TextBlock

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from lxml.etree import _Element as Element

P, TBL, TR, TC, T = (W + name for name in ("p", "tbl", "tr", "tc", "t"))
P_PR, NUM_PR, STYLE, OUTLINE = (W + name for name in ("pPr", "numPr", "pStyle", "outlineLvl"))
TEXT_BOX = W + "txbxContent"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"

TRANSPARENT = frozenset(
    W + name
    for name in (
        *("sdt", "sdtContent", "ins", "moveTo", "hyperlink", "smartTag", "fldSimple"),
        *("customXml", "dir", "bdo", "r"),
    )
)
"""Elements that only wrap: what they hold stands where they stand."""
SIGNS = {W + "tab": "\t", W + "cr": "\n", W + "noBreakHyphen": "-"}
BODY_LEVEL = 9
"""Word's outline level for body text; 0 to 8 are headings."""


def load_docx(file: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> Document:
    """All paragraphs and tables of a .docx file, in the order in which they are read."""
    from docx import Document as open_docx
    from docx.opc.exceptions import OpcError

    faults: tuple[type[Exception], ...] = (OpcError, *PARSER_FAULTS)
    try:
        opened = open_docx(BytesIO(data))
        reader = _Reader(_styles(opened), Numbering.of(opened), limits.cells)
        blocks = tuple(reader.blocks(opened.element.body))
    except faults as error:
        remedy = "请用 Word 或 WPS 打开后另存为 .docx 再上传"
        raise refusal(file, "Word 文件的内部结构已损坏", remedy) from error
    if reader.cells_left < 0:
        raise refusal(file, f"表格单元格超过 {limits.cells} 个", "请拆分后上传")
    return Document(id=sha256(data).hexdigest(), file=file, blocks=blocks)


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph style says of its paragraphs: heading level (0 = body) and list."""

    level: int
    list_id: str
    depth: int


BODY = _Style(0, "", 0)


def _styles(document: "WordDocument") -> dict[str, _Style]:
    """Every paragraph style with what it takes over from the style it is based on."""
    elements = {
        e.get(W + "styleId", ""): e for e in document.styles.element.iterchildren(W + "style")
    }
    styles: dict[str, _Style] = {}

    def resolve(name: str, seen: frozenset[str]) -> _Style:
        if name in styles or name not in elements or name in seen:
            return styles.get(name, BODY)
        element = elements[name]
        parent = resolve(_value(element, "basedOn"), seen | {name})
        titled = _value(element, "name").lower() == "title"
        styles[name] = _own(element.find(P_PR), replace(parent, level=1) if titled else parent)
        return styles[name]

    for name in elements:
        resolve(name, frozenset())
    return styles


def _own(properties: "Element | None", inherited: _Style) -> _Style:
    """The style of a paragraph with these properties of its own."""
    if properties is None:
        return inherited
    outline = _value(properties, "outlineLvl")
    level = inherited.level
    if outline.isdigit():
        level = 0 if int(outline) >= BODY_LEVEL else int(outline) + 1
    numbers = properties.find(NUM_PR)
    if numbers is None:
        return replace(inherited, level=level)
    list_id = _value(numbers, "numId") or inherited.list_id
    depth = _value(numbers, "ilvl")
    return _Style(level, list_id, int(depth) if depth.isdigit() else inherited.depth)


def _value(element: "Element", name: str) -> str:
    child = element.find(W + name)
    return "" if child is None else child.get(VAL, "")


@dataclass(slots=True)
class _Reader:
    """Walks the body once; counts paragraphs and tables as Word's own object model does."""

    styles: Mapping[str, _Style]
    numbering: Numbering
    cells_left: int
    paragraphs: int = 0
    tables: int = 0

    def blocks(self, parent: "Element") -> Iterator[Block]:
        for element in _flow(parent):
            if element.tag == TBL:
                self.tables += 1
                yield from self.table(element, Location(table=self.tables))
            else:
                self.paragraphs += 1
                n = self.paragraphs
                yield from self.paragraph(element, Location(line_start=n, line_end=n))

    def paragraph(self, element: "Element", place: Location) -> Iterator[Block]:
        text, style = self.text(element)
        if text.strip():
            yield TextBlock((Run(text, place),), level=style.level)
        for box in _text_boxes(element):
            for inner in _flow(box):
                if inner.tag == P:
                    yield from self.paragraph(inner, place)
                else:
                    yield from self.table(inner, place)

    def text(self, element: "Element") -> tuple[str, _Style]:
        """A paragraph's text with its automatic number, and its style."""
        properties = element.find(P_PR)
        named = "" if properties is None else _value(properties, STYLE.removeprefix(W))
        style = _own(properties, self.styles.get(named, BODY))
        text = "".join(_characters(element))
        if style.list_id and text.strip():
            text = self.numbering.label(style.list_id, style.depth) + text
        return text, style

    def table(self, element: "Element", place: Location) -> Iterator[TableBlock]:
        """A table, then the tables inside its cells, which are placed at the cell they stand in."""
        cells: list[Cell] = []
        inner: list[tuple[Element, Location]] = []
        above: dict[int, int] = {}  # column → index in cells of the vertical merge open there
        rows = [row for row in _children(element, TR) if row.find(f"{W}trPr/{W}del") is None]
        width = 0
        for r, row in enumerate(rows):
            column = int(_value_in(row, "trPr", "gridBefore") or 0)
            for tc in _children(row, TC):
                span = int(_value_in(tc, "tcPr", "gridSpan") or 1)
                merge = tc.find(f"{W}tcPr/{W}vMerge")
                if merge is not None and merge.get(VAL) != "restart" and column in above:
                    top = cells[above[column]]
                    cells[above[column]] = replace(top, row_span=r - top.row + 1)
                else:
                    where = (
                        place
                        if place.row or place.line_start
                        else replace(place, row=r + 1, column=column + 1)
                    )
                    runs = self.runs(tc, where)
                    cells.append(Cell(r, column, runs, column_span=span))
                    inner += [(table, where) for table in _flow(tc) if table.tag == TBL]
                    above.pop(column, None)
                    if merge is not None:
                        above[column] = len(cells) - 1
                column += span
            width = max(width, column)
        self.cells_left -= len(cells)
        yield TableBlock(tuple(cells), len(rows), width, place)
        for table, where in inner:
            yield from self.table(table, where)

    def runs(self, tc: "Element", place: Location) -> tuple[Run, ...]:
        """A cell's text, one run a paragraph."""
        return lines((text for p in _flow(tc) if p.tag == P for text in self.cell_texts(p)), place)

    def cell_texts(self, element: "Element") -> Iterator[str]:
        yield self.text(element)[0]
        for box in _text_boxes(element):
            for inner in box.iter(P):
                yield self.text(inner)[0]


def lines(texts: Iterable[str], place: Location) -> tuple[Run, ...]:
    """Runs for the lines of a cell, parted by line breaks; none for a cell that is blank."""
    kept = [text for text in texts if text.strip()]
    last = len(kept) - 1
    return tuple(Run(text if i == last else text + "\n", place) for i, text in enumerate(kept))


def _flow(parent: "Element") -> Iterator["Element"]:
    """The paragraphs and tables of a body, cell or text box, through content controls."""
    for child in parent.iterchildren():
        if child.tag in (P, TBL):
            yield child
        elif child.tag in TRANSPARENT:
            yield from _flow(child)


def _children(parent: "Element", tag: str) -> Iterator["Element"]:
    """The children of a kind, through content controls."""
    for child in parent.iterchildren():
        if child.tag == tag:
            yield child
        elif child.tag in TRANSPARENT:
            yield from _children(child, tag)


def _characters(parent: "Element") -> Iterator[str]:
    """The text of a paragraph as printed: deletions, field codes and text boxes left out."""
    for child in parent.iterchildren():
        if child.tag == T:
            yield child.text or ""
        elif child.tag in SIGNS:
            yield SIGNS[child.tag]
        elif child.tag == W + "br":
            yield "\n" if child.get(W + "type", "textWrapping") == "textWrapping" else ""
        elif child.tag in TRANSPARENT:
            yield from _characters(child)


def _text_boxes(paragraph: "Element") -> Iterator["Element"]:
    """The outermost text boxes anchored in a paragraph, once (not their old-format twins)."""
    for box in paragraph.iter(TEXT_BOX):
        around = []
        for ancestor in box.iterancestors():
            if ancestor is paragraph:
                break
            around.append(ancestor.tag)
        if FALLBACK not in around and TEXT_BOX not in around:
            yield box


def _value_in(element: "Element", properties: str, name: str) -> str:
    found = element.find(f"{W}{properties}/{W}{name}")
    return "" if found is None else found.get(VAL, "")
