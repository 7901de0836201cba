"""Two values of one row: what was spent of a budget, what was reached of a target."""

from dataclasses import replace

from assistant.answering.row_pairs import extreme_rate, pair_of, told_rate
from assistant.retrieval.row_tables import Column, Row
from ingest.types.blocks import Location
from ingest.types.cards import Card, CardKind
from ingest.types.facts import Figure, Passage, Role
from tests.support.answers import CONTEXT, figure, said


def row(name: str, *figures: Figure) -> Row:
    passage = Passage(name, "own", "", None, "", name, Location(line_start=1))
    card = Card(name, CardKind.MONEY, "own", "", None, "", "", name, passage)
    heads = (Column(one.subject, one.role) for one in figures)
    return Row(name, card, (), tuple(zip(heads, figures, strict=True)))


def money(name: str, budget: str, spent: str) -> Row:
    return row(
        name,
        figure(f"{name}预算数", budget, Role.BUDGET, unit="万元"),
        figure(f"{name}支出数", spent, Role.SPENT, unit="万元"),
    )


def test_a_pair_is_of_one_year() -> None:
    whole = money("桥", "90", "63")
    (head, budget), spent = whole.figures
    assert pair_of(whole, forecast=False) == (spent[1], budget)
    older = replace(whole, figures=((head, replace(budget, year=2020)), spent))
    assert pair_of(older, forecast=False) is None


def test_the_row_that_spent_most_of_its_budget_is_told_with_all_formulas() -> None:
    rows = [money("桥", "90", "63"), money("路", "50", "50"), money("栏", "30", "12")]
    most = extreme_rate(rows, CONTEXT, highest=True, forecast=False)
    least = extreme_rate(rows, CONTEXT, highest=False, forecast=False)
    assert most is not None
    assert least is not None
    assert "最高的是路100.00%（50 ÷ 50 × 100% = 100.00%）" in said(most)
    assert "最低的是栏40.00%" in said(least)
    assert len(most.calculations) == 3
    assert extreme_rate(rows[:1], CONTEXT, highest=True, forecast=False) is None


def test_nothing_is_a_share_of_nothing() -> None:
    pair = pair_of(money("桥", "0", "63"), forecast=False)
    assert pair is not None
    assert told_rate(pair, "桥：", CONTEXT) is None
