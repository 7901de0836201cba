"""Heads, blocks and tables in words that no pack lists; each test is a mistake once made."""

from decimal import Decimal

from ingest.types.facts import Role
from tests.support.builders import read, said, sheet, text


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


def test_what_was_done_by_the_end_of_a_month() -> None:
    understood = read(
        "监控.xlsx",
        sheet(
            ["绩效指标", "目标", "9月底完成", "年底预计", "是否偏离"],
            ["更新供水管网长度", "≥45公里", "38.2公里", "45公里", "否"],
        ),
    )
    assert [i.actual.raw for i in understood.indicators if i.actual] == ["38.2公里"]


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


def test_a_report_under_the_headings_of_a_form_is_no_dumped_form() -> None:
    understood = text(
        "舟曲县粮食局2023年度部门整体支出绩效自评报告",
        "二、预算执行情况",
        "2023年年初预算1,260.5万元，实际支出1,275.4万元。",
        "四、存在的主要问题及原因分析",
        "粮情监测设备老化。",
        "五、下一步改进措施及工作建议",
        "2024年6月底前完成3个库点的设备更换。",
    )
    assert understood.table_rows == 0
    sections = {p.text: p.section for p in understood.passages}
    assert sections["粮情监测设备老化。"] == "存在的主要问题及原因分析"
    measure = understood.figures[-1]
    assert (measure.role, measure.quantity.raw) == (Role.TARGET, "3个")


def test_the_department_stands_only_behind_the_label_of_who_carried_it_out() -> None:
    understood = text("2022年度项目支出绩效自评表", "项目单位：云霄县第一实验小学")
    assert understood.document.department == "云霄县第一实验小学"


def test_a_table_that_goes_on_beside_itself() -> None:
    understood = read(
        "法院.xlsx",
        sheet(
            ["指标", "目标", "完成", "指标", "目标", "完成"],
            ["受理案件数", "≥5200件", "5613件", "一审服判息诉率", "≥90%", "88.7%"],
            ["结案率", "≥95%", "96.3%", "当事人满意度", "≥90%", "92.1%"],
        ),
    )
    assert {i.name: i.actual.raw for i in understood.indicators if i.actual} == {
        "受理案件数": "5613件",
        "结案率": "96.3%",
        "一审服判息诉率": "88.7%",
        "当事人满意度": "92.1%",
    }
    assert understood.figures[-1].location.column == 6


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


def test_the_head_again_over_the_next_family() -> None:
    understood = read(
        "补助.html",
        "<table><tr><th>产出<th>指标值<th>完成值<tr><td>开工套数<td>≥420套<td>436套"
        "<tr><th>效益<th>指标值<th>完成值<tr><td>覆盖率<td>≥95%<td>96.5%</table>",
    )
    assert [i.name for i in understood.indicators] == ["开工套数", "覆盖率"]


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


def test_the_department_behind_the_second_label_of_a_line() -> None:
    understood = text(
        "中小企业技改奖补政策绩效评价结果表", "评价年度：2022年　　被评价单位：余干县工业和信息化局"
    )
    assert understood.document.department == "余干县工业和信息化局"


def test_the_title_of_a_page_below_its_menu() -> None:
    understood = text(
        "网站首页 | 政务公开 | 今天是2024年9月12日 星期四",
        "柞水县市场监督管理局2023年度部门决算公开",
        "公务接待费决算3.12万元。",
    )
    document = understood.document
    assert (document.department, document.year) == ("柞水县市场监督管理局", 2023)


def test_the_department_that_begins_a_title_without_a_mark_of_its_end() -> None:
    understood = text("2022年度谷城县图书馆免费开放专项自评表", "新增图书5480册。")
    assert understood.document.department == "谷城县图书馆"


def test_words_around_a_number_in_a_sentence() -> None:
    understood = text(
        "2023年部门预算批复金额1,234.50万元，支出决算3,398.24万元，其中基本支出2,760.10万元。"
        "出水达标率98.6%，略低于99%的年度目标。群众满意度完成93.5%，得10分。"
    )
    told = {(f.subject, f.quantity.raw): f.role for f in understood.figures}
    assert told["2023年部门预算批复金额", "1,234.50万元"] is Role.BUDGET
    assert told["基本支出", "2,760.10万元"] is Role.SPENT
    assert told["出水达标率", "低于99%"] is Role.TARGET
    assert told["群众满意度", "10分"] is Role.SCORE


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
