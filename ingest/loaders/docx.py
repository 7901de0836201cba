"""Word files (.docx): paragraphs and tables in reading order, merged cells once.

The text is read from the XML itself, as python-docx leaves out what stands in content controls,
tracked insertions, fields and text boxes; deleted, struck and hidden text is left out, as a reader
does not see it or is told not to read it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from ingest.config import DEFAULT_LIMITS, Limits
from ingest.loaders.embedded_pictures import EmbeddedPictures
from ingest.loaders.note_marks import lowered, raised
from ingest.loaders.office.docx_numbering import VAL, Numbering, W
from ingest.loaders.office.docx_styles import P_PR, Style, Styles
from ingest.loaders.office.ooxml_package import Package
from ingest.loaders.refusals import PARSER_FAULTS, refusal
from ingest.types.blocks import Block, Cell, Document, Location, Run, TableBlock, TextBlock

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

P, R, TBL, TR, TC, T = (W + name for name in ("p", "r", "tbl", "tr", "tc", "t"))
TR_PR, TC_PR, BR = (W + name for name in ("trPr", "tcPr", "br"))
SDT, SYM, FIELD = (W + name for name in ("sdt", "sym", "fldChar"))
PLACEHOLDER = f"{W}sdtPr/{W}showingPlcHdr"
R_PR, VERT_ALIGN, POSITION = (W + name for name in ("rPr", "vertAlign", "position"))
UNREAD = tuple(W + name for name in ("strike", "dstrike", "vanish"))
"""What marks a run's text as struck out or hidden."""
GRID_SPAN, V_MERGE = (W + name for name in ("gridSpan", "vMerge"))
MERGED_WITH_ABOVE = "continue"
"""The vertical merge of a cell that belongs to the one above it."""
TEXT_BOX = W + "txbxContent"
DRAWINGS = (W + "drawing", W + "pict")
IMAGES = (
    "{http://schemas.openxmlformats.org/drawingml/2006/main}blip",
    "{urn:schemas-microsoft-com:vml}imagedata",
)
EMBED, RELATION = (
    f"{{http://schemas.openxmlformats.org/officeDocument/2006/relationships}}{name}"
    for name in ("embed", "id")
)
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"

TRANSPARENT = frozenset(
    W + name
    for name in (
        *("sdt", "sdtContent", "ins", "moveTo", "hyperlink", "smartTag", "fldSimple"),
        *("customXml", "dir", "bdo"),
    )
)
"""Elements that only wrap: what they hold stands where they stand."""
SIGNS = {W + "tab": "\t", W + "cr": "\n", W + "noBreakHyphen": "-"}


def load_docx(file: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> Document:
    """All paragraphs and tables of a .docx file, in the order in which they are read."""
    try:
        package = Package(data)
        main = package.related("", "officeDocument") or "word/document.xml"
        root = package.xml(main)
        pictures = EmbeddedPictures(limits)
        reader = _Reader(
            Styles(partial(package.root, main, "styles")),
            Numbering(partial(package.root, main, "numbering")),
            next(root.iter(TEXT_BOX), None) is not None,
            partial(_pictures, package, main),
            pictures,
        )
        body = root.find(f"{W}body")
        blocks = () if body is None else tuple(reader.blocks(body))
    except PARSER_FAULTS as error:
        remedy = "请用 Word 或 WPS 打开后另存为 .docx 再上传"
        raise refusal(file, "Word 文件的内部结构已损坏", remedy) from error
    return Document(
        id=sha256(data).hexdigest(), file=file, blocks=blocks, remarks=tuple(pictures.remarks)
    )


@dataclass(slots=True)
class _Reader:
    """Walks the body once; counts paragraphs and tables as Word's own object model does."""

    styles: Styles
    numbering: Numbering
    has_boxes: bool
    pictures_of: "Callable[[Element], Iterator[bytes]]"
    pictures: EmbeddedPictures
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
        for picture in self.pictures_of(element):
            yield from self.pictures.blocks(picture, place)
        for box in self.boxes(element):
            for inner in _flow(box):
                if inner.tag == P:
                    yield from self.paragraph(inner, place)
                else:
                    yield from self.table(inner, place)

    def text(self, element: "Element") -> tuple[str, Style]:
        """A paragraph's text with its automatic number, and its style."""
        style = self.styles.of(element.find(P_PR))
        parts: list[str] = []
        _gather(element, parts)
        text = "".join(parts)
        if style.list_id and text.strip():
            text = self.numbering.label(style.list_id, style.depth) + text
        return text, style

    def table(self, element: "Element", place: Location) -> Iterator[TableBlock]:
        """A table, then the tables inside its cells, which are placed at the cell they stand in."""
        cells: list[Cell] = []
        inner: list[tuple[Element, Location]] = []
        above: dict[int, int] = {}  # column → index in cells of the vertical merge open there
        height = width = 0
        for row in _children(element, TR):
            before, deleted = _row_properties(row)
            if deleted:
                continue
            column = before
            for tc in _children(row, TC):
                span, merge = _cell_properties(tc)
                if merge == MERGED_WITH_ABOVE and column in above:
                    top = cells[above[column]]
                    cells[above[column]] = replace(top, row_span=height - top.row + 1)
                else:
                    where = place
                    if not (place.row or place.line_start):
                        where = Location(table=place.table, row=height + 1, column=column + 1)
                    runs, tables = self.cell(tc, where)
                    cells.append(Cell(height, column, runs, column_span=span))
                    inner += [(table, where) for table in tables]
                    above.pop(column, None)
                    if merge:
                        above[column] = len(cells) - 1
                column += span
            width = max(width, column)
            height += 1
        yield TableBlock(tuple(cells), height, width, place)
        for table, where in inner:
            yield from self.table(table, where)

    def cell(self, tc: "Element", place: Location) -> "tuple[tuple[Run, ...], list[Element]]":
        """A cell's text, one run a paragraph, and the tables inside it."""
        texts: list[str] = []
        tables: list[Element] = []
        for element in _flow(tc):
            if element.tag == TBL:
                tables.append(element)
            else:
                texts.append(self.text(element)[0])
                texts += [self.text(p)[0] for box in self.boxes(element) for p in box.iter(P)]
        return lines(texts, place), tables

    def boxes(self, paragraph: "Element") -> "Iterator[Element]":
        """The outermost text boxes anchored in a paragraph, once (not their old-format twins)."""
        if not self.has_boxes:
            return
        for box in paragraph.iter(TEXT_BOX):
            around = []
            for ancestor in box.iterancestors():
                if ancestor is paragraph:
                    break
                around.append(ancestor.tag)
            if FALLBACK not in around and TEXT_BOX not in around:
                yield box


def _pictures(package: Package, main: str, paragraph: "Element") -> Iterator[bytes]:
    """The pictures drawn in a paragraph, those of linked files left out."""
    if next(paragraph.iter(*DRAWINGS), None) is None:
        return
    relations = package.relations(main)
    for image in paragraph.iter(*IMAGES):
        part = relations.get(image.get(EMBED) or image.get(RELATION) or "")
        if part:
            with suppress(KeyError):
                yield package.bytes_of(part[0])


def lines(texts: Iterable[str], place: Location) -> tuple[Run, ...]:
    """Runs for the lines of a cell, parted by line breaks; none for a cell that is blank."""
    filled = [text for text in texts if text.strip()]
    last = len(filled) - 1
    return tuple(Run(text if i == last else text + "\n", place) for i, text in enumerate(filled))


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


def _gather(parent: "Element", parts: list[str]) -> None:
    """The text of a paragraph as printed: deletions, field codes and text boxes left out."""
    for child in parent:
        tag = child.tag
        if tag == T:
            parts.append(child.text or "")
        elif tag == SDT and child.find(PLACEHOLDER) is not None:
            continue  # it only says what is to be filled in
        elif tag == SYM:
            parts.append(_symbol(child))
        elif tag == FIELD:
            parts.append(_ticked(child))
        elif tag == R:
            inside: list[str] = []
            _gather(child, inside)
            parts.append(_as_set("".join(inside), child.find(R_PR), parts))
        elif tag in TRANSPARENT:
            _gather(child, parts)
        elif tag in SIGNS:
            parts.append(SIGNS[tag])
        elif tag == BR and child.get(W + "type", "textWrapping") == "textWrapping":
            parts.append("\n")


def _as_set(text: str, properties: "Element | None", parts: Sequence[str]) -> str:
    """A run's text as a reader takes it: nothing of what is struck or hidden, no note's mark."""
    if properties is None or not text:
        return text
    if any(_is_on(properties.find(tag)) for tag in UNREAD):
        return ""
    aligned = properties.find(VERT_ALIGN)
    where = "" if aligned is None else aligned.get(VAL, "")
    shift = properties.find(POSITION)
    above = 0 if shift is None else int(float(shift.get(VAL) or 0))
    if where == "superscript" or above > 0:
        return raised(text, "".join(parts))
    return lowered(text, "".join(parts)) if where == "subscript" or above < 0 else text


def _symbol(element: "Element") -> str:
    """A character of a symbol font, in the place where such fonts keep theirs."""
    try:
        code = int(element.get(W + "char", ""), 16)
    except ValueError:
        return ""
    return chr(code | 0xF000) if 0x20 <= code & 0xFFF <= 0xFF else ""


def _ticked(field: "Element") -> str:
    """The box of a form's check box, ticked or not; nothing of any other field."""
    box = field.find(f"{W}ffData/{W}checkBox")
    if box is None:
        return ""
    state = box.find(f"{W}checked")
    state = box.find(f"{W}default") if state is None else state
    return "☑" if _is_on(state) else "☐"


def _is_on(switch: "Element | None") -> bool:
    """Whether a property that is either on or off is on."""
    return switch is not None and switch.get(VAL, "1") not in ("0", "false", "off")


def _row_properties(row: "Element") -> tuple[int, bool]:
    """How many columns are left free before a row's first cell, and whether it is deleted."""
    properties = row.find(TR_PR)
    if properties is None:
        return 0, False
    before = properties.find(f"{W}gridBefore")
    return (
        0 if before is None else int(before.get(VAL) or 0),
        properties.find(f"{W}del") is not None,
    )


def _cell_properties(tc: "Element") -> tuple[int, str]:
    """How many columns a cell covers, and its part in a vertical merge, "" for none."""
    span, merge = 1, ""
    properties = tc.find(TC_PR)
    if properties is not None:
        for child in properties:
            if child.tag == GRID_SPAN:
                span = int(child.get(VAL) or 1)
            elif child.tag == V_MERGE:
                merge = child.get(VAL) or MERGED_WITH_ABOVE
    return span, merge
