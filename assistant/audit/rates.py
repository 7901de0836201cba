"""Rates against the amounts they are computed from (比率核对, D10)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import permutations, product
from typing import Any

from assistant.audit.dossier import Account, DraftFinding, Sheet, rows, sources, whole
from assistant.audit.rounding import half, ratio_agrees
from assistant.grounding.calculations import (
    Term,
    UnitMismatch,
    difference,
    rate,
    rounded,
    term,
    total,
)
from assistant.language.numbers import convert, plain
from assistant.language.wording import quoted, value
from assistant.types import Calculation, Severity
from ingest.language.years import find_years
from ingest.types.facts import Figure, Role

Formulas = Mapping[str, Mapping[str, Any]]
_JOIN = re.compile(r"([+−-])")
DECIMAL_SLIPS = ((Decimal(100), "100"), (Decimal(10_000), "10000"))
"""Slips of the decimal point that forms show: a ratio printed with a percent sign, 元 for 万元."""


@dataclass(frozen=True, slots=True)
class Operand:
    """One side of a ratio: a printed amount, or the sum or difference of two."""

    name: str
    figures: tuple[Figure, ...]
    value: Decimal
    unit: str

    @property
    def term(self) -> Term:
        """The operand as a term of a calculation, a sum or difference in brackets."""
        compound = len(self.figures) > 1
        return Term(
            self.value, self.unit, self.figures[0].id, f"（{self.name}）" if compound else ""
        )

    @property
    def off(self) -> Decimal:
        """How far the value may be off by rounding, in its unit."""
        return sum((half(figure, self.unit) for figure in self.figures), Decimal(0))


@dataclass(frozen=True, slots=True)
class Basis:
    """One admissible reading of a rate: numerator ÷ denominator with its result."""

    top: Operand
    bottom: Operand
    calculation: Calculation
    agrees: bool

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures that it is computed from."""
        return (*self.top.figures, *self.bottom.figures)

    @property
    def shown(self) -> str:
        """The reading in words, with its formula."""
        return f"{self.top.name}÷{self.bottom.name}：{self.calculation.formula}"


@dataclass(frozen=True, slots=True)
class RateCheck:
    """A rate with all its admissible readings, the usual one first; `reported` None if unprinted.

    `certain`: each amount is printed with one value only where it was looked for.
    """

    name: str
    reported: Figure | None
    bases: tuple[Basis, ...]
    certain: bool
    slip: Basis | None = None

    @property
    def agrees(self) -> bool:
        """Whether one of the readings gives the reported rate."""
        return any(basis.agrees for basis in self.bases)


def recompute(
    name: str,
    pool: Account,
    formulas: Formulas,
    *,
    reported: Figure | None,
    amounts: Sequence[Figure] = (),
) -> RateCheck | None:
    """A rate by each admissible formula over the printed amounts; None where there are none."""
    formula = formulas.get(name, {})
    if "numerator" not in formula:
        return None
    tops = [formula["numerator"], *formula.get("other_numerators", ())]
    bases: list[Basis] = []
    certain = True
    for top_name, bottom_name in product(tops, formula["denominators"]):
        for top in _operands(top_name, pool):
            for bottom in _operands(bottom_name, pool):
                if basis := _basis(top, bottom, reported):
                    bases.append(basis)
        certain &= _single(top_name, pool) and _single(bottom_name, pool)
    bases = list({basis.calculation.formula: basis for basis in bases}.values())
    if not bases:
        return None
    slip = None
    if reported is not None and not any(basis.agrees for basis in bases):
        slip = _slip(reported, amounts, {basis.calculation.result for basis in bases})
    return RateCheck(name, reported, tuple(bases), certain, slip)


def check_rates(sheet: Sheet, formulas: Formulas) -> Iterator[DraftFinding]:
    """Every printed rate that no admissible formula over the printed amounts gives (D10)."""
    seen: set[tuple[str, str, Decimal]] = set()
    for row, figures in rows(sheet):
        for name, rates in row.entries.items():
            for reported in rates:
                key = (name, reported.task, reported.quantity.values[0])
                if reported.role is not Role.RATE or key in seen or _elsewhere(reported):
                    continue
                check = _check(name, reported, row, figures, sheet, formulas)
                if check is None or check.agrees:
                    continue
                seen.add(key)
                slip = unit_slip(check)
                yield slip if slip is not None else rate_finding(check)


def _check(
    name: str,
    reported: Figure,
    row: Account,
    figures: Sequence[Figure],
    sheet: Sheet,
    formulas: Formulas,
) -> RateCheck | None:
    """The rate by the amounts of its own row, else by those of the department or task."""
    check = recompute(name, row, formulas, reported=reported, amounts=figures)
    if check is not None or not reported.concept:
        return check
    pool = whole(sheet, reported.task)
    block = reported.section.split(" / ")[0]
    amounts = [
        f
        for entries in pool.entries.values()
        for f in entries
        if f.section.split(" / ")[0] == block
    ]
    return recompute(name, pool, formulas, reported=reported, amounts=amounts)


def rate_finding(check: RateCheck) -> DraftFinding:
    """The finding in words: what is printed, what each formula gives, the likely slip."""
    reported = check.reported
    assert reported is not None
    first = check.bases[0]
    printed = value(reported.quantity)
    about = quoted(reported.task) if reported.task else ""
    text = (
        f"{about}{reported.subject}填报为{printed}，按{first.top.name}÷{first.bottom.name}计算为"
        f"{plain(first.calculation.result)}%，两者不一致，疑似填报有误，建议核实"
    )
    candidates = [basis.shown for basis in check.bases]
    used = [reported, *first.figures]
    if check.slip is not None:
        text += (
            f"；填报数恰等于{check.slip.top.name}÷{check.slip.bottom.name}"
            f"（{check.slip.calculation.formula}），疑似取数有误"
        )
        candidates.append(f"疑似取数：{check.slip.shown}")
        used += check.slip.figures
    if factor := _factor(reported, check.bases):
        text += f"；{factor}"
        candidates.append(factor)
    used += [f for basis in check.bases[1:] for f in basis.figures]
    return DraftFinding(
        "D10",
        Severity.ERROR if check.certain else Severity.WARNING,
        text + "。",
        sources(used),
        first.calculation.formula,
        tuple(dict.fromkeys(candidates)),
        reported.subject,
    )


def unit_slip(check: RateCheck) -> DraftFinding | None:
    """D23: the rate fits once the two amounts are taken to be in one unit: 元 for 万元."""
    reported = check.reported
    assert reported is not None
    for basis in check.bases:
        top, bottom = basis.top, basis.bottom
        if top.unit == bottom.unit or len(basis.figures) != 2:
            continue
        read_alike = tuple(
            replace(f, quantity=replace(f.quantity, unit=top.unit)) for f in bottom.figures
        )
        bottom_of_one_unit = Operand(bottom.name, read_alike, bottom.value, top.unit)
        basis_of_one_unit = _basis(top, bottom_of_one_unit, reported)
        if basis_of_one_unit is None or not basis_of_one_unit.agrees:
            continue
        small, large = sorted((top, bottom), key=lambda o: o.unit.startswith(("万", "亿")))
        about = quoted(reported.task) if reported.task else ""
        return DraftFinding(
            "D23",
            Severity.ERROR,
            f"{about}{small.name}写作{value(small.figures[0].quantity)}，{large.name}为"
            f"{value(large.figures[0].quantity)}，按填报的{reported.subject}"
            f"{value(reported.quantity)}推算两者单位应相同，疑似单位写错，建议核实。",
            sources([*basis.figures, reported]),
            basis_of_one_unit.calculation.formula,
            (f"应为{plain(small.value)}{large.unit}", f"应为{plain(large.value)}{small.unit}"),
            small.name,
        )
    return None


def _operands(expression: str, pool: Account) -> list[Operand]:
    """The values of 全年预算数, or of 年初预算数+年度调整额, one for each printed value."""
    names = _JOIN.split(expression)
    choices = [_distinct(pool.entries.get(name, ())) for name in names[::2]]
    if not all(choices):
        return []
    operands: list[Operand] = []
    for figures in product(*choices):
        try:
            terms = [term(figure) for figure in figures]
            if len(terms) == 1:
                result, unit = terms[0].value, terms[0].unit
            else:
                add = names[1] == "+"
                calculation = total(terms) if add else difference(terms[0], terms[1])
                result, unit = calculation.result, calculation.unit
        except UnitMismatch:
            continue
        name = figures[0].subject if len(figures) == 1 else expression.replace("-", "−")
        operands.append(Operand(name, figures, result, unit))
    return operands


def _distinct(figures: Sequence[Figure]) -> list[Figure]:
    """One figure of each printed value."""
    return list({(f.quantity.values[0], f.quantity.unit): f for f in reversed(figures)}.values())[
        ::-1
    ]


def _single(expression: str, pool: Account) -> bool:
    return all(len(_distinct(pool.entries.get(n, ()))) <= 1 for n in _JOIN.split(expression)[::2])


def _basis(top: Operand, bottom: Operand, reported: Figure | None) -> Basis | None:
    try:
        calculation = rate(
            Term(abs(top.value), top.unit, top.term.figure_id, top.term.name), bottom.term
        )
    except UnitMismatch:
        return None
    agrees = False
    if reported is not None:
        whole_value = convert(bottom.value, bottom.unit, top.unit)
        whole_off = convert(bottom.off, bottom.unit, top.unit)
        if whole_value is not None and whole_off is not None:
            agrees = ratio_agrees(
                reported.quantity,
                top.value,
                whole_value,
                part_off=top.off,
                whole_off=whole_off,
            )
    return Basis(top, bottom, calculation, agrees)


def _slip(reported: Figure, amounts: Sequence[Figure], known: set[Decimal]) -> Basis | None:
    """Two other amounts whose ratio is the reported rate to the last place: the likely slip."""
    printed = abs(reported.quantity.values[0])
    money = {f.quantity.values[0]: f for f in amounts if f.quantity.unit.endswith("元")}
    for a, b in permutations(money.values(), 2):
        top = Operand(a.subject, (a,), a.quantity.values[0], a.quantity.unit)
        bottom = Operand(b.subject, (b,), b.quantity.values[0], b.quantity.unit)
        basis = _basis(top, bottom, None)
        if (
            basis
            and basis.calculation.result == rounded(printed)
            and basis.calculation.result not in known
        ):
            return basis
    return None


def _factor(reported: Figure, bases: Sequence[Basis]) -> str:
    """A slip of the decimal point in words, "" where there is none."""
    printed = abs(reported.quantity.values[0])
    if not printed:
        return ""
    for basis, (factor, name) in product(bases, DECIMAL_SLIPS):
        result = abs(basis.calculation.result)
        allowed = Decimal("0.5") * Decimal(1).scaleb(_exponent(reported))
        if abs(result / factor - printed) <= allowed and result:
            return (
                f"疑似把小数比值直接加了百分号（{plain(basis.calculation.result)}%写成{plain(printed)}%，"
                f"相差{name}倍）"
            )
        if abs(result * factor - printed) <= allowed * factor:
            return f"疑似多乘了{name}（{plain(basis.calculation.result)}%写成{plain(printed)}%）"
    return ""


def _exponent(reported: Figure) -> int:
    exponent = reported.quantity.values[0].as_tuple().exponent
    return int(exponent) if isinstance(exponent, int) else 0


def _elsewhere(figure: Figure) -> bool:
    """Whether a rate is of another year than the document's (2020年预算完成率)."""
    years = {named.year for named in find_years(figure.subject)}
    return bool(years) and figure.year not in years
