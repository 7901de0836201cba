"""Marks of notes and struck text: no digit of theirs gets into a value, whatever the format."""

from io import BytesIO

import pytest
from docx import Document as WordDocument
from docx.text.paragraph import Paragraph
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from ingest.loaders import load
from ingest.types.blocks import TableBlock
from tests.support.pdf_writer import Placed, pdf, ruled

Pieces = tuple[tuple[str, str], ...]
"""Stretches of a text, each with how it is set: "", sup, sub, strike."""
CASES: list[tuple[Pieces, str]] = [
    ((("全年预算186.40", ""), ("2", "sup"), ("万元", "")), "全年预算186.40万元"),
    ((("走访企业7", ""), ("[5]", "sup"), ("家", "")), "走访企业7家"),
    ((("占地12.5km", ""), ("2", "sup"), ("。", "")), "占地12.5km²。"),
    ((("排放CO", ""), ("2", "sub"), ("减少9", ""), ("1", "sub"), ("吨", "")), "排放CO2减少9吨"),
    ((("原报", ""), ("31.20", "strike"), ("现报28.90万元", "")), "原报现报28.90万元"),
    ((("年度目标值", ""), ("①", "sup")), "年度目标值"),
]


def words(data: bytes, file: str) -> list[str]:
    found = []
    for block in load(file, data).blocks:
        cells = block.cells if isinstance(block, TableBlock) else [block]
        found += [cell.text.strip() for cell in cells]
    return found


def _set(paragraph: Paragraph, pieces: Pieces) -> None:
    for text, how in pieces:
        run = paragraph.add_run(text)
        if how:
            setattr(run.font, {"sup": "superscript", "sub": "subscript"}.get(how, how), True)


@pytest.mark.parametrize(("pieces", "read"), CASES)
def test_word(pieces: Pieces, read: str) -> None:
    word, stream = WordDocument(), BytesIO()
    _set(word.add_paragraph(), pieces)
    _set(word.add_table(rows=1, cols=2).cell(0, 1).paragraphs[0], pieces)
    word.save(stream)
    found = words(stream.getvalue(), "表.docx")
    assert found.count(read) == 2


@pytest.mark.parametrize(("pieces", "read"), CASES)
def test_web_page(pieces: Pieces, read: str) -> None:
    tags = {"sup": "<sup><a>{}</a></sup>", "sub": "<sub>{}</sub>", "strike": "<s>{}</s>", "": "{}"}
    body = "".join(tags[how].format(text) for text, how in pieces)
    page = f"<html><p>{body}</p><table><tr><td>{body}</td><td>x</td></tr></table></html>"
    assert words(page.encode(), "表.html").count(read) == 2


@pytest.mark.parametrize(("pieces", "read"), CASES)
def test_spreadsheet(pieces: Pieces, read: str) -> None:
    book, stream = Workbook(), BytesIO()
    sheet = book.active
    assert sheet is not None
    fonts = {
        "": InlineFont(),
        "sup": InlineFont(vertAlign="superscript"),
        "sub": InlineFont(vertAlign="subscript"),
        "strike": InlineFont(strike=True),
    }
    sheet["A1"] = CellRichText([TextBlock(fonts[how], text) for text, how in pieces])
    sheet["B1"], sheet["C1"] = 41.5, 38.25
    sheet["B1"].font = Font(strike=True)
    book.save(stream)
    assert words(stream.getvalue(), "表.xlsx") == [read, "", "38.25"]


@pytest.mark.parametrize(("pieces", "read"), CASES)
@pytest.mark.parametrize("rise", [3.0, 5.5])
def test_pdf(pieces: Pieces, read: str, rise: float) -> None:
    texts, strokes, x = [], [], 80.0
    for text, how in pieces:
        size = 6.5 if how in ("sup", "sub") else 10.5
        y = 200 + {"sup": -rise, "sub": 2}.get(how, 0)
        texts.append(Placed(x, y, text, size))
        width = sum(size * (0.5 if character.isascii() else 1) for character in text)
        if how == "strike":
            strokes.append((x, 200 - 3.5, x + width, 200 - 3.5))
        x += width
    assert [word.replace(" ", "") for word in words(pdf((texts, strokes)), "表.pdf")] == [read]


def test_raised_signs_in_plain_text() -> None:
    text = "全年执行数¹：92.35²万元，面积4.2km²，覆盖村⁽³⁾16个\n产值1.6×10⁴元"
    assert words(text.encode(), "说明.txt") == [
        "全年执行数：92.35万元，面积4.2km²，覆盖村16个",
        "产值1.6×10⁴元",
    ]


def test_what_is_only_raised_stays() -> None:
    page = "<table><tr><td><sup>81.5</sup></td><td>第5<sup>th</sup></td></tr></table>"
    assert words(f"<html>{page}</html>".encode(), "表.html") == ["81.5", "第5th"]


def test_a_border_through_a_narrow_row_strikes_nothing_out() -> None:
    texts, strokes = ruled(
        [60, 200, 300], [100, 120, 140], [["执行数", "15.20"], ["调整数", "3.80"]]
    )
    strokes.append((60, 131, 300, 131))
    found = " ".join(words(pdf((texts, strokes)), "表.pdf"))
    assert "3.80" in found
    assert "15.20" in found
