"""PDF files: tables from ruling lines, paragraphs from wrapped lines, places on the page."""

from io import BytesIO

import pytest

from ingest.config import Limits
from ingest.errors import LoadError
from ingest.loaders import load
from ingest.loaders.layout.page import Page
from ingest.loaders.layout.page_blocks import blocks_of
from ingest.loaders.layout.ruled_tables import Grid, Ruling, Span, find_grids
from ingest.loaders.layout.text_lines import Fragment, Line, lines_of, runs_on
from ingest.types.blocks import Cell, Document, TableBlock, TextBlock
from tests.support.builders import FILES
from tests.support.pdf_writer import Placed, pdf, ruled


def form() -> Document:
    return load("自评表.pdf", (FILES / "form.pdf").read_bytes())


def tables(document: Document) -> list[TableBlock]:
    return [block for block in document.blocks if isinstance(block, TableBlock)]


def cell_at(table: TableBlock, row: int, column: int) -> Cell:
    return next(cell for cell in table.cells if (cell.row, cell.column) == (row, column))


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, TextBlock)]


def turned(data: bytes, degrees: int) -> bytes:
    """The same PDF, its pages displayed turned."""
    from pypdfium2 import PdfDocument  # type: ignore[import-untyped]

    document = PdfDocument(data)
    for n in range(len(document)):
        document[n].set_rotation(degrees)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_wrapped_lines_are_one_paragraph_with_a_run_for_each_line() -> None:
    paragraph = form().blocks[1]
    assert isinstance(paragraph, TextBlock)
    assert "走访长者共计服务12345678.25人次。" in paragraph.text
    assert [run.location.page for run in paragraph.runs] == [1, 1, 1]
    assert texts(form())[2] == "资金情况见下表。"


def test_radical_code_points_of_the_font_become_the_characters_they_show() -> None:
    text = "".join(texts(form()))
    assert "一支队伍，人大、青年、长者、车马费用门类齐全" in text
    assert not any(0x2E80 <= ord(character) <= 0x2FDF for character in text)


def test_a_large_line_is_a_heading() -> None:
    heading = form().blocks[0]
    assert isinstance(heading, TextBlock)
    assert (heading.text, heading.level) == ("青岭县民政局整体支出绩效自评表", 1)


def test_page_numbers_are_no_paragraphs() -> None:
    assert not [text for text in texts(form()) if text.strip("- ").isdigit()]


def test_a_merged_cell_cut_by_a_page_break_keeps_its_text_and_span() -> None:
    first, second = tables(form())
    label = cell_at(first, 1, 0)
    assert (label.text, label.row_span) == ("产出指标", first.row_count - 1)
    assert cell_at(second, 0, 0).row_span == 26 - (first.row_count - 1)


def test_a_table_over_two_pages_is_marked_and_counted_as_one() -> None:
    first, second = tables(form())
    assert (first.continues, second.continues) == (False, True)
    assert (first.location.page, second.location.page) == (1, 2)
    assert first.location.table == second.location.table == 1
    assert first.column_count == second.column_count


def test_no_row_is_lost_at_the_page_break() -> None:
    values = [cell.text for table in tables(form()) for cell in table.cells]
    assert [values.count(f"{1200 + n}人次") for n in range(26)] == [2] * 26


def test_numbers_one_below_the_other_stay_apart() -> None:
    second = tables(form())[1]
    assert cell_at(second, second.row_count - 1, 2).text == "158\n226\n163"


def test_a_cell_is_placed_by_page_row_column_and_box() -> None:
    place = cell_at(tables(form())[0], 1, 2).location
    assert (place.page, place.row, place.column) == (1, 2, 3)
    assert place.bbox is not None
    left, top, right, bottom = place.bbox
    assert 0 < left < right < 595
    assert 0 < top < bottom < 842


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_page_reads_the_same_and_is_placed_as_displayed(degrees: int) -> None:
    upright = form()
    document = load("自评表.pdf", turned((FILES / "form.pdf").read_bytes(), degrees))
    assert texts(document) == texts(upright)
    before, after = upright.blocks[0].location.bbox, document.blocks[0].location.bbox
    assert before is not None
    assert after is not None
    lying = after[3] - after[1] > after[2] - after[0]
    assert lying == (degrees != 180)
    if degrees == 90:  # what was at the top is now at the right edge
        assert after[2] == pytest.approx(842 - before[1], abs=1)


def test_a_table_printed_sideways_is_read() -> None:
    table = tables(load("附表.pdf", (FILES / "sideways.pdf").read_bytes()))[0]
    assert [cell.text for cell in table.cells] == ["年初预算数", "全年执行数", "111.59", "70.44"]


def test_files_that_cannot_be_read_are_refused_by_name_reason_and_remedy() -> None:
    cut = (FILES / "form.pdf").read_bytes()[:300]
    locked = (FILES / "locked.pdf").read_bytes()
    for data, reason in (
        (cut, "损坏"),
        (locked, "密码"),
        (b"MZ\x90\x00" * 9, "程序文件"),
        (b"", "空"),
    ):
        with pytest.raises(
            LoadError, match=rf"^无法读取“表\.pdf”：[^。]*{reason}[^。]*，请[^。]*。$"
        ):
            load("表.pdf", data)


def test_too_many_pages_are_refused() -> None:
    with pytest.raises(LoadError, match="页数超过 1 页"):
        load("表.pdf", (FILES / "form.pdf").read_bytes(), limits=Limits(pages=1))


def grid_of(xs: tuple[float, ...], ys: tuple[float, ...], *missing: str) -> tuple[Grid, ...]:
    """The grids of a lattice without some of its lines, named h0, v1, …"""
    across = [Ruling(y, xs[0], xs[-1]) for n, y in enumerate(ys) if f"h{n}" not in missing]
    down = [Ruling(x, ys[0], ys[-1]) for n, x in enumerate(xs) if f"v{n}" not in missing]
    return find_grids(across, down)


def test_open_sides_are_closed_by_the_outline() -> None:
    xs, ys = (0, 100, 200, 300), (0, 50, 100, 150)
    whole = grid_of(xs, ys)
    assert len(whole[0].spans) == 9
    assert grid_of(xs, ys, "h0", "h3", "v0", "v3") == whole


def test_fields_without_a_line_between_are_one_cell() -> None:
    across = [Ruling(0, 0, 200), Ruling(50, 100, 200), Ruling(100, 0, 200)]
    down = [Ruling(x, 0, 100) for x in (0, 100, 200)]
    (grid,) = find_grids(across, down)
    assert grid.spans == (Span(0, 0, 2, 1), Span(0, 1, 1, 2), Span(1, 1, 2, 2))


def test_a_lone_frame_and_loose_lines_are_no_table() -> None:
    assert grid_of((0, 100), (0, 100)) == ()
    assert find_grids([Ruling(10, 0, 100), Ruling(30, 0, 100)], [Ruling(300, 0, 100)]) == ()


def test_two_tables_on_a_page_stay_two() -> None:
    ys = ((0, 50, 100), (200, 250, 300))
    across = [Ruling(y, 0, 200) for group in ys for y in group]
    down = [Ruling(x, group[0], group[-1]) for group in ys for x in (0, 100, 200)]
    assert [grid.box for grid in find_grids(across, down)] == [(0, 0, 200, 100), (0, 200, 200, 300)]


def test_lines_drawn_in_pieces_or_twice_are_one() -> None:
    across = [Ruling(y + d, x, x + 50) for y in (0, 50) for x in (0, 50) for d in (0, 0.8)]
    down = [Ruling(x, 0, 50) for x in (0, 50, 100)]
    (grid,) = find_grids(across, down)
    assert len(grid.spans) == 2


def line(text: str, width: float) -> Line:
    return Line(text, 0, 0, width, 10, 10, width)


def test_a_number_cut_by_the_margin_goes_on_but_two_numbers_do_not_join() -> None:
    assert runs_on(line("达到1600", 60), line("0人", 15), 63)
    assert runs_on(line("1133.0", 33), line("1", 5), 36)
    assert not runs_on(line("158", 18), line("226", 18), 20)
    assert not runs_on(line("共158", 25), line("226", 18), 45)
    assert not runs_on(line("完成。", 30), line("共服务", 30), 90)


def test_pieces_on_one_baseline_are_a_line_with_the_blanks_that_show() -> None:
    pieces = [
        Fragment("填报人", 0, 30, 100, 10),
        Fragment("电话", 80, 100, 100.5, 10),
        Fragment("m", 0, 8, 120, 10),
        Fragment("2", 8, 11, 117, 5),
    ]
    assert [found.text for found in lines_of(pieces)] == ["填报人 电话", "m²"]


def test_a_cell_cut_by_a_page_break_is_made_whole_with_each_line_on_its_page() -> None:
    document = load("目标表.pdf", (FILES / "cut.pdf").read_bytes())
    cells = [cell for table in tables(document) for cell in table.cells]
    (goal,) = [cell for cell in cells if "走访长者" in cell.text]
    assert goal.text.count("走访长者达到16000人次以上。") == 40
    assert "\n" not in goal.text
    assert {run.location.page for run in goal.runs} == {1, 2}
    assert [cell.text for cell in cells if cell.text.startswith("年度")] == ["年度总体目标"]
    assert [cell.text for cell in cells if "95" in cell.text] == ["≥95%"]


def test_a_text_broken_before_an_uneven_margin_is_one_paragraph() -> None:
    lines = [
        (70, "全年养护支线道路，修补坑槽，疏通边沟，更换标志牌，省"),
        (50, "级补助资金已全部到位，县级配套"),
        (50, "资金正在办理拨付手续，预计下月可以到位并全部支"),
        (50, "付完毕。"),
        (70, "下一步加强巡查。"),
    ]
    fragments = [
        Fragment(char, x + 10 * n, x + 10 * (n + 1), 100 + 15 * row, 10)
        for row, (x, text) in enumerate(lines)
        for n, char in enumerate(text)
    ]
    page = Page(number=1, width=400, height=700, fragments=fragments, across=[], down=[])
    found = [block.text for block in blocks_of([page]) if isinstance(block, TextBlock)]
    assert "更换标志牌，省级补助" in found[0]
    assert "到位并全部支付完毕。" in found[1]
    assert found[-1] == "下一步加强巡查。"


def test_a_table_without_ruling_lines_is_told_by_its_blanks() -> None:
    def row(y: float, *cells: tuple[float, str]) -> list[Fragment]:
        return [
            Fragment(char, x + 10 * n, x + 10 * (n + 1), y, 10)
            for x, text in cells
            for n, char in enumerate(text)
        ]

    page = Page(
        number=1,
        width=500,
        height=700,
        fragments=[
            *row(100, (150, "绩效自评表")),
            *row(140, (50, "三级指标"), (200, "目标值"), (300, "得分")),
            *row(160, (50, "抽检批次"), (200, "不少于四千"), (300, "10")),
            *row(174, (200, "批次")),
            *row(190, (50, "满意度"), (200, "≥90%"), (300, "9")),
            *row(240, (50, "这里是一段普通的文字，不是表格。")),
        ],
        across=[],
        down=[],
    )
    title, table, text = blocks_of([page])
    assert isinstance(table, TableBlock)
    assert isinstance(title, TextBlock)
    assert isinstance(text, TextBlock)
    assert (table.row_count, table.column_count) == (3, 3)
    assert cell_at(table, 1, 1).text.replace("\n", "") == "不少于四千批次"
    assert cell_at(table, 2, 2).text == "9"


ROWS = [["指标", "目标值", "完成值", "原因"], ["修缮桥梁", "≥6座", "5座", "汛期停工"]]
REST = [["巡查次数", "≥24次", "26次"], ["群众满意度", "≥85%", "91.5%"]]
EDGES = [60.0, 200.0, 300.0, 400.0, 500.0]


def test_a_table_goes_on_though_its_empty_last_column_is_not_drawn() -> None:
    first, rest = ruled(EDGES, [700, 730, 760], ROWS), ruled(EDGES[:4], [60, 90, 120], REST)
    one, other = tables(load("表.pdf", pdf(first, rest)))
    assert (one.continues, other.continues) == (False, True)
    assert [cell.text for cell in other.cells if cell.column < 3] == [*REST[0], *REST[1]]


def test_another_table_on_the_next_page_is_one_of_its_own() -> None:
    other = ruled([60.0, 150.0, 350.0], [60, 90, 120], [["填报人", "周岚"], ["日期", "3月"]])
    assert not tables(load("表.pdf", pdf(ruled(EDGES, [700, 730, 760], ROWS), other)))[1].continues


@pytest.mark.parametrize(
    "mark",
    [
        Placed(120, 780, "内部资料 2025 周岚", 24, (0.707, 0.707), 0.8),
        Placed(90, 755, "样张98", 40, grey=0.75),
        Placed(70, 757, "财政局内部", 10.5, (0.866, 0.5)),
    ],
)
def test_a_watermark_is_no_part_of_what_it_lies_over(mark: Placed) -> None:
    texts, strokes = ruled(EDGES, [700, 730, 760], ROWS)
    found = tables(load("表.pdf", pdf(([mark, *texts, mark._replace(y=740)], strokes))))
    assert [cell.text for table in found for cell in table.cells] == [*ROWS[0], *ROWS[1]]
