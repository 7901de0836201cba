"""Passages: labels stay with their values, results with their heading; quotes show their figure."""

from ingest.extraction.cell_values import MAX_QUOTE_LENGTH
from ingest.extraction.understand import understand
from ingest.loaders.text import load_text
from tests.support.builders import text

FORM = (
    "部门整体支出绩效自评表",
    "部门名称\t某市水务局",
    "资金情况\t实际支出数\t1022.93\t年初预算数\t1133.01",
    "年度总体目标\t年度总体目标\t整体目标完成情况",
    "\t治理河道，开展巡查。\t全年巡查36次。",
)


def test_a_label_stays_with_its_value() -> None:
    texts = [p.text for p in understand(load_text("表.txt", "\n".join(FORM).encode())).passages]
    assert "实际支出数 1022.93" in texts
    assert "年初预算数 1133.01" in texts


def test_goals_and_results_have_their_own_sections() -> None:
    passages = understand(load_text("表.txt", "\n".join(FORM).encode())).passages
    sections = {p.text: p.section for p in passages}
    assert sections["全年巡查36次。"] == "年度总体目标 / 整体目标完成情况"
    assert sections["治理河道，开展巡查。"] == "年度总体目标"


def test_a_long_quote_is_cut_around_its_figure() -> None:
    long = "严格落实年度工作计划，" * 40 + "全年巡查36次，" + "持续推进各项工作，" * 40
    understood = understand(load_text("报告.txt", f"工作报告\n{long}完成。".encode()))
    (figure,) = understood.figures
    assert "36次" in figure.quote
    assert len(figure.quote) <= MAX_QUOTE_LENGTH


def test_chapters_and_articles_are_places() -> None:
    understood = text(
        "临川县项目绩效管理办法",
        "第二章 自评",
        "第七条 部门应当在年度终了后45日内完成自评。",
        "自评材料包括以下内容：",
        "（一）自评表",
        "资金使用情况和绩效目标完成情况。",
        "第八条 抽查由财政部门组织。",
        "第三章 结果应用",
        "第九条 评价结果应当公开。",
    )
    sections = {p.text: p.section for p in understood.passages}
    assert sections["第七条 部门应当在年度终了后45日内完成自评。"] == "第二章自评 / 第七条"
    assert sections["资金使用情况和绩效目标完成情况。"] == "第二章自评 / 第七条 / 自评表"
    assert sections["第八条 抽查由财政部门组织。"] == "第二章自评 / 第八条"
    assert sections["第九条 评价结果应当公开。"] == "第三章结果应用 / 第九条"
    assert understood.figures == ()
