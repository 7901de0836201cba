"""Totals against their parts, and the budget before and after adjustment (加总核对, D11)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.audit.dossier import (
    Account,
    DraftFinding,
    Sheet,
    is_money,
    rows,
    sources,
    whole,
)
from assistant.audit.rounding import slack
from assistant.audit.vocabulary import AuditVocabulary
from assistant.grounding.calculations import Term, UnitMismatch, difference, term, total
from assistant.language.numbers import convert, plain
from assistant.language.wording import quoted, value
from assistant.types import Calculation, Severity
from ingest.types.budget_terms import BudgetTerm
from ingest.types.facts import Figure

ADJUSTMENT_TERMS = (BudgetTerm.INITIAL_BUDGET, BudgetTerm.FINAL_BUDGET, BudgetTerm.ADJUSTMENT)
"""The budget before, the budget after, and by how much it was adjusted."""
_OF_WHICH = re.compile(r"^\W*其中")


@dataclass(frozen=True, slots=True)
class SumCheck:
    """A printed total beside what its parts add up to; `gap` is total − sum, in its unit."""

    whole: Figure
    parts: tuple[Figure, ...]
    calculation: Calculation
    gap: Decimal
    allowed: Decimal

    @property
    def agrees(self) -> bool:
        """Whether the parts make up the total, rounding aside."""
        return abs(self.gap) <= self.allowed

    def if_total_holds(self) -> Iterator[tuple[Figure, Calculation]]:
        """What each part would be if the total and the other parts are right."""
        unit = self.calculation.unit
        for part in self.parts:
            rest = Term(self.calculation.result - _in(part, unit), unit)
            yield part, difference(term(self.whole), rest)


def add_up(whole_figure: Figure, parts: Sequence[Figure], tolerance: Decimal) -> SumCheck | None:
    """Whether the parts make up the total; None where they are not in comparable units.

    `tolerance` is the pack's `[tolerance] amount`: a difference up to it is none.
    """
    try:
        calculation = total([term(part) for part in parts])
    except UnitMismatch:
        return None
    unit = whole_figure.quantity.unit
    result = convert(calculation.result, calculation.unit, unit)
    if result is None:
        return None
    gap = whole_figure.quantity.values[0] - result
    allowed = slack([whole_figure, *parts], unit, least=tolerance)
    return SumCheck(whole_figure, tuple(parts), calculation, gap, allowed)


# -- rows of a table of funds ----------------------------------------------------------------------


def column_parts(
    whole_figure: Figure, figures: Sequence[Figure], totals: re.Pattern[str]
) -> list[Figure]:
    """The rows of a total's own column; none where the figure is no total of amounts."""
    lead = totals.match(whole_figure.subject)
    head = whole_figure.subject[lead.end() :] if lead else ""
    money = is_money(whole_figure) and whole_figure.quantity.unit.endswith("元")
    if not head or not money:
        return []
    parts = [f for f in figures if _same_column(f, whole_figure, head, totals)]
    task = whole_figure.task
    return [f for f in parts if f.task == task] if task else parts


def columns(
    figures: Sequence[Figure], words: AuditVocabulary, tolerance: Decimal
) -> Iterator[SumCheck]:
    """Each total of a table of funds with the rows of its own column."""
    for figure in figures:
        if words.subtotals.match(figure.subject):
            continue
        parts = column_parts(figure, figures, words.totals)
        # A table of funds may have one source filled in; any other total needs two parts.
        if len(parts) >= (1 if figure.task else 2) and (check := add_up(figure, parts, tolerance)):
            yield check


def check_columns(
    sheet: Sheet, words: AuditVocabulary, tolerance: Decimal
) -> Iterator[DraftFinding]:
    """Totals that the rows above them do not make up (D11)."""
    for check in columns(sheet.figures, words, tolerance):
        if check.agrees or any(fits(check, tolerance) for fits in (_nested, _twice, _tiered)):
            continue
        yield _not_adding_up(check)


def _same_column(figure: Figure, total_row: Figure, head: str, totals: re.Pattern[str]) -> bool:
    """Whether a figure is a part of the total: its own row, in the same table and column."""
    if (
        figure.id == total_row.id
        or figure.document_id != total_row.document_id
        or figure.role is not total_row.role
        or not is_money(figure)
        or totals.match(figure.subject)
        or not figure.subject.endswith(head)
    ):
        return False
    a, b = figure.location, total_row.location
    if a.row is None or b.row is None:
        return figure.section == total_row.section and _lined(figure) and _lined(total_row)
    return a.column == b.column and _one_table(figure, total_row)


def _one_table(figure: Figure, total_row: Figure) -> bool:
    """Whether both stand in one table, which may begin on the page before."""
    a, b = figure.location, total_row.location
    if (a.sheet, a.page, a.table) == (b.sheet, b.page, b.table):
        return True
    above = a.page is not None and b.page is not None and a.page == b.page - 1
    return above and figure.section.startswith(total_row.section)


def _lined(figure: Figure) -> bool:
    return " | " in figure.quote


def _nested(check: SumCheck, tolerance: Decimal) -> bool:
    """Whether leaving out rows that are parts of other rows (其中：…) makes the total."""
    parts = list(check.parts)
    for start in range(1, len(parts)):
        if not _OF_WHICH.match(parts[start].quote):
            continue
        for end in range(start + 1, len(parts) + 1):
            rest = [*parts[:start], *parts[end:]]
            check_of_rest = add_up(check.whole, rest, tolerance) if rest else None
            if check_of_rest is not None and check_of_rest.agrees:
                return True
    return False


def _tiered(check: SumCheck, tolerance: Decimal) -> bool:
    """Whether the rows make the total once those are left out that a row above them sums up."""
    parts, kept = list(check.parts), []
    while parts:
        head, *parts = parts
        kept.append(head)
        for size in range(2, len(parts) + 1):
            below = add_up(head, parts[:size], tolerance)
            if below is not None and below.agrees:
                del parts[:size]
                break
    rest = add_up(check.whole, kept, tolerance)
    return rest is not None and rest.agrees


def _twice(check: SumCheck, tolerance: Decimal) -> bool:
    """Whether the rows make the total twice: once by kind of spending, once by source of money."""
    for cut in range(1, len(check.parts)):
        halves = [
            add_up(check.whole, parts, tolerance)
            for parts in (check.parts[:cut], check.parts[cut:])
        ]
        if all(half is not None and half.agrees for half in halves):
            return True
    return False


def _not_adding_up(check: SumCheck) -> DraftFinding:
    figure, unit = check.whole, check.whole.quantity.unit
    about = quoted(figure.task) if figure.task else ""
    names = "、".join(f"{item(part, figure)}{value(part.quantity)}" for part in check.parts)
    text = (
        f"{about}{figure.subject}填报为{value(figure.quantity)}，分项{names}相加为"
        f"{plain(check.calculation.result)}{check.calculation.unit}，相差{plain(abs(check.gap))}{unit}，"
        "疑似填报有误，建议核实"
    )
    gap = difference(term(figure), Term(check.calculation.result, check.calculation.unit))
    candidates = [
        f"如各分项无误，合计应为{plain(check.calculation.result)}{check.calculation.unit}",
        f"相差：{gap.formula}",
    ]
    for part, should in check.if_total_holds():
        candidates.append(
            f"如合计无误，{item(part, figure)}应为{plain(should.result)}{should.unit}"
            f"（{should.formula}）"
        )
    # A single source below the total may be all that was read; above it, it cannot be right.
    sure = len(check.parts) > 1 or check.gap < 0
    severity = Severity.ERROR if sure else Severity.WARNING
    return DraftFinding(
        "D11",
        severity,
        text + "。",
        sources([figure, *check.parts]),
        check.calculation.formula,
        tuple(candidates),
        figure.subject,
    )


def item(part: Figure, whole_figure: Figure) -> str:
    """What a part of a total is called: its task, or its own name."""
    return part.task if part.task and part.task != whole_figure.task else part.subject


def _in(part: Figure, unit: str) -> Decimal:
    converted = convert(part.quantity.values[0], part.quantity.unit or unit, unit)
    return part.quantity.values[0] if converted is None else converted


# -- totals stated in a sentence -------------------------------------------------------------------


def sentence_parts(whole_figure: Figure, figures: Sequence[Figure]) -> list[Figure]:
    """The figures after a total in the same words, up to where they make it up.

    Without a sum that fits, those up to the end of the sentence.
    """
    same = [
        f
        for f in figures
        if f.document_id == whole_figure.document_id
        and f.quote == whole_figure.quote
        and f.role is whole_figure.role
        and f.quantity.unit == whole_figure.quantity.unit
        and len(f.quantity.values) == 1
    ]
    if whole_figure not in same:
        return []
    after = same[same.index(whole_figure) + 1 :]
    wanted, run = whole_figure.quantity.values[0], Decimal(0)
    for number, part in enumerate(after, 1):
        run += part.quantity.values[0]
        if run == wanted:
            return after[:number]
    return after


def check_sentences(
    sheet: Sheet, made_of: re.Pattern[str], tolerance: Decimal
) -> Iterator[DraftFinding]:
    """Totals in a sentence with parts that add up to more (D11, a suspicion): 含…、其中… ."""
    seen: set[str] = set()
    for figure in sheet.figures:
        quantity = figure.quantity
        if (
            figure.quote in seen
            or len(quantity.values) != 1
            or quantity.unit not in ("元", "万元", "亿元")
            or _lined(figure)
        ):
            continue
        end = figure.quote.find(quantity.raw) + len(quantity.raw)
        if not made_of.match(figure.quote[end:]):
            continue
        parts = sentence_parts(figure, sheet.figures)
        check = add_up(figure, parts, tolerance) if len(parts) >= 2 else None
        if check is None:
            continue
        seen.add(figure.quote)
        if check.gap < -check.allowed:
            yield DraftFinding(
                "D11",
                Severity.WARNING,
                f"{figure.subject}为{value(quantity)}，所列分项相加为{plain(check.calculation.result)}"
                f"{check.calculation.unit}，多出{plain(abs(check.gap))}{quantity.unit}，疑似分项或总数有误，"
                "建议核实。",
                sources([figure, *parts]),
                check.calculation.formula,
                (),
                figure.subject,
            )


# -- the budget before and after adjustment --------------------------------------------------------


def check_adjustment(sheet: Sheet, tolerance: Decimal) -> Iterator[DraftFinding]:
    """年初预算 + 调整额 ≠ 全年预算, in each row that prints all three (D11)."""
    seen: set[tuple[str, Decimal]] = set()
    accounts = [row for row, _ in rows(sheet)]
    tasks = dict.fromkeys(f.task for f in sheet.figures)
    for account in [*accounts, *(whole(sheet, task) for task in tasks)]:
        initial, final, adjusted = map(account.first, ADJUSTMENT_TERMS)
        if initial is None or final is None or adjusted is None or _agree(account, tolerance):
            continue
        key = (account.task, adjusted.quantity.values[0])
        if key in seen:
            continue
        seen.add(key)
        if finding := _adjustment(initial, final, adjusted, account):
            yield finding


def _agree(account: Account, tolerance: Decimal) -> bool:
    """Whether any of the printed values fit, whatever sign the adjustment is printed with."""
    for initial in account.entries[BudgetTerm.INITIAL_BUDGET]:
        for final in account.entries[BudgetTerm.FINAL_BUDGET]:
            try:
                gap = difference(term(final), term(initial))
            except UnitMismatch:
                return True
            parts = [
                f
                for f in account.entries[BudgetTerm.ADJUSTMENT]
                if convert(Decimal(1), f.quantity.unit, gap.unit)
            ]
            allowed = slack([initial, final, *parts], gap.unit, least=tolerance)
            changes = [_in(f, gap.unit) for f in parts]
            sums = {sum(changes, Decimal(0)), *changes}
            if len(changes) == 2:
                sums |= {changes[0] - changes[1], changes[1] - changes[0]}
            if any(abs(abs(t) - abs(gap.result)) <= allowed for t in sums):
                return True
    return False


def _adjustment(
    initial: Figure, final: Figure, adjusted: Figure, account: Account
) -> DraftFinding | None:
    try:
        forward = total([term(initial), term(adjusted)])
        backward = difference(term(final), term(initial))
        gap = difference(term(final), Term(forward.result, forward.unit))
    except UnitMismatch:
        return None
    unit = forward.unit
    several = any(
        len({f.quantity.values for f in account.entries[t]}) > 1 for t in ADJUSTMENT_TERMS
    )
    about = quoted(account.task) if account.task else ""
    text = (
        f"{about}{initial.subject}{value(initial.quantity)}加{adjusted.subject}"
        f"{value(adjusted.quantity)}等于{plain(forward.result)}{unit}，与{final.subject}"
        f"{value(final.quantity)}相差{plain(abs(gap.result))}{unit}，勾稽不符，"
        "疑似其中一项填报有误，建议核实。"
    )
    return DraftFinding(
        "D11",
        Severity.WARNING if several else Severity.ERROR,
        text,
        sources([initial, adjusted, final]),
        forward.formula,
        (
            f"如年初预算和全年预算无误，调整额应为{plain(backward.result)}{unit}"
            f"（{backward.formula}）",
            f"如年初预算和调整额无误，全年预算应为{plain(forward.result)}{unit}"
            f"（{forward.formula}）",
            f"相差：{gap.formula}",
        ),
        adjusted.subject,
    )


def check_overspent(sheet: Sheet, tolerance: Decimal) -> Iterator[DraftFinding]:
    """More spent than the budget of the same row (D11, a suspicion)."""
    seen: set[tuple[str, Decimal]] = set()
    tasks = dict.fromkeys(f.task for f in sheet.figures)
    for account in [*(row for row, _ in rows(sheet)), *(whole(sheet, task) for task in tasks)]:
        spent, final = account.first(BudgetTerm.SPENDING), account.first(BudgetTerm.FINAL_BUDGET)
        if spent is None or final is None:
            continue
        try:
            excess = difference(term(spent), term(final))
        except UnitMismatch:
            continue
        key = (account.task, spent.quantity.values[0])
        if excess.result <= slack([spent, final], excess.unit, least=tolerance) or key in seen:
            continue
        seen.add(key)
        about = quoted(account.task) if account.task else ""
        yield DraftFinding(
            "D11",
            Severity.WARNING,
            f"{about}{spent.subject}{value(spent.quantity)}大于{final.subject}"
            f"{value(final.quantity)}，多{plain(excess.result)}{excess.unit}，建议核实。",
            sources([spent, final]),
            excess.formula,
            (),
            spent.subject,
        )
