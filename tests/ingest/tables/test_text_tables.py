"""Tables that came as text: set apart by blanks, one cell a line, without lines."""

import pytest

from ingest.types.facts import Role
from tests.support.builders import money, read, said, text, values

INDICATORS = [
    ["道路机械化清扫率", "≥92%", "94.5%", 10],
    ["市政设施完好率", "≥96%", "95.2%", 9.9],
    ["拆除违建面积", "≥1.5万平方米", "1.62万平方米", 10],
]


@pytest.mark.parametrize("between", [" ", "\n"])
def test_cells_below_heads_without_lines(between: str) -> None:
    heads = ["一级指标", "三级指标", "指标值", "完成值", "得分"]
    rows = [["产出指标", *map(str, row)] for row in INDICATORS]
    body = "\n".join(between.join(row) for row in [heads, *rows])
    text = (
        f"嘉陵市城管局2023年度项目支出绩效自评表\n单位：万元\n{body}\n执行率98%，全年支出20万元。\n"
    )
    understood = read("粘贴.txt", text)
    assert [i.name for i in understood.indicators] == [row[0] for row in INDICATORS]
    assert said(understood, "拆除违建面积")[Role.ACTUAL] == "1.62万平方米"


@pytest.mark.parametrize("between", [" ", "\n"])
@pytest.mark.parametrize(
    "behind",
    [
        "执行率98%，全年支出20万元。\n以上数据由办公室汇总，特此说明。",
        "项目实施过程中，部分道路因施工封闭未能清扫。\n下一步将加强与建设单位沟通。",
    ],
)
def test_sentences_behind_the_last_row_are_none_of_its_cells(between: str, behind: str) -> None:
    heads = ["一级指标", "三级指标", "指标值", "完成值", "得分"]
    rows = [["产出指标", *map(str, row)] for row in INDICATORS]
    body = "\n".join(between.join(row) for row in [heads, *rows])
    understood = read("粘贴.txt", f"2023年度项目支出绩效自评表\n{body}\n{behind}\n")
    assert [i.name for i in understood.indicators] == [row[0] for row in INDICATORS]
    told = "".join(passage.text for passage in understood.passages)
    assert all(line in told for line in behind.splitlines())


def test_a_sentence_in_the_last_row_stays_its_cell() -> None:
    rows = [
        ["三级指标", "指标值", "完成值", "得分", "偏差原因及改进措施"],
        ["市政设施完好率", "≥96%", "95.2%", "9.9"],
        ["拆除违建面积", "≥1.5万平方米", "1.42万平方米", "8", "个别违建涉及诉讼，判决后拆除。"],
    ]
    understood = read("粘贴.txt", "\n".join(cell for row in rows for cell in row))
    assert understood.indicators[-1].deviation == "个别违建涉及诉讼，判决后拆除。"


def test_a_page_begins_within_such_a_table() -> None:
    heads = "一级指标 三级指标 指标值 完成值 分值"
    text = f"""2021年度项目支出绩效自评表
{heads}
产出指标 栖息地修复面
积 ≥3200亩 3268亩 20
— 1 —
2021年度项目支出绩效自评表
{heads}
效益指标 监测点位数 ≥26个 27个 20
"""
    understood = read("拷出.txt", text)
    assert [i.name for i in understood.indicators] == ["栖息地修复面积", "监测点位数"]


def test_a_table_pasted_with_wide_blanks() -> None:
    understood = text(
        "项目支出绩效自评表（2022年度）",
        "填报单位（盖章）：锡林浩特市草原工作站" + " " * 16 + "金额单位：万元",
        "              年初预算   全年预算   全年支出   执行率",
        "年度资金       680.00     655.00     641.90     98.00%",
        "一级指标   二级指标   三级指标              年度目标   全年完成   分值   得分",
        "产出       数量       人工种草面积           ≥5万亩     5.12万亩    20     20",
        "满意度     服务对象   项目区牧户满意度       ≥90%       95%         10     10",
    )
    spent = next(f.quantity for f in understood.figures if f.role is Role.SPENT)
    assert (spent.raw, spent.unit) == ("641.90", "万元")
    names = {i.name: i.actual.raw for i in understood.indicators if i.actual}
    assert names == {"人工种草面积": "5.12万亩", "项目区牧户满意度": "95%"}


def test_cells_one_a_line_are_rows_by_their_rhythm() -> None:
    understood = text(
        *[
            "2021年部门整体支出绩效自评表",
            "部门名称",
            "武胜县街子镇人民政府",
            "预算执行情况（万元）",
        ],
        *["资金来源", "预算数", "执行数", "执行率"],
        *["一般公共预算", "1,642.80", "1,598.44", "97.30%"],
        *["政府性基金", "85.00", "79.90", "94.00%"],
        *["合计", "1,727.80", "1,678.34", "97.14%", "- 1 -", "年度绩效指标完成情况"],
        *["一级指标", "三级指标", "预期指标值", "实际完成指标值"],
        *["产出指标", "硬化村道里程", "8.5公里", "8.5公里"],
        *["产出指标", "完成时间", "2021年12月", "2021年12月"],
        *["满意度指标", "群众满意度", "≥95%", "96.4%"],
    )
    assert money(understood)["政府性基金预算数", Role.BUDGET] == "85.00"
    assert money(understood)["合计执行数", Role.SPENT] == "1,678.34"
    told = [(i.name, i.target.raw if i.target else "") for i in understood.indicators]
    assert told == [("硬化村道里程", "8.5公里"), ("完成时间", "2021年12月"), ("群众满意度", "≥95%")]


def test_one_cell_a_line_without_the_empty_cells() -> None:
    read = text(
        *["2020年度项目支出绩效自评表", "项目名称", "辅助器具适配", "主管部门", "雁北新区残联"],
        *["项目资金", "（万元）", "年初预算数", "全年预算数", "全年执行数", "执行率", "得分"],
        *["年度资金总额", "118.00", "118.00", "109.48", "92.78%", "9.28"],
        *["绩效指标", "一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值"],
        *["分值", "得分", "偏差原因分析及改进措施"],
        *["产出指标", "数量指标", "适配辅助器具件数", "≥950件", "962件", "20", "20"],
        *["上门评估人次", "≥400人次", "376人次", "20", "18.8", "疫情影响上门"],
        *["质量指标", "适配合格率", "≥97%", "98.5%", "10", "10"],
        *["满意度指标", "服务对象满意度指标", "家属满意度", "≥95%", "96.4%", "10", "10"],
    )
    assert read.document.department == "雁北新区残联"
    rows = [(i.level2, i.name, i.target and i.target.raw, i.deviation) for i in read.indicators]
    assert rows == [
        ("数量指标", "适配辅助器具件数", "≥950件", ""),
        ("数量指标", "上门评估人次", "≥400人次", "疫情影响上门"),
        ("质量指标", "适配合格率", "≥97%", ""),
        ("服务对象满意度指标", "家属满意度", "≥95%", ""),
    ]
    assert values(read, Role.SPENT) == {"年度资金总额全年执行数": "109.48万元"}
