"""Figures as they are recorded (数据登记), each once, with its place and what stands around it."""

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from hashlib import blake2s
from typing import Self

from ingest.extraction.cell_values import inside, quote_around, with_unit
from ingest.extraction.statements import Statement, StatementFinder
from ingest.language.budget_terms import Concept
from ingest.language.form_vocabulary import unit_in
from ingest.language.normalise import normalise, one_line
from ingest.language.vocabulary import Vocabulary
from ingest.tables.form_rows import RoleCell
from ingest.types.blocks import Located, Location
from ingest.types.facts import POINT_ROLES, Figure, Oddity, Quantity, Role
from ingest.types.tables import How, Told, least_sure

MAX_LENGTH_SHOWN = 60
"""Maximum number of characters of a cell that was not understood that the report shows."""


MAX_YEARS_APART = 5
"""How far a year that a sentence names may lie from that of its document to be its figures'."""
HUNDREDTH = Decimal("0.01")
_WORD = re.compile("[一-龥A-Za-z]{2}")
"""What says whose value it is has a word of two characters at least."""


@dataclass(frozen=True, slots=True)
class FigureContext:
    """What stands around a figure: the section and task it is under, and the row as a quote."""

    section: str
    task: str = ""
    quote: str = ""
    subject: str = ""
    """What is counted, where the figure stands alone; running text names its subjects itself."""
    department: str = ""
    year: int | None = None
    money_unit: str = ""
    """The unit of amounts that print none."""
    row_unit: str = ""
    """The unit that the figure's row gives for its own amounts."""
    confidence: Decimal = Decimal(1)
    """How sure it is what the columns say that the figure is read by."""
    how: How = How.WORDS

    def told_by(self, *cells: RoleCell | None) -> Self:
        """The same around a figure that is also read by the columns of these cells."""
        readings: list[Told] = [self, *(cell for cell in cells if cell)]
        least = least_sure(readings)
        return replace(self, confidence=least.confidence, how=least.how)


@dataclass(slots=True)
class FigureRecorder:
    """The figures of one document in reading order, each recorded once."""

    document_id: str
    vocabulary: Vocabulary
    figures: list[Figure] = field(default_factory=list)
    oddities: list[Oddity] = field(default_factory=list)
    rules: list[Location] = field(default_factory=list)
    """Where numbers stand that are rules: understood, though figures of nobody."""
    _seen: set[str] = field(default_factory=set)

    def text(self, text: Located, role: Role | None, around: FigureContext) -> list[Statement]:
        """Records the figures stated in running text; `role` as `StatementFinder.find` takes it."""
        raw = text.text
        finder = StatementFinder(self.vocabulary)
        found = finder.find(raw, role=role, section=around.section)
        self.rules.extend(text.locate(one.start, one.end) for one in found if one.is_rule)
        stated = [one for one in found if not one.is_rule]
        for item in stated:
            concept = self.vocabulary.terms.find(item.concept) if item.concept else None
            around = self._named_in(raw[slice(*item.sentence)], around)
            here = replace(
                around,
                quote=quote_around(raw, item.sentence, item.start, item.end),
                subject=item.subject or around.subject,
                year=_year_of(item, around.year),
            )
            if item.confidence < here.confidence:
                sure = Decimal(item.confidence).quantize(HUNDREDTH)
                here = replace(here, confidence=sure, how=How.MEANING)
            if item.is_cut and not around.subject:
                sure = min(here.confidence, self.vocabulary.confidence.contents.cut)
                here = replace(here, confidence=sure, how=How.CONTENTS)
            self.figure(text, (item.start, item.end), item.role, item.quantity, here, concept)
        return stated

    def _named_in(self, sentence: str, around: FigureContext) -> FigureContext:
        """What stands around a sentence that opens with a project's name, as those after it."""
        project = StatementFinder(self.vocabulary).project_in(sentence)
        if not project or project == around.task:
            return around
        parts = [p for p in around.section.split(" / ") if p and p != around.task]
        return replace(around, task=project, section=" / ".join([*parts, project]))

    def value(
        self, cell: RoleCell, role: Role, around: FigureContext, concept: Concept | None
    ) -> None:
        """Records a cell that should hold one value; anything else is an oddity."""
        text = cell.cell.text
        if cell.content.is_placeholder:
            return
        around = around.told_by(cell)
        quantity = cell.content.value
        if quantity:
            counted = self.vocabulary.units.in_brackets(cell.head)
            unit = around.row_unit or unit_in(cell.head) or around.money_unit
            if role is Role.RATE:
                unit = "%" if "%" in normalise(cell.head) else ""
            elif counted and not quantity.unit and role not in POINT_ROLES:
                quantity = replace(quantity, unit=counted)
            quantity = with_unit(quantity, role, unit)
            self.figure(cell.cell, inside(text), role, quantity, around, concept)
        elif cell.content.quantities:
            self.text(cell.cell, role, around)
        elif role is not Role.FUND and role not in POINT_ROLES:
            reason = f"“{around.subject}”不是数值"
            self.oddities.append(
                Oddity(one_line(text)[:MAX_LENGTH_SHOWN], reason, cell.cell.location)
            )

    def figure(
        self,
        text: Located,
        span: tuple[int, int],
        role: Role,
        quantity: Quantity,
        around: FigureContext,
        concept: Concept | None = None,
    ) -> None:
        """Records the value printed in the characters `span` of a text, unless it is already."""
        location = text.locate(*span)
        identity = self.identify(location, span[0], role.value, around.subject)
        if identity in self._seen:
            return
        self._seen.add(identity)
        if not concept and self._is_nameless(around):
            sure = self.vocabulary.confidence.contents.nameless
            around = replace(around, confidence=min(around.confidence, sure), how=How.CONTENTS)
        self.figures.append(
            Figure(
                id=identity,
                document_id=self.document_id,
                department=around.department,
                year=around.year,
                section=around.section,
                subject=one_line(around.subject),
                concept=concept.name if concept else "",
                role=role,
                quantity=quantity,
                location=location,
                quote=around.quote,
                task=around.task,
                confidence=around.confidence,
                how=around.how,
            )
        )

    def _is_nameless(self, around: FigureContext) -> bool:
        """Whether nothing says whose value it is: neither words of its own nor a heading that is
        more than a block's name (一、存在问题)."""
        if around.subject:
            return not _WORD.search(around.subject)
        heading = around.section.rpartition(" / ")[2]
        named = _WORD.search(heading) and not self.vocabulary.read(heading).section
        return not named

    def ids_since(self, count: int) -> tuple[str, ...]:
        """The ids of the figures recorded after the first `count`."""
        return tuple(figure.id for figure in self.figures[count:])

    def identify(self, location: Location, start: int, *names: str) -> str:
        """An id that is the same whenever the same document is read."""
        key = repr((self.document_id, location, start, *names))
        return blake2s(key.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _year_of(item: Statement, year: int | None) -> int | None:
    """The year of a stated figure in a document of a year."""
    if year is None:
        return item.year
    if item.year is None:
        return year - 1 if item.year_before else year
    return item.year if abs(item.year - year) <= MAX_YEARS_APART else year
