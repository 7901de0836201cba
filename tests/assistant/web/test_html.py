"""What the chat draws: everything escaped, markers openable, quotes marked where they stand."""

import re
from decimal import Decimal
from html import unescape

from assistant.service import Assistant
from assistant.sources.excerpt import excerpt
from assistant.types import Answer, Calculation, CheckedFigure, Citation, Mode, State, Verdict
from assistant.web.html import answers
from assistant.web.theme import SCRIPTS, STATIC, STYLES
from ingest.types.blocks import Cell, Location, Run, TableBlock, TextBlock
from ingest.types.library import Scope

PLACE = Location(line_start=5, line_end=5)
CITED = Citation(1, "d", "a<b>.txt", "表<i>", "某局&科", 2021, PLACE, "预算<u>100</u>万元")


def answered(text: str, **parts: object) -> Answer:
    return Answer("问<script>", text, State.ANSWERED, Mode.GROUNDED, (CITED,), **parts)  # type: ignore[arg-type]


def drawn(given: Answer) -> str:
    return answers.finished(given, key="s0", excerpt_of=lambda citation: "")


def test_text_of_documents_and_users_is_escaped() -> None:
    html = drawn(answered("预算<b>100</b>万元[1]。"))
    for tag in ("<script>", "<b>100", "<i>", "<u>", "<b>.txt"):
        assert tag not in html
    assert "预算&lt;b&gt;100" in html
    assert "某局&amp;科" in html


def test_a_marker_opens_its_source() -> None:
    html = drawn(answered("100万元[1]。"))
    assert html.count('data-source="s0-1"') == 2
    assert '<template id="s0-1">' in html
    assert '<span class="marked">元<button' in html


def test_a_marker_without_a_source_stays_visible_and_marked() -> None:
    assert '<span class="unfounded" title="没有这个出处">[7]</span>' in drawn(answered("100[7]。"))


def test_an_unsupported_number_is_named() -> None:
    wrong = CheckedFigure("99万元", Decimal(99), "万元", Verdict.UNSUPPORTED)
    assert "没有找到出处的数字：99万元" in drawn(answered("99万元。", figures=(wrong,)))


def test_a_formula_is_shown_once() -> None:
    sum_ = Calculation("1 + 2 = 3", (), Decimal(3), "")
    assert drawn(answered("共3。", calculations=(sum_,))).count("1 + 2 = 3") == 1
    assert drawn(answered("共3（1+2=3）。", calculations=(sum_,))).count("1 + 2 = 3") == 0


def test_a_quote_over_several_lines_is_marked_on_each() -> None:
    lines = ("部门", "人数为 158人、临港", "片区226人", "以上")
    blocks = [
        TextBlock(tuple(Run(t, Location(line_start=n, line_end=n)) for n, t in enumerate(lines, 4)))
    ]
    html = excerpt(blocks, PLACE, "人数为158人、临港片区226人")
    assert "<mark>人数为 158人、临港</mark>" in html
    assert "<mark>片区226人</mark>" in html
    assert '<span class="number">4</span><span class="words">部门</span>' in html


def test_cells_of_a_row_are_marked_and_their_row_shown() -> None:
    cells = tuple(
        Cell(r, c, (Run(text, Location(table=1, row=r + 1, column=c + 1)),))
        for r, row in enumerate((("名称", "数额"), ("支出", "8"), ("收入", "<9>")))
        for c, text in enumerate(row)
    )
    blocks = [TableBlock(cells, 3, 2, Location(table=1))]
    html = excerpt(blocks, Location(table=1, row=2, column=2), "支出 | 8")
    assert "<td><mark>支出</mark></td><td><mark>8</mark></td>" in html
    assert "<td>&lt;9&gt;</td>" in html
    assert html.count("<tr>") == 3
    after = TextBlock((Run("表后的文字", Location(line_start=9)),))
    assert "表后" not in excerpt([*blocks, after], Location(table=1, row=2, column=2), "8")
    fallback = excerpt(blocks, Location(table=1, row=2, column=2), "不在文中的话")
    assert "<td>支出</td><td><mark>8</mark></td>" in fallback


def test_two_pieces_of_one_line_are_both_marked() -> None:
    blocks = [TextBlock((Run("支出数 8 元", PLACE),))]
    assert "<mark>支出数</mark> <mark>8</mark> 元" in excerpt(blocks, PLACE, "支出数 | 8")


def test_a_long_line_is_cut_around_the_quote() -> None:
    blocks = [TextBlock((Run("前" * 2000 + "要点" + "后" * 2000, PLACE),))]
    html = excerpt(blocks, PLACE, "要点")
    assert "<mark>要点</mark>" in html
    assert len(html) < 1000


def test_a_place_that_is_not_there_shows_nothing() -> None:
    assert excerpt([TextBlock((Run("字", PLACE),))], Location(line_start=99), "字") == ""


def test_cells_stand_in_their_columns() -> None:
    cells = (
        Cell(0, 0, (Run("甲", Location(table=1, row=1, column=1)),), row_span=2),
        Cell(0, 2, (Run("乙", Location(table=1, row=1, column=3)),)),
        Cell(1, 2, (Run("丙", Location(table=1, row=2, column=3)),)),
    )
    html = excerpt([TableBlock(cells, 2, 3, Location(table=1))], Location(table=1, row=2), "丙")
    assert "<td>甲</td><td>乙</td>" in html
    assert "<td></td><td><mark>丙</mark></td>" in html


def test_every_figure_of_the_samples_is_marked_where_it_stands(assistant: Assistant) -> None:
    for record in assistant.documents():
        blocks = assistant.blocks(record.id)
        for figure in assistant.figures(Scope(document_ids=(record.id,))):
            html = excerpt(blocks, figure.location, figure.quote)
            marked = unescape("".join(re.findall("<mark>(.*?)</mark>", html, re.DOTALL)))
            assert "".join(figure.quantity.raw.split()) in "".join(marked.split())


def test_every_style_and_script_is_in_the_page() -> None:
    files = {path.name for kind in ("*.css", "*.js") for path in STATIC.glob(kind)}
    assert files == {*STYLES, *SCRIPTS, "account.js"}  # that has a page of its own
    assert [name for name in SCRIPTS if "</script" in (STATIC / name).read_text("utf-8")] == []
