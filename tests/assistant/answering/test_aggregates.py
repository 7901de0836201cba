"""Sums and extremes over named values, of which some may be told in words only."""

from decimal import Decimal

from assistant.answering.aggregates import Aggregates, meets
from assistant.grounding.citations import of_figure
from assistant.grounding.printed_values import PrintedValue
from assistant.types import Intent
from ingest.types.facts import Figure, Role
from tests.support.answers import CONTEXT, figure, plan, quantity, said

ITEMS = [
    figure("桥", "90", Role.SPENT, unit="万元"),
    figure("路", "完成", Role.SPENT),
    figure("栏", "30", Role.SPENT, unit="万元"),
]


def named(figures: list[Figure]) -> list[tuple[str, PrintedValue]]:
    return [(one.subject, PrintedValue(one.quantity, of_figure(one))) for one in figures]


def test_what_is_told_in_words_is_not_added_and_is_said_to_be_left_out() -> None:
    made = Aggregates(CONTEXT).figures(plan(Intent.SUM), named(ITEMS))
    assert made.calculations[0].result == Decimal(120)
    assert said(made).endswith("没有填数值的未计入：“路”。")


def test_an_extreme_is_among_numbers() -> None:
    made = Aggregates(CONTEXT).figures(plan(Intent.MINIMUM), named(ITEMS))
    assert said(made).startswith("栏最低，为30万元")
    assert Aggregates(CONTEXT).figures(plan(Intent.SUM), named(ITEMS[1:2])).abstained


def test_a_list_has_words_too_and_words_meet_no_limit() -> None:
    made = Aggregates(CONTEXT).figures(plan(Intent.LIST), named(ITEMS))
    assert said(made) == "桥90万元；路“完成”；栏30万元。"
    assert not meets(ITEMS[1].quantity, quantity("≥60"))
