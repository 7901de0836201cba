"""Forms dumped as text: broken labels, wrapped cells, page breaks, one cell a line."""

from ingest.extraction.understand import understand
from ingest.loaders.text import load_text
from ingest.types.facts import Role, Understanding

DUMP = """
某市部门整体支出绩效自评表
（2023年度）

单位：万元

部门名称 某市水务局

部门资

金情况

整体支出年度预算数 760.56

年初预算数
726.92
实际支出数 699.41 年度调整额 33.64

其中：一般公共预算 686.78

年度总

体目标

年度总体目标 整体目标完成情况

目标1：治理河道，力争巡河次数达到不少于8
00次。
目标2：保障供水，水质合格率达到98%以上。

1.治理河道。全年巡河次数达820次，召开会议10
余次。
2.保障供水。累计水质合格率为98.29%。

年度关

键指标

关键指标 目标值 完成情况

 公众满意度 ≥90% 93%

- 1 -

政务公开情况 良好 良好

主要任

务

预期目标 目标完成情况 关键指标 指标完成情况 任务资金

河道
治理

治理河道，组织常态化巡查，全年巡河次数80
0次，整治排口。

基本完成

巡河次数≥800次

完成。经统计，实际完成 820次，达到≥800

次的目标。

整治排口数量不低于 30个 31个

100.41

亩均投资≤2700元/亩

未完成。按照统计口径测算，平均值达36
38元/亩，未达到预期目标。

- 2 -

主要任
务

群众对治水满意度92%以上

/

农村
供水

保障农村供水安全，建设集中供水工程，覆盖人口逐年增加。

80%

供水覆盖率=100%

西片区完成40处、东片区完成61处，合计101处。

88.93

存在问

题

一是部分项目进度偏慢，全年预算调整率为4.63%。

改进措
施

一是强化培训，计划全年组织不少于2场次培训。
"""


def dumped() -> Understanding:
    return understand(load_text("转储.txt", DUMP.encode()))


def test_budget_labels_with_their_values() -> None:
    found = {f.concept: f.quantity.raw for f in dumped().figures if f.section == "部门资金情况"}
    assert found == {
        "全年预算数": "760.56",
        "年初预算数": "726.92",
        "实际支出数": "699.41",
        "年度调整额": "33.64",
        "一般公共预算": "686.78",
    }


def test_indicators_over_broken_lines_and_pages() -> None:
    found = [
        (i.task, i.name, i.target.raw if i.target else None, i.actual.raw if i.actual else None)
        for i in dumped().indicators
    ]
    assert found == [
        ("", "公众满意度", "≥90%", "93%"),
        ("", "政务公开情况", "良好", "良好"),
        ("河道治理", "巡河次数", "≥800次", "820次"),
        ("河道治理", "整治排口数量", "不低于30个", "31个"),
        ("河道治理", "亩均投资", "≤2700元/亩", "3638元/亩"),
        ("河道治理", "群众对治水满意度", "92%以上", None),
        ("农村供水", "供水覆盖率", "=100%", "西片区完成40处、东片区完成61处，合计101处。"),
    ]


def test_task_funds_and_completion() -> None:
    funds = {f.task: f.quantity.raw for f in dumped().figures if f.role is Role.FUND}
    assert funds == {"河道治理": "100.41", "农村供水": "88.93"}
    assert [(t.name, t.completion) for t in dumped().tasks] == [
        ("河道治理", "基本完成"),
        ("农村供水", "80%"),
    ]


def test_goals_beside_results() -> None:
    goals = [
        (f.role, f.quantity.raw) for f in dumped().figures if f.section.startswith("年度总体目标")
    ]
    assert goals == [
        (Role.TARGET, "不少于800次"),
        (Role.TARGET, "98%以上"),
        (Role.ACTUAL, "820次"),
        (Role.ACTUAL, "10余次"),
        (Role.ACTUAL, "98.29%"),
    ]


def test_numbers_cut_by_a_line_break_keep_both_lines() -> None:
    cost = next(f for f in dumped().figures if f.quantity.raw == "3638元/亩")
    start, end = cost.location.line_start, cost.location.line_end
    assert start is not None
    assert end == start + 1


def test_problems_and_measures() -> None:
    said = {f.section: (f.role, f.quantity.raw) for f in dumped().figures}
    assert said["存在问题"] == (Role.RATE, "4.63%")
    assert said["改进措施"] == (Role.TARGET, "不少于2场次")
