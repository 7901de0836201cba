"""What a document says after corrections by hand (更正后的事实): pure, without the database.

A corrected figure keeps its place and the printed words as its quote, with a note after them that
says what stands there in the file and who set it right. Passages keep their text.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from ingest.corrections.pending import pending
from ingest.corrections.types import NOTE_OPENING, ROLE_NAMES, Aspect, Correction, Mark
from ingest.language.normalise import squeeze
from ingest.language.quantities import Units
from ingest.language.vocabulary import Vocabulary
from ingest.types.blocks import Form
from ingest.types.facts import Figure, Indicator, Passage, Quantity, Role, Task
from ingest.types.library import DocumentRecord
from ingest.types.tables import How, least_sure

Fact = TypeVar("Fact", Figure, Indicator, Task, Passage)
Latest = Mapping[Aspect, Correction]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is stored of what one document says, beside how it is listed."""

    record: DocumentRecord
    figures: tuple[Figure, ...]
    indicators: tuple[Indicator, ...]
    tasks: tuple[Task, ...]
    passages: tuple[Passage, ...]


def amended(facts: Facts, corrections: Sequence[Correction], vocabulary: Vocabulary) -> Facts:
    """The facts as read, with the corrections of this document; the latest of two holds.

    A corrected figure is certain from then on, and so is an indicator all of whose figures are.
    """
    by_figure: dict[str, dict[Aspect, Correction]] = {}
    of_facts = pending(facts.figures, facts.indicators, vocabulary.confidence)
    open_ones = [one for one in facts.record.needs_attention if one not in of_facts]
    of_document: dict[Aspect, Correction] = {}
    for one in sorted(corrections, key=lambda correction: correction.number):
        if one.mark is None:
            if fits(one, facts.record):
                of_document[one.aspect] = one
        elif figure := find(one, facts.figures):
            by_figure.setdefault(figure.id, {})[one.aspect] = one
    for id, latest in by_figure.items():
        facts = _with_figure(facts, id, latest, vocabulary)
    facts = _as_of(facts, of_document)
    waiting = pending(facts.figures, facts.indicators, vocabulary.confidence)
    if Aspect.DEPARTMENT in of_document:
        open_ones = []  # a person has said whose the document is
    record = replace(facts.record, needs_attention=(*open_ones, *waiting))
    return replace(facts, record=record)


def fits(correction: Correction, record: DocumentRecord) -> bool:
    """Whether a correction is about this version: the same bytes, or read just as wrongly."""
    same_bytes = correction.document_id == record.id
    return same_bytes or correction.old == read_of(record, correction.aspect)


def concerns(correction: Correction, facts: Facts) -> bool:
    """Whether there is in these facts, as read, what a correction sets right."""
    if correction.mark is None:
        return fits(correction, facts.record)
    return find(correction, facts.figures) is not None


def read_of(record: DocumentRecord, aspect: Aspect) -> str:
    """What the document was taken for, as a correction keeps it."""
    if aspect is Aspect.YEAR:
        return "" if record.year is None else str(record.year)
    return record.form.value if aspect is Aspect.FORM else record.department


def mark_of(figure: Figure, figures: Iterable[Figure]) -> Mark:
    """How the figure, one of `figures`, is recognised in another reading of the file."""
    alike = [f for f in figures if _key(f) == _key(figure)]
    return Mark(
        figure_id=figure.id,
        section=figure.section,
        subject=figure.subject,
        role=figure.role,
        raw=figure.quantity.raw,
        location=figure.location,
        ordinal=next(i for i, f in enumerate(alike) if f.id == figure.id),
    )


def find(correction: Correction, figures: Sequence[Figure]) -> Figure | None:
    """The figure that a correction is about, as it is read now; None if it is not there any more.

    In another version: the same value of the same thing under the same heading, or the only such
    value of that name; in the same bytes also whatever is read at its place.
    """
    mark = correction.mark
    assert mark is not None
    for figure in figures:
        if figure.id == mark.figure_id:
            return figure
    alike = [f for f in figures if _key(f) == _mark_key(mark)]
    if len(alike) > mark.ordinal:
        return alike[mark.ordinal]
    named = [f for f in figures if _key(f)[1:] == _mark_key(mark)[1:]]
    if len(named) == 1:
        return named[0]
    there = [
        f
        for f in figures
        if (f.document_id, f.location) == (correction.document_id, mark.location)
        and squeeze(f.quantity.raw) == squeeze(mark.raw)
    ]
    return there[0] if len(there) == 1 else None


def quantity_of(text: str, read: Quantity, units: Units) -> Quantity | None:
    """The value a text prints, in the unit that stood over the one `read`; words for words."""
    printed = units.parse(text)
    if printed is None:
        return None if read.values else Quantity(raw=text, qualitative=text)
    return printed if printed.unit or not printed.values else replace(printed, unit=read.unit)


def _with_figure(facts: Facts, id: str, latest: Latest, vocabulary: Vocabulary) -> Facts:
    """The facts with one figure corrected: itself, its indicator, and the quote of its row."""
    read = next(figure for figure in facts.figures if figure.id == id)
    quantity, role, subject = read.quantity, read.role, read.subject
    if (value := latest.get(Aspect.VALUE)) and not value.confirms:
        quantity = quantity_of(value.new, read.quantity, vocabulary.units) or read.quantity
    if as_role := latest.get(Aspect.ROLE):
        role = Role(as_role.new)
    concept = read.concept
    if as_subject := latest.get(Aspect.SUBJECT):
        subject = as_subject.new
        known = vocabulary.terms.find(subject)
        concept = known.name if known else ""
    new = replace(
        read,
        quantity=quantity,
        role=role,
        subject=subject,
        concept=concept,
        confidence=Decimal(1),
        how=How.PERSON,
    )
    row = (read.section, read.task, read.quote)
    beside = sum((f.section, f.task, f.quote) == row for f in facts.figures) > 1
    which = f"，指{ROLE_NAMES[read.role]}" if beside else ""
    note = f"{NOTE_OPENING}{'；'.join(one.words for one in latest.values())}{which}）"
    figures = tuple(
        replace(f, quote=f.quote + note) if (f.section, f.task, f.quote) == row else f
        for f in (new if f.id == id else f for f in facts.figures)
    )
    return replace(
        facts,
        figures=figures,
        indicators=tuple(
            _as_sure(_indicator(one, read, new, note), figures) if id in one.figure_ids else one
            for one in facts.indicators
        ),
    )


def _as_sure(row: Indicator, figures: Sequence[Figure]) -> Indicator:
    """The indicator as sure as the least certain of the values it holds, some of them corrected."""
    held = [
        figure
        for figure in figures
        if figure.id in row.figure_ids
        and (value := _value(row, figure.role))
        and _says(value, figure.quantity)
    ]
    if not held:
        return row
    least = least_sure(held)
    return replace(row, confidence=least.confidence, how=least.how)


def _indicator(row: Indicator, read: Figure, new: Figure, note: str) -> Indicator:
    """The indicator with the value of one of its figures, under the role that this has now."""
    if read.subject == row.name:
        row = replace(row, name=new.subject)
    before = _value(row, read.role)
    if before is None or not _says(before, read.quantity):
        return row
    row = replace(row, amended=row.amended + note)
    if read.role is not new.role:
        return _set(_set(row, read.role, None), new.role, new.quantity)
    text = row.actual_text.replace(read.quantity.raw, new.quantity.raw, 1)
    after = _put(before, read.quantity, new.quantity)
    row = _set(row, new.role, after)
    return replace(row, actual_text=text) if new.role is Role.ACTUAL else row


def _value(row: Indicator, role: Role) -> Quantity | None:
    held: Mapping[Role, Quantity | None] = {
        Role.TARGET: row.target,
        Role.PERIOD_TARGET: row.period_target,
        Role.ACTUAL: row.actual,
        Role.WEIGHT: row.weight,
        Role.SCORE: row.score,
    }
    return held.get(role)


def _set(row: Indicator, role: Role, value: Quantity | None) -> Indicator:
    match role:
        case Role.TARGET:
            return replace(row, target=value)
        case Role.PERIOD_TARGET:
            return replace(row, period_target=value)
        case Role.ACTUAL:
            return replace(row, actual=value, actual_text=value.raw if value else "")
        case Role.WEIGHT:
            return replace(row, weight=value)
        case Role.SCORE:
            return replace(row, score=value)
        case _:
            return row


def _says(whole: Quantity, part: Quantity) -> bool:
    return squeeze(part.raw) in squeeze(whole.raw)


def _put(whole: Quantity, old: Quantity, new: Quantity) -> Quantity:
    """A value that is the figure's, or a list in which the figure's is one."""
    if squeeze(whole.raw) == squeeze(old.raw):
        return new if new.unit else replace(new, unit=whole.unit)
    values = tuple(new.values[0] if new.values and v in old.values else v for v in whole.values)
    return replace(whole, raw=whole.raw.replace(old.raw, new.raw, 1), values=values)


def _as_of(facts: Facts, latest: Latest) -> Facts:
    """The facts under another department, year or form, where they had the document's own."""
    record = facts.record
    department = latest[Aspect.DEPARTMENT].new if Aspect.DEPARTMENT in latest else None
    year = int(latest[Aspect.YEAR].new) if Aspect.YEAR in latest else None
    form = Form(latest[Aspect.FORM].new) if Aspect.FORM in latest else record.form

    def moved(fact: Fact) -> Fact:
        if department is not None and fact.department == record.department:
            fact = replace(fact, department=department)
        return replace(fact, year=year) if year is not None and fact.year == record.year else fact

    return Facts(
        replace(
            record,
            department=record.department if department is None else department,
            year=record.year if year is None else year,
            form=form,
        ),
        tuple(moved(fact) for fact in facts.figures),
        tuple(moved(fact) for fact in facts.indicators),
        tuple(moved(fact) for fact in facts.tasks),
        tuple(moved(fact) for fact in facts.passages),
    )


def _key(figure: Figure) -> tuple[str, str, Role, str]:
    return (
        squeeze(figure.section),
        squeeze(figure.subject),
        figure.role,
        squeeze(figure.quantity.raw),
    )


def _mark_key(mark: Mark) -> tuple[str, str, Role, str]:
    return squeeze(mark.section), squeeze(mark.subject), mark.role, squeeze(mark.raw)
