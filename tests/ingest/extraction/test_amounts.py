"""Rows of amounts: whose budget, spending or rate a number is, of which year, in which unit.

Each test is a mistake once made.
"""

from decimal import Decimal
from io import BytesIO

from docx import Document as WordDocument
from docx.table import _Cell

from ingest.types.blocks import Form
from ingest.types.facts import Role, Understanding
from tests.support.builders import html_table, money, read, read_rows, said, sheet, text


def amounts(understood: Understanding, role: Role) -> list[tuple[str, str]]:
    return [(f.subject, f.quantity.raw) for f in understood.figures if f.role is role]


def years(understood: Understanding, subject: str) -> dict[int | None, str]:
    found = (f for f in understood.figures if f.subject.startswith(subject))
    return {f.year: f.quantity.raw for f in found if f.role is Role.SPENT}


def test_budget_rows_in_the_unit_of_the_header() -> None:
    understood = text(
        "项目支出绩效自评表",
        "项目名称\t农村饮水工程",
        "资金情况（元）\t年初预算数\t全年预算数\t全年执行数\t分值\t执行率\t得分",
        "年度资金总额\t1200\t1000\t900\t10\t90%\t9",
    )
    assert amounts(understood, Role.SPENT) == [("年度资金总额全年执行数", "900")]


def test_hundreds_of_yuan() -> None:
    understood = read(
        "资金.xlsx",
        sheet(
            ["单位：百元"],
            ["资金项目", "批复预算", "到位资金", "使用资金"],
            ["良种繁育", "12,400", "12,100", "11,986"],
            ["尾水治理", "28,650", "26,000", "25,480"],
        ),
    )
    spent = next(f for f in understood.figures if f.role is Role.SPENT)
    assert spent.quantity.unit == "百元"
    assert spent.quantity.scaled == ((Decimal(1_198_600),), "元")
    received = [f.quantity.raw for f in understood.figures if f.subject.endswith("到位资金")]
    assert received == ["12,100", "26,000"]


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


def test_a_rate_takes_the_percent_of_its_head() -> None:
    rows: list[list[object]] = [
        ["类别", "年初预算", "决算数", "执行率（%）"],
        ["项目支出", 544.3, 507.35, 93.21],
    ]
    understood = read("表.xlsx", sheet(["某街道2023年绩效自评表"], *rows))
    (rate,) = [f for f in understood.figures if f.role is Role.RATE]
    assert (rate.quantity.raw, rate.quantity.unit) == ("93.21", "%")


def test_budget_and_final_accounts_as_bare_heads_of_years() -> None:
    understood = read(
        "三公.xlsx",
        sheet(
            ["岷县自然资源局2023年“三公”经费预算执行情况表"],
            ["单位：万元"],
            ["项目", "2022年决算", "2023年预算", "2023年决算"],
            ["公务接待费", 3.2, 3, 2.15],
            ["合计", 11.8, 11.4, 10.08],
        ),
    )
    told = [(f.subject, f.role, f.year, f.quantity.raw) for f in understood.figures]
    assert told[:3] == [
        ("公务接待费决算", Role.SPENT, 2022, "3.2"),
        ("公务接待费预算", Role.BUDGET, 2023, "3"),
        ("公务接待费决算", Role.SPENT, 2023, "2.15"),
    ]
    terms = [f.concept for f in understood.figures]
    assert terms == ["", "", "", "三公经费支出", "三公经费", "三公经费支出"]


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


def test_budget_and_spending_under_kinds_of_spending_belong_to_the_task() -> None:
    understood = html_table(
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
    understood = html_table(
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


def test_amounts_listed_in_one_cell() -> None:
    understood = html_table(
        "<tr><td colspan=3>富强路街道办事处2023年度整体支出绩效自评情况（单位：万元）"
        "<tr><td>资金执行情况<td colspan=2>年初预算1,286.50；支出数1,299.98；执行率99.6%"
        "<tr><td>指标名称<td>指标值<td>完成值<tr><td>巡查次数<td>≥3600次<td>3842次"
    )
    told = {f.quantity.raw: (f.concept, f.quantity.unit) for f in understood.figures}
    assert told["1,286.50"] == ("年初预算数", "万元")
    assert told["1,299.98"] == ("实际支出数", "万元")
    assert told["99.6%"] == ("预算完成率", "%")


def nested(cell: _Cell, *rows: list[str]) -> None:
    table = cell.add_table(rows=len(rows), cols=len(rows[0]))
    for r, row in enumerate(rows):
        for c, words in enumerate(row):
            table.cell(r, c).text = words


def test_tables_inside_cells_belong_to_the_project_above_them() -> None:
    word = WordDocument()
    word.add_heading("2023年度专项资金绩效自评价表", 0)
    outer = word.add_table(rows=3, cols=1)
    nested(outer.cell(0, 0), ["项目名称", "退化林修复工程"], ["主管部门", "泸阳市林业和草原局"])
    outer.cell(1, 0).text = "资金情况（单位：万元）"
    nested(
        outer.cell(1, 0),
        ["资金来源", "年初安排", "调整后预算", "实际支付"],
        ["资金合计", "820.00", "806.40", "771.93"],
        ["地方配套", "220.00", "206.40", "191.83"],
    )
    nested(
        outer.cell(2, 0),
        ["一级指标", "二级指标", "三级指标", "目标值", "完成值"],
        ["产出指标", "质量指标", "苗木成活率", "≥85%", "82.6%"],
    )
    stream = BytesIO()
    word.save(stream)
    understood = read("自评.docx", stream.getvalue())
    assert understood.document.form is Form.PROJECT_SELF_EVALUATION
    assert {figure.task for figure in understood.figures} == {"退化林修复工程"}
    spent = {f.concept: f.quantity.value for f in understood.figures if f.role is Role.SPENT}
    assert spent == {"实际支出数": Decimal("771.93"), "": Decimal("191.83")}
    assert said(understood, "苗木成活率") == {Role.TARGET: "≥85%", Role.ACTUAL: "82.6%"}


def test_a_second_header_ends_the_amounts_above_it() -> None:
    understood = read(
        "监控.xlsx",
        sheet(
            ["2024年1-9月预算项目绩效运行跟踪监控表"],
            ["部门：泸阳市水利局", "", "", "", "单位：万元"],
            ["项目", "预算数", "1-9月支出", "支出进度", "预计全年支出"],
            ["中小河流治理", 2600, 1755.3, "67.51%", 2560],
            ["指标类别", "指标名称", "年初目标", "1-9月完成", "预计年底完成"],
            ["数量指标", "治理河长", "≥46公里", "31.5公里", "46公里"],
            ["时效指标", "开工项目个数", "8个", "6个", "7个"],
        ),
    )
    (first, second) = understood.indicators
    assert (first.name, second.name) == ("治理河长", "开工项目个数")
    assert first.target is not None
    assert first.actual is not None
    assert (first.target.raw, first.actual.raw) == ("≥46公里", "31.5公里")
    reported = {f.subject: f.quantity.raw for f in understood.figures if f.role is Role.ACTUAL}
    assert reported["治理河长"] == "31.5公里"
    assert reported["治理河长预计年底完成"] == "46公里"
    assert {f.quantity.unit for f in understood.figures if f.role is Role.SPENT} == {"万元"}


def test_the_header_of_other_words_is_no_amount() -> None:
    understood = read(
        "表.xlsx",
        sheet(
            ["项目", "预算数", "支出数"],
            ["河道整治", 2600, 1755.3],
            ["种类", "某某事宜", "某某打算"],
            ["第一类", "治理河长", "46公里"],
        ),
    )
    assert {str(f.quantity.value) for f in understood.figures if f.role is Role.SPENT} == {"1755.3"}


def test_a_table_over_many_departments() -> None:
    understood = text(
        "某市2021年度部门整体支出绩效自评情况汇总表",
        "单位：万元\t\t\t",
        "序号\t部门名称\t全年预算数\t执行数",
        "1\t某市水务局\t100.50\t90.20",
        "2\t某市教育局\t200\t180",
        "合计\t\t300.50\t270.20",
    )
    spent = {f.department: f.quantity.raw for f in understood.figures if f.role is Role.SPENT}
    assert spent["某市水务局"] == "90.20"
    assert spent["某市教育局"] == "180"
    assert understood.document.form is Form.SUMMARY
    assert {f.quantity.unit for f in understood.figures} == {"万元"}


def test_a_table_over_a_place_names_its_departments_in_full_and_its_totals() -> None:
    read = read_rows(
        [
            ["永靖市2023年度市直部门整体支出绩效自评结果汇总表"],
            ["序号", "预算部门", "预算执行情况", None, None, "自评结果"],
            [None, None, "批复数", "调整预算", "支出决算", "得分"],
            [1, "市教育局", 12.36, 12.95, 12.71, 96.3],
            [2, "市民政局", 3.21, 3.4, 2.98, 84.5],
            ["年度支出合计", None, 15.57, 16.35, 15.69],
        ]
    )
    told = {(f.department, f.concept) for f in read.figures}
    assert {
        ("永靖市教育局", "年初预算数"),
        ("永靖市民政局", "全年预算数"),
        ("永靖市民政局", "自评得分"),
        ("永靖市", "实际支出数"),
    } <= told


def test_upper_heads_are_no_labels_and_give_lower_ones_their_meaning() -> None:
    understood = html_table(
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


def test_money_a_word_unlisted_and_then_indicators_with_results() -> None:
    understood = html_table(
        "<tr><td>经费名称<td>本年下达<td>本年支出<td>支出率<td>绩效指标<td>目标<td>结果<td>完成与否"
        "<tr><td>免疫规划<td>148<td>140.2<td>94.73%<td>疫苗接种率<td>≥95%<td>97.8%<td>是"
        "<tr><td>艾滋病防治<td>86.5<td>86.5<td>100%<td>检测人次<td>≥2.6万人次<td>2.41万人次<td>否"
    )
    assert money(understood)["艾滋病防治本年下达", Role.BUDGET] == "86.5"
    assert [i.actual.raw for i in understood.indicators if i.actual] == ["97.8%", "2.41万人次"]


def test_points_and_money_beside_indicators() -> None:
    understood = html_table(
        "<tr><td colspan=6>平度市2023年农村改厕资金绩效情况（单位：万元）"
        "<tr><td>镇街名称<td>市级下达<td>已支出<td>任务数<td>完成数<td>指标赋分"
        "<tr><td>南村镇<td>320.00<td>392.00<td>1200户<td>1215户<td>10"
        "<tr><td>李园街道<td>180.00<td>213.75<td>640户<td>588户<td>15"
    )
    told = {f.quantity.raw: (f.role, f.quantity.unit) for f in understood.figures}
    assert told["320.00"] == (Role.BUDGET, "万元")
    assert told["213.75"] == (Role.SPENT, "万元")
    assert told["15"] == (Role.WEIGHT, "分")


def test_rows_that_tell_money_and_then_indicators() -> None:
    understood = read(
        "监控.html",
        "<table><tr><td colspan=9>岚皋县2024年上半年重点项目监控情况（单位：万元）"
        "<tr><td>主管部门<td>项目<td>预算<td>支出<td>进度<td>主要指标<td>目标<td>监控值<td>预警"
        "<tr><td rowspan=2>岚皋县林业局<td rowspan=2>沙棘补植<td rowspan=2>680<td rowspan=2>402.6"
        "<td rowspan=2>59.21%<td>补植面积<td>≥2.4万亩<td>1.6万亩<td>绿灯"
        "<tr><td>成活率<td>≥85%<td>88%<td>绿灯"
        "<tr><td>岚皋县水务局<td>淤地坝除险<td>1,240<td>396.8<td>32.00%<td>除险座数<td>18座<td>5座<td>红灯"
        "</table>",
    )
    told = [
        (i.task, i.name, i.target.raw if i.target else "", i.actual.raw if i.actual else "")
        for i in understood.indicators
    ]
    assert told == [
        ("沙棘补植", "补植面积", "≥2.4万亩", "1.6万亩"),
        ("沙棘补植", "成活率", "≥85%", "88%"),
        ("淤地坝除险", "除险座数", "18座", "5座"),
    ]
    money = {f.quantity.raw: f.role for f in understood.figures if f.quantity.unit == "万元"}
    assert money == {
        "680": Role.BUDGET,
        "402.6": Role.SPENT,
        "1,240": Role.BUDGET,
        "396.8": Role.SPENT,
    }
    places = [(f.location.row, f.location.column) for f in understood.figures]
    assert len(places) == len(set(places)), "nothing is read twice"
    assert (understood.document.title or "").startswith("岚皋县2024年")


def test_numbers_of_a_table_that_no_form_has() -> None:
    rows: list[list[object]] = [
        ["供养人员情况", "编制数", "实际在职人数", "控制率"],
        [None, 46, 43, "93.48%"],
    ]
    understood = read("表.xlsx", sheet(["2022年度某局基础数据表"], *rows))
    assert said(understood, "实际在职人数") == {Role.ACTUAL: "43"}


def test_the_rate_of_points_reached_is_a_rate() -> None:
    understood = html_table(
        "<tr><td>评价维度<td>分值<td>得分<td>得分率"
        "<tr><td>队伍建设<td>40<td>36<td>90%"
        "<tr><td>阵地建设<td>60<td>57<td>95%"
    )
    rates = [f.quantity.raw for f in understood.figures if f.role is Role.RATE]
    assert rates == ["90%", "95%"]


def test_a_block_begun_below_amounts_has_heads_of_its_own() -> None:
    understood = html_table(
        "<tr><td rowspan=3>项目资金（万元）<td>资金来源<td>项目总投资<td>本年申请"
        "<tr><td>资金总额<td>840.00<td>276.00<tr><td>财政拨款<td>600.00<td>200.00"
        "<tr><td rowspan=3>支出明细（万元）<td>支出内容<td>金额<td>测算依据"
        "<tr><td>设备购置<td>118.00<td>询价三家<tr><td>工程监理<td>18.80<td>工程费的8%以内"
    )
    subjects = {f.quantity.raw: f.subject for f in understood.figures}
    assert subjects["118.00"] == "设备购置金额"
    assert "总投资" in subjects["600.00"]


def test_labels_with_their_values_are_no_heads_of_what_stands_below() -> None:
    understood = read_rows(
        [
            ["云岭市2024年区域绩效目标表", None],
            ["转移支付（项目）名称", "水利发展资金（第二批）"],
            ["省级主管部门", "岭北省水利厅"],
            ["资金情况（万元） 年度金额：", 1284.5],
            ["其中：中央补助", 1116.5],
        ]
    )
    told = {f.quantity.raw: f.subject for f in understood.figures}
    assert "水利发展资金" not in told["1116.5"]
    assert "中央补助" in told["1116.5"]
