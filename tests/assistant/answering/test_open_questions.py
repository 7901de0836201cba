"""Questions that name no single thing, and questions by the name of who carries a project out."""

from collections.abc import Iterator, Sequence

import pytest

from assistant.service import Assistant
from assistant.types import State, Verdict
from tests.support.library import assistant_over

Rows = Sequence[Sequence[str | float | None]]
MONEY = [None, "年初预算数", "全年预算数", "全年执行数", "执行率"]
HEAD = ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"]


def whole(year: int, spent: float, rows: Rows) -> Rows:
    return [
        [f"{year}年度部门整体支出绩效自评表"],
        ["部门名称", "青禾区水务局", None, "单位：万元"],
        MONEY,
        ["支出合计", 900, 1000, spent, f"{spent / 10:.2f}%"],
        ["基本支出", 300, 400, 390, "97.5%"],
        HEAD,
        *(["产出指标", "数量指标", *row, 10, 10] for row in rows),
    ]


FORMS: dict[str, Rows] = {
    "水务局2022.xlsx": whole(
        2022,
        950,
        [["清淤河道长度", "≥30公里", "35公里"], ["管网漏损率", "≤10%", "9.2%"]],
    ),
    "水务局2023.xlsx": whole(
        2023,
        905.5,
        [["清淤河道长度", "≥30公里", "41公里"], ["管网漏损率", "≤10%", "11.4%"]],
    ),
    "汇总.xlsx": [
        ["永靖市2023年度市直部门整体支出绩效自评结果汇总表"],
        ["序号", "预算部门", "调整预算", "支出决算", "自评得分", "等次"],
        [1, "永靖市教育局", 12.95, 12.71, 94.2, "优"],
        [2, "永靖市民政局", 3.4, 2.98, 85.1, "良"],
    ],
    "三公.xlsx": [
        ["青禾区水务局2023年“三公”经费预算执行情况表"],
        ["单位：万元"],
        ["项目", "2022年决算", "2023年预算", "2023年决算"],
        ["公务接待费", 3.2, 3, 2.15],
        ["公务用车运行维护费", 8.6, 8.4, 7.93],
        ["合计", 11.8, 11.4, 10.08],
    ],
    "学校.xlsx": [
        ["2023年度项目支出绩效自评表"],
        ["项目名称", "教学楼维修", "主管部门", "柳川县教育局"],
        ["实施单位", "柳川县育才中学", None, "单位：万元"],
        ["项目资金", *MONEY[1:]],
        ["年度资金总额", 86, 90.5, 88.31, "97.58%"],
        HEAD,
        ["产出指标", "数量指标", "维修面积", "≥6200平方米", "6350平方米", 20, 20],
        ["产出指标", "时效指标", "完工时间", "2023年8月25日前", "2023年8月22日", 20, 20],
    ],
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with assistant_over(FORMS, tmp_path_factory.mktemp("forms")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "told", "not_told"),
    [
        ("青禾区水务局2023年怎么样", ["905.5万元", "达标1个", "管网漏损率"], []),
        ("青禾区水务局完成得怎么样？", ["905.5万元", "管网漏损率"], ["950"]),
        ("青禾区水务局2023年比2022年哪些指标进步了", ["清淤河道长度", "上升6公里"], ["漏损率"]),
        ("青禾区水务局今年哪些指标比上年变差了", ["管网漏损率", "2.2个百分点"], ["清淤"]),
        ("青禾区水务局清淤河道长度比上年提高了多少", ["41公里", "35公里", "6公里"], []),
        ("青禾区水务局2023年没完成的有哪些", ["管网漏损率"], ["清淤"]),
        ("青禾区水务局2023年指标都完成了吗", ["达标率为50", "管网漏损率"], []),
        ("青禾区水务局2023年基本支出执行率是多少", ["97.5%"], ["90.55"]),
        ("青禾区水务局两年支出加起来多少", ["1855.5万元"], []),
        ("2023年未达标指标最多的是哪个部门", ["青禾区水务局", "为1个", "管网漏损率"], []),
        ("青禾区水务局2023年清淤多少公里、管网漏损率是多少", ["41公里", "11.4%"], []),
        ("青禾区水务局2023年基本支出执行了多少", ["390万元"], ["97.5%", "905.5"]),
        ("概括一下青禾区水务局2023年的绩效情况", ["905.5万元", "管网漏损率"], []),
        ("青禾区水务局2023年三公经费比上年少花了多少", ["10.08", "11.8", "1.72"], ["11.4"]),
        ("青禾区水务局三公经费超预算了吗", ["10.08", "11.4", "1.32"], []),
        ("永靖市民政局评了什么等次", ["永靖市民政局2023年等次为“良”"], ["优"]),
        ("永靖市有几个部门评优", ["共1个", "永靖市教育局"], ["民政局"]),
        ("柳川县育才中学2023年花了多少钱", ["柳川县育才中学", "88.31万元"], ["905"]),
        ("柳川县教育局2023年维修面积完成了多少", ["6350平方米"], []),
        ("柳川县育才中学完工时间达标了吗", ["8月22日", "8月25日", "达标"], []),
    ],
)
def test_what_is_asked_in_general_is_told_of_the_facts(
    assistant: Assistant, question: str, told: list[str], not_told: list[str]
) -> None:
    answer = assistant.ask(question)
    assert not answer.abstained
    assert [part for part in told if part not in answer.text] == []
    assert [part for part in not_told if part in answer.text] == []
    assert {figure.verdict for figure in answer.figures} <= {Verdict.SUPPORTED, Verdict.COMPUTED}


@pytest.mark.parametrize(
    "question",
    [
        "柳川县育才中学2022年花了多少钱",
        "柳川县实验中学2023年花了多少钱",
        "青禾区水务局2023年评了什么等次",
        "青禾区水务局2023年信访件数",
    ],
)
def test_what_is_not_there_is_refused(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.abstained
    assert not answer.citations


def test_rates_are_not_summed_but_at_most_quoted(assistant: Assistant) -> None:
    answer = assistant.ask("青禾区水务局两年执行率加起来多少")
    assert answer.state in (State.REFUSED, State.QUOTED)
    assert not answer.calculations
    assert not answer.figures
