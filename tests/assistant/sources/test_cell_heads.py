"""What a cell stands for, by the words beside it and over it."""

from assistant.sources.cell_heads import cell_heads
from ingest.types.blocks import Cell, Location, Run, TableBlock

ROWS = (("项目", "预算数", "执行数"), ("基本支出", "80", "76.5"), ("项目支出", "20", "—"))


def made() -> TableBlock:
    cells = tuple(
        Cell(r, c, (Run(text, Location(table=1, row=r + 1, column=c + 1)),))
        for r, row in enumerate(ROWS)
        for c, text in enumerate(row)
    )
    return TableBlock(cells, len(ROWS), len(ROWS[0]), Location(table=1))


def test_the_nearest_words_beside_and_over_a_cell_are_its_heads() -> None:
    heads = cell_heads([made()], Location(table=1, row=2, column=3))
    assert heads
    assert (heads.text, heads.row, heads.column) == ("76.5", "基本支出", "执行数")


def test_a_head_has_none_itself() -> None:
    heads = cell_heads([made()], Location(table=1, row=1, column=1))
    assert heads
    assert (heads.row, heads.column) == ("", "")


def test_what_is_no_cell_has_no_heads() -> None:
    assert cell_heads([made()], Location(line_start=3)) is None
    assert cell_heads([made()], Location(table=2, row=1, column=1)) is None
