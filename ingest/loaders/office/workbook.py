"""The sheets of an .xlsx package: printed texts and merged areas, read row by row from the XML.

Read directly because openpyxl takes five times as long, most of it over styles that no text needs.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

from ingest.loaders.note_marks import lowered, raised
from ingest.loaders.office.formulas import (
    NOT_CALCULATED,
    Formula,
    StoredSheet,
    Value,
    results,
)
from ingest.loaders.office.number_format import EPOCH, EPOCH_1904, render
from ingest.loaders.office.ooxml_package import Package
from ingest.loaders.office.sheet import MAX_COLUMNS, Area, Sheet

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


def sheets_of(package: Package) -> list[Sheet]:
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
    sheets: list[_Reader] = []
    for sheet in book.iterfind("{*}sheets/{*}sheet"):
        link = next((str(v) for k, v in sheet.attrib.items() if str(k).endswith("}id")), "")
        part, kind = parts.get(link, ("", ""))
        if kind == "worksheet":
            hidden = sheet.get("state", "visible") != "visible"
            data = package.bytes_of(part)
            sheets.append(_Reader(sheet.get("name", ""), data, printer, hidden))
    open_formulas = [reader.read() for reader in sheets]
    if any(open_formulas):
        found = results([StoredSheet(reader.name, reader.stored()) for reader in sheets])
        for reader, values in zip(sheets, found, strict=True):
            reader.fill(values)
    return [reader.sheet() for reader in sheets]


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

    def stored(self, cell: "Element") -> Value | None:
        """The value that a cell stores, whatever it prints; None for an empty or faulty one."""
        kind = cell.get("t", "n")
        for part in cell:
            name = _name(part)
            if name == "is":
                return _text(part)
            if name == "v" and part.text and kind != "e":
                if kind == "s":
                    return self._strings[int(part.text)]
                if kind == "b":
                    return part.text.strip() in ("1", "true")
                return float(part.text) if kind == "n" else part.text
        return None

    def formatted(self, value: Value, style: str) -> str:
        """A value as a cell of a style prints it."""
        return render(value, self._code(style) or GENERAL, from_1904=self._mac)

    def is_struck(self, cell: "Element") -> bool:
        """Whether a cell's text is struck out."""
        return self._code(cell.get("s", "")) == STRUCK

    def _code(self, style: str) -> str:
        number = int(style or 0)
        return self._formats[number] if number < len(self._formats) else GENERAL


@dataclass(slots=True)
class _Reader:
    """Reads a worksheet: what it prints, and its formulas without a result."""

    name: str
    data: bytes
    printer: _Printer
    hidden: bool
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    areas: list[Area] = field(default_factory=list)
    formulas: dict[tuple[int, int], tuple[Formula, str]] = field(default_factory=dict)
    """Each formula without a result, with the style of its cell."""

    def read(self) -> bool:
        """Reads what is printed; whether there are formulas without a result."""
        shared: dict[str, tuple[str, str]] = {}
        for at, cell in self._cells():
            text = _cell_text(cell, self.printer, shared)
            if isinstance(text, Formula):
                self.formulas[at] = text, cell.get("s", "")
            elif text:
                self.texts[at] = text
        return bool(self.formulas)

    def stored(self) -> dict[tuple[int, int], Value | Formula]:
        """The values of all cells as stored, and the formulas without a result."""
        values: dict[tuple[int, int], Value | Formula] = {}
        for at, cell in self._cells():
            value = self.formulas[at][0] if at in self.formulas else self.printer.stored(cell)
            if value is not None:
                values[at] = value
        return values

    def fill(self, values: Mapping[tuple[int, int], Value]) -> None:
        """Prints the results of formulas that were calculated; the others are named so."""
        for at, (_, style) in self.formulas.items():
            value = values.get(at)
            self.texts[at] = (
                NOT_CALCULATED if value is None else self.printer.formatted(value, style)
            )

    def sheet(self) -> Sheet:
        """The sheet as its reader sees it."""
        still_open = tuple(at for at in self.formulas if self.texts[at] == NOT_CALCULATED)
        return Sheet(
            self.name,
            self.texts,
            tuple(dict.fromkeys(self.areas)),
            calculated=tuple(self.formulas.keys() - set(still_open)),
            open_formulas=still_open,
            hidden=self.hidden,
            hidden_rows=frozenset(self.hidden_rows),
            hidden_columns=frozenset(self.hidden_columns),
        )

    def _cells(self) -> "Iterator[tuple[tuple[int, int], Element]]":
        """Every cell with its 0-based row and column; merged areas are noted on the way."""
        from lxml.etree import iterparse

        row = -1
        elements = iterparse(
            BytesIO(self.data),
            tag=("{*}col", "{*}row", "{*}mergeCell"),
            resolve_entities=False,
            no_network=True,
        )
        for _, element in elements:
            name = _name(element)
            hidden = element.get("hidden") in ("1", "true")
            if name == "mergeCell":
                self.areas.extend(_area(element.get("ref", "")))
            elif name == "col":
                first, last = int(element.get("min", "1")), int(element.get("max", "1"))
                if hidden and last < MAX_COLUMNS:  # the rest of a sheet is often hidden as one
                    self.hidden_columns.update(range(first - 1, last))
            else:
                row = int(element.get("r", row + 2)) - 1
                if hidden:
                    self.hidden_rows.add(row)
                for column, cell in _cells(element):
                    yield (row, column), cell
            element.clear()  # a sheet may have a million rows


def _cells(row: "Element") -> "Iterator[tuple[int, Element]]":
    """A row's cells with their 0-based columns; one that names no place follows the one before."""
    column = -1
    for cell in row:
        match = _PLACE.match(cell.get("r", ""))
        column = _column(match.group(1)) if match else column + 1
        yield column, cell


def _cell_text(
    cell: "Element", printer: _Printer, shared: dict[str, tuple[str, str]]
) -> str | Formula:
    """What a cell prints, or its formula where it has no result."""
    formula: str | Formula = ""
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


def _formula(part: "Element", place: str, shared: dict[str, tuple[str, str]]) -> str | Formula:
    """A formula as typed; one of a filled-down series is the first one's, moved to its place."""
    key = part.get("si", "")
    if part.text and _TYPED.fullmatch(part.text):
        return f"={part.text}"
    if part.text:
        if key:
            shared[key] = part.text, place
        return Formula(part.text)
    if key not in shared:
        return ""
    from openpyxl.formula.translate import Translator

    first, origin = shared[key]
    moved = str(Translator(f"={first}", origin).translate_formula(place))
    return Formula(moved.removeprefix("="))


_TYPED = re.compile(r"\d[\d.,]*(?:[%％‰]|[一-龥]+)")
"""What a form's author typed behind a comparator (=100%, =0起): nothing to be calculated."""


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
