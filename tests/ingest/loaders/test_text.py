"""Plain text: encodings, line places, tabbed and barred tables."""

import pytest

from ingest.errors import LoadError
from ingest.loaders import load
from ingest.loaders.text import load_text
from ingest.types.blocks import TableBlock, TextBlock

TEXT = "部门名称 某市水务局\n\n实际支出数 12.5\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_encodings(encoding: str) -> None:
    blocks = load_text("表.txt", TEXT.encode(encoding)).blocks
    assert [b.text for b in blocks if isinstance(b, TextBlock)] == [
        "部门名称 某市水务局",
        "实际支出数 12.5",
    ]


def test_lines_are_counted_as_an_editor_does() -> None:
    blocks = load_text("表.txt", "甲\r\n\r\n乙\f\r\n丙".encode()).blocks
    assert [b.location.line_start for b in blocks] == [1, 3, 4]


@pytest.mark.parametrize("data", [b"", b" \n\t\n", "\ufeff\n".encode()])
def test_empty_files_are_refused(data: bytes) -> None:
    with pytest.raises(LoadError, match=r"空\.txt.*是空的"):
        load_text("空.txt", data)


@pytest.mark.parametrize("data", [bytes(range(256)) * 8, b"MZ\x90\x00\x03" + b"\x00\xff" * 200])
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    with pytest.raises(LoadError, match="编码"):
        load_text("坏.txt", data)


def test_tabs_make_a_table_with_columns_and_lines() -> None:
    (heading, table) = load_text("表.txt", "标题\n指标\t目标\n\t≥5个\n".encode()).blocks
    assert isinstance(heading, TextBlock)
    assert isinstance(table, TableBlock)
    assert (table.row_count, table.column_count) == (2, 2)
    places = [
        (c.text, c.location.row, c.location.column, c.location.line_start) for c in table.cells
    ]
    assert places == [("指标", 1, 1, 2), ("目标", 1, 2, 2), ("≥5个", 2, 2, 3)]


def test_bars_make_a_table() -> None:
    (table,) = load_text(
        "表.txt", "| 指标 | 目标 |\n|----|----|\n| 次数 | ≥5次 |\n".encode()
    ).blocks
    assert isinstance(table, TableBlock)
    assert [c.text.strip() for c in table.cells] == ["指标", "目标", "次数", "≥5次"]
    assert table.cells[-1].location.line_start == 3


def test_rows_of_tabs_whose_cells_a_line_break_cut_are_whole() -> None:
    lines = [
        *(
            "一级指标\t三级指标\t目标值\t完成值\t偏差原因",
            "产出指标\t渠道清淤",
            "长度\t≥8公里\t8.2公里\t",
        ),
        *("\t泵站检修座次\t≥6座\t5座\t待汛期后，", "再行检修1座", "\t工程合格率\t100%\t100%\t"),
    ]
    (table,) = load_text("表.txt", "\n".join(lines).encode()).blocks
    assert isinstance(table, TableBlock)
    assert (table.row_count, table.column_count) == (4, 5)
    told = {(cell.row, cell.column): cell.text for cell in table.cells}
    assert (told[1, 1], told[1, 2], told[2, 4]) == (
        "渠道清淤长度",
        "≥8公里",
        "待汛期后，再行检修1座",
    )
    cut = next(cell for cell in table.cells if cell.text == "渠道清淤长度")
    assert (cut.location.line_start, cut.location.line_end) == (2, 3)


def test_bars_within_lines_are_rows_where_several_lines_have_them() -> None:
    lines = ["指标 | 目标 | 完成", "巡河次数 | ≥48次 | 50次", "| 水质 | ≥Ⅲ类", "首页"]
    table, text = load_text("表.txt", "\n".join(lines).encode()).blocks
    assert isinstance(table, TableBlock)
    assert (table.row_count, table.column_count) == (3, 3)
    assert isinstance(text, TextBlock)
    (line,) = load_text("页.txt", "首页 | 新闻 | 公开".encode()).blocks
    assert isinstance(line, TextBlock)


MARKDOWN = """# 青岭县农机站2023年度自评

> 全年预算数为**52.30**万元，~~48.10~~实际支出`49.75`万元，见[附表](b.md)。

## 一、完成情况

| 三级指标 | 目标值 | 完成值 |
|:---|---:|---:|
| 培训**农机手** | ≥120人 | 131人 |
| 面积\\*亩 | 2_500_ | 2600 |

---
"""


def test_markdown_is_read_as_it_is_shown() -> None:
    document = load("自评.md", MARKDOWN.encode())
    texts = [(b.text, b.level) for b in document.blocks if isinstance(b, TextBlock)]
    assert texts == [
        ("青岭县农机站2023年度自评", 1),
        ("全年预算数为52.30万元，实际支出49.75万元，见附表。", 0),
        ("一、完成情况", 2),
    ]
    (table,) = (b for b in document.blocks if isinstance(b, TableBlock))
    assert [cell.text.strip() for cell in table.cells][3:6] == ["培训农机手", "≥120人", "131人"]
    assert table.cells[3].location.line_start == 9


def test_markdown_marks_in_other_files_and_in_numbers_stay() -> None:
    (block,) = load("自评.txt", b"**2023** 95.07%").blocks
    assert isinstance(block, TextBlock)
    assert block.text == "**2023** 95.07%"
    (block,) = load("自评.md", "面积为2*3*4米，编号a_b_c".encode()).blocks
    assert isinstance(block, TextBlock)
    assert block.text == "面积为2*3*4米，编号a_b_c"
