"""Web pages (.html, and .mht as saved by browsers and Word): paragraphs and tables as shown."""

import re
from base64 import b64decode
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from hashlib import sha256
from typing import TYPE_CHECKING

from ingest.config import DEFAULT_LIMITS, Limits
from ingest.loaders.embedded_pictures import EmbeddedPictures
from ingest.loaders.note_marks import lowered, raised
from ingest.loaders.refusals import refusal
from ingest.types.blocks import Block, Cell, Document, Location, Run, TableBlock, TextBlock

if TYPE_CHECKING:
    from lxml.html import HtmlElement as Element

CHARSET = re.compile(rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)""", re.I)
XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|text-decoration[^;:]*:[^;]*line-through", re.I
)
HIDDEN_TAGS = frozenset(
    (
        *("script", "style", "noscript", "template", "head", "nav", "svg", "iframe"),
        *("object", "s", "strike", "del"),
    )
)
"""What is not shown, and what is struck out."""
SET_OFF = {"sup": raised, "sub": lowered}
BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd"),
        *("details", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend", "li", "main"),
        *("ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th"),
        *("thead", "tr", "ul"),
    )
)
DATA_PICTURE = re.compile(r"data:image/[\w.+-]+;base64,", re.I)
HEADINGS = {f"h{level}": level for level in range(1, 7)}
SOURCE_BLANKS = re.compile(r"[ \t\r\n\f]+")
WRAPPED = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n(?=[\u3000-\u9fff\uff00-\uffef])")
MAX_SPAN = 1000
"""Maximum colspan and rowspan, as browsers have it."""


def load_html(file: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> Document:
    """The text and tables of a web page in the order in which they stand in it."""
    from lxml.etree import ParserError
    from lxml.html import HTMLParser, document_fromstring

    wrapper = _wrapper(data)
    text = XML_DECLARATION.sub("", _decode(data if wrapper is None else _page(wrapper)))
    try:
        parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        root = document_fromstring(text.encode(), parser=parser)
    except (ParserError, ValueError) as error:
        raise refusal(file, "网页里没有可读的内容", "请重新保存网页后上传") from error
    numbers = {table: n for n, table in enumerate(root.iter("table"), start=1)}
    pictures = EmbeddedPictures(limits)
    try:
        parts = {} if wrapper is None else _pictures(wrapper)
        blocks = tuple(_Reader(numbers, limits.cells, parts, pictures).blocks(root))
    except RecursionError as error:
        raise refusal(file, "网页的内容层层嵌套过深", "请另存为 PDF 后上传") from error
    except OverflowError as error:
        raise refusal(file, f"表格单元格超过 {limits.cells} 个", "请拆分后上传") from error
    return Document(
        id=sha256(data).hexdigest(), file=file, blocks=blocks, remarks=tuple(pictures.remarks)
    )


def _wrapper(data: bytes) -> Message | None:
    """The message that an .mht keeps a page in; None where the bytes are the page themselves."""
    if data.lstrip()[:1] == b"<" or b"mime-version:" not in data[:4096].lower():
        return None
    return message_from_bytes(data.lstrip())


def _page(wrapper: Message) -> bytes:
    """The page inside an .mht wrapper."""
    for part in wrapper.walk():
        payload = part.get_payload(decode=True)
        if part.get_content_type() == "text/html" and isinstance(payload, bytes):
            charset = part.get_content_charset() or ""
            named = f'<meta charset="{charset}">'.encode() if charset else b""
            return payload if CHARSET.search(payload[:4096]) else named + payload
    return b""


def _pictures(wrapper: Message) -> dict[str, bytes]:
    """The pictures inside an .mht wrapper, by the names that its page gives them."""
    found: dict[str, bytes] = {}
    for part in wrapper.walk():
        payload = part.get_payload(decode=True)
        if part.get_content_maintype() == "image" and isinstance(payload, bytes):
            for name in ("content-id", "content-location"):
                found[part.get(name, "").strip("<> ")] = payload
    return found


def _decode(data: bytes) -> str:
    """Text by byte order mark, then by declared charset, then by what decodes cleanly."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    declared = CHARSET.search(data[:4096])
    name = declared.group(1).decode().lower() if declared else "utf-8"
    # Pages that declare gb2312 use characters of its supersets; all decode as gb18030.
    first = "gb18030" if name.startswith(("gb", "x-gbk", "cp936")) else name
    for encoding in (first, "utf-8", "gb18030"):
        try:
            return data.removeprefix(BOM_UTF8).decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode(first if _is_known(first) else "utf-8", "replace")


def _is_known(encoding: str) -> bool:
    """Whether text can be decoded by a charset of that name."""
    try:
        b" ".decode(encoding)
    except (LookupError, ValueError):
        return False
    return True


@dataclass(slots=True)
class _Reader:
    """Walks the page once; `numbers` holds each table's place among the tables of the page.

    An OverflowError where its cells span more than `cells_left` places.
    """

    numbers: dict["Element", int]
    cells_left: int
    parts: Mapping[str, bytes]
    pictures: EmbeddedPictures
    paragraphs: int = 0
    pending: list[str] = field(default_factory=list)

    def blocks(self, root: "Element") -> Iterator[Block]:
        yield from self.element(root)
        yield from self.flush(0)

    def element(self, element: "Element", level: int = 0) -> Iterator[Block]:
        if not _is_visible(element):
            return
        if element.tag == "table" and not _is_layout(element):
            yield from self.flush(level)
            yield from self.table(element)
            return
        block = element.tag in BLOCKS
        inside = HEADINGS.get(element.tag, level)
        if block:
            yield from self.flush(level)
        if element.tag == "img" and (picture := self._picture(element.get("src", ""))):
            yield from self.flush(level)
            n = self.paragraphs + 1
            yield from self.pictures.blocks(picture, Location(line_start=n, line_end=n))
        if element.tag in SET_OFF:
            self.pending.append(_set_off(element, self.pending))
            return
        self.pending.append(_own_text(element))
        for child in element:
            yield from self.element(child, inside)
            self.pending.append(_tail(child))
        if block:
            yield from self.flush(inside)

    def _picture(self, source: str) -> bytes:
        """A picture that the file itself holds: in the page, or as a part of an .mht."""
        inside = DATA_PICTURE.match(source)
        if inside is None:
            return self.parts.get(source.removeprefix("cid:"), b"")
        try:
            return b64decode(source[inside.end() :])
        except ValueError:
            return b""

    def flush(self, level: int) -> Iterator[TextBlock]:
        """The paragraph gathered so far; <br> parts it into paragraphs as it does on screen."""
        for line in _lines("".join(self.pending)):
            self.paragraphs += 1
            n = self.paragraphs
            yield TextBlock((Run(line, Location(line_start=n, line_end=n)),), level=level)
        self.pending.clear()

    def table(self, table: "Element") -> Iterator[Block]:
        """A table, then the tables inside its cells."""
        number = self.numbers[table]
        cells: list[Cell] = []
        taken: set[tuple[int, int]] = set()
        rows = [row for row in table.iter("tr") if _owner(row) is table and _is_visible(row)]
        for r, row in enumerate(rows):
            column = 0
            for cell in row.iterchildren("td", "th"):
                while (r, column) in taken:
                    column += 1
                height = _span(cell, "rowspan", len(rows) - r)
                width = _span(cell, "colspan", 1)
                self.cells_left -= height * width
                if self.cells_left < 0:
                    raise OverflowError
                place = Location(table=number, row=r + 1, column=column + 1)
                runs = _runs(cell, place)
                cells.append(Cell(r, column, runs, row_span=height, column_span=width))
                taken.update((r + i, column + j) for i in range(height) for j in range(width))
                column += width
        columns = 1 + max((column for _, column in taken), default=-1)
        for caption in table.iterchildren("caption"):
            yield from self.element(caption)
        if cells:
            yield TableBlock(tuple(cells), len(rows), columns, Location(table=number))
        for inner in table.iter("table"):
            if inner is not table and _owner(inner) is table:
                yield from self.element(inner)


def _span(cell: "Element", name: str, to_the_end: int) -> int:
    """A rowspan or colspan; 0 reaches to the end of the table, and no rowspan goes beyond it."""
    digits = re.match(r"\s*(\d+)", cell.get(name, "1"))
    span = min(int(digits.group(1)), MAX_SPAN) if digits else 1
    if name == "rowspan":
        return min(span or to_the_end, to_the_end)
    return span or 1


def _owner(element: "Element") -> "Element | None":
    """The table that an element stands in."""
    return next(element.iterancestors("table"), None)


def _is_layout(table: "Element") -> bool:
    """Whether a table only lays out the page: most cells in it stand in tables inside it, or it
    holds paragraphs in a single column."""
    cells = list(table.iter("td", "th"))
    direct = [cell for cell in cells if _owner(cell) is table]
    if len(cells) > 2 * len(direct):
        return True
    rows = Counter(cell.getparent() for cell in direct)
    return max(rows.values(), default=0) == 1 and any(len(list(c.iter("p"))) > 2 for c in direct)


def _is_visible(element: "Element") -> bool:
    return (
        isinstance(element.tag, str)
        and element.tag not in HIDDEN_TAGS
        and element.get("hidden") is None
        and not HIDDEN_STYLE.search(element.get("style", ""))
        and not (element.tag == "option" and element.get("selected") is None)
    )


def _runs(cell: "Element", place: Location) -> tuple[Run, ...]:
    """A cell's text, one run a line as shown."""
    parts: list[str] = []
    _gather(cell, parts)
    shown = list(_lines("".join(parts)))
    last = len(shown) - 1
    return tuple(Run(line if i == last else line + "\n", place) for i, line in enumerate(shown))


def _gather(element: "Element", parts: list[str]) -> None:
    """The text of a cell with line breaks where blocks begin and end; inner tables left out."""
    parts.append(_own_text(element))
    for child in element:
        if child.tag in SET_OFF:
            parts.append(_set_off(child, parts))
        elif _is_visible(child) and child.tag != "table":
            edge = BREAK if child.tag in BLOCKS else ""
            parts.append(edge)
            _gather(child, parts)
            parts.append(edge)
        parts.append(_tail(child))


def _set_off(element: "Element", parts: Sequence[str]) -> str:
    """What a raised or lowered stretch adds to the text before it."""
    inside: list[str] = []
    for child in element:
        _gather(child, inside)
        inside.append(_tail(child))
    text = "".join([_own_text(element), *inside])
    return SET_OFF[element.tag](text, "".join(parts))


BREAK = "\x00"
"""Marks a line break that shows, apart from the newlines of the source, until lines are cut."""


def _own_text(element: "Element") -> str:
    if element.tag == "br":
        return BREAK
    if element.tag == "input":
        kind = element.get("type", "text").lower()
        if kind in ("checkbox", "radio"):
            return "☑" if element.get("checked") is not None else "☐"
        return str(element.get("value", "")) if kind == "text" else ""
    return _source(element.text or "", preformatted=element.tag == "pre")


def _tail(element: "Element") -> str:
    parent = element.getparent()
    return _source(element.tail or "", preformatted=parent is not None and parent.tag == "pre")


def _source(text: str, *, preformatted: bool) -> str:
    return text.replace("\n", BREAK) if preformatted else text.replace(BREAK, "")


def _lines(text: str) -> Iterator[str]:
    """The lines that show, their source blanks collapsed; lines without ink are dropped."""
    for line in text.split(BREAK):
        collapsed = SOURCE_BLANKS.sub(lambda m: "\n" if "\n" in m.group() else " ", line)
        joined = WRAPPED.sub("", collapsed).replace("\n", " ").strip()
        if joined:
            yield joined
