"""What a question wants drafted is written by the one drafter."""

from assistant.answering.drafts import DraftAnswers
from assistant.drafting.types import Part, Section
from assistant.types import Evidence, Intent, Topic
from ingest.types.facts import Role
from tests.support.answers import CONTEXT, OFFICE, figure, match, plan, row, said

DRAFTS = DraftAnswers(CONTEXT)
BUDGET = Evidence(matches=(match(figure("实际支出数", "97.5", Role.SPENT)),))
ROWS = Evidence(indicators=(row("培训人次", "100人次", "90人次"), row("满意率", "90%", "95%")))


def drafted(evidence: Evidence, **fields: object) -> str:
    made = DRAFTS.compose(plan(Intent.DRAFT, **fields), evidence)
    assert made is not None
    return said(made)


def test_a_budget_paragraph_is_a_part_and_problems_are_a_section() -> None:
    assert drafted(BUDGET, focus=Topic.BUDGET) == f"{OFFICE}2021年{Part.BUDGET}，指标0项。"
    assert drafted(ROWS, focus=Topic.PROBLEMS) == f"{OFFICE}2021年{Section.PROBLEMS}，指标0项。"
    assert drafted(ROWS, focus=Topic.INDICATORS) == f"{OFFICE}2021年{Section.COMPLETION}，指标0项。"


def test_the_indicators_of_a_named_task_are_one_part_limited_to_them() -> None:
    asked = drafted(ROWS, focus=Topic.INDICATORS, sections=("教师培训",))
    assert asked == f"{OFFICE}2021年{Part.BY_TASK}，指标2项。"


def test_without_evidence_the_department_and_its_last_year_are_taken() -> None:
    asked = drafted(Evidence(), focus=Topic.MEASURES, departments=(OFFICE,))
    assert asked == f"{OFFICE}2021年{Section.MEASURES}，指标0项。"


def test_where_there_is_nothing_to_draft_from_it_is_said() -> None:
    made = DRAFTS.compose(plan(Intent.DRAFT, focus=Topic.BUDGET, departments=()), Evidence())
    assert made is not None
    assert (made.abstained, said(made)) == (True, "资料中没有可以起草的预算执行数据。")


def test_what_is_no_section_is_not_drafted() -> None:
    assert DRAFTS.compose(plan(Intent.DRAFT, focus=Topic.TASKS), ROWS) is None
