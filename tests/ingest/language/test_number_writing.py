"""Numbers as offices write them: the value is what a reader takes from the page."""

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO

import pytest
from docx import Document as WordDocument
from openpyxl import Workbook

from assistant.language.numbers import find_numbers
from assistant.language.wording import value
from ingest.language.packs import open_pack
from ingest.language.quantities import Units
from ingest.loaders import load
from ingest.loaders.office.number_format import render
from ingest.types.blocks import TableBlock
from ingest.types.facts import Understanding
from tests.support.builders import read
from tests.support.pdf_writer import pdf, ruled

UNITS = Units.from_pack(open_pack("units"))


@pytest.mark.parametrize(
    ("printed", "number", "unit"),
    [
        ("(48.20)", "-48.20", ""),
        ("（1,048.20）", "-1048.20", ""),
        ("（3.5%）", "-3.5", "%"),
        ("(48.20)万元", "-48.20", "万元"),
        ("▲7.65", "-7.65", ""),
        ("△ 7.65", "-7.65", ""),
        ("△-7.65", "-7.65", ""),
        ("7.65-", "-7.65", ""),
        ("负7.65%", "-7.65", "%"),
        ("－７．６５", "-7.65", ""),
        ("１２，３４５．６０", "12345.60", ""),
        ("12 345 678.90", "12345678.90", ""),
        ("￥6,200.00", "6200.00", ""),
        ("2.4E+05", "240000", ""),
        ("柒拾陆万叁仟元整", "763000", "元"),
        ("人民币贰佰零伍元肆角捌分", "205.48", "元"),
        ("四百六十万元", "4600000", "元"),
        ("2亿3600万元", "23600", "万元"),
        ("1.4万亿元", "14000", "亿元"),
        ("3万6500人次", "36500", "人次"),
        ("2023.10", "2023.10", ""),
    ],
)
def test_cells(printed: str, number: str, unit: str) -> None:
    quantity = UNITS.parse(printed)
    assert quantity is not None
    assert ([str(v) for v in quantity.values], quantity.unit) == ([number], unit)
    assert quantity.raw == printed


@pytest.mark.parametrize(
    "text", ["(1)", "（12）", "(2023)", "（含2.5）", "12 345", "(一)", "6⁴", "万元"]
)
def test_what_is_no_number(text: str) -> None:
    assert UNITS.parse(text) is None


def test_running_text() -> None:
    text = "总投资2亿3600万元，产值1.4万亿元，较上年▲35.20万元，占地6.1×10⁴元"
    found = [(f.quantity.raw, f.quantity.values[0], f.quantity.unit) for f in UNITS.find(text)]
    assert found == [
        ("2亿3600万元", 23600, "万元"),
        ("1.4万亿元", 14000, "亿元"),
        ("▲35.20万元", Decimal("-35.20"), "万元"),
    ]


def test_an_answer_words_them_so_that_their_quotes_hold_them() -> None:
    for printed in ("(48.20)万元", "▲7.65万元", "柒拾陆万叁仟元整", "2亿3600万元", "1.4万亿元"):
        quantity = UNITS.parse(printed)
        assert quantity is not None
        (told,) = find_numbers(value(quantity))
        assert any(abs(told.value) == abs(quoted.value) for quoted in find_numbers(printed))


ROWS = [
    ["年初预算数（万元）", "905.00"],
    ["年度调整额（万元）", "(48.20)"],
    ["全年预算数（万元）", "８５６．８０"],
]


def in_sheet() -> tuple[str, bytes]:
    book, stream = Workbook(), BytesIO()
    sheet = book.active
    assert sheet is not None
    for row, (name, number) in enumerate(((ROWS[0][0], 905), (ROWS[1][0], -48.2)), 1):
        sheet.cell(row, 1, name)
        sheet.cell(row, 2, number).number_format = "#,##0.00_);[Red](#,##0.00)"
    sheet.append(ROWS[2])
    book.save(stream)
    return "表.xlsx", stream.getvalue()


def in_word() -> tuple[str, bytes]:
    word, stream = WordDocument(), BytesIO()
    table = word.add_table(rows=3, cols=2)
    for row, texts in zip(table.rows, ROWS, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    word.save(stream)
    return "表.docx", stream.getvalue()


def in_page() -> tuple[str, bytes]:
    rows = "".join(f"<tr><td>{name}</td><td>{number}</td></tr>" for name, number in ROWS)
    return "表.html", f"<html><table>{rows}</table></html>".encode()


def in_pdf() -> tuple[str, bytes]:
    return "表.pdf", pdf(ruled([60, 220, 400], [100, 120, 140, 160], ROWS))


@pytest.mark.parametrize("made", [in_sheet, in_word, in_page, in_pdf])
def test_a_negative_change_in_every_format(made: Callable[[], tuple[str, bytes]]) -> None:
    understood: Understanding = read(*made())
    found = {f.subject: f.quantity.values for f in understood.figures}
    assert found == {
        "年初预算数": (Decimal("905.00"),),
        "年度调整额": (Decimal("-48.20"),),
        "全年预算数": (Decimal("856.80"),),
    }


def test_formats_of_spreadsheets() -> None:
    assert render(-48.2, "#,##0.00;[Red]#,##0.00") == "-48.20"
    assert render(-48.2, "0.00;[红色]▲0.00") == "▲48.20"
    assert render(-0.001, "0.00;[Red]0.00") == "0.00"
    assert render(0.9231, "0.00%") == "92.31%"
    assert render(2023.1, "0.00") == "2023.10"
    assert render(230456789012, "General") == "230456789012"


def test_a_date_that_looks_like_a_number_keeps_its_zero() -> None:
    for file, data in (("表.csv", b"a,2023.10\n"), ("表.txt", b"a\t2023.10\nb\t2023.20\n")):
        table = load(file, data).blocks[0]
        assert isinstance(table, TableBlock)
        assert "2023.10" in [cell.text for cell in table.cells]
