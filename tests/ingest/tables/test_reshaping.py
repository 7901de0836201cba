"""Tables in other shapes: turned on their side, side by side, several cells in one."""

from ingest.types.facts import Role
from tests.support.builders import read, said, sheet

INDICATORS = [
    ["道路机械化清扫率", "≥92%", "94.5%", 10],
    ["市政设施完好率", "≥96%", "95.2%", 9.9],
    ["拆除违建面积", "≥1.5万平方米", "1.62万平方米", 10],
]


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


def test_a_label_and_its_amount_in_one_cell() -> None:
    rows: list[list[object]] = [
        ["年度预算申请（万元）", "资金来源", "年初预算数", "全年执行数"],
        [None, "年度资金总额", 1426.5, 1524.9],
        [None, "其中：基本支出：986.20", None, None],
    ]
    understood = read("表.xlsx", sheet(["2022年度部门整体支出绩效自评表"], *rows))
    (basic,) = [f for f in understood.figures if f.concept == "基本支出"]
    assert (basic.quantity.raw, basic.quantity.unit) == ("986.20", "万元")
