"""All that the documents say of one department and year, ordered for drafting (起草素材)."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.drafting.self_report import Item
from assistant.grounding.citations import Source, of_actual
from assistant.grounding.form_order import indicator_rank
from assistant.grounding.printed_values import source_of
from assistant.retrieval.fact_finder import of_department
from assistant.types import Finding, IndicatorStatus, Status
from ingest.types.blocks import Form
from ingest.types.budget_terms import BudgetTerm
from ingest.types.facts import Figure, Indicator, Quantity, Role, Task
from ingest.types.library import DocumentRecord

Judge = Callable[[Indicator], IndicatorStatus]


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator with all its printings; the leading one comes from the form that reports it.

    `others` are the same indicator in other documents, monitoring forms left out; `family` is the
    second-level name (数量指标) that any of them gives, `printed` the figures of all printings.
    """

    standing: IndicatorStatus
    others: tuple[IndicatorStatus, ...]
    printed: tuple[Figure, ...]
    family: str = ""
    planned_only: bool = False

    @property
    def row(self) -> Indicator:
        """The leading row."""
        return self.standing.indicator

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures of the leading row."""
        return tuple(figure for figure in self.printed if figure.id in self.row.figure_ids)

    @property
    def rows(self) -> tuple[IndicatorStatus, ...]:
        """All rows of the indicator, the leading one first."""
        return (self.standing, *self.others)

    @property
    def status(self) -> Status:
        """Where the leading row stands."""
        return self.standing.status

    @property
    def name(self) -> str:
        """The name without spaces."""
        return "".join(self.row.name.split())

    @property
    def goal(self) -> Quantity | None:
        """The target of the year, or else of the whole period."""
        return self.row.target or self.row.period_target

    @property
    def goal_source(self) -> Source:
        """The words that the target stands in; the name of the row where there is none."""
        role = Role.TARGET if self.row.target else Role.PERIOD_TARGET
        goal = self.goal
        if goal is None:
            return of_row(self.row, self.row.name)
        return self._shown(source_of(self.row, self.figures, role, goal))

    @property
    def actual_source(self) -> Source:
        """The words that tell what was done."""
        actual = self.row.actual
        if actual is not None and actual.values:
            return self._shown(source_of(self.row, self.figures, Role.ACTUAL, actual))
        return of_actual(self.row)

    def _shown(self, source: Source) -> Source:
        """A quote that names the indicator too: its name may hold numbers (“12355”热线)."""
        if any(c.isdigit() for c in self.name) and self.name not in source.quote:
            return of_row(self.row, f"{self.row.name} {source.quote}", source)
        return source

    @property
    def deviation(self) -> Indicator | None:
        """The row that tells why the indicator fell short."""
        told = (i.indicator for i in self.rows if sum(map(is_han, i.indicator.deviation)) > 3)
        return next(told, None)


@dataclass(frozen=True, slots=True)
class Material:
    """What a draft may use, and nothing else; `figures` are those of budget terms by term."""

    department: str
    year: int | None
    documents: Mapping[str, DocumentRecord]
    terms: Mapping[str, Figure]
    lines: tuple[Line, ...]
    tasks: tuple[Task, ...]
    funds: Mapping[str, Figure]
    said: Mapping[str, tuple[Item, ...]]
    findings: tuple[Finding, ...] = ()

    @property
    def reported(self) -> tuple[Line, ...]:
        """The indicators of forms that report completion."""
        return tuple(line for line in self.lines if not line.planned_only)

    def limited_to(self, ids: Container[str]) -> "Material":
        """The same with those indicators only of which a row of these ids is a printing."""
        kept = (ln for ln in self.lines if any(s.indicator.id in ids for s in ln.rows))
        return replace(self, lines=tuple(kept))


def of_row(row: Indicator, quote: str, like: Source | None = None) -> Source:
    """The words of an indicator row, at the place of `like` if given."""
    place = like.location if like else row.location
    ids = like.figure_ids if like else ()
    return Source(row.document_id, place, quote, ids, row.department, row.year)


def is_han(character: str) -> bool:
    """Whether a character is Chinese."""
    return "\u4e00" <= character <= "\u9fff"


def bare(name: str) -> str:
    """A name by its characters alone, to be compared."""
    return "".join(c for c in name if c.isalnum())


def lines(
    rows: Iterable[Indicator],
    figures: Sequence[Figure],
    forms: Mapping[str, Form],
    judge: Judge,
) -> tuple[Line, ...]:
    """Every indicator once, in the order of the leading document."""
    yearly = [row for row in rows if forms.get(row.document_id) is not Form.MONITORING]
    groups: dict[tuple[str, str], list[Indicator]] = {}
    tasks: dict[str, set[str]] = {}
    for row in yearly:
        tasks.setdefault(bare(row.name), set()).add(bare(row.task))
    for row in yearly:
        own = tasks[bare(row.name)] - {""}
        task = bare(row.task) or min(own, default="")
        groups.setdefault((bare(row.name), task if len(own) > 1 else ""), []).append(row)
    by_id = {figure.id: figure for figure in figures}
    found = []
    for group in groups.values():
        group.sort(key=lambda row: indicator_rank(row, forms.get(row.document_id, Form.UNKNOWN)))
        first, *others = map(judge, group)
        printed = [by_id[i] for row in group for i in row.figure_ids if i in by_id]
        family = next((row.level2 for row in group if row.level2.strip()), "")
        planned = all(forms.get(row.document_id) is Form.TARGET for row in group)
        found.append(Line(first, tuple(others), tuple(printed), family.strip(), planned))
    return tuple(found)


def funds(figures: Iterable[Figure]) -> dict[str, Figure]:
    """The money of each task, by the task's name without marks; the first document's."""
    found: dict[str, Figure] = {}
    for figure in figures:
        if figure.task and figure.concept == BudgetTerm.TASK_FUNDS and figure.quantity.values:
            found.setdefault(bare(figure.task), figure)
    return found


def terms(figures: Sequence[Figure]) -> dict[str, Figure]:
    """The whole department's figure of each budget term, by the form that reports it best."""
    whole = [f for f in figures if f.concept and not f.task and f.quantity.values]
    found: dict[str, Figure] = {}
    for figure in of_department(whole, figures):
        found.setdefault(figure.concept, figure)
    return found
