"""Where an indicator stands: numbers decide, words only where there are none."""

from decimal import Decimal

import pytest

from assistant.assessment.status import judge, read_status_rules
from assistant.types import Status
from ingest.language.vocabulary import default_vocabulary
from ingest.types.blocks import Location
from ingest.types.facts import Indicator, Quantity

RULES = read_status_rules()


def stands(
    name: str, target: str, told: str, actual: Quantity | str | None = None
) -> tuple[str, str]:
    """Status and reason of an indicator as a form prints it."""
    goal = default_vocabulary().units.parse(target) or Quantity(raw=target, qualitative=target)
    done = default_vocabulary().units.parse(actual) if isinstance(actual, str) else actual
    row = Indicator(
        "i", "d", "团委", 2021, "", "", "", name, goal, None, done, told, None, None, "", Location()
    )  # fmt: skip
    verdict = judge(row, RULES)
    return verdict.status.value, verdict.reason


@pytest.mark.parametrize(
    ("name", "target", "actual", "status"),
    [
        ("每名社工每年总工时", "不低于1960小时", "2016小时", "达标"),
        ("义务教育巩固率", ">=98%", "90%", "未达标"),
        ("接单后响应时间", "48小时内", "47小时", "达标"),
        ("接单后响应时间", "48小时内", "50小时", "未达标"),
        ("再犯率", "<5%", "5%", "未达标"),
        ("再犯罪率", "≤5%", "5%", "达标"),
        ("安全事故数", "0起", "1起", "未达标"),
        ("甲乙类传染病发病率下降幅度", "3%", "4%", "达标"),
        ("培训人数", "100人", "100名", "达标"),
        ("活动场次", "≥6场次", "7次", "达标"),
        ("志愿者人数", "≥1.6万人", "16000人", "达标"),
        ("接待游客人次", "1260万人次", "1152万人次", "未达标"),
        ("志愿服务场次", "≥100场", "150场", "超额"),
        ("满意度", "≥60%", "99%", "达标"),
        ("完成投资", "≥2亿元", "21000万元", "达标"),
    ],
)
def test_numbers_against_targets(name: str, target: str, actual: str, status: str) -> None:
    assert stands(name, target, actual, actual)[0] == status


def test_each_area_has_to_reach_the_target() -> None:
    parts = Quantity("158/226/163", (Decimal(158), Decimal(226), Decimal(163)), "", "人")
    assert stands("志愿者人数", "不少于150人", "158/226/163", parts)[0] == "达标"
    low = Quantity("158/126/163", (Decimal(158), Decimal(126), Decimal(163)), "", "人")
    assert stands("志愿者人数", "不少于150人", "158/126/163", low) == (
        "未达标",
        "目标为不低于150人，实际为158、126、163人，相差24人。",
    )


def test_a_number_of_another_unit_is_no_actual_value() -> None:
    assert stands("覆盖率", "100%", "统筹管理直属团组织34个。", "34个")[0] == "无法核实"


def test_suspended_work_is_not_done() -> None:
    status, reason = stands("港澳青年创新创业率", "100%", "由于疫情原因，青春黄埔行活动暂停。")
    assert status == "未达标"
    assert "青春黄埔行活动暂停" in reason


@pytest.mark.parametrize("told", ["", "/", "—", " - ", "无"])
def test_an_empty_cell_reports_nothing(told: str) -> None:
    assert stands("满意度", "≥90%", told)[0] == "未报告"


def test_words_cannot_show_that_a_number_was_reached() -> None:
    assert stands("规范管理率", "≥75%", "全年召开专题会议，推动工作落实。")[0] == "无法核实"
    assert stands("规范管理率", "≥75%", "未达到预期目标。")[0] == "未达标"


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("良好", "定性达成"),
        ("已建立长效机制", "定性达成"),
        ("尚未建立", "定性未达成"),
        ("见附件", "无法核实"),
    ],
)
def test_qualitative_targets(told: str, status: str) -> None:
    assert stands("长效机制建设情况", "良好", told)[0] == status


def test_the_reason_tells_the_gap() -> None:
    assert (
        stands("巩固率", "≥98%", "90%", "90%")[1] == "目标为不低于98%，实际为90%，相差8个百分点。"
    )


def test_every_status_has_a_word_of_the_contract() -> None:
    assert {status.value for status in Status} == {
        "达标", "未达标", "超额", "无法核实", "未报告", "定性达成", "定性未达成",
    }  # fmt: skip


def test_a_status_is_met_or_unmet_or_open() -> None:
    for status in Status:
        assert [status.is_met, status.is_unmet, status.is_open].count(True) == 1


@pytest.mark.parametrize(
    ("target", "told", "status"),
    [
        ("6月底前", "6月20日", "达标"),
        ("2023年6月20日前", "2023年7月3日", "未达标"),
        ("10月前", "9月", "达标"),
        ("10月前", "10月", "无法核实"),
    ],
)
def test_a_day_is_measured_against_the_last_one_allowed(
    target: str, told: str, status: str
) -> None:
    assert stands("路面完工时间", target, told)[0] == status


def test_what_is_denied_of_something_else_is_not_denied_of_the_target() -> None:
    assert stands("调度平台", "建成", "平台已建成，二期经费尚未落实")[0] == "无法核实"
    assert stands("调度平台", "建成", "主体已建成，平台未能建成")[0] == "定性未达成"


@pytest.mark.parametrize(
    ("wanted", "told", "status"),
    [
        ("合规", "不合规", "定性未达成"),
        ("合规", "合规", "定性达成"),
        ("10月底前", "未完工，主体完成，预计明年6月交付", "定性未达成"),
    ],
)
def test_what_is_denied_of_the_target_is_not_reached(wanted: str, told: str, status: str) -> None:
    assert stands("资金使用情况", wanted, told)[0] == status
