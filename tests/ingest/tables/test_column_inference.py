"""Layouts and header words that no pack lists: columns told by contents, two-row headers, dumps."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import Workbook

from ingest.extraction.understand import understand
from ingest.loaders import load
from ingest.types.facts import Figure, Role, Understanding

Rows = Sequence[Sequence[str | float | None]]


def read_rows(rows: Rows) -> Understanding:
    """The rows as a sheet of a workbook, understood."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    stream = BytesIO()
    book.save(stream)
    return understand(load("表.xlsx", stream.getvalue()))


def read_text(*lines: str) -> Understanding:
    return understand(load("表.txt", "\n".join(lines).encode()))


def values(read: Understanding, role: Role) -> dict[str, str]:
    """Subject → the printed value with its unit, of the figures with a role."""

    def shown(figure: Figure) -> str:
        return f"{figure.quantity.values[0].normalize():f}{figure.quantity.unit}"

    return {f.subject: shown(f) for f in read.figures if f.role is role and f.quantity.values}


TITLE = ["云岭市残疾人联合会2024年度项目支出绩效自评表"]
FOREIGN = ["大类", "小类", "考核要点", "任务书约定", "年终兑现", "权数", "得分"]


def test_columns_with_unknown_heads_are_told_by_their_contents() -> None:
    read = read_rows(
        [
            TITLE,
            FOREIGN,
            ["产出", "数量", "盲道改造里程", "≥26公里", "27.5公里", 15, 15],
            ["产出", "质量", "验收一次通过率", "≥95%", "94.1%", 15, 14.86],
            ["效益", "社会效益", "受益人数", "≥3000人", "3125人", 20, 20],
        ]
    )
    assert values(read, Role.TARGET) == {
        "盲道改造里程": "26公里",
        "验收一次通过率": "95%",
        "受益人数": "3000人",
    }
    assert values(read, Role.ACTUAL)["验收一次通过率"] == "94.1%"
    assert values(read, Role.SCORE)["验收一次通过率"] == "14.86分"
    assert read.indicators[0].level2 == "数量"


def test_target_and_actual_are_found_beside_known_heads() -> None:
    read = read_rows(
        [
            TITLE,
            ["一级指标", "二级指标", "指标名称", "军令状", "兑现", "标准分", "评价得分"],
            ["产出指标", "数量指标", "河道清淤长度", "≥15千米", "15.8千米", 20, 20],
            ["满意度指标", "满意度", "居民满意率", "≥88%", "86.5%", 10, 9.83],
        ]
    )
    assert values(read, Role.TARGET) == {"河道清淤长度": "15千米", "居民满意率": "88%"}
    assert values(read, Role.ACTUAL) == {"河道清淤长度": "15.8千米", "居民满意率": "86.5%"}


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


def test_the_unit_column_is_for_the_actual_value_too() -> None:
    read = read_rows(
        [
            TITLE,
            ["二级指标", "三级指标", "年度指标值", "计量单位", "实际完成值"],
            ["数量指标", "受益居民户数", 5200, "户", 5360],
        ]
    )
    assert values(read, Role.ACTUAL) == {"受益居民户数": "5360户"}


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


@pytest.mark.parametrize(
    "line",
    [
        "填报单位（盖章）：柳川县交通局          填报日期：2024年3月15日        金额单位：万元",
        "填报单位：柳川县交通局 单位：万元",
        "部门名称：柳川县交通局（盖章）",
    ],
)
@pytest.mark.parametrize("read", [read_text, lambda line: read_rows([[line], ["甲", "乙"]])])
def test_a_department_ends_where_the_next_label_begins(
    line: str, read: Callable[[str], Understanding]
) -> None:
    assert read(line).document.department == "柳川县交通局"


def test_one_cell_a_line_without_the_empty_cells() -> None:
    read = read_text(
        *["2020年度项目支出绩效自评表", "项目名称", "辅助器具适配", "主管部门", "雁北新区残联"],
        *["项目资金", "（万元）", "年初预算数", "全年预算数", "全年执行数", "执行率", "得分"],
        *["年度资金总额", "118.00", "118.00", "109.48", "92.78%", "9.28"],
        *["绩效指标", "一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值"],
        *["分值", "得分", "偏差原因分析及改进措施"],
        *["产出指标", "数量指标", "适配辅助器具件数", "≥950件", "962件", "20", "20"],
        *["上门评估人次", "≥400人次", "376人次", "20", "18.8", "疫情影响上门"],
        *["质量指标", "适配合格率", "≥97%", "98.5%", "10", "10"],
        *["满意度指标", "服务对象满意度指标", "家属满意度", "≥95%", "96.4%", "10", "10"],
    )
    assert read.document.department == "雁北新区残联"
    rows = [(i.level2, i.name, i.target and i.target.raw, i.deviation) for i in read.indicators]
    assert rows == [
        ("数量指标", "适配辅助器具件数", "≥950件", ""),
        ("数量指标", "上门评估人次", "≥400人次", "疫情影响上门"),
        ("质量指标", "适配合格率", "≥97%", ""),
        ("服务对象满意度指标", "家属满意度", "≥95%", ""),
    ]
    assert values(read, Role.SPENT) == {"年度资金总额全年执行数": "109.48万元"}


def test_parts_are_of_the_kind_of_their_whole() -> None:
    read = read_text(
        "某局2021年度部门整体支出绩效自评报告",
        "实际支出48,950.12万元，预算执行率98.24%。其中，基本支出36,120.4万元，项目支出12,829.72万元。",
        "新增公办学位3200个，完成年度目标（3000个）的106.67%。",
    )
    assert values(read, Role.SPENT)["项目支出"] == "12829.72万元"
    assert "3000个" in values(read, Role.TARGET).values()


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


@pytest.mark.parametrize(
    ("title", "department"),
    [
        ("青岭县民政局整体支出绩效自评表", "青岭县民政局"),
        ("2021年度柳川县交通局部门整体支出绩效自评表", "柳川县交通局"),
        ("关于霞浦湾区教育局2021年度部门整体绩效的自评报告", "霞浦湾区教育局"),
        ("某县科学技术协会部门整体支出绩效自评表（2022年度）", "某县科学技术协会"),
        ("部门整体支出绩效自评表（2021年度）", ""),
        ("2023年度县级部门预算项目绩效自评表", ""),
    ],
)
def test_the_department_that_a_title_names(title: str, department: str) -> None:
    assert read_rows([[title], ["甲", "乙"]]).document.department == department
