"""Target and actual cells → the values they print (目标值与完成值单元格)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ingest.extraction.statements import Statement
from ingest.language.form_vocabulary import unit_in
from ingest.language.normalise import normalise, one_line, squeeze
from ingest.language.quantities import Units
from ingest.language.vocabulary import ReadText, Vocabulary
from ingest.tables.cells import ReadCell
from ingest.tables.form_rows import FormRow, RoleCell
from ingest.types.facts import LEDGER_ROLES, POINT_ROLES, Quantity, Role
from ingest.types.tables import ColumnRole

MAX_QUOTE_LENGTH = 240
"""Maximum number of characters of the quote around a figure."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where an indicator's target stands: the characters [start, end) of a cell.

    `quantity` is None when the cell holds words.
    """

    cell: ReadCell
    quantity: Quantity | None
    start: int
    end: int


def target_of(row: FormRow, units: Units) -> Target | None:
    """The target, put together from its own columns for comparator and unit where there are any."""
    cell = row.get(ColumnRole.TARGET)
    if cell is None or cell.content.is_placeholder:
        return None
    comparator = row.text(ColumnRole.COMPARATOR)
    quantity = with_columns(cell.content.value, row, units, comparator=comparator)
    return Target(cell.cell, quantity, 0, len(cell.cell.text))


def with_columns(
    quantity: Quantity | None, row: FormRow, units: Units, *, comparator: str = ""
) -> Quantity | None:
    """A bare number put together with the unit, and comparator, of columns of their own."""
    unit = row.text(ColumnRole.UNIT) or units.in_brackets(row.text(ColumnRole.NAME))
    if quantity is None or quantity.unit or not (comparator or unit):
        return quantity
    whole = units.parse(f"{comparator}{squeeze(quantity.raw)}{unit}")
    return replace(whole, raw=quantity.raw) if whole else quantity


_BARE_TARGET = re.compile(
    r"(?:[≥≤><=]{1,2}|不低于|不少于|不超过|不高于|控制在)\s*\d[\d,.]*(?:/[一-龥]{1,3})?\s*$"
)
_WORDS_TARGET = re.compile(r"[：:]\s*(?=\S+\s*$)")


def ends_bare(text: str) -> bool:
    """Whether a text ends with a number that only its sign makes a target (≥88, ≤23.20/株)."""
    return bool(_BARE_TARGET.search(normalise(text)))


def split_target(cell: ReadCell, units: Units) -> tuple[str, Target | None]:
    """An indicator cell that also prints its target → (name, target).

    社区站开启的个案数不低于50个 → 社区站开启的个案数, ≥50个; 品牌影响力：有所提升 → 有所提升.
    """
    text = cell.text
    plain = normalise(text)
    quantities = cell.content.quantities
    if quantities:
        last = quantities[-1]
        tail = plain[last.end :].strip().removeprefix("的").rstrip("。；; ")
        name = one_line(text[: last.start].rstrip("：: ")) + one_line(tail)
        return name.strip("，,、：:"), Target(cell, last.quantity, last.start, last.end)
    bare = _BARE_TARGET.search(plain)
    if bare:
        quantity = units.parse(text[bare.start() : bare.end()])
        return one_line(text[: bare.start()]), Target(cell, quantity, bare.start(), bare.end())
    words = _WORDS_TARGET.search(text)
    if words:
        return one_line(text[: words.start()]), Target(cell, None, words.end(), len(text))
    return one_line(text), None


_SUM = re.compile(r"(?:合计|共计|总计|共|累计|平均值?达?|均值达?)[为达]?\s*$")


def main_actual(
    stated: Sequence[Statement], target: Quantity | None, text: str, vocabulary: Vocabulary
) -> Quantity | None:
    """The value an actual cell reports, out of all the figures its prose states.

    Figures of another unit than the target's are no actual value; figures that repeat the target
    are left out; parallel figures (one an area) are kept together as a list.
    """
    reported = [s for s in stated if s.role is not Role.TARGET]
    if target and target.values:
        reported = [s for s in reported if vocabulary.units.same(s.quantity, target)]
    reported = [s for s in reported if not _remains(text, s.start, vocabulary)] or reported
    if not reported:
        return None
    sums = [s for s in reported if _SUM.search(text[max(0, s.start - 4) : s.start])]
    if len(sums) == 1:
        return sums[0].quantity
    endings = {s.subject[-2:] for s in reported}
    if 1 < len(reported) == len({s.subject for s in reported}) and len(endings) == 1:
        values = tuple(s.quantity.values[0] for s in reported if s.quantity.values)
        return replace(
            reported[0].quantity, raw=text[reported[0].start : reported[-1].end], values=values
        )
    return reported[-1].quantity


_CLAUSE_END = re.compile("[，,；;。：:]")


def _remains(text: str, start: int, vocabulary: Vocabulary) -> bool:
    """Whether a number is led as what is still to be done: 其余3艘手续办理中."""
    clause = _CLAUSE_END.split(text[:start])[-1]
    return bool(vocabulary.statements.remaining.match(clause))


_SCALED = re.compile("[万亿]$")


def with_unit(quantity: Quantity, role: Role, unit: str) -> Quantity:
    """The quantity with the unit that its column or form prescribes, where it prints none."""
    if role in LEDGER_ROLES and _SCALED.search(quantity.raw):
        return replace(
            quantity, unit=f"{quantity.unit}元"
        )  # 3.2亿 of money is 元, whatever the form
    if quantity.unit:
        return quantity
    if role in POINT_ROLES:
        return replace(quantity, unit="分")
    return replace(quantity, unit=unit) if role in (*LEDGER_ROLES, Role.RATE) else quantity


def amount_role(label: ReadText, vocabulary: Vocabulary) -> Role | None:
    """What an amount under a label is that is no budget term, by how the label ends.

    >>> from ingest.language.vocabulary import default_vocabulary
    >>> vocabulary = default_vocabulary()
    >>> for label in ("拟申请预算（万元）", "工程款实际支付额", "在职人数"):
    ...     amount_role(vocabulary.read(label), vocabulary)
    <Role.BUDGET: 'budget'>
    <Role.SPENT: 'spent'>
    """
    amounts = vocabulary.forms.amounts
    if amounts.spent.search(label.key):
        return Role.SPENT
    if amounts.budget.search(label.key) or unit_in(label.text):
        return Role.BUDGET
    return None


def quote_of(texts: Iterable[str]) -> str:
    """Cells' own words set apart by bars, as a quote."""
    return " | ".join(dict.fromkeys(one_line(t) for t in texts if t.strip()))[:MAX_QUOTE_LENGTH]


def quote_around(text: str, sentence: tuple[int, int], start: int, end: int) -> str:
    """The sentence around the characters [start, end), cut so that they stay in view."""
    first, last = sentence
    if last - first > MAX_QUOTE_LENGTH:
        first = max(first, min(start - MAX_QUOTE_LENGTH // 2, last - MAX_QUOTE_LENGTH))
        last = max(end, first + MAX_QUOTE_LENGTH)
    return text[first:last].strip()


def row_quote(row: FormRow, roles: Sequence[ColumnRole] = ()) -> str:
    """A row's own words as a quote, cell by cell; only the cells of `roles` where given."""
    return quote_of(c.cell.text for c in row.cells if (c.role in roles if roles else c.fresh))


def inside(text: str) -> tuple[int, int]:
    """The span of a text without the white space around it."""
    return len(text) - len(text.lstrip()), len(text.rstrip())


_NOTED = re.compile(r"\s*\d+(?:\.\d+)?\s*分?(?=\s*[（(，,；;])")
"""Points with a note behind them: 13.75（1座推迟）."""


def points_in(cell: RoleCell | None, units: Units) -> Target | None:
    """The points that a cell holds, alone or with a note behind them."""
    whole = whole_cell(cell)
    noted = _NOTED.match(normalise(cell.cell.text)) if cell else None
    if cell is None or whole is None or noted is None:
        return whole
    start, end = inside(cell.cell.text[: noted.end()])
    return Target(cell.cell, units.parse(cell.cell.text[start:end]), start, end)


def whole_cell(cell: RoleCell | None) -> Target | None:
    """A cell that holds one value as a whole."""
    if cell is None or cell.content.is_placeholder:
        return None
    return Target(cell.cell, cell.content.value, *inside(cell.cell.text))
