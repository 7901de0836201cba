"""The checks on the two samples: each finding of the hand-made table, nothing claimed of S2."""

from assistant.service import Assistant
from assistant.types import Finding, Severity
from ingest.types import Scope


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
