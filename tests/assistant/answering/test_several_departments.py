"""Questions to a library of forms in other layouts: several departments a sheet, a place's table,
a project, a monitoring form."""

from collections.abc import Iterator, Sequence

import pytest

from assistant.service import Assistant
from assistant.types import State, Verdict
from tests.support.library import assistant_over

Rows = Sequence[Sequence[str | float | None]]

HEAD = ["指标类别", "指标内容", "目标", "完成", "标准分", "评价得分"]
FORMS: dict[str, Rows] = {
    "青禾区.xlsx": [
        ["青禾区交通局2022年度整体支出绩效自评表"],
        ["单位名称", "青禾区交通局", None, "单位：万元"],
        [None, "预算批复数", "调整预算数", "支出决算数", "执行进度"],
        ["收入支出合计", 2130, 2215, 2087.71, "94.25%"],
        HEAD,
        ["产出指标", "公路养护里程", "≥320公里", "331.6公里", 10, 10],
        [None],
        ["青禾区水务局2022年度整体支出绩效自评表"],
        ["单位名称", "青禾区水务局"],
        HEAD,
        ["满意度指标", "沿河居民满意率", "≥88%", "86.5%", 20, 19.6],
    ],
    "永靖市.xlsx": [
        ["永靖市2023年度市直部门整体支出绩效自评结果汇总表"],
        ["序号", "预算部门", "年初预算", "调整预算", "支出决算", "执行率"],
        [1, "市教育局", 12.36, 12.95, 12.71, "98.15%"],
        [2, "市民政局", 3.21, 3.4, 2.98, "87.65%"],
    ],
    "柳川县.xlsx": [
        ["2023年度项目支出绩效自评表"],
        ["项目名称", "农村公路养护专项", "主管部门", "柳川县交通运输局"],
        ["项目资金（万元）", "年初预算数", "全年预算数", "全年执行数", "执行率"],
        ["资金总额", 860, 902.5, 871.33, None],
        ["一级指标", "三级指标", "年度指标值", "计量单位", "实际完成值", "分值", "得分"],
        ["产出指标", "养护面积", 12.6, "万平方米", 12.1, 20, 19.2],
    ],
    "金川镇.xlsx": [
        ["2025年上半年预算绩效运行监控情况表"],
        ["部门名称", "金川镇人民政府", "单位：元"],
        ["项目名称", "垃圾分类运营"],
        ["资金情况", "年初预算数", "1-6月执行数", "1-6月执行率"],
        ["年度资金总额", 1250000, 586320.5, "46.91%"],
        ["一级指标", "三级指标", "年度指标值", "1-6月执行情况"],
        ["产出指标", "覆盖小区数", "≥24个", "15个"],
    ],
}


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with assistant_over(FORMS, tmp_path_factory.mktemp("forms")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("青禾区水务局2022年沿河居民满意率达标了吗？", ["86.5%", "88%", "未达标"]),
        ("青禾区交通局2022年的支出决算数是多少？", ["2087.71万元"]),
        ("永靖市哪个部门执行率最低？", ["永靖市民政局", "87.65%"]),
        ("永靖市教育局2023年年初预算是多少？", ["12.36"]),
        ("柳川县交通局农村公路养护花了多少钱？", ["871.33万元"]),
        ("柳川县交通局农村公路养护安排多少资金？", ["902.5万元"]),
        ("柳川县交通局的养护面积目标是多少？", ["12.6万平方米"]),
        ("金川镇上半年花了多少？", ["586320.5元"]),
        ("金川镇截至6月覆盖小区数完成目标了吗？", ["15个", "监控时点尚未达到全年目标"]),
    ],
)
def test_a_question_is_answered(elsewhere: Assistant, question: str, says: list[str]) -> None:
    answer = elsewhere.ask(question)
    assert not answer.abstained, answer.text
    assert [part for part in says if part not in answer.text] == []
    assert answer.citations


def test_what_each_department_reports_is_a_table(elsewhere: Assistant) -> None:
    answer = elsewhere.ask("2023年各部门预算执行率分别是多少？")
    (table,) = answer.blocks
    assert table.columns == ("部门", "年度", "预算完成率")
    cells = {row[0]: row[2].partition("[")[0] for row in table.rows}
    assert cells == {"永靖市教育局": "98.15%", "永靖市民政局": "87.65%"}
    assert "共2个部门" in answer.text
    assert {citation.file for citation in answer.citations} == {"永靖市.xlsx"}
    assert [one.raw for one in answer.figures if one.verdict is Verdict.UNSUPPORTED] == []


def test_what_was_only_planned_is_in_no_table_of_what_was_reported(elsewhere: Assistant) -> None:
    answer = elsewhere.ask("各部门覆盖小区数、养护面积分别是多少？")
    assert "24个" not in str(answer.blocks)


def test_how_a_rate_is_computed_is_asked_right_behind_it(elsewhere: Assistant) -> None:
    answer = elsewhere.ask("青禾区交通局2022年预算执行率是多少？怎么算的？")
    assert [made.formula for made in answer.calculations] == ["2087.71 ÷ 2215 × 100% = 94.25%"]


def test_the_questions_words_are_repeated_in_an_honest_no(elsewhere: Assistant) -> None:
    answer = elsewhere.ask("金川镇截至7月植树多少？")
    assert answer.abstained
    assert "核实" not in answer.text


# -- questions to go on with -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "state"),
    [
        ("永靖市教育局2023年预算执行率是多少？", State.ANSWERED),
        ("永靖市教育局2021年预算执行率是多少？", State.REFUSED),
        ("青禾区水务局2022年绩效指标有哪些？", State.ANSWERED),
    ],
)
def test_questions_to_go_on_with_have_answers(
    elsewhere: Assistant, question: str, state: State
) -> None:
    answer = elsewhere.ask(question)
    assert answer.state is state
    assert answer.suggestions
    for offered in answer.suggestions:
        assert offered != question
        assert elsewhere.ask(offered).state is State.ANSWERED, offered


def test_after_a_year_that_is_not_there_the_nearest_is_offered(elsewhere: Assistant) -> None:
    answer = elsewhere.ask("永靖市教育局2021年预算执行率是多少？")
    assert answer.suggestions == ("永靖市教育局2023年预算完成率是多少？",)


def test_a_year_of_the_turn_before_that_a_body_does_not_have_is_not_carried_to_it(
    elsewhere: Assistant,
) -> None:
    before = ["永靖市教育局2023年预算执行率是多少？"]
    answer = elsewhere.ask("青禾区交通局的支出决算数是多少？", turns=before)
    assert "2087.71万元" in answer.text
    assert not answer.scope.years_carried
    kept = elsewhere.ask("永靖市民政局预算执行率是多少？", turns=before)
    assert (kept.scope.years, kept.scope.years_carried) == ((2023,), True)
    assert not kept.scope.carried
