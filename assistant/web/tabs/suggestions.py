"""Questions worth asking of the library at hand: each has its answer in a document."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, zip_longest

from assistant.server.permitted import PermittedAssistant
from ingest.types.blocks import Form
from ingest.types.facts import Figure, Role
from ingest.types.library import DocumentRecord, Scope

MAX_SUGGESTIONS = 4
MAX_NAME = 24
"""Characters of an indicator's name that still reads well in a suggestion."""
MONEY_ROLES = (Role.SPENT, Role.BUDGET, Role.RATE)
MIN_DEPARTMENTS = 3
"""Minimum number of departments for a question over all of them."""


def suggest(assistant: PermittedAssistant, records: Sequence[DocumentRecord]) -> tuple[str, ...]:
    """Up to `MAX_SUGGESTIONS` questions of different kinds, on different departments if it can."""
    # What a table over a place is named after is no department.
    evaluated = [r for r in records if r.department and r.year and r.form is not Form.SUMMARY]
    best: dict[str, DocumentRecord] = {}
    for record in sorted(evaluated, key=_detail, reverse=True):
        best.setdefault(record.department, record)
    kinds = [
        questions(assistant, record, number)
        for number, record in enumerate(islice(best.values(), MAX_SUGGESTIONS))
    ]
    suggested = dict.fromkeys(
        q for q in (*overall(evaluated), *chain.from_iterable(zip_longest(*kinds))) if q
    )
    return tuple(islice(suggested, MAX_SUGGESTIONS))


def _detail(record: DocumentRecord) -> tuple[int, bool, int]:
    """The newest self-evaluation with the most in it comes first."""
    return record.year or 0, record.form is Form.SELF_EVALUATION, record.indicators + record.figures


def overall(records: Iterable[DocumentRecord]) -> Iterator[str]:
    """A question over all departments, on the last year that enough of them evaluated."""
    evaluated: dict[int, set[str]] = {}
    for record in records:
        if record.form is Form.SELF_EVALUATION and record.year:
            evaluated.setdefault(record.year, set()).add(record.department)
    years = [year for year, departments in evaluated.items() if len(departments) >= MIN_DEPARTMENTS]
    if years:
        yield f"{max(years)}年哪个部门预算执行率最低？"


def questions(assistant: PermittedAssistant, record: DocumentRecord, first_kind: int) -> list[str]:
    """What the document answers: money, a result, a target, beginning with another kind each."""
    scope = Scope(document_ids=(record.id,))
    owner = f"{record.department}{record.year}年"
    money = first_subject(assistant.figures(scope), MONEY_ROLES)
    statuses = assistant.indicators(scope)
    names = [s.indicator for s in statuses if len(s.indicator.name) <= MAX_NAME]
    reported = [i.name for i in names if i.actual and i.actual.values]
    planned = [i.name for i in names if i.target and i.target.values]
    kinds = [
        f"{owner}{money}是多少？" if money else "",
        f"{owner}{reported[0]}完成了多少？" if reported else "",
        f"{owner}{planned[-1]}的目标值是多少？" if planned else "",
    ]
    start = first_kind % len(kinds)
    return kinds[start:] + kinds[:start]


def first_subject(figures: Iterable[Figure], roles: Sequence[Role]) -> str:
    """The name of the first money figure with a plain, well-known subject."""
    known = [f for f in figures if f.concept and f.quantity.values and len(f.subject) <= MAX_NAME]
    return next((f.subject for role in roles for f in known if f.role is role), "")
