"""Questions worth asking of the library at hand: each has its answer in a document."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, zip_longest

from assistant.server.permitted import PermittedAssistant
from ingest.types.blocks import Form
from ingest.types.facts import Figure, Role
from ingest.types.library import DocumentRecord, Scope

SHOWN = 4
LONGEST = 24
"""Characters of an indicator's name that still reads well in a suggestion."""
MONEY = (Role.SPENT, Role.BUDGET, Role.RATE)
RANKED = 3
"""From so many departments on a question over all of them is suggested too."""


def suggest(assistant: PermittedAssistant, records: Sequence[DocumentRecord]) -> tuple[str, ...]:
    """Up to `SHOWN` questions of different kinds, on different departments where there are."""
    # What a table over a place is named after is no department.
    own = [r for r in records if r.department and r.year and r.form is not Form.SUMMARY]
    best: dict[str, DocumentRecord] = {}
    for record in sorted(own, key=_telling, reverse=True):
        best.setdefault(record.department, record)
    kinds = [
        questions(assistant, record, number)
        for number, record in enumerate(islice(best.values(), SHOWN))
    ]
    asked = dict.fromkeys(
        q for q in (*overall(own), *chain.from_iterable(zip_longest(*kinds))) if q
    )
    return tuple(islice(asked, SHOWN))


def _telling(record: DocumentRecord) -> tuple[int, bool, int]:
    """The newest self-evaluation with the most in it comes first."""
    return record.year or 0, record.form is Form.SELF_EVALUATION, record.indicators + record.figures


def overall(records: Iterable[DocumentRecord]) -> Iterator[str]:
    """A question over all departments, on the last year that enough of them evaluated."""
    whole: dict[int, set[str]] = {}
    for record in records:
        if record.form is Form.SELF_EVALUATION and record.year:
            whole.setdefault(record.year, set()).add(record.department)
    years = [year for year, departments in whole.items() if len(departments) >= RANKED]
    if years:
        yield f"{max(years)}年哪个部门预算执行率最低？"


def questions(assistant: PermittedAssistant, record: DocumentRecord, first_kind: int) -> list[str]:
    """What the document answers: money, a result, a target, beginning with another kind each."""
    scope = Scope(document_ids=(record.id,))
    whose = f"{record.department}{record.year}年"
    money = first(assistant.figures(scope), MONEY)
    standings = assistant.indicators(scope)
    names = [s.indicator for s in standings if len(s.indicator.name) <= LONGEST]
    reported = [i.name for i in names if i.actual and i.actual.values]
    planned = [i.name for i in names if i.target and i.target.values]
    kinds = [
        f"{whose}{money}是多少？" if money else "",
        f"{whose}{reported[0]}完成了多少？" if reported else "",
        f"{whose}{planned[-1]}的目标值是多少？" if planned else "",
    ]
    start = first_kind % len(kinds)
    return kinds[start:] + kinds[:start]


def first(figures: Iterable[Figure], roles: Sequence[Role]) -> str:
    """The name of the first money figure with a plain, well-known subject."""
    known = [f for f in figures if f.concept and f.quantity.values and len(f.subject) <= LONGEST]
    return next((f.subject for role in roles for f in known if f.role is role), "")
