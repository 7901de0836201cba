"""What documents print in odd characters never keeps a board or a draft from being exported."""

import base64
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest

from assistant.config import Settings
from assistant.dashboard.board import Choice
from assistant.dashboard.excel_export import Sheet, board_workbook, workbook
from assistant.drafting.types import Section
from assistant.drafting.word_text import plain
from assistant.language.export_text import exportable
from assistant.service import Assistant
from assistant.web.downloads import page_to_print
from assistant.web.html.print_page import print_page

ODD = [
    *map(chr, range(0x20)),
    *map(chr, range(0x7F, 0xA0)),
    "\u2028\u2029\u202e\u200b\ufeff",
    "\ud800",
    "\udfff",
    "\ufdd0\ufdef\ufffd\ufffe\uffff",
    *(chr(plane * 0x10000 + 0xFFFE) for plane in range(1, 17)),
    "\U0010ffff\U0001f600\U000e0001",
]
FORM = """<html><body><h1>青禾市水\ufffe务局2022年度部门整体支出绩效自评表</h1>
<p>部门名称：青禾市水务局</p><table>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td><td>实际完成值</td></tr>
<tr><td>产出指标</td><td>数量指标</td><td>泵站\ufffe数量\uffff</td><td>≥12座\ufffe</td><td>9座</td></tr>
<tr><td>产出指标</td><td>数量指标</td><td>渠道长度</td><td>≥35公里</td><td>36公里</td></tr>
</table><p>存在问题：泵站\ufffe建设滞后，完成率75%。</p></body></html>"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """A library of one document that is full of such characters."""
    folder: Path = tmp_path_factory.mktemp("odd")
    file = folder / "表\ufffe.html"
    file.write_text(FORM, encoding="utf-8")
    with closing(Assistant(Settings(home=folder / "home"))) as assistant:
        (report,) = assistant.add([file])
        assert report.error == ""
        yield assistant


def test_a_board_is_exported_and_printed(library: Assistant) -> None:
    board = library.board(Choice())
    book = openpyxl.load_workbook(BytesIO(board_workbook(board, "全部\ufffe\ud800")))
    texts = [str(cell.value) for sheet in book for row in sheet.rows for cell in row]
    assert any("渠道长度" in text for text in texts)
    assert any("泵站" in text and "数量" in text for text in texts)
    printed = base64.b64decode(page_to_print(print_page(board))["data"]).decode()
    assert "泵站" in printed
    assert printed == exportable(printed)


def test_a_draft_is_exported(library: Assistant) -> None:
    draft = library.draft(Section.REPORT, department="青禾市水务局", year=2022)
    word = docx.Document(BytesIO(library.docx(draft)))
    assert "水务局" in "".join(paragraph.text for paragraph in word.paragraphs)


def test_only_what_xml_forbids_is_left_out() -> None:
    rows = [[f"甲{odd}乙"] for odd in ODD]
    book = openpyxl.load_workbook(BytesIO(workbook([Sheet("表", (("名称", 10),), rows)])))
    read = [row[0].value for row in book["表"].iter_rows(min_row=2)]
    assert len(read) == len(ODD)
    for text, (written,) in zip(read, rows, strict=True):
        kept = exportable(written).replace("\r\n", "\n").replace("\r", "\n")
        assert str(text).replace("\r", "\n") == kept
        assert kept[0] == "甲"
        assert kept[-1] == "乙"
    word = docx.Document()
    for odd in ODD:
        assert word.add_paragraph(plain(f"甲{odd}乙")).text[0] == "甲"


@pytest.mark.parametrize("hidden", ["\x01", "\ufffe", "\ud800"])
def test_a_formula_behind_such_a_character_stays_a_text(hidden: str) -> None:
    content = workbook([Sheet("表", (("名称", 10),), [[f"{hidden}=1+1"]])])
    cell = openpyxl.load_workbook(BytesIO(content))["表"]["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
