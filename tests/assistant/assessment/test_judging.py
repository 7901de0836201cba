"""Twenty rows of indicators as forms print them: which way is better, and what their numbers earn.

Written before the rules were changed; names and numbers are invented.
"""

from decimal import Decimal

import pytest

from assistant.assessment.rule_packs import RuleBook
from assistant.assessment.scoring import earned, execution_weight
from assistant.assessment.status import judge, read_status_rules
from ingest.language.vocabulary import default_vocabulary
from ingest.types.blocks import Location
from ingest.types.facts import Indicator, Quantity

ROWS = [
    # level 1, level 2, name, target, actual, status, points of 10 (None: no formula)
    ("产出指标", "成本指标", "人均培训费用", "450元", "438元", "达标", "10"),
    ("产出指标", "成本指标", "人均培训费用", "450元", "495元", "未达标", "9"),
    ("产出指标", "成本指标", "项目总投入", "≤80万元", "79.6万元", "达标", "10"),
    ("成本指标", "经济成本指标", "单位造价", "2000元", "1200元", "达标", "10"),
    ("成本指标", "经济成本指标", "单位造价", "2000元", "5000元", "未达标", "0"),
    ("成本指标", "社会成本指标", "群众投诉", "3件", "3件", "达标", "10"),
    ("成本指标", "生态环境成本指标", "弃渣量", "100吨", "120吨", "未达标", "8"),
    ("产出指标", "成本指标", "配套投入", "≥50万元", "62万元", "达标", "10"),
    ("产出指标", "成本指标", "配套投入", "≥50万元", "40万元", "未达标", "8"),
    ("产出指标", "成本指标", "成本节约率", "3%", "5%", "达标", "10"),
    ("产出指标", "成本指标", "成本节约率", "4%", "2%", "未达标", "5"),
    ("产出指标", "数量指标", "成本核算培训场次", "10场", "11场", "达标", "10"),
    ("产出指标", "数量指标", "成本核算培训场次", "10场", "8场", "未达标", "8"),
    ("产出指标", "质量指标", "成本台账完整率", "95%", "97%", "达标", "10"),
    ("效益指标", "经济效益指标", "带动增收", "200万元", "260万元", "超额", "10"),
    ("效益指标", "社会效益指标", "安全事故数", "0起", "0起", "达标", "10"),
    ("产出指标", "时效指标", "平均办理时限", "5天", "4天", "达标", "10"),
    ("满意度指标", "服务对象满意度", "办事群众满意度", "≥90%", "88.2%", "未达标", "9.8"),
    ("产出指标", "数量指标", "维修路段", "≥30公里", "31公里", "达标", "10"),
    ("成本指标", "经济成本指标", "补助标准达标率", "100%", "100%", "达标", "10"),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[2]} {row[3]} {row[4]}")
def test_a_row_is_judged_and_scored(row: tuple[str, str, str, str, str, str, str | None]) -> None:
    level1, level2, name, target, actual, status, points = row
    units, rules = default_vocabulary().units, read_status_rules()
    indicator = Indicator(
        "i", "d", "某局", 2023, "", level1, level2, name, units.parse(target), None,
        units.parse(actual), actual, Quantity("10", (Decimal(10),), "=", "分"), None, "",
        Location(),
    )  # fmt: skip
    assert judge(indicator, rules).status.value == status
    score = earned(indicator, rules, RuleBook().rules((), 2023).scoring)
    assert (score.result if score else None) == (Decimal(points) if points else None)


def weighed(*rows: tuple[str, str | None]) -> list[Indicator]:
    units = default_vocabulary().units
    return [
        Indicator(
            name, "d", "某局", 2023, "", "", "", name, None, None, None, "",
            units.parse(weight) if weight else None, None, "", Location(),
        )
        for name, weight in rows
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        ([("新建站点", "50分"), ("满意度", "40分")], 10),
        ([("新建站点", "60分"), ("满意度", "40分")], 0),
        ([("预算执行率", "10分"), ("新建站点", "90分")], 0),
        ([("预算执行率", "10分"), ("新建站点", "80分")], None),  # the rate would count twice
        ([("新建站点", "50分"), ("满意度", None)], None),
        ([("新建站点", "70分"), ("满意度", "40分")], None),
        ([], None),
    ],
)
def test_what_the_weights_leave_for_the_execution_rate(
    rows: list[tuple[str, str | None]], left: int | None
) -> None:
    assert execution_weight(weighed(*rows), default_vocabulary().terms) == left
