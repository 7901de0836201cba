"""Rows of indicators: names and families, targets and actual values, their units, whose they are.

Each test is a mistake once made.
"""

from decimal import Decimal

from ingest.types.blocks import Form
from ingest.types.facts import Indicator, Role, Understanding
from tests.support.builders import html_table, read, read_rows, said, sheet, text, values

TITLE = ["云岭市残疾人联合会2024年度项目支出绩效自评表"]


def only(understood: Understanding) -> Indicator:
    (indicator,) = understood.indicators
    return indicator


def test_a_name_cut_over_two_rows() -> None:
    header = "一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值"
    understood = text(
        "自评表",
        header,
        "产出指标\t数量指标\t开展河道日常\t≥12次\t15次",
        "\t\t巡查次数\t\t",
        "\t质量指标\t合格率\t≥90%\t95%",
    )
    assert [i.name for i in understood.indicators] == ["开展河道日常巡查次数", "合格率"]


def test_an_indicator_without_any_value_stays_its_own() -> None:
    header = "三级指标\t年度指标值\t实际完成值"
    understood = text(
        "自评表", header, "合格率\t≥90%\t95%", "巡查次数\t≥12次\t", "满意度\t≥80%\t85%"
    )
    assert [i.name for i in understood.indicators] == ["合格率", "巡查次数", "满意度"]


def test_instructions_and_placeholders_are_no_values() -> None:
    understood = text(
        "项目支出绩效自评表",
        "指标名称\t年度指标值\t实际完成值\t偏差原因",
        "巡河次数\t≥12次\t—\t未达到90%的需说明原因",
    )
    found = only(understood)
    assert found.actual is None
    assert [f.quantity.raw for f in understood.figures] == ["≥12次"]


def test_a_note_below_a_table_is_no_end_of_its_last_row() -> None:
    understood = html_table(
        "<tr><td>指标<td>目标<td>实际<td>得分"
        "<tr><td>新增停车泊位（个）<td>≥450<td>468<td>20"
        "<tr><td>住户满意度（%）<td>≥88<td>86.2<td>9.8"
        "<tr><td>注：本表得分保留两位小数。<td><td><td>"
    )
    assert said(understood, "住户满意度（%）")[Role.ACTUAL] == "86.2"
    assert understood.indicators[-1].target is not None
    assert understood.indicators[-1].target.unit == "%"


def test_comparator_value_and_unit_in_columns_of_their_own_under_other_names() -> None:
    understood = read(
        "打分.xlsx",
        sheet(
            ["附件2"],
            ["2022年度部门整体绩效自评价打分表"],
            ["部门（单位）名称：郁南屯区行政审批局"],
            [
                *("指标维度", "考核内容", "评价要点", "指标方向", "计划完成"),
                *("计量单位", "实际完成", "标准分", "实得分"),
            ],
            ["履职产出", "大厅服务", "平均等候时长", "≤", "8", "分钟", "9.5", "10", "8.13"],
            ["履职效果", "经济影响", "新登记市场主体", "≥", "1.5", "万户", "1.62", "15", "15"],
        ),
    )
    assert understood.document.title == "2022年度部门整体绩效自评价打分表"
    assert understood.document.form is Form.SELF_EVALUATION
    waiting, _ = understood.indicators
    path = waiting.level1, waiting.level2, waiting.name
    assert path == ("履职产出", "大厅服务", "平均等候时长")
    target = waiting.target
    assert target is not None
    assert (target.comparator, target.value, target.unit) == ("<=", Decimal(8), "分钟")
    assert waiting.score is not None
    assert waiting.score.raw == "8.13"


def test_the_unit_column_is_for_the_actual_value_too() -> None:
    read = read_rows(
        [
            TITLE,
            ["二级指标", "三级指标", "年度指标值", "计量单位", "实际完成值"],
            ["数量指标", "受益居民户数", 5200, "户", 5360],
        ]
    )
    assert values(read, Role.ACTUAL) == {"受益居民户数": "5360户"}


def test_of_two_years_columns_the_later_is_the_actual_value() -> None:
    understood = read(
        "对比.xlsx",
        sheet(
            ["交口县人民医院2023年度整体支出绩效完成情况对比表"],
            ["指标名称", "2022年实际", "2023年目标", "2023年实际", "较上年增长"],
            ["出院人次", "11,260人次", "≥11,500人次", "11,874人次", "5.45%"],
            ["药占比", "29.6%", "≤28%", "27.4%", "-2.2个百分点"],
        ),
    )
    assert [i.actual.raw for i in understood.indicators if i.actual] == ["11,874人次", "27.4%"]
    earlier = {f.subject: f.quantity.raw for f in understood.figures if f.year == 2022}
    assert earlier == {"出院人次2022年实际": "11,260人次", "药占比2022年实际": "29.6%"}
    assert said(understood, "药占比较上年增长") == {Role.RATE: "-2.2个百分点"}


def test_indicators_listed_in_one_cell_of_a_target_form() -> None:
    understood = read(
        "目标.html",
        "<h2>天祝县司法局2025年部门整体绩效目标表</h2><table><tr><td>年度绩效指标<td>产出指标<td>"
        "数量指标：办理法律援助案件≥360件<br>时效指标：审查时限≤5个工作日</table>",
    )
    assert [(i.level2, i.name) for i in understood.indicators] == [
        ("数量指标", "办理法律援助案件"),
        ("时效指标", "审查时限"),
    ]
    assert {f.role for f in understood.figures} == {Role.TARGET}


def test_several_departments_in_one_sheet() -> None:
    form = ("部门名称\t{}", "指标名称\t年度指标值\t实际完成值", "{}\t≥12次\t15次")
    lines = [
        line.format(fill)
        for department, name in (("某市水务局", "巡河次数"), ("某市教育局", "家访次数"))
        for line, fill in zip(form, (department, "", name), strict=True)
    ]
    found = text("部门整体支出绩效自评表", *lines)
    assert [(i.department, i.name) for i in found.indicators] == [
        ("某市水务局", "巡河次数"),
        ("某市教育局", "家访次数"),
    ]


def test_two_forms_of_two_departments_in_one_sheet() -> None:
    head = ["指标类别", "指标内容", "目标", "完成", "标准分", "评价得分"]
    read = read_rows(
        [
            ["青禾区交通局2022年度整体支出绩效自评表"],
            ["单位名称", "青禾区交通局"],
            head,
            ["产出指标", "养护里程", "≥320公里", "331.6公里", 10, 10],
            [None],
            ["青禾区水务局2022年度整体支出绩效自评表"],
            ["单位名称", "青禾区水务局"],
            head,
            ["产出指标", "清淤长度", "≥15千米", "15.8千米", 20, 20],
        ]
    )
    assert {i.name: i.department for i in read.indicators} == {
        "养护里程": "青禾区交通局",
        "清淤长度": "青禾区水务局",
    }


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


def test_a_block_of_the_form_in_the_column_of_tasks_is_no_task() -> None:
    understood = text(
        "部门整体支出绩效自评表",
        "年度重点工作任务\t预期目标\t完成情况",
        "部门履职目标\t保障农村饮水安全\t已完成",
        "农村公路养护\t养护120公里\t养护126公里",
    )
    assert [task.name for task in understood.tasks] == ["农村公路养护"]


def test_what_is_forecast_is_told_as_forecast() -> None:
    understood = read_rows(
        [
            ["三级指标", "年度指标值", "1-8月完成值", "全年预计完成值"],
            ["巡护里程", "≥640公里", "402公里", "655公里"],
            ["隐患整改率", "≥95%", "88%", "96%"],
        ]
    )
    assert [i.actual.raw for i in understood.indicators if i.actual] == ["402公里", "88%"]
    told = {f.quantity.raw: f.subject for f in understood.figures}
    assert (told["402公里"], told["655公里"]) == ("巡护里程", "巡护里程全年预计完成值")


def test_target_and_result_in_a_note_where_no_columns_hold_them() -> None:
    understood = read_rows(
        [
            ["一级指标", "二级指标", "三级指标", "指标说明", "分值", "得分"],
            ["产出指标", "数量指标", "修缮校舍", "年度计划14处，完成13处", 20, 18],
            ["产出指标", "质量指标", "制度健全", "制度齐全得5分，每缺一项扣1分", 10, 10],
        ]
    )
    told = {
        i.name: (i.target and i.target.raw, i.actual and i.actual.raw)
        for i in understood.indicators
    }
    assert told == {"修缮校舍": ("14处", "13处"), "制度健全": (None, None)}


def test_what_is_of_the_year_before_the_target_is_no_result() -> None:
    understood = html_table(
        "<tr><td>一级指标<td>二级指标<td>三级指标<td>2023年实际值<td>2024年目标值<td>权重"
        "<tr><td>产出指标<td>数量指标<td>监测断面数<td>14个<td>≥20个<td>50"
        "<tr><td>产出指标<td>质量指标<td>水质达标率<td>91%<td>≥95%<td>50"
    )
    assert [i.actual for i in understood.indicators] == [None, None]
    assert {f.year for f in understood.figures if f.quantity.raw == "14个"} == {2023}


def test_a_row_of_points_where_families_stand_is_of_all_rows() -> None:
    understood = html_table(
        "<tr><td>一级指标<td>二级指标<td>三级指标<td>目标值<td>完成值<td>分值<td>得分"
        "<tr><td>产出指标<td>数量指标<td>监测断面数<td>≥20个<td>22个<td>60<td>60"
        "<tr><td>效益指标<td>社会效益<td>水质达标率<td>≥95%<td>91%<td>40<td>31.5"
        "<tr><td colspan=5>自评总分<td>100<td>91.5"
        "<tr><td>主管部门核定得分<td><td><td><td><td><td>90"
    )
    assert len(understood.indicators) == 2
    told = {f.subject: (f.quantity.raw, f.concept) for f in understood.figures if not f.task}
    assert told["总分"] == ("91.5", "自评得分")
    assert told["主管部门核定得分"] == ("90", "")


def test_indicators_listed_in_a_paragraph() -> None:
    understood = text(
        "关于沙坪乡道路管护项目绩效目标的公示",
        "单位：沙坪乡人民政府",
        "一、产出指标",
        "数量指标：管护村道里程（≥**公里）≥36公里；设置警示牌≥20块，清理边沟≥12公里。质量指标：路面完好率≥90。",
        "二、满意度指标",
        "服务对象满意度指标，村民满意度（≥**%）≥92%。",
    )
    told = [(i.level1, i.level2, i.name, i.target and i.target.raw) for i in understood.indicators]
    assert told == [
        ("产出指标", "数量指标", "管护村道里程", "≥36公里"),
        ("产出指标", "数量指标", "设置警示牌", "≥20块"),
        ("产出指标", "数量指标", "清理边沟", "≥12公里"),
        ("产出指标", "质量指标", "路面完好率", "≥90"),
        ("满意度指标", "服务对象满意度指标", "村民满意度", "≥92%"),
    ]


def test_the_points_of_all_rows_stay_under_their_heads() -> None:
    understood = text(
        "项目支出绩效自评表",
        "指标类型\t指标\t计量单位\t指标值\t实际值\t分值\t得分\t说明",
        "产出数量\t防治面积\t亩\t≥26000\t27150\t60\t60\t",
        "满意度\t林农满意度\t%\t≥90\t87\t40\t36（补偿标准偏低）\t",
        "总得分\t\t\t\t\t100\t96\t",
    )
    assert {f.subject: f.quantity.raw for f in understood.figures if "总" in f.subject} == {
        "总得分分值": "100",
        "总分": "96",
    }
    assert understood.indicators[1].score is not None
    assert understood.indicators[1].score.raw == "36"


def test_targets_with_results_stated_behind_the_name_of_a_family() -> None:
    lines = (
        "石桥镇2023年度绩效自评报告",
        "三、绩效目标完成情况。",
        "数量指标：整治村庄12个，完成11个，完成率91.67%；改造道路8.6公里，完成8.6公里。",
    )
    told = [(i.level2, i.name, i.target and i.target.raw) for i in text(*lines).indicators]
    assert told == [("数量指标", "整治村庄", "12个"), ("数量指标", "改造道路", "8.6公里")]
    beside = text(*lines, "指标名称\t年度指标值\t实际完成值", "巡河次数\t≥12次\t15次")
    assert [i.name for i in beside.indicators] == ["巡河次数"]


def test_goals_that_say_in_their_cell_whether_they_were_reached() -> None:
    understood = html_table(
        "<tr><td>年度总体目标<td>预期目标：维护水库12座。<td>实际完成：完成11座水库的维护。"
        "<tr><td>指标名称<td>年度指标值<td>实际完成值<tr><td>巡河次数<td>≥12次<td>15次"
    )
    told = {f.quantity.raw: (f.role, f.confidence) for f in understood.figures}
    assert (told["12座"], told["11座"]) == ((Role.TARGET, 1), (Role.ACTUAL, 1))
