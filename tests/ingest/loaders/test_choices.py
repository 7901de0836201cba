"""Choices in forms: what is ticked is what the form says, whatever draws the boxes."""

from io import BytesIO

import pytest
from docx import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from ingest.loaders import load
from ingest.loaders.choices import chosen
from ingest.types.blocks import TableBlock
from tests.support.pdf_writer import pdf, ruled


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("☑一般公共预算 ☐政府性基金", "一般公共预算"),
        ("■重点项目  □一般项目", "重点项目"),
        ("□合格 ☑不合格 □免检", "不合格"),
        ("（√）上级资金 （ ）本级资金 （√）自筹", "上级资金、自筹"),
        ("上级资金[√] 本级资金[ ]", "上级资金"),
        ("有 ☐ 无 ☑", "无"),
        ("评价方式：●自评 ○部门评价", "评价方式：自评"),
        ("项目属性 ☐新增 ☑延续", "项目属性 延续"),
        ("是 / 否√", "否"),
        ("\uf0a8优 \uf0fe良", "良"),
        ("□优 □良 □中", "（未勾选）"),
    ],
)
def test_lists_of_options(printed: str, read: str) -> None:
    assert chosen(printed) == read


@pytest.mark.parametrize(
    "text",
    [
        "二○二三年至二○二四年",
        "■一、完成修缮 ■二、完成验收",
        "√2约为1.41",
        "○○市○○局",
        "达标√",
        "得分 ●",
    ],
)
def test_other_text_stands(text: str) -> None:
    assert chosen(text) == text


def cells(file: str, data: bytes) -> list[str]:
    (table,) = (b for b in load(file, data).blocks if isinstance(b, TableBlock))
    return [cell.text for cell in table.cells]


def test_word_draws_boxes_in_three_ways() -> None:
    word, stream = WordDocument(), BytesIO()
    table = word.add_table(rows=4, cols=2)
    w = nsdecls("w") + ' xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'

    def fill(row: int, label: str, runs: str) -> None:
        table.cell(row, 0).text = label
        cell = table.cell(row, 1)
        cell._tc.replace(cell.paragraphs[0]._p, parse_xml(f"<w:p {w}>{runs}</w:p>"))

    def text(words: str) -> str:
        return f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r>'

    def control(box: str) -> str:
        state = f"<w14:checkbox><w14:checked w14:val='{int(box == '☒')}'/></w14:checkbox>"
        return f"<w:sdt><w:sdtPr>{state}</w:sdtPr><w:sdtContent>{text(box)}</w:sdtContent></w:sdt>"

    def symbol(code: str) -> str:
        return f'<w:r><w:sym w:font="Wingdings 2" w:char="{code}"/></w:r>'

    def box(ticked: bool) -> str:
        state = f'<w:ffData><w:checkBox><w:checked w:val="{int(ticked)}"/></w:checkBox></w:ffData>'
        begin = f'<w:r><w:fldChar w:fldCharType="begin">{state}</w:fldChar></w:r>'
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        return f"{begin}<w:r><w:instrText>FORMCHECKBOX</w:instrText></w:r>{end}"

    fill(0, "评价结论", control("☐") + text("优 ") + control("☒") + text("中"))
    fill(1, "资金性质", symbol("00A3") + text("中央 ") + symbol("F052") + text("省级"))
    fill(2, "是否调整", box(True) + text("是 ") + box(False) + text("否"))
    held = f"<w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{text('单击输入')}</w:sdtContent>"
    asked = f"<w:sdt>{held}</w:sdt>"
    fill(3, "调整原因", asked + text("政策变化"))
    word.save(stream)
    found = cells("表.docx", stream.getvalue())
    assert found[1::2] == ["中", "省级", "是", "政策变化"]


def test_web_forms() -> None:
    boxes = '<input type="radio" checked>按时 <input type="radio">延期'
    listed = "<select><option>优</option><option selected>良</option></select>"
    rows = f"<tr><td>进度</td><td>{boxes}</td></tr><tr><td>等级</td><td>{listed}</td></tr>"
    page = f"<html><table>{rows}</table></html>"
    assert cells("表.html", page.encode()) == ["进度", "按时", "等级", "良"]


def test_pdf_and_options_on_a_line_each() -> None:
    rows = [["资金来源", "□中央  ☑市级"], ["是否公开", "√是  否"]]
    found = cells("表.pdf", pdf(ruled([60, 200, 400], [100, 120, 140], rows)))
    assert found == ["资金来源", "市级", "是否公开", "是"]
    lines = "<table><tr><td>类型</td><td>□新建<br>☑改建<br>□扩建</td></tr></table>"
    assert cells("表.html", f"<html>{lines}</html>".encode()) == ["类型", "改建"]
