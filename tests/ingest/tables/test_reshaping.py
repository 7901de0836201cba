"""Tables that no labelled file has: of several years, turned, side by side, without lines."""

import pytest

from ingest.types.facts import Role, Understanding
from tests.support.builders import read, said, sheet

INDICATORS = [
    ["道路机械化清扫率", "≥92%", "94.5%", 10],
    ["市政设施完好率", "≥96%", "95.2%", 9.9],
    ["拆除违建面积", "≥1.5万平方米", "1.62万平方米", 10],
]


def years(understood: Understanding, subject: str) -> dict[int | None, str]:
    found = (f for f in understood.figures if f.subject.startswith(subject))
    return {f.year: f.quantity.raw for f in found if f.role is Role.SPENT}


def test_amounts_of_two_years_stand_in_columns_of_their_own() -> None:
    understood = read(
        "基础数据表.xlsx",
        sheet(
            ["2022年度部门整体支出绩效评价基础数据表"],
            ["经费控制情况（万元）", "2021年决算数", "2022年预算数", "2022年决算数"],
            ["公务接待费", 6.66, 5.5, 4.32],
            ["公用经费", 88.7, 90.2, 85.16],
        ),
    )
    assert years(understood, "公务接待费") == {2021: "6.66", 2022: "4.32"}
    assert said(understood, "公用经费预算数") == {Role.BUDGET: "90.2"}


def test_heads_in_two_rows_are_read_together() -> None:
    page = """<table>
    <tr><td rowspan=2>单位名称</td><td colspan=2>预算总额</td><td rowspan=2>决算支出</td></tr>
    <tr><td>年初批复</td><td>调整后</td></tr>
    <tr><td>尧都区民政局</td><td>5630</td><td>6012.7</td><td>5988.4</td></tr>
    <tr><td>尧都区水利局</td><td>2214.5</td><td>2410.2</td><td>2005.6</td></tr></table>"""
    understood = read("汇总.html", f"<p>2023年自评结果汇总表（单位：万元）</p>{page}")
    assert said(understood, "尧都区民政局预算总额年初批复") == {Role.BUDGET: "5630"}
    assert said(understood, "尧都区水利局预算总额调整后") == {Role.BUDGET: "2410.2"}


def test_a_rate_takes_the_percent_of_its_head() -> None:
    rows: list[list[object]] = [
        ["类别", "年初预算", "决算数", "执行率（%）"],
        ["项目支出", 544.3, 507.35, 93.21],
    ]
    understood = read("表.xlsx", sheet(["某街道2023年绩效自评表"], *rows))
    (rate,) = [f for f in understood.figures if f.role is Role.RATE]
    assert (rate.quantity.raw, rate.quantity.unit) == ("93.21", "%")


def test_a_table_turned_on_its_side() -> None:
    head = ["三级指标", "年度指标值", "实际完成值", "得分"]
    columns = [head, *[[str(x) for x in row] for row in INDICATORS]]
    turned = [list(row) for row in zip(*columns, strict=True)]
    understood = read("表.xlsx", sheet(["丽水市图书馆2023年绩效自评表"], *turned))
    assert [i.name for i in understood.indicators] == [row[0] for row in INDICATORS]
    assert said(understood, "市政设施完好率")[Role.ACTUAL] == "95.2%"
    place = next(f.location for f in understood.figures if f.quantity.raw == "95.2%")
    assert (place.row, place.column) == (4, 3)


def test_two_tables_side_by_side() -> None:
    money = [["环卫作业经费", 1860, 1842.3], ["市政设施维护", 720, 655.2], ["违建拆除", 150, 138.6]]
    rows = [[*left, None, *right] for left, right in zip(money, INDICATORS, strict=True)]
    heads = ["资金项目", "预算数", "支出数", None, "指标名称", "目标值", "实际值", "得分"]
    understood = read("表.xlsx", sheet(["2023年绩效自评情况（单位：万元）"], heads, *rows))
    assert said(understood, "市政设施维护支出数") == {Role.SPENT: "655.2"}
    assert said(understood, "市政设施完好率") == {
        Role.TARGET: "≥96%",
        Role.ACTUAL: "95.2%",
        Role.SCORE: "9.9",
    }


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


def test_numbers_of_a_table_that_no_form_has() -> None:
    rows: list[list[object]] = [
        ["供养人员情况", "编制数", "实际在职人数", "控制率"],
        [None, 46, 43, "93.48%"],
    ]
    understood = read("表.xlsx", sheet(["2022年度某局基础数据表"], *rows))
    assert said(understood, "实际在职人数") == {Role.ACTUAL: "43"}


def test_a_label_and_its_amount_in_one_cell() -> None:
    rows: list[list[object]] = [
        ["年度预算申请（万元）", "资金来源", "年初预算数", "全年执行数"],
        [None, "年度资金总额", 1426.5, 1524.9],
        [None, "其中：基本支出：986.20", None, None],
    ]
    understood = read("表.xlsx", sheet(["2022年度部门整体支出绩效自评表"], *rows))
    (basic,) = [f for f in understood.figures if f.concept == "基本支出"]
    assert (basic.quantity.raw, basic.quantity.unit) == ("986.20", "万元")


def test_projects_and_their_money_in_a_table_of_indicators() -> None:
    rows: list[list[object]] = [
        ["项目名称", "主管部门", "当年预算（万元）", "一级指标", "三级指标", "指标值", "度量单位"],
        ["地质公园保护", "黔江文旅委", 156.8, "产出指标", "巡查次数", 120, "次"],
        ["图书馆开放", "黔江文旅委", 82, "产出指标", "开放天数", 330, "天"],
    ]
    understood = read("目标.xlsx", sheet(["黔江文旅委2024年项目资金绩效目标表"], *rows))
    assert said(understood, "地质公园保护当年预算") == {Role.FUND: "156.8"}
    assert [(i.task, i.name) for i in understood.indicators] == [
        ("地质公园保护", "巡查次数"),
        ("图书馆开放", "开放天数"),
    ]
    assert understood.document.department == "黔江文旅委"
