"""Forms in other layouts and words than the samples: tables are understood by their headers."""

import pytest

from ingest.extraction.understand import understand
from ingest.language.form_vocabulary import form_of, label_key, section_of
from ingest.loaders.text import load_text
from ingest.types.blocks import Form
from ingest.types.facts import Indicator, Role, Understanding


def read(*lines: str, keep_contacts: bool = False) -> Understanding:
    """A tabbed text file understood; one line a row."""
    data = "\n".join(lines).encode()
    return understand(load_text("表.txt", data), keep_contacts=keep_contacts)


def only(understood: Understanding) -> Indicator:
    (indicator,) = understood.indicators
    return indicator


def values(understood: Understanding, role: Role) -> list[tuple[str, str]]:
    return [(f.subject, f.quantity.raw) for f in understood.figures if f.role is role]


# Two published project forms with different columns give the same indicator (style.md §6).

ONE_CELL = (
    "项目支出绩效自评表",
    "（2022年度）",
    "项目名称\t农村饮水工程",
    "一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值\t分值\t得分\t偏差原因分析及改进措施",
    "产出指标\t质量指标\t工程验收合格率\t≥90%\t95%\t10\t10\t",
)
OWN_COLUMNS = (
    "项目支出绩效自评表",
    "（2022年度）",
    "项目名称\t农村饮水工程",
    "一级指标\t二级指标\t三级指标\t指标性质\t指标值\t度量单位\t完成值\t权重\t得分",
    "产出指标\t质量指标\t工程验收合格率\t≥\t90\t%\t95\t10\t10",
)


@pytest.mark.parametrize("lines", [ONE_CELL, OWN_COLUMNS], ids=["one cell", "own columns"])
def test_layouts_give_the_same_indicator(lines: tuple[str, ...]) -> None:
    found = only(read(*lines))
    assert (found.level1, found.level2, found.name) == ("产出指标", "质量指标", "工程验收合格率")
    assert found.task == "农村饮水工程"
    assert found.target
    assert found.actual
    assert found.weight
    assert found.score
    assert (found.target.comparator, found.target.value, found.target.unit) == (">=", 90, "%")
    assert (found.actual.value, found.weight.value, found.score.value) == (95, 10, 10)


@pytest.mark.parametrize(
    ("target", "actual"),
    [
        ("年度计划值", "全年实际值"),
        ("预期达到值", "实际达成结果"),
        ("年初设定目标值", "自评完成值"),
        ("应完成数", "落实情况"),
    ],
)
def test_header_words_never_listed(target: str, actual: str) -> None:
    found = only(read("绩效自评表", f"指标名称\t{target}\t{actual}", "巡查次数\t≥12次\t15次"))
    assert found.target
    assert found.actual
    assert (found.target.value, found.actual.value) == (12, 15)


def test_columns_in_another_order() -> None:
    found = only(
        read(
            "自评表", "得分\t实际完成值\t年度指标值\t分值\t三级指标", "9\t15次\t≥12次\t10\t巡查次数"
        )
    )
    assert found.name == "巡查次数"
    assert found.target
    assert found.actual
    assert (found.target.value, found.actual.value) == (12, 15)


@pytest.mark.parametrize(
    "row", ["\t数量指标\t巡查次数\t≥12次\t15次", "数量指标\t巡查次数\t≥12次\t15次\t"]
)
def test_rows_that_lost_a_cell(row: str) -> None:
    header = "一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值"
    first = "产出指标\t质量指标\t合格率\t≥90%\t95%"
    found = read("自评表", header, first, row).indicators[1]
    assert (found.level1, found.level2, found.name) == ("产出指标", "数量指标", "巡查次数")
    assert found.target
    assert found.target.value == 12


def test_a_name_cut_over_two_rows() -> None:
    header = "一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值"
    understood = read(
        "自评表",
        header,
        "产出指标\t数量指标\t开展河道日常\t≥12次\t15次",
        "\t\t巡查次数\t\t",
        "\t质量指标\t合格率\t≥90%\t95%",
    )
    assert [i.name for i in understood.indicators] == ["开展河道日常巡查次数", "合格率"]


def test_an_indicator_without_any_value_stays_its_own() -> None:
    header = "三级指标\t年度指标值\t实际完成值"
    understood = read(
        "自评表", header, "合格率\t≥90%\t95%", "巡查次数\t≥12次\t", "满意度\t≥80%\t85%"
    )
    assert [i.name for i in understood.indicators] == ["合格率", "巡查次数", "满意度"]


def test_budget_rows_in_the_unit_of_the_header() -> None:
    understood = read(
        "项目支出绩效自评表",
        "项目名称\t农村饮水工程",
        "资金情况（元）\t年初预算数\t全年预算数\t全年执行数\t分值\t执行率\t得分",
        "年度资金总额\t1200\t1000\t900\t10\t90%\t9",
    )
    assert values(understood, Role.SPENT) == [("年度资金总额全年执行数", "900")]


def test_a_table_over_many_departments() -> None:
    understood = read(
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


def test_several_departments_in_one_sheet() -> None:
    form = ("部门名称\t{}", "指标名称\t年度指标值\t实际完成值", "{}\t≥12次\t15次")
    lines = [
        line.format(fill)
        for department, name in (("某市水务局", "巡河次数"), ("某市教育局", "家访次数"))
        for line, fill in zip(form, (department, "", name), strict=True)
    ]
    found = read("部门整体支出绩效自评表", *lines)
    assert [(i.department, i.name) for i in found.indicators] == [
        ("某市水务局", "巡河次数"),
        ("某市教育局", "家访次数"),
    ]


def test_contacts_are_left_out() -> None:
    lines = (
        "部门整体支出绩效自评表",
        "部门名称\t某市水务局",
        "指标名称\t年度指标值\t实际完成值",
        "巡河次数\t≥12次\t15次",
        "填表人\t张三丰\t联系电话\t13800138000",
        "联系人：李四光 电话：0769-22334455",
    )
    hidden, kept = read(*lines), read(*lines, keep_contacts=True)
    said = str(hidden.passages) + str(hidden.figures) + str(hidden.oddities)
    assert not any(word in said for word in ("张三丰", "13800138000", "李四光", "22334455"))
    assert "张三丰" in str(kept.passages)


def test_instructions_and_placeholders_are_no_values() -> None:
    understood = read(
        "项目支出绩效自评表",
        "指标名称\t年度指标值\t实际完成值\t偏差原因",
        "巡河次数\t≥12次\t—\t未达到90%的需说明原因",
    )
    found = only(understood)
    assert found.actual is None
    assert [f.quantity.raw for f in understood.figures] == ["≥12次"]


def test_what_was_not_understood_is_told_with_its_place() -> None:
    understood = read(
        "情况表",
        "甲\t乙\t丙",
        "收入支出表\t1234.56\t某某",
        "说明文字\t无数值\t某某",
    )
    assert not understood.indicators
    told = [(o.text, o.location.line_start) for o in understood.oddities]
    figures = [f.quantity.raw for f in understood.figures]
    assert ("1234.56", 3) in told or "1234.56" in figures


def test_unknown_form_keeps_its_text_and_figures() -> None:
    understood = read("某局2020年工作总结", "全年共开展宣传活动36场，覆盖群众1.2万人次。")
    assert understood.document.form is Form.UNKNOWN
    assert understood.document.year == 2020
    assert [(f.quantity.value, f.quantity.unit) for f in understood.figures] == [
        (36, "场"),
        (12000, "人次"),
    ]
    assert understood.passages


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("2023年度部门整体支出绩效自评表", Form.SELF_EVALUATION),
        ("部门预算项目绩效运行监控表", Form.MONITORING),
        ("项目支出绩效自评表", Form.PROJECT_SELF_EVALUATION),
        ("部门整体支出绩效目标申报表", Form.TARGET),
        ("某市2021年度绩效自评情况汇总表", Form.SUMMARY),
        ("2022年度部门整体支出绩效自评报告", Form.REPORT),
        ("会议纪要", Form.UNKNOWN),
    ],
)
def test_forms_by_title(title: str, form: Form) -> None:
    assert form_of(title) is form


def test_labels_compare_without_notes() -> None:
    assert label_key("五、 改进 措施：") == "改进措施"
    assert label_key("其中：一般公共预算（万元）") == "一般公共预算"
    assert section_of("（四）存在的 问题") == "problems"
