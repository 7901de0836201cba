"""One document against another of the same department and year (跨文件勾稽, D27; 单位, D23)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from assistant.audit.dossier import (
    Account,
    Dossier,
    DraftFinding,
    Sheet,
    is_money,
    of_row,
    rows,
    sources,
    term_of,
    whole,
)
from assistant.audit.indicator_matching import (
    comparable,
    equal,
    longest_first,
    owner,
    row_names,
    unmatched,
)
from assistant.audit.rounding import step
from assistant.grounding.citations import Source, of_figure
from assistant.language.name_matching import Synonyms
from assistant.language.numbers import plain
from assistant.language.wording import goal, quoted, value
from assistant.types import Severity
from ingest.types.blocks import Form
from ingest.types.budget_terms import BudgetTerm
from ingest.types.facts import Figure, Indicator, Quantity, Role

COMPARED_TERMS = (
    *(
        BudgetTerm.INITIAL_BUDGET,
        BudgetTerm.FINAL_BUDGET,
        BudgetTerm.SPENDING,
        BudgetTerm.ADJUSTMENT,
        BudgetTerm.COMPLETION_RATE,
        BudgetTerm.ADJUSTMENT_RATE,
    ),
    *(
        BudgetTerm.OFFICIAL_EXPENSES,
        BudgetTerm.OFFICIAL_EXPENSES_SPENDING,
        BudgetTerm.OFFICIAL_EXPENSES_CONTROL_RATE,
    ),
)
MIN_TERMS_OF_A_BUDGET_ROW = 3
"""Minimum number of budget terms in a row that states the whole budget, not some table's total."""
_ROLES = {Role.TARGET: "年度目标值", Role.ACTUAL: "实际完成值"}


@dataclass(frozen=True, slots=True)
class StatedValue:
    """The value that one document states for an indicator."""

    sheet: Sheet
    task: str
    quantity: Quantity
    source: Source
    parts: frozenset[Decimal] = frozenset()
    """The values of its areas and their sum, where a row lists them (45、42、44)."""


# -- indicators ------------------------------------------------------------------------------------


def check_indicators(dossier: Dossier, synonyms: Synonyms) -> Iterator[DraftFinding]:
    """The same indicator with another target or actual value in another document (D27)."""
    every = [row for sheet in dossier.sheets for row in sheet.indicators]
    names = {key: same_name[0].name for key, same_name in row_names(every, synonyms).items() if key}
    known = longest_first(names)
    for role in (Role.TARGET, Role.ACTUAL):
        by_name: dict[str, list[StatedValue]] = {}
        for sheet in dossier.sheets:
            for key, value_stated in _stated_values(sheet, role, known, synonyms):
                by_name.setdefault(key, []).append(value_stated)
        for key, stated in by_name.items():
            yield from _differing(names[key], role, stated)


def _stated_values(
    sheet: Sheet, role: Role, known: Sequence[str], synonyms: Synonyms
) -> Iterator[tuple[str, StatedValue]]:
    """The values that a document states for indicators, in its tables and its text."""
    if role is Role.ACTUAL and not sheet.reports:
        return
    by_id = {figure.id: figure for figure in sheet.figures}
    for row in sheet.indicators:
        quantity = row.target if role is Role.TARGET else row.actual
        if quantity is not None and quantity.values:
            parts = _parts(row, role, by_id)
            yield (
                synonyms.plain(row.name),
                StatedValue(sheet, row.task, quantity, of_row(row), parts),
            )
    if sheet.form is not Form.REPORT:
        return
    for figure in unmatched(sheet, role):
        if key := owner(figure.subject, known, synonyms):
            yield key, StatedValue(sheet, figure.task, figure.quantity, of_figure(figure))


def _parts(row: Indicator, role: Role, by_id: Mapping[str, Figure]) -> frozenset[Decimal]:
    figures = [f for id in row.figure_ids if (f := by_id.get(id)) and f.role is role]
    values = [value for figure in figures for value in figure.quantity.values]
    return frozenset([*values, sum(values, Decimal(0))]) if len(values) > 1 else frozenset()


def _differing(name: str, role: Role, stated: Sequence[StatedValue]) -> Iterator[DraftFinding]:
    """One remark for each value that another document does not have."""
    seen: set[tuple[str, str]] = set()
    for one, other in combinations(stated, 2):
        if one.sheet is other.sheet or not _same_thing(one, other, stated):
            continue
        if not comparable(one.quantity, other.quantity) or equal(one.quantity, other.quantity):
            continue
        if one.quantity.values[0] in other.parts or other.quantity.values[0] in one.parts:
            continue
        key = (plain(one.quantity.values[0]), plain(other.quantity.values[0]))
        if key in seen or key[::-1] in seen:
            continue
        seen.add(key)
        shown = goal if role is Role.TARGET else value
        yield DraftFinding(
            "D27",
            Severity.WARNING,
            f"{quoted(name)}的{_ROLES[role]}在{_form_of(one)}为{shown(one.quantity)}，在{_form_of(other)}为"
            f"{shown(other.quantity)}，两处不一致，疑似其中一处填报有误，建议核实。",
            (one.source, other.source),
            "",
            (f"{_form_of(one)}：{one.quantity.raw}", f"{_form_of(other)}：{other.quantity.raw}"),
            name,
        )


def _form_of(value_stated: StatedValue) -> str:
    return value_stated.sheet.form.value


def _same_thing(one: StatedValue, other: StatedValue, stated: Sequence[StatedValue]) -> bool:
    """Whether two values are of one task, or of an indicator that each document has once."""
    if one.task and other.task:
        return one.task == other.task
    return all(
        len({(s.task, s.quantity.values) for s in stated if s.sheet is value_stated.sheet}) == 1
        for value_stated in (one, other)
    )


# -- amounts ---------------------------------------------------------------------------------------


def check_amounts(dossier: Dossier) -> Iterator[DraftFinding]:
    """The department's or a task's budget stated differently in another document (D27)."""
    by_term: dict[tuple[str, str], list[tuple[Sheet, Figure]]] = {}
    for sheet in dossier.sheets:
        for figure in _budget_figures(sheet):
            by_term.setdefault((figure.task, term_of(figure.subject, figure.concept)), []).append(
                (sheet, figure)
            )
    for (task, term), figures in by_term.items():
        yield from _differing_amounts(task, term, figures)


def _budget_figures(sheet: Sheet) -> Iterator[Figure]:
    """The figures that state the whole budget of the department or of one task."""
    whole_rows = [
        figures
        for row, figures in rows(sheet)
        if sum(term in row.entries for term in COMPARED_TERMS) >= MIN_TERMS_OF_A_BUDGET_ROW
    ]
    seen: set[str] = set()
    for figures in whole_rows:
        for figure in figures:
            if term_of(figure.subject, figure.concept) in COMPARED_TERMS and figure.concept:
                seen.add(figure.id)
                yield figure
    block: Account = whole(sheet)
    if sheet.form in (Form.SELF_EVALUATION, Form.SUMMARY):
        for term in COMPARED_TERMS:
            values = {f.quantity.values for f in block.entries.get(term, ())}
            if len(values) == 1:
                yield from (f for f in block.entries[term] if f.id not in seen)
    for figure in sheet.figures:
        spent = figure.task and figure.concept == BudgetTerm.SPENDING
        if spent and figure.id not in seen and is_money(figure):
            yield figure


def _differing_amounts(
    task: str, term: str, figures: Sequence[tuple[Sheet, Figure]]
) -> Iterator[DraftFinding]:
    seen: set[tuple[object, ...]] = set()
    about = quoted(task) if task else ""
    # Between documents first: what differs there need not be reported again of one of them.
    pairs = sorted(combinations(figures, 2), key=lambda pair: pair[0][0] is pair[1][0])
    for (sheet, one), (other_sheet, other) in pairs:
        a, b = one.quantity, other.quantity
        if not comparable(a, b) or equal(a, b) or _rounded(a, b) or _slipped(one, other):
            continue
        projects = {s.form is Form.PROJECT_SELF_EVALUATION for s in (sheet, other_sheet)}
        if not task and len(projects) > 1:
            continue  # a project's money is part of the department's
        if sheet is other_sheet and sheet.form is Form.SUMMARY:
            continue  # its row of totals may seem the last department's
        if sheet is not other_sheet and _settled((sheet, one), (other_sheet, other), figures):
            continue
        key = tuple(sorted((a.values, b.values)))
        if key in seen:
            continue
        seen.add(key)
        same = sheet is other_sheet
        where = (
            f"在{sheet.form.value}中一处为{value(a)}，另一处为{value(b)}"
            if same
            else f"在{sheet.form.value}为{value(a)}，在{other_sheet.form.value}为{value(b)}"
        )
        yield DraftFinding(
            "D26" if same else "D27",
            Severity.WARNING,
            f"{about}{term}{where}，两处不一致，疑似其中一处填报有误，建议核实。",
            sources([one, other]),
            "",
            (f"{sheet.form.value}：{a.raw}", f"{other_sheet.form.value}：{b.raw}"),
            term,
        )


def _settled(
    one: tuple[Sheet, Figure], other: tuple[Sheet, Figure], figures: Sequence[tuple[Sheet, Figure]]
) -> bool:
    """Whether both documents print both values: what differs then differs in each of them."""
    shared = [
        any(s is sheet and equal(figure.quantity, f.quantity) for s, f in figures)
        for (_, figure), (sheet, _) in ((one, other), (other, one))
    ]
    summary = Form.SUMMARY in (one[0].form, other[0].form)
    return any(shared) if summary else all(shared)


def _rounded(a: Quantity, b: Quantity) -> bool:
    """Whether one is the other rounded to fewer places (96.4% and 96.36%)."""
    if a.unit != b.unit:
        return False
    coarse = max(step(a), step(b))
    return abs(abs(a.values[0]) - abs(b.values[0])) <= coarse / 2 + coarse / 100


# -- units -----------------------------------------------------------------------------------------


def check_units(dossier: Dossier) -> Iterator[DraftFinding]:
    """The same digits of one amount once in 元, once in 万元: one unit is a slip (D23)."""
    money = [
        (term_of(f.subject, f.concept), f)
        for f in dossier.figures
        if is_money(f) and f.quantity.unit in ("元", "万元") and f.quantity.values[0]
    ]
    large: dict[tuple[str, str, object], Figure] = {}
    for term, figure in money:
        if term and figure.quantity.unit == "万元":
            large.setdefault((term, figure.task, figure.quantity.values[0]), figure)
    seen: set[tuple[str, str, object]] = set()
    for term, figure in money:
        key = (term, figure.task, figure.quantity.values[0])
        other = large.get(key) if figure.quantity.unit == "元" else None
        if other is None or key in seen:
            continue
        seen.add(key)
        about = quoted(figure.task) if figure.task else ""
        yield DraftFinding(
            "D23",
            Severity.ERROR,
            f"{about}{figure.subject}写作{value(figure.quantity)}，另一处为{value(other.quantity)}，"
            "数字相同而单位相差一万倍，疑似单位写错，建议核实。",
            sources([figure, other]),
            "",
            (f"应为{value(other.quantity)}", f"应为{value(figure.quantity)}"),
            figure.subject,
        )


def _slipped(one: Figure, other: Figure) -> bool:
    a, b = one.quantity, other.quantity
    return a.values == b.values and a.unit != b.unit
