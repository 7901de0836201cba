"""Heads, blocks and tables in words that no pack lists; each test is a mistake once made."""

from decimal import Decimal

from ingest.types import Role, Understanding
from tests.test_unseen_layouts import read, said, sheet


def text(*lines: str) -> Understanding:
    return read("粘贴.txt", "\n".join(lines))


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
    assert said(understood, "药占比较上年增长") == {Role.ACTUAL: "-2.2个百分点"}


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
