"""What the documents print of one subject, by role, best document first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from assistant.grounding.citations import Source, of_figure
from assistant.language.numbers import base, convert
from assistant.types import Match
from ingest.types.facts import Figure, Indicator, Quantity, Role

MAX_DOCUMENTS_CITED = 3
"""Maximum number of documents cited for a value that they agree on."""


_FIELDS: Mapping[Role, str] = {
    Role.TARGET: "target",
    Role.PERIOD_TARGET: "period_target",
    Role.ACTUAL: "actual",
    Role.WEIGHT: "weight",
    Role.SCORE: "score",
}


@dataclass(frozen=True, slots=True)
class PrintedValue:
    """A quantity as one document prints it."""

    quantity: Quantity
    source: Source

    @property
    def key(self) -> object:
        """Equal for two printings of the same value, whatever their wording."""
        quantity = self.quantity
        if not quantity.values:
            return quantity.qualitative or quantity.raw
        return tuple(base(v, quantity.unit) for v in quantity.values)


@dataclass(frozen=True, slots=True)
class PrintedValues:
    """All that the documents print about one subject, by role, best document first."""

    match: Match
    printings: Mapping[Role, list[PrintedValue]] = field(default_factory=dict)

    def first(self, role: Role) -> PrintedValue | None:
        """The value in the best document that prints one in this role."""
        return next(iter(self.printings.get(role, ())), None)

    def agreeing(self, role: Role) -> tuple[Source, ...]:
        """The sources that print the same value as the first, one a document, at most three."""
        first = self.first(role)
        if first is None:
            return ()
        same = [p.source for p in self.printings[role] if _same(p, first)]
        by_document: dict[str, Source] = {}
        for source in same:
            by_document.setdefault(source.document_id, source)
        return tuple(by_document.values())[:MAX_DOCUMENTS_CITED]

    def differing(self, role: Role) -> list[PrintedValue]:
        """One printing of each other value, where documents disagree."""
        first = self.first(role)
        differing: list[PrintedValue] = []
        for printing in self.printings.get(role, ()):
            if (
                first
                and _comparable(first.quantity, printing.quantity)
                and not any(_same(printing, other) for other in (first, *differing))
            ):
                differing.append(printing)
        return differing


def sheet(match: Match) -> PrintedValues:
    """The printings of a match."""
    printings: dict[Role, list[PrintedValue]] = {}
    used_ids: set[str] = set()
    for row in match.indicators:
        row_figures = [f for f in match.figures if f.id in row.figure_ids]
        used_ids.update(f.id for f in row_figures)
        for role, name in _FIELDS.items():
            quantity: Quantity | None = getattr(row, name)
            if quantity is not None and (quantity.values or role is not Role.ACTUAL):
                printings.setdefault(role, []).append(
                    PrintedValue(quantity, source_of(row, row_figures, role, quantity))
                )
    for figure in match.figures:
        if figure.id not in used_ids and (figure.quantity.values or not match.indicators):
            printings.setdefault(figure.role, []).append(
                PrintedValue(figure.quantity, of_figure(figure))
            )
    return PrintedValues(match, printings)


def source_of(row: Indicator, figures: Sequence[Figure], role: Role, quantity: Quantity) -> Source:
    """The words that print a quantity of an indicator row."""
    for figure in figures:
        if figure.role is role and figure.quantity.raw == quantity.raw:
            return of_figure(figure)
    parts = [f for f in figures if f.role is role and set(f.quantity.values) & set(quantity.values)]
    if parts:
        return of_figure(parts[0])
    return Source(row.document_id, row.location, quantity.raw, (), row.department, row.year)


def _comparable(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities measure the same thing: 1支 and 24人 of one team do not."""
    if not one.unit or not other.unit or not one.values or not other.values:
        return True
    return convert(Decimal(1), one.unit, other.unit) is not None


def _same(one: PrintedValue, other: PrintedValue) -> bool:
    """Whether two printings have the same value; a missing unit agrees with any."""
    if one.key == other.key:
        return True
    a, b = one.quantity, other.quantity
    return bool(a.values) and a.values == b.values and not (a.unit and b.unit)
