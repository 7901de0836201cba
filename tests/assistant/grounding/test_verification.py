"""Verification: what no quote prints is not said."""

from dataclasses import replace
from decimal import Decimal

import pytest

from assistant.grounding.verification import Sentence, check
from assistant.types import Calculation, Citation, Verdict
from ingest.types.blocks import Location
from ingest.types.facts import Figure, Quantity, Role

SPENT = Citation(
    marker=1,
    document_id="d1",
    file="自评表.txt",
    title="自评表",
    department="黄埔区团委",
    year=2021,
    location=Location(line_start=9, line_end=9),
    quote="实际支出数 | 1022.93",
    figure_ids=("f1",),
)
REACHED = replace(SPENT, marker=2, quote="服务群众约80万人次。", figure_ids=())
FIGURES = {
    "f1": Figure(
        "f1", "d1", "黄埔区团委", 2021, "", "实际支出数", "实际支出数", Role.SPENT,
        Quantity("1022.93", (Decimal("1022.93"),), "", "万元"), SPENT.location, SPENT.quote,
    )
}  # fmt: skip
SHARE = Calculation("1022.93 ÷ 1103.35 × 100% = 92.71%", ("f1", "f2"), Decimal("92.71"), "%")


def checked(text: str, *calculations: Calculation, question: str = "") -> Sentence:
    (sentence,) = check(text, (SPENT, REACHED), calculations, figures=FIGURES, question=question)
    return sentence


def test_a_number_printed_in_the_cited_quote_is_supported() -> None:
    sentence = checked("黄埔区团委2021年实际支出数为1022.93万元[1]。")
    assert [(f.raw, f.verdict, f.marker) for f in sentence.figures] == [
        ("1022.93万元", Verdict.SUPPORTED, 1)
    ]
    assert not sentence.failed


def test_wrong_digit() -> None:
    assert checked("实际支出数为1022.98万元[1]。").failed


def test_right_number_with_wrong_citation() -> None:
    assert checked("实际支出数为1022.93万元[2]。").failed


def test_number_without_citation() -> None:
    assert checked("实际支出数为1022.93万元。").failed


@pytest.mark.parametrize("wrong", ["1022.93元", "1022.93亿元", "1022.93%"])
def test_wan_yuan_against_yuan(wrong: str) -> None:
    """The table prints 1022.93 under 单位：万元; the figure knows."""
    assert checked(f"实际支出数为{wrong}[1]。").failed


def test_the_same_amount_in_another_money_unit_is_supported() -> None:
    assert not checked("实际支出数为10229300元[1]。").failed


def test_wan_people_against_people() -> None:
    assert not checked("服务群众约80万人次[2]。").failed
    assert not checked("服务群众约800000人次[2]。").failed
    assert checked("服务群众约80人次[2]。").failed


def test_unknown_marker() -> None:
    sentence = checked("实际支出数为1022.93万元[1][7]。")
    assert sentence.unknown_markers == (7,)
    assert sentence.failed


def test_number_from_another_year() -> None:
    assert checked("2022年实际支出数为1022.93万元[1]。").failed


def test_a_year_that_the_quote_itself_prints_is_no_other_year() -> None:
    quote = replace(SPENT, quote="2022年起每年总经费为157.45万元", figure_ids=())
    (sentence,) = check("2022年总经费为157.45万元[1]。", (quote,))
    assert not sentence.failed


def test_a_shown_calculation_supports_its_inputs_and_its_result() -> None:
    sentence = checked("预算完成率应为92.71%。", SHARE)
    assert [f.verdict for f in sentence.figures] == [Verdict.COMPUTED]
    assert checked("预算完成率应为92.17%。", SHARE).failed


@pytest.mark.parametrize("months", ["1-7月", "1—7月", "1～7月", "1至7月"])
def test_the_months_of_a_period_are_no_figures(months: str) -> None:
    (figure,) = checked(f"{months}实际支出数为1022.93万元[1]。").figures
    assert figure.raw == "1022.93万元"


def test_a_bare_number_repeated_from_the_question_claims_nothing() -> None:
    assert not checked("没有12355平台的资料。", question="12355平台有多少人？").failed
    assert checked("有12355人。", question="12355平台有多少人？").failed


def test_list_numbers_years_and_places_are_no_figures() -> None:
    assert checked("3. 2021年第2页的情况见附件[1]。").figures == ()


def test_sentences_are_judged_one_by_one_and_lose_nothing() -> None:
    text = "实际支出数为1022.93万元[1]。\n预算为9999.99万元[1]。"
    sentences = check(text, (SPENT,), figures=FIGURES)
    assert [s.failed for s in sentences] == [False, True]
    assert "".join(s.text for s in sentences) == text


def test_the_questions_own_words_and_reporting_periods_are_no_figures() -> None:
    said = "资料中没有“截至7月防火隔离带”。"
    assert not check(said, [], question="截至7月 防火隔离带完成多少")[0].failed
    assert check(said, [], question="防火隔离带完成多少")[0].failed
    assert check("1-6月共完成7个。", [])[0].figures[0].raw == "7个"


def test_what_is_withheld_leaves_its_line_end() -> None:
    first, second = check("支出999万元[1]。\n支出1022.93万元[1]。", [SPENT], figures=FIGURES)
    assert (first.failed, first.line_end) == (True, "\n")
    assert (second.failed, second.line_end) == (False, "")
