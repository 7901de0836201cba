"""Rows of a form → indicators, tasks and the figures in them (绩效指标、重点任务、预算数)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2s

from ingest.clean import normalise, squeeze
from ingest.concepts import Concept, find_concept
from ingest.forms import FormRow, RoleCell, is_level, is_placeholder, label_key
from ingest.quantities import Found, find_quantities, parse_value, same_unit
from ingest.statements import MONEY, Statement, find_statements
from ingest.types import (
    Cell,
    Figure,
    Indicator,
    Located,
    Location,
    Oddity,
    Quantity,
    Role,
    Task,
)

QUOTE_LENGTH = 240
_COLUMN_ROLES = {
    "target": Role.TARGET,
    "period_target": Role.PERIOD_TARGET,
    "actual": Role.ACTUAL,
    "actual_forecast": Role.ACTUAL,
    "weight": Role.WEIGHT,
    "score": Role.SCORE,
    "initial": Role.BUDGET,
    "final": Role.BUDGET,
    "left": Role.BUDGET,
    "spent": Role.SPENT,
    "forecast_spent": Role.SPENT,
    "adjustment": Role.ADJUSTMENT,
    "rate": Role.RATE,
    "fund": Role.FUND,
    "fund_fiscal": Role.FUND,
    "fund_other": Role.FUND,
}
_POINTS = (Role.WEIGHT, Role.SCORE)
_LEDGER = (Role.BUDGET, Role.SPENT, Role.ADJUSTMENT, Role.FUND)


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose facts are being read: they are the same for every row of a document, or a sheet."""

    document_id: str
    department: str
    year: int | None
    money_unit: str = ""
    """The unit that the form's head gives for all its amounts (单位：万元)."""


@dataclass
class FactReader:
    """Collects the facts of one document, row by row, in reading order."""

    whose: Whose
    figures: list[Figure] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    oddities: list[Oddity] = field(default_factory=list)
    project: str = ""
    heading: str = ""
    _levels: tuple[str, str] = ("", "")
    _seen: set[str] = field(default_factory=set)

    # Rows

    def read(self, row: FormRow) -> None:
        """Takes in one row."""
        reader = {
            "pair": self._pair,
            "funds": self._funds,
            "goals": self._goals,
            "indicators": self._indicator,
            "tasks": self._task,
            "text": self._text_cell,
        }[row.kind]
        reader(row)

    def _pair(self, row: FormRow) -> None:
        label = row.cells[0]
        if label.role == "project":
            self.project = _one_line(label.cell.text)
        if label.role != "concept":
            return
        concept = find_concept(label_key(label.head))
        role = concept.role if concept else Role.ACTUAL
        subject = label_key(label.head)
        self._value(label.cell, role, subject, row.section, concept, quote_of((label.head, label.cell.text)))

    def _funds(self, row: FormRow) -> None:
        department = "" if row.total else row.text("department")
        item = row.total or label_key(row.text("item") or row.text("department"))
        source = find_concept(item) if item else None
        whole = row.total or not source or source.name == "年度资金总额"
        task = self.project or ("" if row.total or source or department else item)
        quote = row_quote(row)
        for cell in row.cells:
            role = _COLUMN_ROLES.get(cell.role)
            if role is None or not cell.fresh:
                continue
            head = label_key(cell.head)
            concept = find_concept(head) if whole else None
            section = self._section(row.section, department or task)
            self._value(cell.cell, role, f"{item} {head}".strip(), section, concept, quote,
                        task=task, department=department, head=cell.head)

    def _goals(self, row: FormRow) -> None:
        for name, role in (("goal", Role.TARGET), ("goal_completion", Role.ACTUAL)):
            cell = row.get(name)
            if cell and cell.fresh:
                self.text(cell.cell, role, self._section(row.section, cell.head, self.project))

    def _text_cell(self, row: FormRow) -> None:
        role = Role.TARGET if row.section in ("goals", "measures", "tasks") else Role.ACTUAL
        self.text(row.cells[0].cell, role, self._section(row.section, self.project))

    def _indicator(self, row: FormRow) -> None:
        if row.total:
            self._total(row)
            return
        self._levels = _inherit(row, self._levels)
        name = re.sub(r"^指标\d+[：:、.]?", "", _one_line(row.text("name")))
        if not name or is_placeholder(name):
            return
        self._add_indicator(row, name, self.project, self._levels, _target_cell(row))

    def _total(self, row: FormRow) -> None:
        quote = row_quote(row)
        for cell in row.cells:
            role = _COLUMN_ROLES.get(cell.role)
            if role in _POINTS:
                concept = find_concept("自评得分") if role is Role.SCORE else None
                subject = "总分" if concept else f"{row.total}{label_key(cell.head)}"
                self._value(cell.cell, role, subject, self._section(row.section, self.project), concept, quote)

    def _task(self, row: FormRow) -> None:
        name = _one_line(row.text("task"))
        if name and is_placeholder(name):
            return
        previous = self.tasks[-1].name if self.tasks else ""
        task = name or previous
        section = self._section(row.section, task)
        before = len(self.figures)
        for column, role in (("task_goal", Role.TARGET), ("task_content", Role.FUND), ("task_completion", Role.ACTUAL)):
            cell = row.get(column)
            if cell and cell.fresh:
                self._task_text(cell, role, section, task)
        for column in ("fund", "fund_fiscal", "fund_other"):
            cell = row.get(column)
            if cell and cell.fresh:
                subject = f"{task} {label_key(cell.head)}"
                concept = find_concept(label_key(cell.head)) if column == "fund" else None
                self._value(cell.cell, Role.FUND, subject, section, concept, row_quote(row, ("task", column)), task=task, head=cell.head)
        if name and name != previous:
            place = row.get("task") or row.cells[0]
            self.tasks.append(Task(
                id=self._id(place.cell.location if place.cell.runs else row.cells[0].cell.location, 0, "task", name),
                document_id=self.whose.document_id, department=self.whose.department, year=self.whose.year,
                name=name, goal=row.text("task_goal"), completion=row.text("task_completion"),
                location=place.cell.location,
                figure_ids=tuple(f.id for f in self.figures[before:]),
            ))  # fmt: skip
        target = row.get("name_target")
        if target and target.fresh and squeeze(target.cell.text):
            self._task_indicator(row, target, task)

    def _task_text(self, cell: RoleCell, role: Role, section: str, task: str) -> None:
        if not squeeze(cell.cell.text):
            return
        if parse_value(cell.cell.text):
            self._value(cell.cell, role, f"{task} {label_key(cell.head)}", section, None, cell.cell.text, task=task)
        else:
            self.text(cell.cell, role, section, task=task)

    def _task_indicator(self, row: FormRow, cell: RoleCell, task: str) -> None:
        name, target = split_target(cell.cell)
        self._add_indicator(row, name, task, ("", ""), target)

    # Parts of rows

    def _add_indicator(
        self, row: FormRow, name: str, task: str, levels: tuple[str, str], target: "Target | None"
    ) -> None:
        start = len(self.figures)
        quote = row_quote(row)
        section = self._section(row.section, task, name)
        place = row.get("name") or row.get("name_target")
        assert place is not None
        found: dict[str, Quantity | None] = {}
        if target:
            found["target"] = self._target(target, name, section, quote, task)
        for column in ("period_target", "weight", "score"):
            cell = row.get(column)
            found[column] = None
            if cell and squeeze(cell.cell.text) and not is_placeholder(cell.cell.text):
                wanted = Target(cell.cell, parse_value(cell.cell.text), 0, len(cell.cell.text))
                found[column] = self._target(wanted, name, section, quote, task, _COLUMN_ROLES[column])
        actual = self._actual(row.get("actual"), found.get("target"), name, section, quote, task)
        forecast = row.get("actual_forecast")
        if forecast:
            self._actual(forecast, found.get("target"), name, section, quote, task)
        self.indicators.append(Indicator(
            id=self._id(place.cell.location, 0, "indicator", name),
            document_id=self.whose.document_id, department=self.whose.department, year=self.whose.year,
            task=task, level1=levels[0], level2=levels[1], name=name,
            target=found.get("target"), period_target=found.get("period_target"), actual=actual,
            actual_text=row.text("actual"), weight=found.get("weight"), score=found.get("score"),
            deviation="" if is_placeholder(row.text("deviation")) else _one_line(row.text("deviation")),
            location=place.cell.location, figure_ids=tuple(f.id for f in self.figures[start:]),
        ))  # fmt: skip

    def _target(
        self, target: "Target", name: str, section: str, quote: str, task: str, role: Role = Role.TARGET
    ) -> Quantity | None:
        """Records a target, weight or score cell; a sentence gives the figures it states."""
        text = target.cell.text[target.start : target.end]
        if target.quantity:
            quantity = _with_unit(target.quantity, role, "")
            self._figure(target.cell, target.start, target.end, role, name, section, None, quantity, quote, task)
            return quantity
        if role in _POINTS:
            self.oddities.append(Oddity(text.strip(), "分值或得分不是数字", target.cell.location))
            return None
        quantity = Quantity(raw=text.strip(), qualitative=_one_line(text))
        if not self.text(target.cell, role, section, task=task, subject=name):
            self._figure(target.cell, target.start, target.end, role, name, section, None, quantity, quote, task)
        return quantity

    def _actual(
        self, cell: RoleCell | None, target: Quantity | None, name: str, section: str, quote: str, task: str
    ) -> Quantity | None:
        if cell is None or not squeeze(cell.cell.text) or is_placeholder(cell.cell.text):
            return None
        text = cell.cell.text
        whole = parse_value(text)
        if whole:
            lead = len(text) - len(text.lstrip())
            self._figure(cell.cell, lead, len(text.rstrip()), Role.ACTUAL, name, section, None, whole, quote, task)
            return whole
        stated = self.text(cell.cell, Role.ACTUAL, section, task=task, subject=name)
        reported = main_actual(stated, target, text)
        if reported:
            return reported
        quantity = Quantity(raw=text.strip(), qualitative=_one_line(text))
        if not stated:
            self._figure(cell.cell, 0, len(text), Role.ACTUAL, name, section, None, quantity, quote, task)
        return quantity

    def text(
        self, text: Located, role: Role, section: str, *, task: str = "", subject: str = ""
    ) -> list[Statement]:
        """Records the figures stated in running text."""
        raw = text.text
        stated = find_statements(raw, role=role)
        for item in stated:
            own = item.subject or subject
            concept = find_concept(item.concept) if item.concept else None
            quote = raw[slice(*item.sentence)].strip()[:QUOTE_LENGTH]
            self._figure(text, item.start, item.end, item.role, own, section, concept, item.quantity, quote, task)
        return stated

    def _value(
        self, cell: Cell, role: Role, subject: str, section: str, concept: Concept | None, quote: str,
        *, task: str = "", department: str = "", head: str = "",
    ) -> None:  # fmt: skip
        """Records a cell that should hold one value; anything else is told as not understood."""
        text = cell.text
        if not squeeze(text) or is_placeholder(text):
            return
        quantity = parse_value(text)
        if quantity is None:
            if find_quantities(text):
                self.text(cell, role, section, task=task, subject=subject)
            elif role is not Role.FUND and role not in _POINTS:
                self.oddities.append(Oddity(_one_line(text)[:60], f"“{subject}”不是数值", cell.location))
            return
        unit = unit_in(head) or self.whose.money_unit
        start = len(text) - len(text.lstrip())
        self._figure(cell, start, len(text.rstrip()), role, subject, section, concept,
                     _with_unit(quantity, role, unit), quote, task, department)  # fmt: skip

    def _figure(
        self, text: Located, start: int, end: int, role: Role, subject: str, section: str,
        concept: Concept | None, quantity: Quantity, quote: str, task: str, department: str = "",
    ) -> None:  # fmt: skip
        location = text.locate(start, end)
        identity = self._id(location, start, role.value, subject)
        if identity in self._seen:
            return
        self._seen.add(identity)
        self.figures.append(Figure(
            id=identity, document_id=self.whose.document_id,
            department=department or self.whose.department, year=self.whose.year, section=section,
            subject=_one_line(subject), concept=concept.name if concept else "", role=role,
            quantity=quantity, location=location, quote=quote, task=task,
        ))  # fmt: skip

    def section_name(self, block: str) -> str:
        """The Chinese name of a form block."""
        return _BLOCK_NAMES.get(block, "")

    def _section(self, block: str, *parts: str) -> str:
        names = [self.heading or self.section_name(block), *parts]
        return " / ".join(dict.fromkeys(n for n in names if n))

    def _id(self, location: Location, start: int, *names: str) -> str:
        key = repr((self.whose.document_id, location, start, *names))
        return blake2s(key.encode("utf-8", "replace"), digest_size=8).hexdigest()


_BLOCK_NAMES = {
    "funds": "部门资金情况",
    "goals": "年度总体目标",
    "key_indicators": "年度关键指标",
    "indicators": "绩效指标",
    "tasks": "主要任务",
    "other_tasks": "其他需完成的任务",
    "problems": "存在问题",
    "measures": "改进措施",
}


@dataclass(frozen=True, slots=True)
class Target:
    """Where an indicator's target stands: the characters [start, end) of a cell."""

    cell: Cell
    quantity: Quantity | None
    start: int
    end: int


def _one_line(text: str) -> str:
    return re.sub(r"\s+", "", text) if re.search("[一-龥]", text) else " ".join(text.split())


def _target_cell(row: FormRow) -> Target | None:
    """The target, put together from its own columns for comparator and unit where there are any."""
    cell = row.get("target")
    if cell is None or not squeeze(cell.cell.text) or is_placeholder(cell.cell.text):
        return None
    text = cell.cell.text
    quantity = parse_value(text)
    comparator, unit = row.text("comparator"), row.text("unit")
    if quantity and (comparator or unit) and not quantity.unit:
        whole = parse_value(f"{comparator}{squeeze(text)}{unit}")
        if whole:
            quantity = Quantity(quantity.raw, whole.values, whole.comparator, whole.unit, whole.approximate)
    return Target(cell.cell, quantity, 0, len(text))


_BARE_TARGET = re.compile(r"([≥≤><=]{1,2}|不低于|不少于|不超过|不高于|控制在)\s*(\d[\d,.]*)\s*$")


def split_target(cell: Cell) -> tuple[str, Target | None]:
    """An indicator cell that also prints its target → (name, target).

    市级社区站开启的个案数不低于50个 → 市级社区站开启的个案数, ≥50个; 品牌影响力：有所提升 → 有所提升.
    """
    text = cell.text
    plain = normalise(text)
    found = find_quantities(text)
    if found:
        last = found[-1]
        head = text[: last.start].rstrip("：: ")
        tail = plain[last.end :].strip().removeprefix("的").rstrip("。；; ")
        name = _one_line(head) + _one_line(tail)
        return name.strip("，,、：:"), Target(cell, last.quantity, last.start, last.end)
    bare = _BARE_TARGET.search(plain)
    if bare:
        quantity = parse_value(text[bare.start() : bare.end()])
        return _one_line(text[: bare.start()]), Target(cell, quantity, bare.start(), bare.end())
    colon = re.search(r"[：:]\s*(?=\S+\s*$)", text)
    if colon:
        return _one_line(text[: colon.start()]), Target(cell, None, colon.end(), len(text))
    return _one_line(text), None


def main_actual(
    stated: Sequence[Statement], target: Quantity | None, text: str
) -> Quantity | None:
    """The value an actual cell reports, out of all the figures its prose states.

    Figures of another unit than the target's are no actual value; figures that repeat the target
    are left out; parallel figures (one an area) are kept together as a list.
    """
    own = [s for s in stated if s.role is not Role.TARGET]
    if target and target.values:
        own = [s for s in own if same_unit(s.quantity, target)]
    if not own:
        return None
    if len(own) == 1:
        return own[0].quantity
    sums = [s for s in own if _SUM.search(text[max(0, s.start - 4) : s.start])]
    if len(sums) == 1:
        return sums[0].quantity
    endings = {s.subject[-2:] for s in own}
    if len(endings) == 1 and len({s.subject for s in own}) == len(own):
        values = tuple(s.quantity.values[0] for s in own if s.quantity.values)
        raw = text[own[0].start : own[-1].end]
        return Quantity(raw=raw, values=values, comparator="=", unit=own[0].quantity.unit)
    return own[-1].quantity


_SUM = re.compile(r"(?:合计|共计|总计|共|累计|平均值?达?|均值达?)[为达]?\s*$")


def _inherit(row: FormRow, levels: tuple[str, str]) -> tuple[str, str]:
    """The indicator families of a row; an empty cell means the family above goes on."""
    one, two = (_family(row.text(role)) for role in ("level1", "level2"))
    if one and one != levels[0]:
        return one, two
    return one or levels[0], two or levels[1]


def _family(text: str) -> str:
    return label_key(text) if text.strip() and (is_level(text) or len(text.strip()) <= 12) else ""


def _with_unit(quantity: Quantity, role: Role, unit: str) -> Quantity:
    """The quantity with the unit that its column or form prescribes, where it prints none."""
    if quantity.unit:
        return quantity
    if role in _POINTS:
        unit = "分"
    elif role not in _LEDGER:
        return quantity
    return Quantity(quantity.raw, quantity.values, quantity.comparator, unit, quantity.approximate)


_UNIT = re.compile(r"[（(]\s*(?:单位[：:])?\s*(亿元|万元|千元|元)\s*[)）]|单位\s*[：:]\s*(?:人民币)?(亿元|万元|千元|元)")


def unit_in(text: str) -> str:
    """The unit of amounts that a heading announces (（万元）, 单位：元), or ""."""
    match = _UNIT.search(normalise(text))
    return (match.group(1) or match.group(2)) if match else ""


def row_quote(row: FormRow, roles: Sequence[str] = ()) -> str:
    """A row's own words as a quote, cell by cell."""
    return quote_of(
        c.cell.text for c in row.cells if (not roles or c.role in roles) and (c.fresh or roles)
    )


def quote_of(texts: "Sequence[str] | object") -> str:
    parts = [_one_line(t) for t in texts if t.strip()]  # type: ignore[attr-defined]
    return " | ".join(dict.fromkeys(parts))[:QUOTE_LENGTH]


__all__ = ["FactReader", "Found", "MONEY", "Target", "Whose", "main_actual", "split_target", "unit_in"]
