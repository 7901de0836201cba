"""Columns whose heads no pack lists: what they hold says what they are."""

from ingest.types.facts import Role
from tests.support.builders import read, read_rows, said, sheet, values

TITLE = ["云岭市残疾人联合会2024年度项目支出绩效自评表"]


FOREIGN = ["大类", "小类", "考核要点", "任务书约定", "年终兑现", "权数", "得分"]


def test_columns_with_unknown_heads_are_told_by_their_contents() -> None:
    read = read_rows(
        [
            TITLE,
            FOREIGN,
            ["产出", "数量", "盲道改造里程", "≥26公里", "27.5公里", 15, 15],
            ["产出", "质量", "验收一次通过率", "≥95%", "94.1%", 15, 14.86],
            ["效益", "社会效益", "受益人数", "≥3000人", "3125人", 20, 20],
        ]
    )
    assert values(read, Role.TARGET) == {
        "盲道改造里程": "26公里",
        "验收一次通过率": "95%",
        "受益人数": "3000人",
    }
    assert values(read, Role.ACTUAL)["验收一次通过率"] == "94.1%"
    assert values(read, Role.SCORE)["验收一次通过率"] == "14.86分"
    assert read.indicators[0].level2 == "数量"


def test_target_and_actual_are_found_beside_known_heads() -> None:
    read = read_rows(
        [
            TITLE,
            ["一级指标", "二级指标", "指标名称", "军令状", "兑现", "标准分", "评价得分"],
            ["产出指标", "数量指标", "河道清淤长度", "≥15千米", "15.8千米", 20, 20],
            ["满意度指标", "满意度", "居民满意率", "≥88%", "86.5%", 10, 9.83],
        ]
    )
    assert values(read, Role.TARGET) == {"河道清淤长度": "15千米", "居民满意率": "88%"}
    assert values(read, Role.ACTUAL) == {"河道清淤长度": "15.8千米", "居民满意率": "86.5%"}


def test_names_under_a_head_that_no_pack_lists() -> None:
    understood = read(
        "监控.xlsx",
        sheet(
            ["景泰县2024年1-9月项目绩效运行监控表"],
            ["跟踪内容", "全年目标值", "截至9月完成值", "预计全年完成值"],
            ["改造泵站数量", "≥12座", "8座", "12座"],
            ["渠道渗漏率", "≤0.5%", "0.32%", "0.4%"],
        ),
    )
    assert said(understood, "改造泵站数量")[Role.TARGET] == "≥12座"
    actual = [i.actual.raw for i in understood.indicators if i.actual]
    assert actual == ["8座", "0.32%"]
