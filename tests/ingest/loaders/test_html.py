"""Web pages: what is shown, in order, with merged cells and Chinese encodings."""

import pytest

from ingest.errors import LoadError
from ingest.loaders import load
from ingest.types.blocks import Cell, Document, TableBlock, TextBlock

TARGETS = """
<html><head><title>目标表</title><style>td{color:red}</style></head><body>
<h1>部门整体支出预算绩效目标表</h1>
<table border="1"><tbody>
<tr><td>预算部门</td><td colspan="3">&nbsp;<p>青岭县文化馆</p></td></tr>
<tr><td rowspan="2">年度指标</td><td>演出场次</td><td>80场</td><td>80场</td></tr>
<tr><td>培训<br>人次</td><td>≥3.2万余人次</td><td></td></tr>
</tbody></table>
<p>填报日期：2023年3月1日</p><script>var budget = 99</script>
<p style="display: none">草稿</p></body></html>
"""


def page(body: str, encoding: str = "utf-8") -> Document:
    return load("目标表.html", body.encode(encoding))


def cell_at(table: TableBlock, row: int, column: int) -> Cell:
    return next(cell for cell in table.cells if (cell.row, cell.column) == (row, column))


def first_table(document: Document) -> TableBlock:
    return next(block for block in document.blocks if isinstance(block, TableBlock))


def texts(document: Document) -> list[str]:
    return [block.runs[0].text for block in document.blocks if isinstance(block, TextBlock)]


def test_only_what_is_shown_is_read() -> None:
    document = page(TARGETS)
    assert texts(document) == ["部门整体支出预算绩效目标表", "填报日期：2023年3月1日"]
    heading = document.blocks[0]
    assert isinstance(heading, TextBlock)
    assert heading.level == 1


def test_merged_cells_take_their_place_in_the_grid() -> None:
    table = first_table(page(TARGETS))
    assert (table.row_count, table.column_count) == (3, 4)
    assert cell_at(table, 0, 1).column_span == 3
    assert cell_at(table, 1, 0).row_span == 2
    assert cell_at(table, 2, 2).text == "≥3.2万余人次"
    assert cell_at(table, 2, 2).location.row == 3


def test_equal_neighbours_stay_two_cells() -> None:
    table = first_table(page(TARGETS))
    assert [cell_at(table, 1, c).text for c in (2, 3)] == ["80场", "80场"]


def test_blanks_and_line_breaks_in_cells_are_as_shown() -> None:
    table = first_table(page(TARGETS))
    assert cell_at(table, 0, 1).text == "青岭县文化馆"
    assert [run.text for run in cell_at(table, 2, 1).runs] == ["培训\n", "人次"]
    assert cell_at(table, 2, 3).runs == ()


@pytest.mark.parametrize("declared", ["gb2312", "gbk", "GB18030"])
def test_declared_chinese_encodings_are_read(declared: str) -> None:
    body = f'<html><meta charset="{declared}"><p>覆盖率≥95%，喆垚镕</p></html>'
    assert texts(page(body, "gb18030")) == ["覆盖率≥95%，喆垚镕"]


def test_a_wrong_or_missing_declaration_does_not_garble_the_text() -> None:
    assert texts(page('<html><meta charset="utf-8"><p>执行率</p></html>', "gbk")) == ["执行率"]
    assert texts(page("<html><p>执行率</p></html>", "gbk")) == ["执行率"]
    assert texts(page("<html><p>执行率</p></html>", "utf-16")) == ["执行率"]


def test_a_layout_table_is_no_table_but_what_it_holds_is_read() -> None:
    body = f"<html><table><tr><td>导航</td><td>{TARGETS}</td></tr></table></html>"
    document = page(body)
    assert len([block for block in document.blocks if isinstance(block, TableBlock)]) == 1
    assert first_table(document).location.table == 2
    assert "导航" in texts(document)


def test_a_small_table_inside_a_cell_follows_its_table() -> None:
    inner = "<table><tr><td>57.1</td></tr></table>"
    body = f"<table><tr><td>项目支出资金构成说明</td><td>{inner}</td></tr></table>"
    tables = [block for block in page(body).blocks if isinstance(block, TableBlock)]
    assert [[cell.text for cell in table.cells] for table in tables] == [
        ["项目支出资金构成说明", ""],
        ["57.1"],
    ]


def test_a_rowspan_beyond_the_table_ends_with_it() -> None:
    table = first_table(page("<table><tr><td rowspan=9>a</td><td colspan=x>b</td></tr></table>"))
    assert [(cell.row_span, cell.column_span) for cell in table.cells] == [(1, 1), (1, 1)]


def test_source_line_breaks_do_not_show_between_chinese_characters() -> None:
    assert texts(page("<html><p>全年共服务\n  3.2万余人次，完\n成率100%</p></html>")) == [
        "全年共服务 3.2万余人次，完成率100%"
    ]


def test_a_page_saved_as_mht_or_named_xls_is_read() -> None:
    body = (
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
        "Content-Type: text/html; charset=gbk\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        "<table><tr><td>预算数</td></tr></table>\r\n--x--\r\n"
    )
    document = load("导出.xls", body.encode("gbk"))
    assert first_table(document).cells[0].text == "预算数"


def test_a_page_without_content_is_refused() -> None:
    with pytest.raises(LoadError, match=r"“空\.html”"):
        load("空.html", b"<!doctype html>")
