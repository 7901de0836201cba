"""Two versions of a draft, paragraph by paragraph."""

from datetime import UTC, datetime

from assistant.drafting.comparison import Change, Piece, compared
from assistant.drafting.types import Draft, DraftTable, Paragraph, SavedDraft, Section
from assistant.web.html import draft_changes


def drafted(*texts: str, cell: str = "") -> Draft:
    paragraphs = [Paragraph(text) for text in texts]
    if cell:
        paragraphs[-1] = Paragraph(texts[-1], table=DraftTable(("指标",), ((cell,),)))
    return Draft(Section.REPORT, "报告", "甲局", 2021, "平实", "", tuple(paragraphs))


def words(change: Change) -> tuple[str, str]:
    """What the one version and the other say."""
    return (
        "".join(piece.text for piece in change.pieces if piece.old),
        "".join(piece.text for piece in change.pieces if piece.new),
    )


def test_a_number_is_changed_as_a_whole_and_the_words_around_it_stay() -> None:
    old = drafted("一、基本情况", "年初预算数为1133.01万元[1]，全年执行。")
    new = drafted("一、基本情况", "年初预算数为1233.01万元[1]，全年执行。")
    same, changed = compared(old, new)
    assert same.same
    assert changed.pieces == (
        Piece("年初预算数为"),
        Piece("1133.01", new=False),
        Piece("1233.01", old=False),
        Piece("万元[1]，全年执行。"),
    )


def test_what_came_and_what_went_stand_in_their_places() -> None:
    old = drafted("甲段落写的是供水。", "乙段落写的是道路建设。", "丙段落。")
    new = drafted("新来的一整段说绿化。", "甲段落写的是供水。", "乙段落写的是道路养护建设。")
    told = compared(old, new)
    assert [(change.old_number, change.new_number) for change in told] == [
        (None, 1),
        (1, 2),
        (2, 3),
        (3, None),
    ]
    assert "\n".join(words(one)[0] for one in told if one.old_number) == old.text
    assert "\n".join(words(one)[1] for one in told if one.new_number) == new.text


def test_the_rows_of_tables_are_compared_too() -> None:
    told = compared(drafted("表1", cell="满意度95%"), drafted("表1", cell="满意度96%"))
    assert [change.same for change in told] == [True, False]
    assert [change.old_number for change in told] == [1, 1]


def test_changes_are_marked_and_escaped() -> None:
    now = datetime.now(UTC)
    old = SavedDraft("x", 1, "", now, drafted("一", "二", "三", "原来写的是<b>95%。"))
    new = SavedDraft("x", 2, "", now, drafted("一", "二", "三", "原来写的是<b>96%。", "又一段"))
    html = draft_changes.changes(old, new)
    assert "第1版 → 第2版" in html
    assert "改动1处，增加1处" in html
    assert "第1至3段没有改动" in html
    assert "原来写的是&lt;b&gt;<del>95%</del><ins>96%</ins>。" in html
    assert "第5段 增加" in html
    assert "两版文字相同" in draft_changes.changes(old, old)
