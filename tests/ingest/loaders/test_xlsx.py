"""Spreadsheets: every sheet as the reader sees it."""

from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from ingest.config import Limits
from ingest.errors import LoadError
from ingest.extraction.understand import understand
from ingest.loaders import load
from ingest.loaders.office.number_format import render
from ingest.types.blocks import Cell, Document, TableBlock
from ingest.types.tables import How
from tests.support.builders import FILES


def loaded(book: Workbook, file: str = "汇总表.xlsx") -> Document:
    stream = BytesIO()
    book.save(stream)
    return load(file, stream.getvalue())


def cell_at(document: Document, name: str, sheet: int = 0) -> Cell:
    """The cell a spreadsheet calls `name`."""
    table = document.blocks[sheet]
    assert isinstance(table, TableBlock)
    place = (int(name[1:]) - 1, ord(name[0]) - ord("A"))
    return next(cell for cell in table.cells if (cell.row, cell.column) == place)


def summary() -> Workbook:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "汇总"
    sheet["A1"] = "2023年度部门整体支出绩效自评情况汇总表"
    sheet.merge_cells("A1:D1")
    sheet["B3"], sheet["C3"], sheet["D3"] = 6637.27, 0.9507, datetime(2024, 3, 25)
    sheet["B3"].number_format = "#,##0.00"
    sheet["C3"].number_format = "0.00%"
    sheet["D3"].number_format = 'yyyy"年"m"月"d"日"'
    sheet["B4"], sheet["C4"] = "350万元", "350万元"
    sheet["B5"], sheet["C5"] = "=B3*2", "=1*1"
    return book


def test_numbers_are_read_as_printed() -> None:
    document = loaded(summary())
    printed = [cell_at(document, name).text for name in ("B3", "C3", "D3")]
    assert printed == ["6,637.27", "95.07%", "2024年3月25日"]


def test_places_are_the_sheets_own() -> None:
    place = cell_at(loaded(summary()), "C3").location
    assert (place.sheet, place.row, place.column) == ("汇总", 3, 3)


def test_a_merged_range_stands_once_and_equal_neighbours_stay_two() -> None:
    document = loaded(summary())
    title = cell_at(document, "A1")
    assert (title.row_span, title.column_span) == (1, 4)
    assert [cell_at(document, name).text for name in ("B4", "C4")] == ["350万元", "350万元"]
    table = document.blocks[0]
    assert isinstance(table, TableBlock)
    area = sum(cell.row_span * cell.column_span for cell in table.cells)
    assert area == table.row_count * table.column_count


def test_a_formula_never_calculated_is_calculated_and_said_so() -> None:
    document = loaded(summary())
    assert [cell_at(document, name).text for name in ("B5", "C5")] == ["13274.54", "1"]
    (remark,) = document.remarks
    assert (remark.text, remark.location.row, remark.location.column) == ("汇总：2个公式", 5, 2)


def test_a_value_typed_behind_a_comparator_is_no_formula() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["=95%", "=0起", "=1+1"])
    document = loaded(book)
    assert [cell_at(document, name).text for name in ("A1", "B1", "C1")] == ["=95%", "=0起", "2"]


def test_results_are_printed_as_their_cells_are_set() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    other = book.create_sheet("附表 1")
    sheet.append(["公用经费", 86.4, 80.05, "=C1/B1", '=IF(D1<0.95,"未达标","达标")'])
    sheet.append(["项目支出", 310, 295.5, "=C2/B2", "='附表 1'!A1*2"])
    sheet.append(["合计", "=SUM(B1:B2)", "=SUM(C1:C2)", "=C3/B3"])
    other["A1"] = 12.25
    for row in (1, 2, 3):
        sheet.cell(row, 4).number_format = "0.00%"
        sheet.cell(row, 2).number_format = "#,##0.00"
    document = loaded(book)
    names = ("D1", "E1", "E2", "B3", "C3", "D3")
    printed = [cell_at(document, name).text for name in names]
    assert printed == ["92.65%", "未达标", "24.5", "396.40", "375.55", "94.74%"]


@pytest.mark.parametrize(
    "formula",
    ["=A1/0", "=[1]表!A1", "=TODAY()-A1", "=A2+1", "=外部(A1)", "=" + "(" * 90 + "1" + ")" * 90],
)
def test_what_cannot_be_calculated_is_named_so(formula: str) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["A2"], sheet["A3"] = 12.5, formula, "=A2*2"
    document = loaded(book)
    assert [cell_at(document, name).text for name in ("A2", "A3")] == ["（公式未计算）"] * 2
    assert "无法算出" in document.remarks[0].reason


def hidden_parts() -> Workbook:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["部门名称", "青岭县文化馆"])
    sheet.append(["全年预算数（万元）", 118.6])
    sheet.append(["全年执行数（万元）", 102.3])
    old = book.create_sheet("上年")
    old.append(["全年预算数（万元）", 97.1])
    sheet.row_dimensions[3].hidden = True
    old.sheet_state = "veryHidden"
    return book


def test_what_is_hidden_is_read_and_never_counts() -> None:
    understood = understand(loaded(hidden_parts()))
    told = {f.quantity.raw: f.how is How.HIDDEN for f in understood.figures}
    assert told == {"118.6": False, "102.3": True, "97.1": True}
    assert [one.text for one in understood.open if "隐藏" in one.reason] == [
        "第3行",
        "工作表“上年”",
    ]


def test_a_hidden_column() -> None:
    book = hidden_parts()
    sheet = book.active
    assert sheet is not None
    sheet.row_dimensions[3].hidden = False
    sheet.column_dimensions["B"].hidden = True
    understood = understand(loaded(book))
    assert {f.how for f in understood.figures} == {How.HIDDEN}


def test_a_calculated_formula_is_read_by_its_result() -> None:
    document = load("项目.xlsx", (FILES / "calculated.xlsx").read_bytes())
    assert [cell_at(document, name).text for name in ("A3", "A4")] == ["162.31", "92.71%"]


def as_written_by_others(book: Workbook, part: str, *changes: tuple[str, str]) -> bytes:
    """The workbook with something in one part put in another program's way."""
    plain, changed = BytesIO(), BytesIO()
    book.save(plain)
    with ZipFile(plain) as source, ZipFile(changed, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            for old, new in changes if name == part else ():
                assert old.encode() in text
                text = text.replace(old.encode(), new.encode())
            target.writestr(name, text)
    return changed.getvalue()


def test_dates_in_a_chinese_built_in_format_are_dates() -> None:
    data = as_written_by_others(
        summary(), "xl/styles.xml", ('numFmtId="165" fontId', 'numFmtId="31" fontId')
    )
    assert cell_at(load("表.xlsx", data), "D3").text == "2024年3月25日"


def test_reading_aids_and_escapes_are_no_text() -> None:
    book = Workbook()
    book.active["A1"] = "NAME"  # type: ignore[index]
    data = as_written_by_others(
        book,
        "xl/worksheets/sheet1.xml",
        (
            "<t>NAME</t>",
            "<r><t>执行</t></r><r><t>率_x005F_A</t></r><rPh sb='0' eb='1'><t>zhixing</t></rPh>",
        ),
    )
    assert cell_at(load("表.xlsx", data), "A1").text == "执行率_A"


def test_a_filled_down_formula_is_moved_to_its_place() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["A2"], sheet["B2"] = "=B1*2", "=B2*2", 43
    data = as_written_by_others(
        book,
        "xl/worksheets/sheet1.xml",
        ("<f>B1*2</f>", '<f t="shared" ref="A1:A2" si="0">B1*2</f>'),
        ("<f>B2*2</f>", '<f t="shared" si="0"/>'),
    )
    assert cell_at(load("表.xlsx", data), "A2").text == "86"


def test_hidden_sheets_are_read_and_empty_ones_make_no_table() -> None:
    book = summary()
    book.create_sheet("空表")
    hidden = book.create_sheet("附表")
    hidden["A1"] = "57.1"
    hidden.sheet_state = "hidden"
    assert [block.location.sheet for block in loaded(book).blocks] == ["汇总", "附表"]


def test_old_xls_gives_the_same_as_xlsx() -> None:
    document = load("汇总表.xls", (FILES / "summary.xls").read_bytes())
    printed = [cell_at(document, name).text for name in ("B3", "C3", "D3", "B4")]
    assert printed == ["6,637.27", "95.07%", "2024年3月25日", "350万元"]
    assert cell_at(document, "A1").column_span == 4


def test_the_kind_is_told_by_content_not_by_name() -> None:
    assert loaded(summary(), file="汇总表.pdf").blocks == loaded(summary()).blocks


def test_too_many_cells_are_refused() -> None:
    stream = BytesIO()
    summary().save(stream)
    with pytest.raises(LoadError, match="单元格超过 10 个"):
        load("大表.xlsx", stream.getvalue(), limits=Limits(cells=10))


@pytest.mark.parametrize(
    ("value", "code", "printed"),
    [
        (0.9507, "0.00%", "95.07%"),
        (0.95, "0%", "95%"),
        (-83.61, "#,##0.00;[Red]-#,##0.00", "-83.61"),
        (-83.61, "#,##0.00_);(#,##0.00)", "(83.61)"),
        (0, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
        (1234567, '0!.0,"万"', "123.5万"),
        (1234567, "#,##0,", "1,235"),
        (98, '0"分"', "98分"),
        (1.005, "0.00", "1.01"),
        (5, "000", "005"),
        (16000, "General", "16000"),
        (0.1 + 0.2, "General", "0.3"),
        (95.0666666666667, "General", "95.06666667"),
        (123456789012.5, "General", "1.23457E+11"),
        (1133.01, "@", "1133.01"),
        ("完成", "0.00", "完成"),
        ("张", '@"同志"', "张同志"),
        (True, "General", "TRUE"),
        (45376, "yyyy/m/d", "2024/3/25"),
        (45376.75, "h:mm AM/PM", "6:00 PM"),
        (45376.5, "yyyy-mm-dd hh:mm", "2024-03-25 12:00"),
        (1.5, "[h]:mm", "36:00"),
        (45376, "aaaa", "星期一"),
        (1.5, "0.00E+00", "1.50E+00"),
        (0.25, "# ?/?", "0.25"),
    ],
)
def test_number_formats_print_as_the_spreadsheet_does(
    value: float | str, code: str, printed: str
) -> None:
    assert render(value, code) == printed
