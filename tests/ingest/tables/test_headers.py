"""Headers of tables: which column means what, in one row or two, in words listed or like them.

Each test is a mistake once made.
"""

from decimal import Decimal

import pytest

from ingest.types.facts import Indicator, Role, Understanding
from tests.support.builders import html_table, read, read_rows, said, sheet, text

TITLE = ["云岭市残疾人联合会2024年度项目支出绩效自评表"]


def only(understood: Understanding) -> Indicator:
    (indicator,) = understood.indicators
    return indicator


# Two published project forms with different columns give the same indicator.
ONE_CELL = (
    "项目支出绩效自评表",
    "（2022年度）",
    "项目名称\t农村饮水工程",
    "一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值\t分值\t得分\t偏差原因分析及改进措施",
    "产出指标\t质量指标\t工程验收合格率\t≥90%\t95%\t10\t10\t",
)


OWN_COLUMNS = (
    "项目支出绩效自评表",
    "（2022年度）",
    "项目名称\t农村饮水工程",
    "一级指标\t二级指标\t三级指标\t指标性质\t指标值\t度量单位\t完成值\t权重\t得分",
    "产出指标\t质量指标\t工程验收合格率\t≥\t90\t%\t95\t10\t10",
)


@pytest.mark.parametrize("lines", [ONE_CELL, OWN_COLUMNS], ids=["one cell", "own columns"])
def test_layouts_give_the_same_indicator(lines: tuple[str, ...]) -> None:
    found = only(text(*lines))
    assert (found.level1, found.level2, found.name) == ("产出指标", "质量指标", "工程验收合格率")
    assert found.task == "农村饮水工程"
    assert found.target
    assert found.actual
    assert found.weight
    assert found.score
    assert (found.target.comparator, found.target.value, found.target.unit) == (">=", 90, "%")
    assert (found.actual.value, found.weight.value, found.score.value) == (95, 10, 10)


@pytest.mark.parametrize(
    ("target", "actual"),
    [
        ("年度计划值", "全年实际值"),
        ("预期达到值", "实际达成结果"),
        ("年初设定目标值", "自评完成值"),
        ("应完成数", "落实情况"),
    ],
)
def test_header_words_never_listed(target: str, actual: str) -> None:
    found = only(text("绩效自评表", f"指标名称\t{target}\t{actual}", "巡查次数\t≥12次\t15次"))
    assert found.target
    assert found.actual
    assert (found.target.value, found.actual.value) == (12, 15)


def test_columns_in_another_order() -> None:
    found = only(
        text(
            "自评表", "得分\t实际完成值\t年度指标值\t分值\t三级指标", "9\t15次\t≥12次\t10\t巡查次数"
        )
    )
    assert found.name == "巡查次数"
    assert found.target
    assert found.actual
    assert (found.target.value, found.actual.value) == (12, 15)


@pytest.mark.parametrize(
    "row", ["\t数量指标\t巡查次数\t≥12次\t15次", "数量指标\t巡查次数\t≥12次\t15次\t"]
)
def test_rows_that_lost_a_cell(row: str) -> None:
    header = "一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值"
    first = "产出指标\t质量指标\t合格率\t≥90%\t95%"
    found = text("自评表", header, first, row).indicators[1]
    assert (found.level1, found.level2, found.name) == ("产出指标", "数量指标", "巡查次数")
    assert found.target
    assert found.target.value == 12


def test_an_exact_head_listed_first_wins() -> None:
    read = read_rows(
        [
            ["江北省省级部门预算项目绩效目标批复表（2024年度）"],
            ["指标", "一级指标", "二级指标", "三级指标", "绩效指标性质", "绩效指标值", "度量单位"],
            [None, "产出指标", "数量指标", "储备救灾帐篷", "≥", 12000, "顶"],
        ]
    )
    (indicator,) = read.indicators
    assert indicator.name == "储备救灾帐篷"
    assert indicator.target is not None
    assert (indicator.target.comparator, indicator.target.unit) == (">=", "顶")


def test_qualitative_rows_are_no_header() -> None:
    read = read_rows(
        [
            TITLE,
            ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值"],
            ["效益指标", "社会效益指标", "出行条件", "明显改善", "明显改善"],
            ["产出指标", "数量指标", "养护里程", "≥320公里", "331.6公里"],
        ]
    )
    assert [i.name for i in read.indicators] == ["出行条件", "养护里程"]


def test_what_was_done_by_the_end_of_a_month() -> None:
    understood = read(
        "监控.xlsx",
        sheet(
            ["绩效指标", "目标", "9月底完成", "年底预计", "是否偏离"],
            ["更新供水管网长度", "≥45公里", "38.2公里", "45公里", "否"],
        ),
    )
    assert [i.actual.raw for i in understood.indicators if i.actual] == ["38.2公里"]


def test_the_finer_of_two_columns_of_names() -> None:
    understood = html_table(
        "<tr><td>一级指标<td>三级指标<td>指标内容<td>年初目标值<td>全年完成值"
        "<tr><td rowspan=3>产出指标<td rowspan=2>感知设备<td>新建探头数量<td>≥420个<td>436个"
        "<tr><td>设备在线率<td>≥95%<td>96.8%"
        "<tr><td>警务终端<td>配发终端<td>280台<td>265台"
    )
    assert [i.name for i in understood.indicators] == ["新建探头数量", "设备在线率", "配发终端"]


def test_one_head_over_families_and_names() -> None:
    understood = read(
        "专项.html",
        "<table><tr><td colspan=2>绩效指标<td>计划指标<td>实际达成情况<td>自评分"
        "<tr><td rowspan=2>数量<td>开放天数<td>开放不少于320天<td>实际开放326天<td>10"
        "<tr><td>新增图书<td>新增图书6000册以上<td>新购图书5480册<td>8</table>",
    )
    assert [(i.level2, i.name) for i in understood.indicators] == [
        ("数量", "开放天数"),
        ("数量", "新增图书"),
    ]
    assert [i.actual.raw for i in understood.indicators if i.actual] == ["326天", "5480册"]


def test_the_head_again_over_the_next_family() -> None:
    understood = read(
        "补助.html",
        "<table><tr><th>产出<th>指标值<th>完成值<tr><td>开工套数<td>≥420套<td>436套"
        "<tr><th>效益<th>指标值<th>完成值<tr><td>覆盖率<td>≥95%<td>96.5%</table>",
    )
    assert [i.name for i in understood.indicators] == ["开工套数", "覆盖率"]


def test_heads_in_two_rows_are_read_together() -> None:
    page = """<table>
    <tr><td rowspan=2>单位名称</td><td colspan=2>预算总额</td><td rowspan=2>决算支出</td></tr>
    <tr><td>年初批复</td><td>调整后</td></tr>
    <tr><td>尧都区民政局</td><td>5630</td><td>6012.7</td><td>5988.4</td></tr>
    <tr><td>尧都区水利局</td><td>2214.5</td><td>2410.2</td><td>2005.6</td></tr></table>"""
    understood = read("汇总.html", f"<p>2023年自评结果汇总表（单位：万元）</p>{page}")
    assert said(understood, "尧都区民政局预算总额年初批复") == {Role.BUDGET: "5630"}
    assert said(understood, "尧都区水利局预算总额调整后") == {Role.BUDGET: "2410.2"}


def test_a_header_in_two_rows_keeps_the_unit_of_the_upper_one() -> None:
    read = read_rows(
        [
            ["部门（单位）整体支出绩效目标申报表（2026年度）"],
            ["部门（单位）名称", "凤栖县卫生健康局"],
            ["年度主要任务", "任务名称", "主要内容", "预算金额（万元）"],
            [None, None, None, "总额", "财政拨款", "其他资金"],
            [None, "基层医疗能力提升", "设备更新", "1,520", "1,400", "120"],
        ]
    )
    funds = [f.quantity for f in read.figures if f.role is Role.FUND]
    assert [(q.values[0], q.unit) for q in funds] == [
        (Decimal(1520), "万元"),
        (Decimal(1400), "万元"),
        (Decimal(120), "万元"),
    ]


def test_two_header_rows_under_merged_cells_part_the_targets() -> None:
    understood = read(
        "目标.html",
        """<table><caption>部门整体支出绩效目标申报表（2025年）</caption>
        <tr><td rowspan=2>绩效指标</td><td rowspan=2>一级指标</td><td rowspan=2>二级指标</td>
        <td rowspan=2>指标内容</td><td colspan=2>指标值</td></tr>
        <tr><td>长期目标</td><td>年度目标</td></tr>
        <tr><td rowspan=2></td><td rowspan=2>产出指标</td><td rowspan=2>数量指标</td>
        <td>农村公路养护里程</td><td>≥3800公里</td><td>≥1260公里</td></tr>
        <tr><td>新增公交线路</td><td>9条</td><td>3条</td></tr></table>""",
    )
    assert said(understood, "农村公路养护里程") == {
        Role.PERIOD_TARGET: "≥3800公里",
        Role.TARGET: "≥1260公里",
    }
    assert said(understood, "新增公交线路") == {Role.PERIOD_TARGET: "9条", Role.TARGET: "3条"}
    assert understood.oddities == ()


def test_values_and_units_below_one_head() -> None:
    page = """<table><tr><td rowspan=2>三级指标<td rowspan=2>分值<td colspan=2>年度指标值
        <td colspan=2>实际完成值<tr><td>数值<td>单位<td>数值<td>单位
        <tr><td>审批核准项目<td>15<td>≥48<td>个<td>53<td>个
        <tr><td>协调会议<td>10<td>≥12<td>次<td>11<td>次</table>"""
    understood = read("自评.html", page)
    figures = {(f.subject, f.role): f.quantity for f in understood.figures}
    assert len(figures) == 6
    actual = figures["审批核准项目", Role.ACTUAL]
    assert (actual.raw, actual.unit) == ("53", "个")
    assert figures["协调会议", Role.TARGET].unit == "次"


def test_the_lower_of_two_rows_of_heads_without_merged_cells() -> None:
    understood = text(
        "泗阳县残疾人康复中心2022年财政支出项目绩效自评价表",
        "绩效指标\t\t目标情况\t\t评价情况\t",
        "类别\t名称\t单位\t目标值\t实际值\t评分",
        "产出\t训练儿童\t人\t≥110\t118\t20",
        "产出\t适配辅具\t件\t≥1350\t1296\t19.2",
    )
    assert [i.name for i in understood.indicators] == ["训练儿童", "适配辅具"]
    assert [i.actual.unit for i in understood.indicators if i.actual] == ["人", "件"]
