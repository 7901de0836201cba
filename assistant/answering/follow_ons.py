"""Questions to go on with (接着问), in our own words, each of which the library answers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from assistant.answering.exactness import is_exact
from assistant.grounding.composition import Composition
from assistant.language.wording import ROLE_NAMES, Wording, quoted
from assistant.retrieval.library_snapshot import LibrarySnapshot
from assistant.types import Answer, Dimension, Intent, QueryPlan, State, StatusFamily
from ingest.types.budget_terms import BudgetTerm

MAX_OFFERED = 3
"""Maximum number of questions offered with an answer."""
MAX_TRIED = 6
"""Maximum number of questions that are tried for these."""
MONEY = (
    BudgetTerm.COMPLETION_RATE,
    BudgetTerm.SPENDING,
    BudgetTerm.INITIAL_BUDGET,
    BudgetTerm.SELF_SCORE,
)
"""What is worth asking of every department, in this order."""
UNMET = "{}哪些指标未达标？"
EVERY = "{}各部门{}分别是多少？"


def suggested(
    answer: Answer,
    plans: Sequence[QueryPlan],
    library: LibrarySnapshot,
    told: Callable[[QueryPlan], Composition],
) -> tuple[str, ...]:
    """The questions to go on with that a plan alone answers, which `told` does, and exactly."""
    if len(plans) != 1 or answer.state not in (State.ANSWERED, State.REFUSED):
        return answer.suggestions

    def has_answer(question: str) -> bool:
        (plan,) = library.planner.plans([question])
        return is_exact(plan) and told(plan).state is State.ANSWERED

    (plan,) = plans
    wording = Wording(library.directory.names(plan.question))
    known = {**library.covered, **library.operators}
    near = follow_ons(plan, known, wording, answered=answer.state is State.ANSWERED)
    offered = islice(filter(has_answer, islice(near, MAX_TRIED)), MAX_OFFERED)
    return tuple(dict.fromkeys((*answer.suggestions, *offered)))


def follow_ons(
    plan: QueryPlan, known: Mapping[str, Sequence[int]], wording: Wording, *, answered: bool
) -> Iterator[str]:
    """Questions near the plan, likeliest first; after a refusal the same of what the library has.

    `known` gives the years of every body.
    """
    department = plan.departments[0] if len(plan.departments) == 1 else ""
    if not department:
        return
    asked = plan.years[0] if len(plan.years) == 1 else None
    years = [year for year in reversed(known.get(department, ())) if year != asked]
    if asked is not None:
        years.sort(key=lambda year: abs(year - asked))
    same = [again for year in years if (again := _again(plan, wording.who(department, year)))]
    if not answered:
        yield from same
        return
    who = wording.who(department, asked)
    others = (f"{who}{term}是多少？" for term in MONEY if term not in plan.terms)
    yield from [f"{who}{term}对不对？" for term in plan.terms[:1] if plan.intent is Intent.LOOKUP]
    yield from same[:1]
    if plan.status_family is not StatusFamily.UNMET:
        yield UNMET.format(who)
    if plan.terms and asked and len(known) > 1:
        yield EVERY.format(f"{asked}年", plan.terms[0])
    yield from others


def _again(plan: QueryPlan, who: str) -> str:
    """The question of the plan about another body and year, "" where it cannot be worded."""
    if plan.focus is Dimension.INDICATOR and not plan.subjects:
        family = plan.status_family
        return f"{who}哪些指标{family}？" if family else f"{who}绩效指标有哪些？"
    if plan.focus or not plan.subjects:
        return ""
    names = "和".join(one if one in plan.terms else quoted(one) for one in plan.subjects)
    match plan.intent:
        case Intent.LOOKUP:
            roles = [ROLE_NAMES.get(role, "") for role in plan.roles]
            if len(roles) > 1 or "" in roles:
                return ""
            return f"{who}{names}{''.join(f'的{role}' for role in roles)}是多少？"
        case Intent.STATUS:
            return f"{who}{names}达标了吗？"
        case Intent.CHECK:
            return f"{who}{names}对不对？"
        case _:
            return ""
