"""Heads that no pack lists, read by their meaning together with all that stands below them."""

import pytest

from ingest.types.facts import Role
from ingest.types.tables import How
from tests.support.builders import html_table, read_rows, said, values

ALLOCATED = [
    ["2024年杏川市水库移民扶持金分配表"],
    ["行次", "乡镇（街道）", "扶持事项", "拨付额（万元）", "附注"],
    ["1", "石门街道", "枫树坪村机耕道改造", "18.5", ""],
    ["2", "青岩乡", "老鹰嘴提灌站更新", "26", "含续建"],
    ["3", "白水乡", "移民新村路灯安装", "7.2", ""],
]


def test_a_list_of_allotments_is_read_by_what_its_heads_mean() -> None:
    figures = read_rows(ALLOCATED).figures
    allotted = {f.quantity.raw: (f.subject, f.role) for f in figures}
    assert {raw: role for raw, (_, role) in allotted.items()} == dict.fromkeys(
        ("18.5", "26", "7.2"), Role.BUDGET
    )
    assert "老鹰嘴提灌站更新" in allotted["26"][0]


def test_two_rows_of_heads_without_merged_cells_are_one_header() -> None:
    read = read_rows(
        [
            ["2023年度村级公益事业奖补绩效评分表"],
            ["序号", "一级指标", "二级指标", "三级指标", "评分说明", "指标", "乡镇", "县局"],
            ["", "", "", "", "", "分值", "自评", "复核"],
            ["1", "决策", "立项", "立项公示", "公示齐全得6分", "6", "6", "5"],
            ["2", "过程", "资金", "专账核算", "设专账得9分", "9", "7", "7"],
        ]
    )
    assert said(read, "立项公示") | said(read, "专账核算") == {
        Role.WEIGHT: "9",
        Role.SCORE: "7",
    }
    assert [i.name for i in read.indicators] == ["立项公示", "专账核算"]


def test_marks_in_heads_and_unlisted_words_leave_no_column_out() -> None:
    table = html_table(
        "<tr><td>一级指标*</td><td>二级指标*</td><td>三级指标*</td><td>指标值取向*</td>"
        "<td>绩效指标值*</td><td>绩效计量单位</td><td>占分权重*</td></tr>"
        "<tr><td>产出指标</td><td>数量指标</td><td>新建球场数</td><td>≥</td><td>14</td>"
        "<td>片</td><td>30</td></tr>"
        "<tr><td>满意度指标</td><td>服务对象满意度指标</td><td>居民满意度</td><td>≥</td>"
        "<td>92</td><td>%</td><td>10</td></tr>"
    )
    assert values(table, Role.TARGET) == {"新建球场数": "14片", "居民满意度": "92%"}
    assert values(table, Role.WEIGHT) == {"新建球场数": "30分", "居民满意度": "10分"}


@pytest.mark.parametrize(
    "rows",
    [
        [["申办人", "周某", "受理点", "二号窗"], ["查询码", "桐2024", "递交日", "四月九日"]],
        [["牵头科室：农业股", "专项总盘子：86.00"], ["经办科室：水利股", "其中县级：12.00"]],
    ],
    ids=["labels beside their values", "labels with their values in one cell"],
)
def test_rows_of_labels_with_values_are_no_header(rows: list[list[str]]) -> None:
    assert not any(f.how is How.MEANING for f in read_rows(rows).figures)
    assert not read_rows(rows).indicators


def test_one_head_over_several_bodies_gives_each_its_own_value() -> None:
    table = html_table(
        "<tr><td rowspan=2>二级指标</td><td rowspan=2>三级指标</td>"
        "<td colspan=2>各地目标值</td></tr>"
        "<tr><td>柏树县</td><td>临河区</td></tr>"
        "<tr><td>数量指标</td><td>改造水井数</td><td>12口</td><td>7口</td></tr>"
        "<tr><td>质量指标</td><td>水质达标率</td><td>≥96%</td><td>≥98%</td></tr>"
    )
    assert values(table, Role.TARGET) == {
        "柏树县改造水井数": "12口",
        "临河区改造水井数": "7口",
        "柏树县水质达标率": "96%",
        "临河区水质达标率": "98%",
    }


def test_a_list_of_units_projects_and_money_is_one_of_funds() -> None:
    read = read_rows(
        [
            ["2023年杏川市文物修缮专项资金安排表", "", "", ""],
            ["序号", "单位", "项目", "金额"],
            ["1", "柏树县", "城隍庙屋面修缮工程", "34"],
            ["2", "临河区", "古戏台加固工程", "21"],
            ["合计", "", "", "55"],
        ]
    )
    assert {f.role for f in read.figures} <= {Role.FUND, Role.BUDGET}
    assert [f.department for f in read.figures[:2]] == ["柏树县", "临河区"]


def test_what_stands_below_the_next_tables_head_says_nothing_of_this_one() -> None:
    read = read_rows(
        [
            ["青禾区交通局2022年度整体支出绩效自评表"],
            ["单位名称", "青禾区交通局", "", "单位：万元"],
            ["", "预算批复数", "调整预算数", "支出决算数", "执行进度"],
            ["收入支出合计", "2130", "2215", "2087.71", "94.25%"],
            ["指标类别", "指标内容", "目标", "完成", "标准分", "评价得分"],
            ["产出指标", "公路养护里程", "≥320公里", "331.6公里", "10", "10"],
            [""],
            ["青禾区水务局2022年度整体支出绩效自评表"],
            ["单位名称", "青禾区水务局"],
            ["指标类别", "指标内容", "目标", "完成", "标准分", "评价得分"],
            ["满意度指标", "沿河居民满意率", "≥88%", "86.5%", "20", "19.6"],
        ]
    )
    concepts = {figure.quantity.raw: figure.concept for figure in read.figures}
    assert (concepts["2130"], concepts["2215"]) == ("年初预算数", "全年预算数")


def test_three_rows_of_heads_give_each_column_all_its_words() -> None:
    table = html_table(
        "<tr><td rowspan=3>旗县</td><td colspan=3>此批安排</td><td rowspan=3>备注</td></tr>"
        "<tr><td rowspan=2>总额</td><td colspan=2>其中</td></tr>"
        "<tr><td>危桥改造</td><td>村道安防</td></tr>"
        "<tr><td>乌兰旗</td><td>930</td><td>610</td><td>320</td><td></td></tr>"
        "<tr><td>白音县</td><td>745</td><td>500</td><td>245</td><td>含续建</td></tr>"
    )
    budgets = values(table, Role.BUDGET)
    assert {"930", "610", "320", "745", "500", "245"} == set(budgets.values())
    assert any("乌兰旗" in name and "村道安防" in name for name in budgets)


SUMMARY = [
    ["2023年度农村公路建设资金绩效汇总表"],
    ["序号", "县区", "路面改造（公里）", "", "资金（万元）", "", "", "评分", ""],
    ["", "", "批复", "建成", "下达", "支付", "支付率", "自评", "复评"],
    ["1", "南屏县", "42.5", "41.0", "1,700.00", "1,620.50", "95.32%", "93.5", "92"],
    ["2", "北崖县", "30.0", "30.0", "1,200.00", "1,104.00", "92.00%", "95", "94.5"],
    ["", "合计", "72.5", "71.0", "2,900.00", "2,724.50", "93.95%", "94.2", "93.2"],
]


def test_no_column_of_values_is_left_without_the_head_that_stands_over_it() -> None:
    figures = read_rows(SUMMARY).figures
    assert {"41.0", "1,104.00", "95.32%", "92"} <= {f.quantity.raw for f in figures}


def test_amounts_of_another_unit_are_no_money() -> None:
    figures = {f.quantity.raw: f for f in read_rows(SUMMARY).figures}
    planned, done, spent = (figures[raw] for raw in ("42.5", "41.0", "1,620.50"))
    assert (planned.role, planned.quantity.unit) == (Role.TARGET, "公里")
    assert (done.role, done.quantity.unit) == (Role.ACTUAL, "公里")
    assert (spent.role, spent.quantity.unit) == (Role.SPENT, "万元")


def test_names_beside_each_other_each_have_their_own_values() -> None:
    table = html_table(
        "<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>实施期指标值</td>"
        "<td>三级指标</td><td>年度指标值</td></tr>"
        "<tr><td>产出指标</td><td>数量指标</td><td>新建泵站</td><td>9座</td>"
        "<td>新建泵站</td><td>3座</td></tr>"
        "<tr><td>产出指标</td><td>质量指标</td><td>灌溉保证率</td><td>≥85%</td>"
        "<td>渠道完好率</td><td>≥92%</td></tr>"
    )
    assert values(table, Role.PERIOD_TARGET) == {"新建泵站": "9座", "灌溉保证率": "85%"}
    assert values(table, Role.TARGET) == {"新建泵站": "3座", "渠道完好率": "92%"}


def test_a_row_with_boxes_to_tick_is_no_header() -> None:
    table = html_table(
        "<tr><td>申请类别</td><td>☑首次 □续报</td><td>经手人</td><td>某某</td></tr>"
        "<tr><td>年度资金总额</td><td>310</td><td>其中：财政拨款</td><td>280</td></tr>"
    )
    assert {(f.subject, f.quantity.raw) for f in table.figures} == {
        ("年度资金总额", "310"),
        ("财政拨款", "280"),
    }


def test_columns_that_come_to_another_are_amounts_whatever_they_are_called() -> None:
    rows = [
        ["澄湾市2025年林业补助资金分配表"],
        ["单位：万元"],
        ["序号", "地区", "合计", "造林补助", "森林抚育", "湿地保护"],
        ["1", "东汀县", "300", "150", "90", "60"],
        ["2", "西汀县", "260", "200", "", "60"],
        ["3", "南汀县", "150", "50", "60", "40"],
    ]
    sure = {f.subject: (f.role, f.how) for f in read_rows(rows).figures if f.confidence >= 1}
    assert sure["东汀县森林抚育"] == (Role.BUDGET, How.ARITHMETIC)
    rows[3][2] = "500"
    rows[4][2] = "600"
    assert not [f for f in read_rows(rows).figures if f.how is How.ARITHMETIC]


def test_a_notice_lists_scores_by_body_though_remarks_stand_beside_them() -> None:
    rows = [
        ["临沅市财政局关于2023年度部门自评复核结果的通报"],
        ["序号", "部门", "自评得分", "复核得分", "等次", "主要问题"],
        ["1", "市教育局", "95.2", "91.4", "优", "个别指标偏多"],
        ["2", "市水利局", "93.7", "90.1", "优", "—"],
        ["3", "市林业局", "96.1", "78.6", "中", "进度慢，佐证材料不全"],
        ["4", "市民政局", "95.0", "93.1", "优", "—"],
    ]
    scores = {f.subject: f.quantity.raw for f in read_rows(rows).figures if f.role is Role.SCORE}
    assert scores["市水利局复核得分"] == "90.1"
    assert scores["市林业局自评得分"] == "96.1"
    assert len(scores) == 8


def test_a_row_is_called_by_what_stands_nearest_to_its_values() -> None:
    table = html_table(
        "<tr><td colspan=2>资金来源</td><td>年初预算数</td><td>全年执行数</td></tr>"
        "<tr><td rowspan=3>项目资金（万元）</td><td>年度资金总额</td><td>310</td><td>300</td></tr>"
        "<tr><td>其中：省级补助</td><td>280</td><td>280</td></tr>"
        "<tr><td>县级配套</td><td>30</td><td>20</td></tr>"
    )
    spent = {f.subject: f.quantity.raw for f in table.figures if f.role is Role.SPENT}
    assert spent["省级补助全年执行数"] == "280"
    assert spent["县级配套全年执行数"] == "20"
    assert {f.quantity.unit for f in table.figures} == {"万元"}
