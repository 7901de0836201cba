"""Steps of reading one question, each alone: what it adds, and what it leaves as it is."""

import pytest

from assistant.questions.interpretation import Interpreter
from assistant.questions.parsed_question import ParsedQuestion
from assistant.questions.vocabulary import read_questions
from assistant.types import CheckKind, Dimension, Intent, RateKind, StatusFamily, Topic
from ingest.types.facts import Role
from tests.support.departments import RECOGNISER

STEPS = Interpreter(RECOGNISER, read_questions())


def heard(question: str, **known: object) -> ParsedQuestion:
    """The question before any step, with what earlier steps would have understood."""
    return ParsedQuestion(RECOGNISER.recognise(question), **known)  # type: ignore[arg-type]


def test_a_question_without_words_of_an_intent_is_a_lookup() -> None:
    assert STEPS.intent(heard("黄埔区团委2021年实际支出数")).intent is Intent.LOOKUP
    assert STEPS.intent(heard("2021年没完成的指标有哪些")).intent is Intent.LIST


def test_a_target_asked_for_beside_the_value_is_no_role() -> None:
    assert STEPS.roles(heard("目标是多少")).roles == (Role.TARGET,)
    assert STEPS.roles(heard("服务人次是多少，目标是多少")).roles == ()


def test_an_area_is_called_by_its_own_word() -> None:
    parsed = STEPS.dimension(heard("哪个片区的人数最多"))
    assert (parsed.focus, parsed.area) == (Dimension.AREA, "片区")


def test_only_lists_and_counts_are_limited_to_a_kind_of_indicators() -> None:
    question = "没完成的有哪些"
    listed = STEPS.status_family(heard(question, intent=Intent.LIST))
    assert listed.status_family is StatusFamily.UNMET
    assert STEPS.status_family(heard(question, intent=Intent.SUM)).status_family is None


def test_a_catalogue_is_asked_for_only_where_no_term_is_named() -> None:
    assert STEPS.catalogue(heard("有哪些部门的资料")).intent is Intent.LIST
    asked = heard("有哪些部门的实际支出数")
    assert STEPS.catalogue(asked) == asked


def test_a_growth_rate_has_no_units_of_what_grew() -> None:
    asked = heard("服务人次同比增长多少人", intent=Intent.RATE, units=("人",))
    parsed = STEPS.rate(asked)
    assert (parsed.focus, parsed.units) == (RateKind.GROWTH, ())


def test_a_check_takes_the_place_of_what_it_runs_over() -> None:
    asked = heard("各任务加起来对得上吗", intent=Intent.CHECK, focus=Dimension.TASK)
    parsed = STEPS.check(asked)
    assert (parsed.focus, parsed.summed_over) == (CheckKind.SUM, Dimension.TASK)


@pytest.mark.parametrize(
    ("subjects", "intent"), [((), Intent.LIST), (("服务人次达到一百",), Intent.NARRATIVE)]
)
def test_reasons_of_no_indicator_in_particular_are_a_list(
    subjects: tuple[str, ...], intent: Intent
) -> None:
    asked = heard("为什么没完成", intent=Intent.NARRATIVE, focus=Topic.REASON, subjects=subjects)
    assert STEPS.reason(asked).intent is intent


def test_a_list_of_a_kind_of_indicators_has_no_subject_unless_it_is_quoted() -> None:
    missed = {"intent": Intent.LIST, "status_family": StatusFamily.UNMET, "subjects": ("工作",)}
    assert STEPS.without_subjects(heard("工作没完成的有哪些", **missed)).subjects == ()
    quoted = heard("“工作”没完成的有哪些", exact=True, **missed)
    assert STEPS.without_subjects(quoted) == quoted


def test_a_condition_is_a_quantity_with_its_sign() -> None:
    condition = STEPS.condition(heard("预算完成率不低于90%的部门")).condition
    assert condition is not None
    assert (condition.comparator, condition.raw) == ("≥", "90%")
