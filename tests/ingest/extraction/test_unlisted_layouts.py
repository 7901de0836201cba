"""Forms in layouts and words that no labelled file has; each test is a mistake once made."""

from decimal import Decimal
from io import BytesIO

from docx import Document as WordDocument
from docx.table import _Cell

from ingest.types.blocks import Form
from ingest.types.facts import Role
from tests.support.builders import read, said, sheet


def nested(cell: _Cell, *rows: list[str]) -> None:
    table = cell.add_table(rows=len(rows), cols=len(rows[0]))
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            table.cell(r, c).text = text


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


def test_column_heads_name_no_department() -> None:
    lines = (
        "2022年度县直部门整体绩效自评结果一览表（金额单位：元）",
        "序号,预算单位,预算安排,实际支付,支付率,自评分数",
        '1,临泽县档案馆,"2,315,600.00","2,204,118.35",95.19%,93.6',
        '2,临泽县融媒体中心,"9,664,010.00","9,660,010.00",99.96%,97.05',
    )
    understood = read("汇总.csv", "\n".join(lines).encode("gbk"))
    assert understood.document.department == ""
    budgets = {f.department: f.quantity for f in understood.figures if f.role is Role.BUDGET}
    assert {name: str(quantity.value) for name, quantity in budgets.items()} == {
        "临泽县档案馆": "2315600.00",
        "临泽县融媒体中心": "9664010.00",
    }
    assert {quantity.unit for quantity in budgets.values()} == {"元"}


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


REPORT = """溧川市红十字会2021年度部门整体支出绩效自评报告

一、部门概况
（一）预算安排及执行。2021年部门预算收入1,286.40万元，其中一般公共预算拨款1,10
5.20万元，下设3个内设机构；全年支出1,251.77万元，预算执行率97.31%。
二、主要绩效
一是应急救护培训持续扩面。全年举办救护员培训班42期，培训取证救护员3,8
16人，普及培训6.5万余人次。
二是人道救助更加精准。“博爱送万家”活动走访慰问困难家庭，发放款物折合 86.4
万元；三献工作稳步推进。
三、存在问题
部分指标设置偏低。
四、下一步措施
新建AED点位150处。
"""


def test_a_number_cut_at_the_margin_reads_as_one() -> None:
    understood = read("报告.txt", REPORT)
    printed = {f.quantity.raw: f for f in understood.figures}
    assert {"1,105.20万元", "3,816人", "86.4万元"} <= printed.keys()
    assert not {"5.20万元", "16人"} & printed.keys()
    place = printed["3,816人"].location
    assert (place.line_start, place.line_end) == (7, 8)
    assert printed["1,105.20万元"].concept == "一般公共预算"


def test_an_institution_inside_another_is_no_limit() -> None:
    (figure,) = (f for f in read("报告.txt", REPORT).figures if "机构" in f.subject)
    assert (figure.quantity.raw, figure.quantity.comparator) == ("3个", "=")


def test_next_steps_are_targets() -> None:
    (figure,) = (f for f in read("报告.txt", REPORT).figures if f.quantity.unit == "处")
    assert figure.role is Role.TARGET


def test_lines_of_a_list_are_not_joined() -> None:
    lines = [f"第{n}项工作按照年初安排已经全部完成并通过验收的项目共有{n}个" for n in range(1, 9)]
    understood = read("清单.txt", "2022年度工作清单\n" + "。\n".join(lines) + "。\n")
    assert [f.quantity.raw for f in understood.figures] == [f"{n}个" for n in range(1, 9)]
