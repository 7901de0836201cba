"""What a document says in one place, as one described sentence."""

from decimal import Decimal

from ingest.extraction.cards import Facts, cards_of, titled
from ingest.types.cards import Card, CardKind
from ingest.types.facts import Figure, Role, Understanding
from tests.support.builders import read, text


def every(_: Figure) -> bool:
    return True


def none(_: Figure) -> bool:
    return False


def cards(understood: Understanding) -> tuple[Card, ...]:
    return cards_of(facts(understood), every)


def facts(understood: Understanding) -> Facts:
    document = understood.document
    return Facts(
        document.title,
        document.department,
        document.year,
        understood.figures,
        understood.indicators,
        understood.tasks,
        understood.passages,
    )


FORM = read(
    "自评表.html",
    """<h1>松原市部门整体支出绩效自评表</h1><p>（2023年度）</p><table>
    <tr><td>部门名称</td><td colspan="7">松原市渔政管理局</td></tr>
    <tr><td colspan="2">资金（万元）</td><td>年初预算数</td><td>全年预算数</td><td>全年执行数</td>
    <td>执行率</td><td>得分</td><td>备注</td></tr>
    <tr><td colspan="2">年度资金总额</td><td>812.50</td><td>790.00</td><td>742.60</td>
    <td>94%</td><td>9.4</td><td></td></tr>
    <tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td>
    <td>实际完成值</td><td>分值</td><td>得分</td><td>偏差原因分析及改进措施</td></tr>
    <tr><td>产出指标</td><td>数量指标</td><td>增殖放流鱼苗数量</td><td>≥120万尾</td>
    <td>96万尾</td><td>10</td><td>8</td><td>汛期推迟放流</td></tr></table>""",
)


def test_a_row_of_an_indicator_names_each_of_its_values() -> None:
    (row,) = [card for card in cards(FORM) if card.kind is CardKind.INDICATOR]
    assert row.body == (
        "增殖放流鱼苗数量：年度指标值 ≥120万尾，实际完成值 96万尾，分值 10，得分 8，"
        "偏差原因 汛期推迟放流"
    )
    assert row.section.endswith("产出指标 数量指标")
    assert row.title == "松原市渔政管理局2023年松原市部门整体支出绩效自评表"
    assert row.text == f"{row.title}｜{row.section}｜{row.body}"
    assert row.indicator is not None
    assert row.indicator.name == "增殖放流鱼苗数量"
    assert "96万尾" in row.passage.text


def test_marks_say_which_figure_a_stretch_prints() -> None:
    (row,) = [card for card in cards(FORM) if card.kind is CardKind.INDICATOR]
    said = {mark.figure.role: row.text[mark.start : mark.end] for mark in row.marks}
    assert said == {
        Role.TARGET: "≥120万尾",
        Role.ACTUAL: "96万尾",
        Role.WEIGHT: "10",
        Role.SCORE: "8",
    }
    start = row.text.index("96万尾")
    (figure,) = row.figures_in(start, start + 2)
    assert figure.role is Role.ACTUAL


def test_a_row_of_money_carries_the_heads_of_its_columns_and_its_unit() -> None:
    money = [card.body for card in cards(FORM) if card.kind is CardKind.MONEY]
    assert money == [
        "年度资金总额：年初预算数 812.50万元，全年预算数 790.00万元，全年执行数 742.60万元，"
        "执行率 94%，得分 9.4"
    ]


def test_prose_stands_as_it_is_with_its_figures_marked() -> None:
    report = text(
        "松原市渔政管理局2023年工作总结",
        "一、执法情况",
        "全年出动执法船艇318艘，查处违法案件27起；上年查处41起。",
    )
    (card,) = [card for card in cards(report) if "执法船艇" in card.body]
    assert card.kind is CardKind.TEXT
    assert card.body == "全年出动执法船艇318艘，查处违法案件27起；上年查处41起。"
    assert card.section == "执法情况"
    assert [card.text[mark.start : mark.end] for mark in card.marks] == ["318艘", "27起", "41起"]


def test_a_heading_is_no_card() -> None:
    report = text("松原市渔政管理局2023年工作总结", "一、执法情况", "全年出动执法船艇318艘。")
    assert [card.body for card in cards(report)] == ["全年出动执法船艇318艘。"]


def test_a_clause_of_a_rule_is_a_card_of_its_article() -> None:
    rule = text(
        "松原市渔业补助资金管理办法",
        "第一条 为规范资金管理，制定本办法。",
        "第二条 补助资金由市渔政管理局负责审核，每年6月30日前拨付到位。",
    )
    (card,) = [card for card in cards(rule) if "6月30日" in card.body]
    assert card.section == "第二条"
    assert card.title.endswith("松原市渔业补助资金管理办法")


def test_what_is_read_with_doubt_stands_unmarked() -> None:
    doubted = cards_of(facts(FORM), none)
    assert not any(card.marks for card in doubted)
    assert any("742.60" in card.body for card in doubted)
    assert all(figure.confidence <= Decimal(1) for figure in FORM.figures)


def test_every_figure_is_in_a_card() -> None:
    marked = {mark.figure.id for card in cards(FORM) for mark in card.marks}
    assert marked == {figure.id for figure in FORM.figures}


def test_a_title_is_not_told_twice() -> None:
    assert (
        titled("松原市渔政管理局2023年总结", "松原市渔政管理局", 2023)
        == "松原市渔政管理局2023年总结"
    )
    assert titled("渔业补助资金管理办法", "", 2016) == "渔业补助资金管理办法"
