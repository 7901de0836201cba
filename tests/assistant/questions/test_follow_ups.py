"""Steps of completing a question from the turn before it, each alone."""

from assistant.questions.follow_ups import (
    Turn,
    compared_turns,
    departments,
    ranking,
    reason,
    subject,
    years,
)
from assistant.questions.parsed_question import ParsedQuestion
from assistant.types import Dimension, Intent, QueryPlan, StatusFamily, Topic
from tests.support.departments import DONGGUAN, HUANGPU, RECOGNISER


def heard(question: str, **known: object) -> ParsedQuestion:
    return ParsedQuestion(RECOGNISER.recognise(question), **known)  # type: ignore[arg-type]


def before(**known: object) -> QueryPlan:
    whole: dict[str, object] = {"question": "", "intent": Intent.LOOKUP, **known}
    return QueryPlan(**whole)  # type: ignore[arg-type]


def test_the_reason_after_a_list_is_the_list() -> None:
    asked = heard("为什么", intent=Intent.NARRATIVE, focus=Topic.REASON)
    parsed = reason(asked, Turn(asked, before(status_family=StatusFamily.UNMET)))
    assert (parsed.intent, parsed.status_family) == (Intent.LIST, StatusFamily.UNMET)
    assert reason(asked, Turn(asked, before())) == asked


def test_departments_stay_unless_all_are_meant() -> None:
    asked = heard("支出多少")
    assert departments(asked, Turn(asked, before(departments=(HUANGPU,)))).departments == (HUANGPU,)
    every = heard("各部门支出多少", focus=Dimension.DEPARTMENT)
    assert departments(every, Turn(every, before(departments=(HUANGPU,)))).departments == ()


def test_a_ranking_after_a_sum_is_over_the_same_areas() -> None:
    asked = heard("哪个最高", intent=Intent.MAXIMUM)
    summed = before(intent=Intent.SUM, focus=Dimension.AREA, area="片区")
    parsed = ranking(asked, Turn(asked, summed))
    assert (parsed.focus, parsed.area) == (Dimension.AREA, "片区")
    assert ranking(asked, Turn(asked, before(focus=Dimension.AREA))) == asked


def test_years_named_go_before_those_talked_about() -> None:
    asked = heard("2020年呢", years=(2020,))
    assert years(asked, Turn(asked, before(years=(2021,)))).years == (2020,)


def test_a_question_over_departments_has_its_own_subject_though_a_ranking_carried_them_over() -> (
    None
):
    asked = heard("各部门呢", focus=Dimension.DEPARTMENT)
    assert subject(asked, Turn(asked, before(subjects=("服务人次",)))).subjects == ()
    alone = heard("哪个最高", intent=Intent.MAXIMUM)
    carried = heard("哪个最高", intent=Intent.MAXIMUM, focus=Dimension.DEPARTMENT)
    assert subject(carried, Turn(alone, before(subjects=("服务人次",)))).subjects == ("服务人次",)


def test_the_part_that_is_named_replaces_its_like() -> None:
    asked = heard("那临港片区呢", subjects=("临港片区",), swap="临港片区")
    talked = before(subjects=("科学城片区志愿服务队",), units=("人",))
    parsed = subject(asked, Turn(asked, talked))
    assert (parsed.subjects, parsed.units) == (("临港片区志愿服务队",), ("人",))


def test_a_comparison_is_between_the_two_turns_before() -> None:
    one = before(subjects=("服务人次",), departments=(HUANGPU,), years=(2021,))
    other = before(subjects=("服务人次",), departments=(DONGGUAN,), years=(2021,))
    asked = before(intent=Intent.DIFFERENCE, subjects=("服务人次",), departments=(DONGGUAN,))
    made = compared_turns(asked, one, other)
    assert (made.departments, made.years) == ((HUANGPU, DONGGUAN), (2021,))
