"""Questions worth asking of the library at hand: each has its answer in a document."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, zip_longest

from assistant.service import Assistant
from ingest.types import DocumentRecord, Figure, Role, Scope

SHOWN = 4
LONGEST = 24
"""Characters of an indicator's name that still reads well in a suggestion."""
MONEY = (Role.SPENT, Role.BUDGET, Role.RATE)


def suggest(assistant: Assistant, records: Sequence[DocumentRecord]) -> tuple[str, ...]:
    """Up to `SHOWN` questions, taken in turn from documents of different departments."""
    newest: dict[str, DocumentRecord] = {}
    for record in sorted(records, key=lambda r: (r.year or 0, r.figures)):
        if record.department and record.year:
            newest[record.department] = record
    chosen = list(islice(newest.values(), SHOWN))
    rounds = zip_longest(*(questions(assistant, record) for record in chosen))
    asked = dict.fromkeys(q for q in chain.from_iterable(rounds) if q)
    return tuple(islice(asked, SHOWN))


def questions(assistant: Assistant, record: DocumentRecord) -> Iterator[str]:
    scope = Scope(document_ids=(record.id,))
    whose = f"{record.department}{record.year}年"
    money = first(assistant.figures(scope), MONEY)
    if money:
        yield f"{whose}{money}是多少？"
    standings = assistant.indicators(scope)
    names = [s.indicator for s in standings if len(s.indicator.name) <= LONGEST]
    reported = [i.name for i in names if i.actual and i.actual.values]
    planned = [i.name for i in names if i.target and i.target.values]
    for name in reported[:2]:
        yield f"{whose}{name}完成了多少？"
    for name in planned[:2]:
        yield f"{whose}{name}的目标值是多少？"


def first(figures: Iterable[Figure], roles: Sequence[Role]) -> str:
    """The name of the first money figure with a plain, well-known subject."""
    known = [f for f in figures if f.concept and f.quantity.values and len(f.subject) <= LONGEST]
    return next((f.subject for role in roles for f in known if f.role is role), "")
