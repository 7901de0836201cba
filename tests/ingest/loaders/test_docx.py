"""Word files: reading order, merged cells, what a reader sees and what not."""

from io import BytesIO

import pytest
from docx import Document as WordDocument
from docx.document import Document as Word
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from ingest.errors import LoadError
from ingest.loaders import load
from ingest.loaders.office.docx_numbering import Numbering
from ingest.types.blocks import Cell, Document, TableBlock, TextBlock


def loaded(word: Word) -> Document:
    stream = BytesIO()
    word.save(stream)
    return load("自评报告.docx", stream.getvalue())


def cell_at(table: TableBlock, row: int, column: int) -> Cell:
    return next(cell for cell in table.cells if (cell.row, cell.column) == (row, column))


def self_evaluation() -> Word:
    """A form as filled in: a merged level-1 label, equal neighbours, a cell of two paragraphs."""
    word = WordDocument()
    word.add_paragraph("青岭县水利局2023年度项目支出绩效自评表")
    table = word.add_table(rows=4, cols=4)
    texts = ["一级指标", "三级指标", "年度指标值", "实施周期指标值", "产出指标", "新建泵站数量"]
    texts += ["12座", "12座", "", "维修渠道长度", "≥35公里", "≥35公里", "合计", "", "", ""]
    for cell, text in zip([c for r in table.rows for c in r.cells], texts, strict=True):
        cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(3, 0).merge(table.cell(3, 2))
    table.cell(3, 3).text = "完成。"
    table.cell(3, 3).add_paragraph("全年共维修35公里。")
    word.add_paragraph("填报人：周岚")
    return word


def test_paragraphs_and_tables_stand_in_order_with_their_places() -> None:
    blocks = loaded(self_evaluation()).blocks
    assert [type(block) for block in blocks] == [TextBlock, TableBlock, TextBlock]
    assert blocks[2].location.line_start == 2
    assert blocks[1].location.table == 1


def test_a_merged_cell_stands_once_with_its_spans() -> None:
    table = loaded(self_evaluation()).blocks[1]
    assert isinstance(table, TableBlock)
    assert (table.row_count, table.column_count) == (4, 4)
    label = cell_at(table, 1, 0)
    assert (label.text, label.row_span, label.column_span) == ("产出指标", 2, 1)
    total = cell_at(table, 3, 0)
    assert (total.text.strip(), total.row_span, total.column_span) == ("合计", 1, 3)
    assert [cell.text for cell in table.cells].count("产出指标") == 1


def test_equal_neighbours_stay_two_cells() -> None:
    table = loaded(self_evaluation()).blocks[1]
    assert isinstance(table, TableBlock)
    assert [cell_at(table, 1, c).text for c in (2, 3)] == ["12座", "12座"]


def test_a_cell_is_placed_by_table_row_and_column_and_keeps_its_lines() -> None:
    table = loaded(self_evaluation()).blocks[1]
    assert isinstance(table, TableBlock)
    cell = cell_at(table, 3, 3)
    assert [run.text for run in cell.runs] == ["完成。\n", "全年共维修35公里。"]
    assert (cell.location.table, cell.location.row, cell.location.column) == (1, 4, 4)


def test_headings_carry_their_level_and_the_body_none() -> None:
    word = WordDocument()
    word.add_heading("一、部门基本情况", level=1)
    word.add_heading("（一）部门职能", level=2)
    word.add_paragraph("负责全县水资源管理。")
    levels = [block.level for block in loaded(word).blocks if isinstance(block, TextBlock)]
    assert levels == [1, 2, 0]


def test_automatic_numbers_are_part_of_the_text() -> None:
    word = WordDocument()
    word.add_paragraph("存在问题", style="List Number")
    word.add_paragraph("改进措施", style="List Number")
    assert [
        block.runs[0].text for block in loaded(word).blocks if isinstance(block, TextBlock)
    ] == [
        "1.存在问题",
        "2.改进措施",
    ]


def test_a_sub_list_starts_anew_under_each_item() -> None:
    part = parse_xml(
        f'<w:numbering {nsdecls("w")}><w:abstractNum w:abstractNumId="7">'
        '<w:lvl w:ilvl="0"><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:numFmt w:val="decimal"/><w:lvlText w:val="（%2）"/></w:lvl>'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num></w:numbering>'
    )
    numbering = Numbering(lambda: part)
    labels = [numbering.label("1", depth) for depth in (0, 1, 1, 0, 1)]
    assert labels == ["一、", "（1）", "（2）", "二、", "（1）"]


def test_tracked_insertions_are_read_and_deletions_are_not() -> None:
    word = WordDocument()
    paragraph = word.add_paragraph("执行率")._p
    for name, tag, text in (("ins", "t", "95.07%"), ("del", "delText", "93.10%")):
        paragraph.append(
            parse_xml(
                f'<w:{name} {nsdecls("w")} w:id="1" w:author="a"><w:r><w:{tag}>{text}</w:{tag}>'
                f"</w:r></w:{name}>"
            )
        )
    assert [
        block.runs[0].text for block in loaded(word).blocks if isinstance(block, TextBlock)
    ] == ["执行率95.07%"]


def test_content_controls_and_text_boxes_are_read_once() -> None:
    word = WordDocument()
    word.add_paragraph("单位：").runs[0]._r.append(
        parse_xml(
            f"<w:pict {nsdecls('w')}><w:txbxContent><w:p><w:r><w:t>（盖章）</w:t></w:r></w:p>"
            "</w:txbxContent></w:pict>"
        )
    )
    word.element.body.insert(
        0,
        parse_xml(
            f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>2023年度</w:t></w:r></w:p>"
            "</w:sdtContent></w:sdt>"
        ),
    )
    texts = [block.runs[0].text for block in loaded(word).blocks if isinstance(block, TextBlock)]
    assert texts == ["2023年度", "单位：", "（盖章）"]


def test_a_table_inside_a_cell_follows_and_is_placed_at_that_cell() -> None:
    word = WordDocument()
    outer = word.add_table(rows=1, cols=2)
    outer.cell(0, 0).text = "资金构成"
    outer.cell(0, 1).add_table(rows=1, cols=2).cell(0, 1).text = "57.1"
    first, inner = loaded(word).blocks
    assert isinstance(first, TableBlock)
    assert isinstance(inner, TableBlock)
    place = cell_at(inner, 0, 1).location
    assert (place.table, place.row, place.column) == (1, 1, 2)


def test_a_damaged_file_is_refused_by_name() -> None:
    stream = BytesIO()
    self_evaluation().save(stream)
    with pytest.raises(LoadError, match=r"“坏\.docx”.*损坏.*。$"):
        load("坏.docx", stream.getvalue()[:2000])


def test_a_file_without_any_text_is_refused() -> None:
    stream = BytesIO()
    WordDocument().save(stream)
    with pytest.raises(LoadError, match=r"“空表\.docx”：里面没有可读的文字或表格"):
        load("空表.docx", stream.getvalue())
