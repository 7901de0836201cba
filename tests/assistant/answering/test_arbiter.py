"""What is told is chosen among proposals: by measures that know no words, by a trained forest."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from assistant.answering.arbiter import SURE_FROM, TELL_FROM, Arbiter, ranked, shipped_arbiter
from assistant.answering.asked import Asked
from assistant.answering.proposals import READING, Proposal, Way, of_plan
from assistant.answering.situation import Situation
from assistant.errors import AssistantError
from assistant.grounding.citations import Statement
from assistant.grounding.composition import Composition
from assistant.questions.operations import Operation, shipped_operations
from assistant.service import Assistant
from assistant.steps import driven_by
from assistant.types import Intent, QueryPlan, State, Topic
from ingest.errors import IngestError
from ingest.types.library import Scope
from tests.support.library import assistant_over

Rows = Sequence[Sequence[str | float | None]]

FORMS: dict[str, Rows] = {
    "柏屏乡项目台账.xlsx": [
        ["柏屏乡2024年农村道路项目安排及支付进度表"],
        ["填报单位：柏屏乡人民政府", None, None, "单位：万元"],
        ["序号", "项目名称", "所在村", "安排资金", "累计支付", "状态"],
        [1, "下坝桥重建", "石浦村", 90, 63, "在建"],
        [2, "机耕路硬化", "石浦村", 50, 50, "已完工"],
        [3, "村道护栏", "云岭村", 30, 12, "在建"],
        ["合计", None, None, 170, 125],
    ],
}


ASKED = "下坝桥跟机耕路一共付出去多少了"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with assistant_over(FORMS, tmp_path_factory.mktemp("forms")) as opened:
        yield opened


def weighed(library: Assistant, question: str) -> tuple[Situation, tuple[float, ...]]:
    """What was weighed last for a question, and how probable each proposal is."""
    seen: list[tuple[Situation, tuple[float, ...]]] = []

    def drive(name: str, work: Any, given: Any) -> Any:
        made = work(given)
        if name == "weigh":
            seen.append((given, made))
        return made

    with driven_by(drive):
        library.ask(question)
    return seen[-1]


def test_every_proposal_has_the_same_measures_and_none_of_them_is_a_word(
    library: Assistant,
) -> None:
    situation, shares = weighed(library, ASKED)
    assert len(situation.proposals) == len(situation.measures) == len(shares) > 1
    names = {frozenset(one) for one in situation.measures}
    assert len(names) == 1
    values = [value for one in situation.measures for value in one.values()]
    assert all(isinstance(value, int | float) for value in values)
    assert all(0 <= share <= 1 for share in shares)


def test_the_rows_that_are_named_are_likelier_than_others(library: Assistant) -> None:
    situation, shares = weighed(library, ASKED)
    told = dict(zip([one.text for one in situation.proposals], shares, strict=True))
    named = max(share for text, share in told.items() if "下坝桥" in text and "机耕路" in text)
    assert named == max(told.values())


def test_a_name_with_another_letter_is_counted_against_what_is_told(library: Assistant) -> None:
    named, _ = weighed(library, "机耕路硬化付了多少，村道护栏付了多少，合起来多少")
    other, _ = weighed(library, "机耕路硬化和村涧护栏合起来付了多少")

    def swapped(situation: Situation) -> float:
        return max(one["swapped"] for one in situation.measures)

    assert (swapped(named), swapped(other)) == (0, 1)


def proposal(way: Way, text: str) -> Proposal:
    return Proposal(way, Composition((Statement(text),)), READING)


def test_what_is_surely_right_is_told_before_what_is_only_near() -> None:
    asked = Asked(QueryPlan("问", Intent.LOOKUP), Scope(), shipped_operations().read("问"))
    told = [proposal(Way.QUOTE, "摘"), proposal(Way.CARD, "甲"), proposal(Way.ROWS, "乙")]
    situation = Situation(asked, told, (), {}, {}, (0.0,) * 3)

    def order(*shares: float) -> str:
        return "".join(one.text for one, _ in ranked(situation, shares))

    assert order(0.9, SURE_FROM, TELL_FROM) == "甲摘乙"
    assert order(0.9, SURE_FROM - 0.01, TELL_FROM) == "摘甲乙"
    assert order(0.0, TELL_FROM - 0.01, TELL_FROM) == "乙"
    assert order(0.0, 0.0, 0.0) == ""


def test_nothing_is_weighed_without_proposals_and_no_forest_is_guessed(tmp_path: Path) -> None:
    asked = Asked(QueryPlan("问", Intent.LOOKUP), Scope(), shipped_operations().read("问"))
    assert shipped_arbiter().weigh(Situation(asked, (), (), {}, {}, ())) == ()
    some = Situation(asked, [proposal(Way.CARD, "甲")], (), {}, {}, (0.5,))
    assert 0 <= shipped_arbiter().weigh(some)[0] <= 1
    with pytest.raises((AssistantError, IngestError), match="裁决模型"):
        Arbiter(tmp_path).weigh(some)


def test_a_plan_proposes_what_its_intent_does() -> None:
    found = Composition((Statement("甲"),), confidence=Decimal(1))
    plan = QueryPlan("问", Intent.NARRATIVE, focus=Topic.REASON)
    assert of_plan(plan, found).does == (Operation.WHY,)
    assert of_plan(QueryPlan("问", Intent.SUM), found).does == (Operation.SUM,)
    assert found.state is State.ANSWERED
