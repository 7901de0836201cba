"""Figures as they are recorded (数据登记): whose they are, what stands around them, their place."""

from dataclasses import dataclass, field, replace
from hashlib import blake2s

from ingest.extraction.cell_values import POINTS, inside, quote_around, with_unit
from ingest.extraction.statements import Statement, find_statements, project_told
from ingest.language.budget_terms import Concept, find_concept
from ingest.language.form_vocabulary import is_placeholder, section_name, unit_announced, unit_in
from ingest.language.normalise import normalise, one_line
from ingest.language.quantities import find_quantities, parse_value
from ingest.tables.rows import RoleCell
from ingest.types.blocks import Located, Location
from ingest.types.facts import Figure, Oddity, Quantity, Role


@dataclass(frozen=True, slots=True)
class Ownership:
    """Whose facts are being read: the same for all of a document.

    `money_unit` is the unit that the form's head gives for all its amounts (单位：万元).
    """

    document_id: str
    department: str
    year: int | None
    money_unit: str = ""


@dataclass(frozen=True, slots=True)
class FigureContext:
    """What stands around a figure: the section and task it is under, and the row as a quote.

    `department` is set in tables over many departments, `subject` names figures that stand alone.
    """

    section: str
    task: str = ""
    quote: str = ""
    department: str = ""
    subject: str = ""
    year: int | None = None
    """The year of a column over its head (2021年决算数), where it is another than the form's."""


@dataclass(slots=True)
class FigureRecorder:
    """The figures of one document in reading order, each recorded once."""

    whose: Ownership
    figures: list[Figure] = field(default_factory=list)
    oddities: list[Oddity] = field(default_factory=list)
    project: str = ""
    """The project that the table being read is about."""
    heading: str = ""
    """The headings above the table being read."""
    planned: bool = False
    """Whether the document sets targets and reports no results."""
    summary: bool = False
    """Whether the document lists the departments of a place."""
    topic: str = ""
    """The budget term that the whole document is about (“三公”经费决算表), where it names one."""
    _seen: set[str] = field(default_factory=set)

    def announce(self, text: str) -> None:
        """Takes the unit that a line gives for the amounts below it."""
        if unit := unit_announced(text):
            self.whose = replace(self.whose, money_unit=unit)

    def text(self, text: Located, role: Role, around: FigureContext) -> list[Statement]:
        """Records the figures stated in running text."""
        raw = text.text
        stated = find_statements(raw, role=role)
        for item in stated:
            concept = find_concept(item.concept) if item.concept else None
            around = self._told_of(raw[slice(*item.sentence)], around)
            here = replace(
                around,
                quote=quote_around(raw, item.sentence, item.start, item.end),
                subject=item.subject or around.subject,
            )
            self._figure(text, (item.start, item.end), item.role, item.quantity, here, concept)
        return stated

    def _told_of(self, sentence: str, around: FigureContext) -> FigureContext:
        """What stands around a sentence that opens with a project's name, as those after it."""
        project = project_told(sentence)
        if not project or project == around.task:
            return around
        parts = [p for p in around.section.split(" / ") if p and p != around.task]
        return replace(around, task=project, section=" / ".join([*parts, project]))

    def section(self, block: str, *parts: str) -> str:
        """The path of headings, form block, task and indicator that a figure stands under."""
        names = [self.heading or section_name(block), *parts]
        return " / ".join(dict.fromkeys(n for n in names if n))

    def _value(
        self, cell: RoleCell, role: Role, around: FigureContext, concept: Concept | None
    ) -> None:
        """Records a cell that should hold one value; anything else is told as not understood."""
        text = cell.cell.text
        if is_placeholder(text):
            return
        quantity = parse_value(text)
        if quantity:
            unit = unit_in(cell.head) or self.whose.money_unit
            if role is Role.RATE:
                unit = "%" if "%" in normalise(cell.head) else ""
            quantity = with_unit(quantity, role, unit)
            self._figure(cell.cell, inside(text), role, quantity, around, concept)
        elif find_quantities(text):
            self.text(cell.cell, role, around)
        elif role is not Role.FUND and role not in POINTS:
            reason = f"“{around.subject}”不是数值"
            self.oddities.append(Oddity(one_line(text)[:60], reason, cell.cell.location))

    def _figure(
        self,
        text: Located,
        span: tuple[int, int],
        role: Role,
        quantity: Quantity,
        around: FigureContext,
        concept: Concept | None = None,
    ) -> None:
        location = text.locate(*span)
        identity = self._id(location, span[0], role.value, around.subject)
        if identity in self._seen:
            return
        self._seen.add(identity)
        self.figures.append(
            Figure(
                id=identity,
                document_id=self.whose.document_id,
                department=around.department or self.whose.department,
                year=around.year or self.whose.year,
                section=around.section,
                subject=one_line(around.subject),
                concept=concept.name if concept else "",
                role=role,
                quantity=quantity,
                location=location,
                quote=around.quote,
                task=around.task,
            )
        )

    def _id(self, location: Location, start: int, *names: str) -> str:
        key = repr((self.whose.document_id, location, start, *names))
        return blake2s(key.encode("utf-8", "replace"), digest_size=8).hexdigest()
