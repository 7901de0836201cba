"""The parts of an answer, one for each thing that is asked, joined to one (分问合答)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from assistant.grounding.citations import Source, Statement
from assistant.grounding.composition import NOTHING_FOUND, Composition, refuse
from assistant.types import State
from ingest.types.blocks import Form

NOT_FOUND = "没有找到能够回答“{}”的数据。"
ONLY_ONE_FORM = "这一问只查了{}，选全部表种再问，会查全部文件。"
_MARKS = "，。、；？！,;?! "
_TELLING = (State.ANSWERED, State.HELPED, State.QUOTED, State.ASKED_BACK, State.REFUSED)
"""The state of a whole answer is that of the part that tells most."""


def sources_of(answer: Composition) -> Sequence[Source]:
    """What an answer rests on; nothing where it only shows what is near."""
    if answer.state is not State.ANSWERED:
        return ()
    return [source for statement in answer.statements for source in statement.sources]


def named(parts: Sequence[Composition], asked: Sequence[str]) -> Iterator[Composition]:
    """The parts of an answer; of what found nothing beside them it is said what was asked."""
    several = len(parts) > 1 and any(not part.abstained for part in parts)
    for part, question in zip(parts, asked, strict=True):
        nothing = several and part.statements == refuse(NOTHING_FOUND).statements
        yield refuse(NOT_FOUND.format(question.strip(_MARKS))) if nothing else part


def told_once(parts: Iterable[Composition]) -> list[Composition]:
    """The parts of an answer without those that another one tells as well.

    谁更高？相差多少？ is one question in two sentences, and a row may tell what two parts ask.
    """
    told: list[Composition] = []
    for part in parts:
        if any(_tells(one, part) for one in told):
            continue
        told = [*(one for one in told if not _tells(part, one)), part]
    return told


def _tells(one: Composition, other: Composition) -> bool:
    """Whether an answer tells all that another does: the same words, or values at their places."""
    if {*other.statements} <= {*one.statements}:
        return True
    plain = not other.calculations and not other.blocks
    places = {(s.document_id, s.location, s.figure_ids) for s in sources_of(one)}
    others = {(s.document_id, s.location, s.figure_ids) for s in sources_of(other) if s.figure_ids}
    bare = any(source.figure_ids == () for source in sources_of(other))
    return plain and bool(others) and not bare and others <= places


def with_notice(answer: Composition, notice: str) -> Composition:
    """The answer, and what of the question it leaves out."""
    return replace(answer, statements=(*answer.statements, Statement(notice)))


def joined(parts: Sequence[Composition], form: Form | None) -> Composition:
    """The parts of an answer, one per line; their offers only if all of them abstain."""
    state = min((part.state for part in parts), key=_TELLING.index, default=State.REFUSED)
    statements: list[Statement] = []
    for part in parts:
        statements += [
            *part.statements,
            *(part.offers if state.abstains else ()),
            Statement("\n"),
        ]
    if form and not any(statement.sources for statement in statements):
        statements.append(Statement(ONLY_ONE_FORM.format(form)))
    telling = [part for part in parts if not part.abstained]
    return Composition(
        tuple(statements),
        tuple(calculation for part in parts for calculation in part.calculations),
        state,
        blocks=tuple(block for part in parts for block in part.blocks),
        confidence=min((part.confidence for part in telling), default=Decimal(0)),
        doubts=tuple(dict.fromkeys(doubt for part in parts for doubt in part.doubts)),
        suggestions=tuple(dict.fromkeys(one for part in parts for one in part.suggestions)),
    )
