"""Kinds of numbers and tables that other tools get wrong, each in several formats.

The right values were written down before anything was read.
"""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook

from tests.support.builders import read
from tests.support.in_formats import FORMATS, OFFICE, Rows, compare, written

TITLE = "临川县水务局2024年度部门整体支出绩效自评表"
PROJECT = "临川县水务局2024年度项目支出绩效自评表"
HEAD = ["项目", "年初预算数", "全年预算数", "全年执行数"]
PUBLIC = ["公用经费", "86.40", "80.15", "79.98"]
STAFF = ["人员经费", "1,203.50", "1,240.00", "1,238.70"]
IN_YUAN = ["864000", "801500", "799800"]
INDICATORS = ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值"]
DREDGED = ["产出指标", "数量指标", "清淤河道", "≥12.50公里", "12.60公里"]
Right = list[tuple[str, str]]


def amounts(item: str, *values: str) -> Right:
    names = ("年初预算数 budget", "全年预算数 budget", "全年执行数 spent")
    return [(f"{item} {name}", value) for name, value in zip(names, values, strict=False)]


def indicator(name: str, target: str, actual: str) -> Right:
    return [(f"{name} target", target), (f"{name} actual", actual)]


PUBLIC_RIGHT = amounts("公用经费", "86.40万元", "80.15万元", "79.98万元")
STAFF_RIGHT = amounts("人员经费", "1203.50万元", "1240.00万元", "1238.70万元")
RIGHT = [*PUBLIC_RIGHT, *STAFF_RIGHT]
IN_WAN = [STAFF[0], *(f"{number}万元" for number in STAFF[1:])]
YUAN_RIGHT = amounts("公用经费", "864000元", "801500元", "799800元")
DREDGED_RIGHT = indicator("清淤河道", "12.50公里", "12.60公里")

BLANK = ["", "", ""]
KINDS: dict[str, tuple[list[str], Rows, Right]] = {
    "unit in the heads": (
        [TITLE],
        [["项目", *(f"{head}（万元）" for head in HEAD[1:])], PUBLIC, STAFF],
        RIGHT,
    ),
    "unit in a note": ([TITLE, "（金额单位：人民币万元）"], [HEAD, PUBLIC, STAFF], RIGHT),
    "unit in the corner": (
        [],
        [[TITLE, *BLANK], ["", "", "", "金额单位：万元"], HEAD, PUBLIC, STAFF],
        RIGHT,
    ),
    "unit in the row": (
        [TITLE],
        [HEAD, ["公用经费（元）", *IN_YUAN], ["人员经费（万元）", *STAFF[1:]]],
        [*YUAN_RIGHT, *STAFF_RIGHT],
    ),
    "unit in a column": (
        [TITLE],
        [
            ["项目", "单位", *HEAD[1:]],
            ["公用经费", "元", *IN_YUAN],
            ["人员经费", "万元", *STAFF[1:]],
        ],
        [*YUAN_RIGHT, *STAFF_RIGHT],
    ),
    "unit in the cells": (
        [TITLE],
        [HEAD, ["公用经费", *(f"{n}元" for n in IN_YUAN)], IN_WAN],
        [*YUAN_RIGHT, *STAFF_RIGHT],
    ),
    "unit that changes from block to block": (
        [],
        [
            [TITLE, *BLANK],
            ["一、公用部分（单位：元）", *BLANK],
            HEAD,
            ["公用经费", *IN_YUAN],
            ["二、人员部分（单位：万元）", *BLANK],
            HEAD,
            STAFF,
        ],
        [*YUAN_RIGHT, *STAFF_RIGHT],
    ),
    "unit that changes below one head": (
        [],
        [
            [TITLE, *BLANK],
            ["", "", "", "单位：元"],
            HEAD,
            ["公用经费", *IN_YUAN],
            ["", "", "", "单位：万元"],
            STAFF,
        ],
        [*YUAN_RIGHT, *STAFF_RIGHT],
    ),
    "万 and 亿 in a form that counts in 万元": (
        [TITLE, "单位：万元"],
        [HEAD, ["公用经费", "3.2亿", "0.5万", "350万"], ["人员经费", "1.2亿元", "86.4", "３亿"]],
        [
            *amounts("公用经费", "320000000元", "5000元", "350万元"),
            *amounts("人员经费", "1.2亿元", "86.4万元", "300000000元"),
        ],
    ),
    "numbers as text": (
        [TITLE, "单位：万元"],
        [
            HEAD,
            ["公用经费", "８６．４０", "80. 15", "79 .98"],
            ["人员经费", "1，203．50", "1 240.00", "人民币1,238.70"],
        ],
        RIGHT,
    ),
    "units in brackets behind numbers": (
        [TITLE],
        [
            HEAD,
            ["公用经费", "86.40（万元）", "RMB801,500.00元", "¥79.98万元"],
            ["人员经费", "1,203.50(万元)", "1,240.00万元", "1,238.70 万元"],
        ],
        [
            *amounts("公用经费", "86.40万元", "801500.00元", "79.98万元"),
            *STAFF_RIGHT,
        ],
    ),
    "amounts in words": (
        [TITLE],
        [HEAD, ["公用经费", "捌拾陆万肆仟元", "八十万零一千五百元", "柒拾玖万玖仟捌佰元"], IN_WAN],
        [*YUAN_RIGHT, *STAFF_RIGHT],
    ),
    "scientific notation": (
        [TITLE, "单位：元"],
        [HEAD, ["公用经费", "8.64E+05", "8.015E+05", "7.998e5"]],
        YUAN_RIGHT,
    ),
    "percentages": (
        [TITLE, "单位：万元"],
        [
            ["项目", "全年执行数", "执行率"],
            ["公用经费", "79.98", "99.79%"],
            ["人员经费", "1,238.70", "９９．９０％"],
            ["项目支出", "90.00", "百分之九十"],
        ],
        [
            ("公用经费 spent", "79.98万元"),
            ("公用经费 rate", "99.79%"),
            ("人员经费 spent", "1238.70万元"),
            ("人员经费 rate", "99.90%"),
            ("项目支出 spent", "90.00万元"),
            ("项目支出 rate", "90%"),
        ],
    ),
    "counts in characters": (
        [PROJECT],
        [
            INDICATORS,
            ["产出指标", "数量指标", "清淤河道", "十二公里", "十三公里"],
            ["", "数量指标", "培训场次", "不少于二十场", "二十一场"],
            ["", "质量指标", "合格率", "百分之九十五以上", "百分之九十六"],
            ["", "质量指标", "工程等级", "三类", "三类"],
        ],
        [
            *indicator("清淤河道", "12公里", "13公里"),
            *indicator("培训场次", "20场", "21场"),
            *indicator("合格率", "95%", "96%"),
            *indicator("工程等级", "三类", "三类"),
        ],
    ),
    "dates that look like decimals": (
        [PROJECT],
        [
            INDICATORS,
            ["产出指标", "时效指标", "竣工时间", "2024.10", "2024.9"],
            ["", "时效指标", "验收时间", "2024.12.31前", "2024.12.20"],
            DREDGED,
        ],
        [
            *indicator("竣工时间", "2024.10", "2024.9"),
            *indicator("验收时间", "2024.12.31前", "2024.12.20"),
            *DREDGED_RIGHT,
        ],
    ),
    "letters with blanks between them": (
        ["临 川 县 水 务 局 2 0 2 4 年 度 部 门 整 体 支 出 绩 效 自 评 表", "单 位：万 元"],
        [
            ["项　　目", "年 初 预 算 数", "全 年 预 算 数", "全 年 执 行 数"],
            ["公 用 经 费", "8 6 . 4 0", "80.15", "79.98"],
            ["人 员 经 费", "1,203.50", "1,240.00", "1,\u200b238.70"],
        ],
        RIGHT,
    ),
    "a list with one amount": (
        ["临川县2024年预算项目清单", "单位：万元"],
        [
            ["序号", "部门名称", "项目名称", "金额"],
            ["1", "临川县水务局", "河道清淤", "120.00"],
            ["2", "临川县林业局", "防火道维护", "86.50"],
            ["3", "临川县教育局", "校舍维修", "1,203.40"],
            ["", "", "合计", "1,409.90"],
        ],
        [
            ("河道清淤", "120.00万元"),
            ("防火道维护", "86.50万元"),
            ("校舍维修", "1203.40万元"),
            ("合计", "1409.90万元"),
        ],
    ),
    "a list of two columns": (
        ["临川县水务局2024年项目资金表"],
        [
            ["项目", "金额（万元）"],
            ["河道清淤", "120.00"],
            ["防洪堤维护", "86.50"],
            ["泵站维修", "1,203.40"],
        ],
        [("河道清淤", "120.00万元"), ("防洪堤维护", "86.50万元"), ("泵站维修", "1203.40万元")],
    ),
    "labels in one line": (
        [
            "项目支出绩效自评表（2024年度）",
            "项目名称：农田改造；主管部门：临川县水务局；全年预算数：120.50万元；全年执行数：118.20万元",
        ],
        [INDICATORS, DREDGED],
        [
            ("全年预算数 budget", "120.50万元"),
            ("全年执行数 spent", "118.20万元"),
            *DREDGED_RIGHT,
        ],
    ),
    "labels in one line, set apart by blanks": (
        ["项目支出绩效自评表", "项目名称：农田改造    主管部门：临川县水务局    年度：2024"],
        [INDICATORS, DREDGED],
        DREDGED_RIGHT,
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("kind", KINDS)
def test_kinds(kind: str, form: str) -> None:
    lines, rows, right = KINDS[kind]
    understood = written(form, lines, rows)
    compare(understood, right)
    assert understood.document.year == 2024


def test_labels_in_one_line_name_the_department_in_every_format() -> None:
    lines = ["项目支出绩效自评表（2024年度）", "项目名称：农田改造　主管部门：临川县水务局"]
    accepted = [["产出指标", "质量指标", name, "≥95%", "96%"] for name in ("合格率", "完好率")]
    for form in FORMATS:
        understood = written(form, lines, [INDICATORS, DREDGED, *accepted])
        assert understood.document.department == "临川县水务局", form
        assert {figure.task for figure in understood.figures} == {"农田改造"}, form


STRANGE = {
    "分管领导": "王某", "经办科室": "规划科", "立项文号": "临发改〔2024〕12号",
    "批复日期": "2024-03-05", "资金性质": "财政资金", "支付方式": "直接支付",
    "合同编号": "HT-2024-017", "中标单位": "临川建工有限公司", "监理单位": "恒信监理",
    "设计单位": "省水利院", "审计单位": "正信会计", "验收结论": "合格", "档案盒号": "A-12",
    "存放地点": "档案室", "信息公开": "是", "绩效编码": "JX0017", "预警级别": "绿",
    "标签": "民生", "整改情况": "已整改", "申报渠道": "线上", "受益乡镇": "城关镇",
    "建设时段": "上半年", "汇总口径": "全口径", "校验标识": "Y", "项目层级": "县级",
    "招标平台": "公共资源平台", "审批人": "李某", "复核人": "赵某", "填报渠道": "系统",
    "密级": "公开",
}  # fmt: skip
"""Thirty columns of which no list has a word."""


@pytest.mark.parametrize("form", OFFICE)
def test_thirty_unknown_columns_beside_five_known_ones(form: str) -> None:
    heads, values = list(STRANGE), list(STRANGE.values())
    rows = [
        ["项目名称", "年初预算数", *heads[:15], "全年预算数", "全年执行数", *heads[15:], "执行率"],
        *(
            [name, initial, *values[:15], final, spent, *values[15:], rate]
            for name, initial, final, spent, rate in (
                ("河道清淤", "120.00", "118.00", "117.50", "99.58%"),
                ("泵站维修", "86.50", "86.50", "80.00", "92.49%"),
            )
        ),
    ]
    right = [
        *amounts("河道清淤", "120.00万元", "118.00万元", "117.50万元"),
        ("河道清淤 rate", "99.58%"),
        *amounts("泵站维修", "86.50万元", "86.50万元", "80.00万元"),
        ("泵站维修 rate", "92.49%"),
    ]
    compare(written(form, [PROJECT, "单位：万元"], rows), right)


@pytest.mark.parametrize("form", OFFICE)
def test_thirty_unknown_columns_between_indicators_and_values(form: str) -> None:
    heads, values = list(STRANGE), list(STRANGE.values())
    rows = [
        [*INDICATORS[:3], *heads[:15], INDICATORS[3], *heads[15:], INDICATORS[4]],
        [*DREDGED[:3], *values[:15], DREDGED[3], *values[15:], DREDGED[4]],
        ["产出指标", "质量指标", "合格率", *values[:15], "≥95%", *values[15:], "96%"],
    ]
    compare(written(form, [PROJECT], rows), [*DREDGED_RIGHT, *indicator("合格率", "95%", "96%")])


def test_number_formats_of_sheets() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in ([TITLE], ["单位：万元"], ["项目", "全年预算数", "全年执行数", "执行率"]):
        sheet.append(line)
    rows = (
        ("办公费", (86.4, "0.00"), (79.98, "0.00"), (0.92569, "0.00%")),
        ("水电费", (-35.5, "#,##0.00_);(#,##0.00)"), (12.3, "0.00"), (0.5, "0%")),
        ("差旅费", (1234567.891, "#,##0.00"), (1200000, "0.00E+00"), (0.97199, "0.0%")),
        ("印刷费", (86.4, '"¥"#,##0.00'), (80.1, "¥#,##0.00"), (0.927, "0.0%")),
        ("邮电费", (12.5, '0.00"万元"'), (12.25, '0.00"万元"'), (0.98, "0%")),
        ("取暖费", (0.1 + 0.2, "General"), (0.3, "General"), (1, "0%")),
        ("租赁费", (-12.3, "0.00;▲0.00"), (10, "0.00"), (0.9, "0%")),
        ("维修费", (-12.3, "0.00;[Red]0.00"), (10, "0.00"), (0.9, "0%")),
    )
    for name, *cells in rows:
        sheet.append([name, *(value for value, _ in cells)])
        for column, (_, shown) in enumerate(cells, start=2):
            sheet.cell(sheet.max_row, column).number_format = shown
    stream = BytesIO()
    book.save(stream)
    right = (
        ("办公费", "86.40万元", "79.98万元", "92.57%"),
        ("水电费", "-35.50万元", "12.30万元", "50%"),
        ("差旅费", "1234567.89万元", "1200000万元", "97.2%"),
        ("印刷费", "86.40万元", "80.10万元", "92.7%"),
        ("邮电费", "12.50万元", "12.25万元", "98%"),
        ("取暖费", "0.3万元", "0.3万元", "100%"),
        ("租赁费", "-12.30万元", "10.00万元", "90%"),
        ("维修费", "-12.30万元", "10.00万元", "90%"),
    )
    named = ("全年预算数 budget", "全年执行数 spent", "rate")
    compare(
        read("表.xlsx", stream.getvalue()),
        [(f"{name} {n}", v) for name, *shown in right for n, v in zip(named, shown, strict=True)],
    )


def test_dates_in_sheets_are_as_they_are_shown() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in ([PROJECT], INDICATORS):
        sheet.append(line)
    rows = (
        ("竣工时间", (date(2024, 10, 1), "yyyy.m"), (date(2024, 9, 1), 'yyyy"年"m"月"')),
        ("验收时间", (2024.1, "0.00"), (2024.09, "0.00")),
        ("开工时间", ("2024.10", "General"), ("2024.9", "@")),
        ("合格率", (0.95, '"≥"0%'), (0.9612, "0.00%")),
        ("清淤长度", (12.5, '"≥"0.00"公里"'), (13, '0.00"公里"')),
    )
    for name, *cells in rows:
        sheet.append(["产出指标", "时效指标", name, *(value for value, _ in cells)])
        for column, (_, shown) in enumerate(cells, start=4):
            sheet.cell(sheet.max_row, column).number_format = shown
    stream = BytesIO()
    book.save(stream)
    right = (
        ("竣工时间", "2024.10", "2024年9月"),
        ("验收时间", "2024.10", "2024.09"),
        ("开工时间", "2024.10", "2024.9"),
        ("合格率", "95%", "96.12%"),
        ("清淤长度", "12.50公里", "13.00公里"),
    )
    compare(read("表.xlsx", stream.getvalue()), [one for row in right for one in indicator(*row)])
