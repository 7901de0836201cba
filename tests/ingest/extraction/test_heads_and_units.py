"""Heads over heads, units block by block, cells one a line; each test is a mistake once made."""

from ingest.types.facts import Role, Understanding
from tests.support.builders import read, said, text


def page(body: str) -> Understanding:
    return read("表.html", f"<table>{body}</table>")


def money(understood: Understanding) -> dict[tuple[str, Role], str]:
    return {
        (f.subject, f.role): f.quantity.raw
        for f in understood.figures
        if f.role in (Role.BUDGET, Role.SPENT, Role.RATE, Role.ADJUSTMENT)
    }


def test_budget_and_spending_under_kinds_of_spending_belong_to_the_task() -> None:
    understood = page(
        "<tr><td rowspan=4>年度主要任务<td rowspan=2>任务名称<td rowspan=2>主要内容"
        "<td colspan=2>基本支出<td colspan=2>项目支出"
        "<tr><td>预算<td>执行<td>预算<td>执行"
        "<tr><td>河湖管护<td>巡河护河<td>126.40<td>126.10<td>318.00<td>302.55"
        "<tr><td>防汛抗旱<td>物资储备<td>98.70<td>97.12<td>465.30<td>441.08"
    )
    assert money(understood)["河湖管护基本支出预算", Role.BUDGET] == "126.40"
    assert money(understood)["河湖管护项目支出执行", Role.SPENT] == "302.55"
    assert money(understood)["防汛抗旱项目支出预算", Role.BUDGET] == "465.30"


def test_sources_side_by_side_over_rows_of_amounts() -> None:
    understood = page(
        "<tr><td>资金来源<td>一般公共预算<td>政府性基金预算<td>合计"
        "<tr><td>年初预算数<td>1,985.40<td>220.00<td>2,205.40"
        "<tr><td>实际执行数<td>1,968.30<td>205.74<td>2,174.04"
        "<tr><td>执行率<td>97.79%<td>93.52%<td>97.31%"
    )
    told = money(understood)
    assert told["政府性基金预算年初预算数", Role.BUDGET] == "220.00"
    assert told["政府性基金预算实际执行数", Role.SPENT] == "205.74"
    assert told["合计执行率", Role.RATE] == "97.31%"
    terms = {f.quantity.raw: f.concept for f in understood.figures}
    assert terms["2,174.04"] == "实际支出数"
    assert {f.location.row for f in understood.figures if f.quantity.raw == "220.00"} == {2}


def test_upper_heads_are_no_labels_and_give_lower_ones_their_meaning() -> None:
    understood = page(
        "<tr><td colspan=7>莱西市2022年度项目支出绩效自评情况汇总表（单位：万元）"
        "<tr><td rowspan=2>序号<td rowspan=2>主管部门<td rowspan=2>项目名称<td colspan=3>预算情况"
        "<td colspan=2>支出情况"
        "<tr><td>年初批复<td>追加追减<td>调整后<td>支出金额<td>支出进度"
        "<tr><td>1<td>市卫生健康局<td>乡村医生补助<td>1,130.40<td>-20.40<td>1,110.00<td>1,098.35<td>98.95%"
        "<tr><td>2<td>市农业农村局<td>高标准农田建设<td>8,900.00<td>0.00<td>8,900.00<td>7,120.00<td>80.00%"
    )
    told = {f.quantity.raw: (f.department, f.role) for f in understood.figures}
    assert told["1,110.00"] == ("莱西市卫生健康局", Role.BUDGET)
    assert told["-20.40"] == ("莱西市卫生健康局", Role.ADJUSTMENT)
    assert told["7,120.00"] == ("莱西市农业农村局", Role.SPENT)


def test_the_finer_of_two_columns_of_names() -> None:
    understood = page(
        "<tr><td>一级指标<td>三级指标<td>指标内容<td>年初目标值<td>全年完成值"
        "<tr><td rowspan=3>产出指标<td rowspan=2>感知设备<td>新建探头数量<td>≥420个<td>436个"
        "<tr><td>设备在线率<td>≥95%<td>96.8%"
        "<tr><td>警务终端<td>配发终端<td>280台<td>265台"
    )
    assert [i.name for i in understood.indicators] == ["新建探头数量", "设备在线率", "配发终端"]


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


def test_each_block_in_the_unit_announced_above_it() -> None:
    understood = text(
        "磐安县民政局2023年度部门整体绩效自评报告",
        "全年实际支出1,943.62万元，各专项资金使用情况见下表（单位：万元）：",
        "专项名称\t年初预算\t实际支出",
        "低保救助\t786.00\t780.48",
        "附件2 生活垃圾治理资金（单位：元）",
        "资金来源\t预算\t支付",
        "县级财政\t6,500,000.00\t6,305,000.00",
    )
    units = {f.quantity.raw: f.quantity.unit for f in understood.figures}
    assert (units["786.00"], units["6,305,000.00"]) == ("万元", "元")


def test_a_note_below_a_table_is_no_end_of_its_last_row() -> None:
    understood = page(
        "<tr><td>指标<td>目标<td>实际<td>得分"
        "<tr><td>新增停车泊位（个）<td>≥450<td>468<td>20"
        "<tr><td>住户满意度（%）<td>≥88<td>86.2<td>9.8"
        "<tr><td>注：本表得分保留两位小数。<td><td><td>"
    )
    assert said(understood, "住户满意度（%）")[Role.ACTUAL] == "86.2"
    assert understood.indicators[-1].target is not None
    assert understood.indicators[-1].target.unit == "%"


def test_amounts_listed_in_one_cell() -> None:
    understood = page(
        "<tr><td colspan=3>富强路街道办事处2023年度整体支出绩效自评情况（单位：万元）"
        "<tr><td>资金执行情况<td colspan=2>年初预算1,286.50；支出数1,299.98；执行率99.6%"
        "<tr><td>指标名称<td>指标值<td>完成值<tr><td>巡查次数<td>≥3600次<td>3842次"
    )
    told = {f.quantity.raw: (f.concept, f.quantity.unit) for f in understood.figures}
    assert told["1,286.50"] == ("年初预算数", "万元")
    assert told["1,299.98"] == ("实际支出数", "万元")
    assert told["99.6%"] == ("预算完成率", "%")


def test_a_project_that_opens_a_sentence_owns_the_money_told_after_it() -> None:
    understood = text(
        "乌审旗林业和草原局2022年度部门决算公开",
        "沙地综合治理项目自评得分94.7分，全年预算数为2,650万元，执行数为2,613.4万元，"
        "完成预算的98.62%。完成人工造林3.2万亩，较计划3万亩超额完成。",
    )
    told = {f.quantity.raw: f for f in understood.figures}
    assert {told[raw].task for raw in ("94.7分", "2,650万元", "98.62%")} == {"沙地综合治理"}
    assert told["98.62%"].concept == "预算完成率"
    assert (told["3万亩"].subject, told["3万亩"].role) == ("人工造林", Role.TARGET)


def test_money_a_word_unlisted_and_then_indicators_with_results() -> None:
    understood = page(
        "<tr><td>经费名称<td>本年下达<td>本年支出<td>支出率<td>绩效指标<td>目标<td>结果<td>完成与否"
        "<tr><td>免疫规划<td>148<td>140.2<td>94.73%<td>疫苗接种率<td>≥95%<td>97.8%<td>是"
        "<tr><td>艾滋病防治<td>86.5<td>86.5<td>100%<td>检测人次<td>≥2.6万人次<td>2.41万人次<td>否"
    )
    assert money(understood)["艾滋病防治本年下达", Role.BUDGET] == "86.5"
    assert [i.actual.raw for i in understood.indicators if i.actual] == ["97.8%", "2.41万人次"]


def test_a_page_laid_out_in_one_column_is_read_as_paragraphs() -> None:
    understood = page(
        "<tr><td>当前位置：首页<tr><td><p>乌审旗林业和草原局2022年度单位决算公开</p>"
        "<p>第四部分 预算绩效情况说明</p><p>机关运行经费支出86.42万元。</p>"
    )
    document = understood.document
    assert (document.department, document.year) == ("乌审旗林业和草原局", 2022)


def test_the_code_beside_a_department() -> None:
    understood = page(
        "<tr><td colspan=4>2022年度项目支出绩效自评表"
        "<tr><td>主管部门及代码<td>[186]国家矿山安全监察局<td>实施单位<td>信息中心"
    )
    assert understood.document.department == "国家矿山安全监察局"


def test_points_and_money_beside_indicators() -> None:
    understood = page(
        "<tr><td colspan=6>平度市2023年农村改厕资金绩效情况（单位：万元）"
        "<tr><td>镇街名称<td>市级下达<td>已支出<td>任务数<td>完成数<td>指标赋分"
        "<tr><td>南村镇<td>320.00<td>392.00<td>1200户<td>1215户<td>10"
        "<tr><td>李园街道<td>180.00<td>213.75<td>640户<td>588户<td>15"
    )
    told = {f.quantity.raw: (f.role, f.quantity.unit) for f in understood.figures}
    assert told["320.00"] == (Role.BUDGET, "万元")
    assert told["213.75"] == (Role.SPENT, "万元")
    assert told["15"] == (Role.WEIGHT, "分")


def test_a_word_of_comparison_is_no_subject() -> None:
    understood = text("遂昌县消防救援大队2022年度自评报告", "接警到场率92.4%，低于目标值95%。")
    told = {f.quantity.raw: (f.subject, f.role) for f in understood.figures}
    assert told["95%"] == ("接警到场率", Role.TARGET)
