"""The sheets of an .xlsx package: printed texts and merged areas, read row by row from the XML.

Read directly because openpyxl takes five times as long, most of it over styles that no text needs.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

from ingest.loaders.note_marks import lowered, raised
from ingest.loaders.office.number_format import EPOCH, EPOCH_1904, render
from ingest.loaders.office.ooxml_package import Package
from ingest.loaders.office.sheet import Area, Sheet

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

GENERAL = "General"
STRUCK = ""
"""Stands for the format of a cell whose text is struck out: nothing of it is read."""
_MONTH, _DAY, _DATE = 'yyyy"年"m"月"', 'm"月"d"日"', 'yyyy"年"m"月"d"日"'
BUILT_IN: Mapping[int, str] = {
    **{0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%"},
    **{11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm"},
    **{17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss"},
    **{22: "yyyy/m/d h:mm", 37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)"},
    **{39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);[Red](#,##0.00)", 45: "mm:ss"},
    **{41: '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)', 46: "[h]:mm:ss", 48: "##0.0E+0", 49: "@"},
    **{43: '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)', 47: "mmss.0"},
    **{27: _MONTH, 28: _DAY, 29: _DAY, 30: "m-d-yy", 31: _DATE, 32: 'h"时"mm"分"'},
    **{33: 'h"时"mm"分"ss"秒"', 36: _MONTH, 50: _MONTH, 51: _DAY, 52: _MONTH, 53: _DAY},
    **{54: _DAY, 57: _MONTH, 58: _DAY},
}
"""Number formats that a file names only by number: ECMA-376 §18.8.30, its Chinese ones included."""
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_PLACE = re.compile(r"([A-Z]+)(\d+)")


def sheets_of(package: Package) -> Iterator[Sheet]:
    """Every worksheet in the order of the tabs, hidden ones too."""
    main = package.related("", "officeDocument") or "xl/workbook.xml"
    book = package.xml(main)
    properties = book.find("{*}workbookPr")
    mac = properties is not None and properties.get("date1904") in ("1", "true")
    strings = package.root(main, "sharedStrings")
    printer = _Printer(
        [] if strings is None else [_text(item) for item in strings.iterchildren("{*}si")],
        _formats(package.root(main, "styles")),
        mac,
    )
    parts = package.relations(main)
    for sheet in book.iterfind("{*}sheets/{*}sheet"):
        link = next((str(v) for k, v in sheet.attrib.items() if str(k).endswith("}id")), "")
        part, kind = parts.get(link, ("", ""))
        if kind == "worksheet":
            yield _sheet(sheet.get("name", ""), package.bytes_of(part), printer)


def _text(item: "Element") -> str:
    """The text of a string item; the reading aids of phonetic runs (rPh) are left out."""
    parts: list[str] = []
    for child in item:
        name = _name(child)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts.append(_run_text(child, parts))
    text = "".join(parts)
    return _ESCAPED.sub(_unescaped, text) if "_x" in text else text


def _run_text(run: "Element", before: Sequence[str]) -> str:
    """A run of a string item as a reader takes it: nothing of what is struck, no note's mark."""
    text = "".join(part.text or "" for part in run if _name(part) == "t")
    properties = run.find("{*}rPr")
    if properties is None:
        return text
    if _is_on(properties.find("{*}strike")):
        return ""
    aligned = properties.find("{*}vertAlign")
    where = "" if aligned is None else aligned.get("val", "")
    if where == "superscript":
        return raised(text, "".join(before))
    return lowered(text, "".join(before)) if where == "subscript" else text


def _is_on(switch: "Element | None") -> bool:
    """Whether a property that is either on or off is on."""
    return switch is not None and switch.get("val", "1") not in ("0", "false")


def _unescaped(match: re.Match[str]) -> str:
    code = int(match.group(1), 16)
    return match.group() if 0xD800 <= code < 0xE000 else chr(code)


def _name(element: "Element") -> str:
    """An element's name; strict and transitional files differ in its namespace."""
    return str(element.tag).rpartition("}")[2]


def _formats(styles: "Element | None") -> list[str]:
    """The number format code of each cell style; of one that strikes its text out, `STRUCK`."""
    if styles is None:
        return []
    struck = [_is_on(font.find("{*}strike")) for font in styles.iterfind("{*}fonts/{*}font")]
    custom = {
        int(item.get("numFmtId", "0")): str(item.get("formatCode", GENERAL))
        for item in styles.iterfind("{*}numFmts/{*}numFmt")
    }
    codes = []
    for xf in styles.iterfind("{*}cellXfs/{*}xf"):
        number, font = int(xf.get("numFmtId", "0")), int(xf.get("fontId", "0"))
        code = custom.get(number) or BUILT_IN.get(number, GENERAL)
        codes.append(STRUCK if font < len(struck) and struck[font] else code)
    return codes


class _Printer:
    """Prints the cells of a workbook."""

    def __init__(self, strings: Sequence[str], formats: Sequence[str], mac: bool) -> None:
        self._strings = strings
        self._formats = formats
        self._mac = mac

    def printed(self, cell: "Element", value: str) -> str:
        kind = cell.get("t", "n")
        code = self._code(cell.get("s", ""))
        if kind == "s":
            return render(self._strings[int(value)], code)
        if kind == "b":
            return render(value.strip() in ("1", "true"), code)
        if kind == "n":
            return render(float(value), code, from_1904=self._mac)
        if kind == "d":
            since = datetime.fromisoformat(value.removesuffix("Z")) - (
                EPOCH_1904 if self._mac else EPOCH
            )
            return render(since.total_seconds() / 86400, code, from_1904=self._mac)
        return value if kind == "e" else render(value, code)

    def is_struck(self, cell: "Element") -> bool:
        """Whether a cell's text is struck out."""
        return self._code(cell.get("s", "")) == STRUCK

    def _code(self, style: str) -> str:
        number = int(style or 0)
        return self._formats[number] if number < len(self._formats) else GENERAL


def _sheet(name: str, data: bytes, printer: _Printer) -> Sheet:
    from lxml.etree import iterparse

    texts: dict[tuple[int, int], str] = {}
    areas: list[Area] = []
    shared: dict[str, tuple[str, str]] = {}
    row = -1
    elements = iterparse(
        BytesIO(data), tag=("{*}row", "{*}mergeCell"), resolve_entities=False, no_network=True
    )
    for _, element in elements:
        if _name(element) == "mergeCell":
            areas.extend(_area(element.get("ref", "")))
        else:
            row = int(element.get("r", row + 2)) - 1
            for column, cell in _cells(element):
                text = _cell_text(cell, printer, shared)
                if text:
                    texts[row, column] = text
        element.clear()  # a sheet may have a million rows
    return Sheet(name, texts, tuple(areas))


def _cells(row: "Element") -> "Iterator[tuple[int, Element]]":
    """A row's cells with their 0-based columns; one that names no place follows the one before."""
    column = -1
    for cell in row:
        match = _PLACE.match(cell.get("r", ""))
        column = _column(match.group(1)) if match else column + 1
        yield column, cell


def _cell_text(cell: "Element", printer: _Printer, shared: dict[str, tuple[str, str]]) -> str:
    formula = ""
    if printer.is_struck(cell):
        return ""
    for part in cell:
        name = _name(part)
        if name == "v" and part.text:
            return printer.printed(cell, part.text)
        if name == "is":
            return _text(part)
        if name == "f":
            formula = _formula(part, cell.get("r", ""), shared)
    return formula


def _formula(part: "Element", place: str, shared: dict[str, tuple[str, str]]) -> str:
    """A formula as typed; one of a filled-down series is the first one's, moved to its place."""
    key = part.get("si", "")
    if part.text:
        if key:
            shared[key] = part.text, place
        return f"={part.text}"
    if key not in shared:
        return ""
    from openpyxl.formula.translate import Translator

    first, origin = shared[key]
    return str(Translator(f"={first}", origin).translate_formula(place))


def _area(reference: str) -> Iterator[Area]:
    """The range that A1:D1 names."""
    corners = [_PLACE.fullmatch(corner) for corner in reference.split(":")]
    if len(corners) == 2 and corners[0] and corners[1]:
        (top, left), (bottom, right) = (
            (int(corner.group(2)) - 1, _column(corner.group(1))) for corner in corners if corner
        )
        yield Area(top, left, bottom + 1, right + 1)


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    """The 0-based number of a column.

    >>> _column("A"), _column("AA")
    (0, 26)
    """
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number - 1
