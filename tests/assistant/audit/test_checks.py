"""The checks on the two samples: each finding of the hand-made table, nothing claimed of S2."""

from decimal import Decimal

import pytest

from assistant.audit.dossier import Sheet
from assistant.audit.narrative_sections import check_identity
from assistant.audit.score_checks import check_total, check_weights
from assistant.audit.sum_checks import check_columns
from assistant.audit.vocabulary import read_words
from assistant.service import Assistant
from assistant.types import Finding, Severity
from ingest.extraction.understand import understand
from ingest.loaders import load
from ingest.types.blocks import Form
from ingest.types.library import DocumentRecord, Scope


def found(assistant: Assistant, code: str, department: str) -> list[Finding]:
    return [f for f in assistant.audit(Scope(departments=(department,))) if f.code == code]


def said(finding: Finding) -> str:
    return " ".join((finding.message, finding.formula, *finding.candidates))


def test_adjusted_budget_does_not_add_up(assistant: Assistant) -> None:
    (finding,) = found(assistant, "D11", "黄埔区团委")
    assert finding.severity is Severity.ERROR
    assert finding.formula == "1133.01 + (-83.61) = 1049.4（万元）"
    assert "53.95" in finding.message
    assert "-29.66" in said(finding)
    assert {c.location.line_start for c in finding.evidence} == {13, 17}


def test_completion_rate_names_every_base_and_the_likely_slip(assistant: Assistant) -> None:
    finding = next(f for f in found(assistant, "D10", "黄埔区团委") if "完成率" in f.subject)
    for result in ("92.71%", "90.28%", "97.48%"):
        assert result in said(finding)
    assert "985.7 ÷ 1022.93 × 100% = 96.36%" in finding.message
    assert "疑似" in finding.message
    assert "建议核实" in finding.message


def test_adjustment_rate_is_a_ratio_with_a_percent_sign(assistant: Assistant) -> None:
    finding = next(f for f in found(assistant, "D10", "黄埔区团委") if "调整率" in f.subject)
    assert "相差100倍" in finding.message
    assert "7.38%" in said(finding)
    assert "2.62%" in said(finding)


def test_no_arithmetic_error_is_claimed_where_sums_hold(assistant: Assistant) -> None:
    arithmetic = {"D09", "D10", "D11", "D14", "D23", "D27"}
    assert [
        f
        for f in assistant.audit(Scope(departments=("东莞团市委",)))
        if f.code in arithmetic and f.severity is Severity.ERROR
    ] == []


def test_one_satisfaction_two_targets(assistant: Assistant) -> None:
    (finding,) = found(assistant, "D14", "黄埔区团委")
    for printed in ("95%", "90%", "93.2%"):
        assert printed in finding.message
    assert len(finding.evidence) == 2


def test_actuals_of_another_kind_and_a_suspended_activity(assistant: Assistant) -> None:
    told = "".join(f.message for f in found(assistant, "D05", "黄埔区团委"))
    assert "34个" in told
    assert "45名" in told
    assert "工作成效均达到预期目" in told
    (suspended,) = found(assistant, "D06", "黄埔区团委")
    assert "暂停" in suspended.message
    assert "未填写偏差原因" in suspended.message


def test_promised_items_without_an_actual(assistant: Assistant) -> None:
    (finding,) = found(assistant, "D17", "黄埔区团委")
    for promised in ("9个", "24人", "15个", "61场", "249人", "100%"):
        assert promised in finding.message
    assert len(finding.evidence) == 5


def test_problems_and_measures_do_not_pair(assistant: Assistant) -> None:
    told = {f.subject: f.message for f in found(assistant, "D21", "黄埔区团委")}
    assert "支持港澳青年创新创业率" in told["存在问题"]
    assert "存在问题2点、改进措施4条" in told["存在问题与改进措施"]
    assert "3条措施没有对应" in told["存在问题与改进措施"]
    (vague,) = found(assistant, "D22", "黄埔区团委")
    assert vague.candidates == ("责任单位", "完成时限", "量化目标")


def test_content_of_a_target_table(assistant: Assistant) -> None:
    (near,) = found(assistant, "D14", "东莞团市委")
    assert "<5%" in near.message
    assert "≤5%" in near.message
    (period,) = found(assistant, "D13", "东莞团市委")
    assert "14项定量指标中有13项" in period.message
    (vague,) = found(assistant, "D03", "东莞团市委")
    assert vague.message.startswith("4项")
    (families,) = found(assistant, "D02", "东莞团市委")
    assert "经济效益、生态效益" in families.message
    links = " ".join(f.message for f in found(assistant, "D16", "东莞团市委"))
    assert "相互牵制" in links
    assert "162.31万元" in links
    assert "100.3万元" in links


def test_wording_is_a_suspicion_with_numbers_and_a_place(assistant: Assistant) -> None:
    for finding in assistant.audit(Scope()):
        assert finding.evidence
        assert all(c.quote for c in finding.evidence)
        assert "建议" in finding.message
        assert "通过" not in finding.message
        if finding.severity is not Severity.NOTE:
            assert any(char.isdigit() for char in finding.message), finding.message


def test_scope_by_document_and_year(assistant: Assistant) -> None:
    first = next(r for r in assistant.documents() if "黄埔" in r.file)
    own = assistant.audit(Scope(document_ids=(first.id,)))
    assert {f.document_id for f in own} == {first.id}
    assert own == assistant.audit(Scope(years=(2021,)))
    assert assistant.audit(Scope(years=(1999,))) == ()


def test_a_supervisor_asks_what_does_not_fit(assistant: Assistant) -> None:
    answer = assistant.ask("黄埔区团委2021年的表里有哪些数据对不上？")
    assert not answer.abstained
    for shown in ("92.71%", "53.95万元", "7.38%", "93.2%"):
        assert shown in answer.text
    assert {c.verdict for c in answer.figures} <= {"supported", "computed"}
    assert assistant.ask("黄埔区团委2019年勾稽是否一致？").abstained


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2020年度，我局完成改造12处。", ["2020年度"]),
        ("2021年度，我局完成改造12处。", []),
        ("较2020年度增加12处，我局继续推进。", []),
        ("2021年度，我委完成改造12处。", ["我委"]),
    ],
)
def test_prose_of_another_year_or_another_body(text: str, told: list[str]) -> None:
    read = understand(
        load("报告.txt", f"青岭县民政局2021年度部门整体支出绩效自评报告\n{text}".encode())
    )
    record = DocumentRecord("1", "报告.txt", "", Form.REPORT, "青岭县民政局", 2021, 0, 0, 0, 0)
    sheet = Sheet(record, passages=read.passages)
    remarks = list(check_identity(sheet, read_words()))
    assert [remark.subject for remark in remarks] == told
    assert all(r.code == "D23" and r.severity is Severity.NOTE for r in remarks)


@pytest.mark.parametrize(("other", "told"), [("0", 0), ("10", 1)])
def test_a_total_that_its_rows_make_twice_is_not_wrong(other: str, told: int) -> None:
    lines = ["部门整体支出绩效自评表", "部门名称\t青岭县民政局", "（2021年度）", "金额单位：万元"]
    lines += ["资金\t年初预算数\t全年执行数", "年度资金总额\t1286\t1000"]
    lines += ["基本支出\t812\t800", "项目支出\t474\t200"]
    lines += ["财政拨款\t1286\t1000", f"其他资金\t{other}\t0"]
    read = understand(load("自评表.txt", "\n".join(lines).encode()))
    record = DocumentRecord("1", "自评表.txt", "", Form.REPORT, "青岭县民政局", 2021, 0, 0, 0, 0)
    found = check_columns(Sheet(record, read.figures), read_words(), Decimal("0.01"))
    assert [remark.code for remark in found if "年初预算" in remark.message] == ["D11"] * told


@pytest.mark.parametrize(("inner", "told"), [("612", 0), ("600", 1)])
def test_rows_that_a_row_above_sums_up_are_left_out(inner: str, told: int) -> None:
    lines = ["部门整体支出绩效自评表", "部门名称\t青岭县民政局", "（2021年度）", "金额单位：万元"]
    lines += ["资金\t年初预算数\t全年执行数", "年度资金总额\t1286\t1000", "基本支出\t812\t800"]
    lines += [f"人员经费\t{inner}\t600", "公用经费\t200\t200", "项目支出\t474\t200"]
    lines += ["救助经费\t400\t150", "宣传经费\t74\t50"]
    read = understand(load("自评表.txt", "\n".join(lines).encode()))
    record = DocumentRecord("1", "自评表.txt", "", Form.REPORT, "青岭县民政局", 2021, 0, 0, 0, 0)
    found = check_columns(Sheet(record, read.figures), read_words(), Decimal("0.01"))
    assert [remark.code for remark in found if "年初预算" in remark.message] == ["D11"] * told


@pytest.mark.parametrize(
    ("total", "rows", "told"),
    [
        ("95", ["20\t20", "40\t36", "30\t29"], 0),  # ten points are left for the execution rate
        ("97", ["20\t20", "40\t36", "30\t29"], 1),
        ("80", ["20\t20", "40\t36", "30\t29"], 1),
        ("99", ["20\t20", "40\t36", "40\t38"], 1),  # every point is told
        ("94", ["20\t20", "40\t36", "40\t38", "\t88"], 0),  # a second total has no weight
    ],
)
def test_a_total_may_hold_points_that_no_row_prints(total: str, rows: list[str], told: int) -> None:
    lines = [
        "青岭县民政局2021年度项目支出绩效自评表",
        "三级指标\t年度指标值\t实际完成值\t分值\t得分",
    ]
    lines += [
        f"第{n}类养护路段数\t≥9条\t9条\t{row}" for n, row in zip("甲乙丙丁", rows, strict=False)
    ]
    lines.append(f"总分\t\t\t100\t{total}")
    read = understand(load("自评表.txt", "\n".join(lines).encode()))
    record = DocumentRecord("1", "自评表.txt", "", Form.REPORT, "青岭县民政局", 2021, 0, 0, 0, 0)
    remarks = list(
        check_total(Sheet(record, read.figures), read_words().score_totals, Decimal("0.1"))
    )
    assert [remark.code for remark in remarks] == ["D09"] * told
    weights = list(check_weights(Sheet(record, read.figures), read_words().score_totals))
    assert not weights or told  # the points that the total holds have their weight, too
