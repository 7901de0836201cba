"""Spreadsheets (.xlsx from its XML, .xls through xlrd): every sheet as the reader sees it."""

from hashlib import sha256
from io import StringIO
from itertools import pairwise
from typing import TYPE_CHECKING

from ingest.config import DEFAULT_LIMITS, Limits
from ingest.loaders.file_types import UNLOCK
from ingest.loaders.note_marks import lowered, raised
from ingest.loaders.office.number_format import render
from ingest.loaders.office.ooxml_package import Package
from ingest.loaders.office.sheet import Area, Sheet, remarks_on, sheet_table
from ingest.loaders.office.workbook import sheets_of
from ingest.loaders.refusals import PARSER_FAULTS, refusal
from ingest.types.blocks import Document

if TYPE_CHECKING:
    from xlrd.book import Book
    from xlrd.sheet import Sheet as OldSheet

SUPERSCRIPT = 1
"""How xlrd calls the escapement of a raised text."""
REMEDY = "请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"


def load_xlsx(file: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> Document:
    """Every sheet of an .xlsx or .xlsm file, hidden ones too; formulas by their last result.

    Those that were never calculated are, or are named as not calculated.
    """
    try:
        sheets = sheets_of(Package(data))
    except PARSER_FAULTS as error:
        raise refusal(file, "表格文件的内部结构已损坏", REMEDY) from error
    return _document(file, data, sheets, limits)


def load_xls(file: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> Document:
    """Every sheet of an old .xls (or WPS .et) file."""
    import xlrd
    from xlrd.biffh import XLRDError
    from xlrd.compdoc import CompDocError

    faults: tuple[type[Exception], ...] = (XLRDError, CompDocError, *PARSER_FAULTS)
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=StringIO())
        sheets = [
            Sheet(
                sheet.name,
                _old_texts(book, sheet),
                tuple(Area(t, left, b, right) for t, b, left, right in sheet.merged_cells),
                hidden=bool(sheet.visibility),
                hidden_rows=frozenset(n for n, row in sheet.rowinfo_map.items() if row.hidden),
                hidden_columns=frozenset(
                    n for n, column in sheet.colinfo_map.items() if column.hidden
                ),
            )
            for sheet in book.sheets()
        ]
    except faults as error:
        if "encrypted" in str(error).lower():
            raise refusal(file, "文件设有打开密码", UNLOCK) from error
        raise refusal(file, "表格文件的内部结构已损坏", REMEDY) from error
    return _document(file, data, sheets, limits)


def _old_texts(book: "Book", sheet: "OldSheet") -> dict[tuple[int, int], str]:
    from xlrd import XL_CELL_BOOLEAN, XL_CELL_ERROR, XL_CELL_TEXT, error_text_from_code

    texts: dict[tuple[int, int], str] = {}
    for r in range(sheet.nrows):
        for c in range(sheet.row_len(r)):
            cell = sheet.cell(r, c)
            font = book.font_list[book.xf_list[cell.xf_index or 0].font_index]
            if font.struck_out:
                continue
            if cell.ctype == XL_CELL_ERROR:
                texts[r, c] = error_text_from_code.get(int(cell.value), "#N/A")
            elif cell.ctype == XL_CELL_BOOLEAN:
                texts[r, c] = render(bool(cell.value), "General")
            elif cell.value != "":
                style = book.format_map.get(book.xf_list[cell.xf_index or 0].format_key)
                code = "General" if style is None else style.format_str
                value: str | float = (
                    _old_text(book, sheet, (r, c))
                    if cell.ctype == XL_CELL_TEXT
                    else float(cell.value)
                )
                texts[r, c] = render(value, code, from_1904=book.datemode == 1)
    return texts


def _old_text(book: "Book", sheet: "OldSheet", at: tuple[int, int]) -> str:
    """A cell's text as a reader takes it: nothing of what is struck, no note's mark."""
    text = str(sheet.cell_value(*at))
    changes = sheet.rich_text_runlist_map.get(at)
    if not changes:
        return text
    taken = text[: changes[0][0]]
    for (start, font), (end, _) in pairwise([*changes, (len(text), 0)]):
        stretch, set_as = text[start:end], book.font_list[font]
        if set_as.struck_out:
            continue
        if set_as.escapement == SUPERSCRIPT:
            stretch = raised(stretch, taken)
        elif set_as.escapement:
            stretch = lowered(stretch, taken)
        taken += stretch
    return taken


def _document(file: str, data: bytes, sheets: list[Sheet], limits: Limits) -> Document:
    if sum(sheet.size for sheet in sheets) > limits.cells:
        raise refusal(file, f"单元格超过 {limits.cells} 个", "请删去空白行列或拆分后上传")
    blocks = tuple(table for sheet in sheets if (table := sheet_table(sheet)) is not None)
    remarks = tuple(remark for sheet in sheets for remark in remarks_on(sheet))
    return Document(id=sha256(data).hexdigest(), file=file, blocks=blocks, remarks=remarks)
