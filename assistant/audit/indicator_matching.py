"""Which stated figure is which indicator's: by names, in standard words (名称对应). Pure."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from assistant.audit.dossier import Sheet
from assistant.language.name_matching import Synonyms
from assistant.language.numbers import base, convert
from ingest.types.facts import Figure, Indicator, Quantity, Role

MIN_CHARACTERS_OF_AN_ENDING = 4
"""Minimum length of a name that is found by how a phrase ends: shorter ones end too many."""


def owner(subject: str, names: Sequence[str], synonyms: Synonyms) -> str:
    """The one of `names` (in standard words, longest first) that a phrase ends with, else ""."""
    plain = synonyms.plain(subject)
    return next(
        (
            n
            for n in names
            if plain == n or (len(n) >= MIN_CHARACTERS_OF_AN_ENDING and plain.endswith(n))
        ),
        "",
    )


def longest_first(names: Iterable[str]) -> list[str]:
    """Each name once, the longest first."""
    return sorted(set(names), key=lambda n: (-len(n), n))


def equal(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities are the same value; a unit left out agrees with any."""
    a, b = _sizes(one), _sizes(other)
    if not one.unit or not other.unit:
        return a == b or one.values == other.values
    if a == b:
        return True
    if one.approximate or other.approximate:
        return len(a) == len(b) and all(_near(x, y) for x, y in zip(a, b, strict=True))
    return False


def comparable(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities are numbers of one kind: 1支 and 24人 of one team are not."""
    if not one.values or len(one.values) != len(other.values):
        return False
    if not one.unit or not other.unit:
        return True
    return convert(Decimal(1), one.unit, other.unit) is not None


def unmatched(sheet: Sheet, role: Role) -> list[Figure]:
    """Figures of a role that stand in running text, outside the rows of indicators."""
    row_figure_ids = {id for row in sheet.indicators for id in row.figure_ids}
    return [
        f
        for f in sheet.figures
        if f.role is role and f.id not in row_figure_ids and len(f.quantity.values) == 1
    ]


def overlap(phrase: str, other: str) -> float:
    """The share of the phrase's pairs of characters that the other has."""
    pairs = {phrase[i : i + 2] for i in range(len(phrase) - 1)}
    return sum(pair in other for pair in pairs) / len(pairs) if pairs else 0.0


def row_names(rows: Iterable[Indicator], synonyms: Synonyms) -> dict[str, list[Indicator]]:
    """The rows by their names in standard words."""
    named: dict[str, list[Indicator]] = {}
    for row in rows:
        named.setdefault(synonyms.plain(row.name), []).append(row)
    return named


def _sizes(quantity: Quantity) -> tuple[Decimal, ...]:
    return tuple(base(value, quantity.unit)[0] for value in quantity.values)


def _near(a: Decimal, b: Decimal) -> bool:
    return abs(a - b) <= max(abs(a), abs(b)) / 20
