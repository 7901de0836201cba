"""Public reports of people doing this work with other tools, each tried with a small own input.

docs/reports.md lists them with their addresses; those that a test elsewhere shows are named there.
"""

from collections.abc import Sequence
from io import BytesIO

import pytest
from docx import Document as WordDocument
from docx.oxml import parse_xml
from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from ingest.extraction.understand import understand
from ingest.loaders import load
from ingest.types.blocks import TableBlock
from tests.support.builders import read
from tests.support.in_formats import compare, word
from tests.support.pdf_writer import Placed, pdf
from tests.support.slides import box, presentation

TITLE = "临川县水务局2024年度部门整体支出绩效自评表"
HEAD = ["项目", "年初预算数", "全年预算数", "全年执行数"]
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def amounts(item: str, *values: str) -> list[tuple[str, str]]:
    names = ("年初预算数", "全年预算数", "全年执行数")
    return [(f"{item} {name}", value) for name, value in zip(names, values, strict=True)]


RIGHT = [
    *amounts("公用经费", "86.40万元", "80.15万元", "79.98万元"),
    *amounts("人员经费", "1203.50万元", "1240.00万元", "1238.70万元"),
]
ROWS = [["公用经费", "86.40", "80.15", "79.98"], ["人员经费", "1,203.50", "1,240.00", "1,238.70"]]


def book(rows: Sequence[Sequence[object]], *merged: str) -> tuple[Workbook, Worksheet]:
    made = Workbook()
    sheet = made.active
    assert isinstance(sheet, Worksheet)
    for row in rows:
        sheet.append(list(row))
    for area in merged:
        sheet.merge_cells(area)
    return made, sheet


def saved(made: Workbook) -> bytes:
    stream = BytesIO()
    made.save(stream)
    return stream.getvalue()


def test_coloured_heads_below_a_merged_title_keep_their_columns() -> None:
    made, sheet = book([[TITLE], ["单位：万元"], HEAD, *ROWS], "A1:D1", "A2:D2")
    for cell in sheet[3]:
        cell.fill = PatternFill("solid", fgColor="DDEEFF")
    compare(read("表.xlsx", saved(made)), RIGHT)


def test_heads_in_three_rows_with_merged_ones_over_them() -> None:
    rows = [
        [TITLE],
        ["项目", "资金情况（万元）", "", ""],
        ["", "预算", "", "执行"],
        ["", "年初预算数", "全年预算数", "全年执行数"],
        *ROWS,
    ]
    made, _ = book(rows, "A1:D1", "A2:A4", "B2:D2", "B3:C3")
    values = {figure.quantity.raw for figure in read("表.xlsx", saved(made)).figures}
    assert values == {text for row in ROWS for text in row[1:]}


def test_a_value_merged_over_rows_stands_for_each_of_them() -> None:
    rows = [
        ["临川县2024年预算项目清单"],
        ["部门名称", "项目名称", "预算数（万元）"],
        ["临川县水务局", "河道清淤", "120.00"],
        ["", "泵站维修", "86.50"],
    ]
    made, _ = book(rows, "A3:A4")
    told = {(f.department, f.quantity.raw) for f in read("表.xlsx", saved(made)).figures}
    assert told == {("临川县水务局", "120.00"), ("临川县水务局", "86.50")}


def test_sheets_are_all_read_and_none_is_taken_for_another() -> None:
    made, _ = book([["说明"]])
    for number in range(9):
        sheet = made.create_sheet(f"单位{number}")
        for row in (
            [f"临川县第{number}中学2024年度自评表"],
            HEAD[:2],
            ["公用经费", f"{number + 1}.50"],
        ):
            sheet.append(row)
    document = load("表.xlsx", saved(made))
    places = {block.location.sheet for block in document.blocks if isinstance(block, TableBlock)}
    assert len(places) == 10
    raws = sorted(figure.quantity.raw for figure in understand(document).figures)
    assert raws == [f"{number + 1}.50" for number in range(9)]


def test_no_row_of_thousands_is_lost() -> None:
    rows = [[f"第{number}项支出", f"{number}.25"] for number in range(1, 3001)]
    made, _ = book([[TITLE], ["项目", "全年预算数（万元）"], *rows])
    understood = read("表.xlsx", saved(made))
    assert len(understood.figures) == len(rows)


def test_numbers_are_shown_as_their_format_pads_them() -> None:
    made, sheet = book([["编号", "名称"], [123, "甲"]])
    sheet["A2"].number_format = "0000000"
    (table,) = load("表.xlsx", saved(made)).blocks
    assert isinstance(table, TableBlock)
    assert [cell.text for cell in table.cells] == ["编号", "名称", "0000123", "甲"]


@pytest.mark.parametrize("encoding", ["gbk", "utf-16", "utf-8-sig", "utf-16-be"])
def test_tables_in_the_encodings_of_office_programs(encoding: str) -> None:
    lines = "\n".join([TITLE + ",,,", "单位：万元,,,", *(",".join(r) for r in [HEAD, ROWS[0]])])
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    compare(read("表.csv", mark + lines.encode(encoding)), RIGHT[:3])


def test_equal_neighbours_stay_two_cells() -> None:
    rows = [HEAD, ["公用经费", "86.40", "86.40", "86.40"]]
    data = word([TITLE, "单位：万元"], rows)
    compare(read("表.docx", data), amounts("公用经费", "86.40万元", "86.40万元", "86.40万元"))


def test_a_text_box_around_a_content_control_is_read() -> None:
    document = WordDocument()
    document.add_paragraph(TITLE)
    inner = "<w:p><w:r><w:t>全年执行数为79.98万元。</w:t></w:r></w:p>"
    boxed = (
        f'<w:p xmlns:w="{W}" xmlns:v="urn:schemas-microsoft-com:vml"><w:r><w:pict><v:shape>'
        f"<v:textbox><w:txbxContent><w:sdt><w:sdtContent>{inner}</w:sdtContent></w:sdt>"
        "</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
    )
    document.element.body.insert(1, parse_xml(boxed))
    stream = BytesIO()
    document.save(stream)
    compare(read("表.docx", stream.getvalue()), [("全年执行数", "79.98万元")])


def test_shapes_in_groups_are_read() -> None:
    group = (
        "<p:grpSp><p:nvGrpSpPr/><p:grpSpPr/>" + box("全年执行数为79.98万元。", 90) + "</p:grpSp>"
    )
    data = presentation(box(TITLE, 10, title=True) + group)
    compare(read("片.pptx", data), [("全年执行数", "79.98万元")])


def test_a_word_in_another_colour_over_itself_is_read_once() -> None:
    line = "全年执行数为79.98万元。"
    texts = [Placed(60, 60, TITLE, 16), Placed(60, 100, line), Placed(60.2, 100.1, line, grey=0.4)]
    compare(read("表.pdf", pdf((texts, []))), [("全年执行数", "79.98万元")])
