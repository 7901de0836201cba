"""What the checks look at: all documents of one department and year, and what a check remarks."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from assistant.grounding.citations import Source, of_figure
from assistant.language.wording import quoted
from assistant.types import Severity
from ingest.language.vocabulary import default_vocabulary
from ingest.types.blocks import Form
from ingest.types.facts import Figure, Indicator, Passage, Role, Task
from ingest.types.library import DocumentRecord


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one document says of one department and year (一份材料)."""

    record: DocumentRecord
    figures: tuple[Figure, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    tasks: tuple[Task, ...] = ()
    passages: tuple[Passage, ...] = ()

    @property
    def form(self) -> Form:
        """The form of the document (表种)."""
        return self.record.form

    @property
    def reports(self) -> bool:
        """Whether the document reports results at the year's end, not only targets."""
        return self.form in (
            Form.SELF_EVALUATION,
            Form.PROJECT_SELF_EVALUATION,
            Form.REPORT,
            Form.EVALUATION_REPORT,
        )

    def section(self, words: Sequence[str]) -> list[Passage]:
        """The passages whose heading holds one of the words, its own heading line left out."""
        return [
            p
            for p in self.passages
            if any(word in p.section for word in words) and len(p.text) > len(p.section) + 4
        ]


@dataclass(frozen=True, slots=True)
class Dossier:
    """All documents of one department and year, each content once (卷宗)."""

    department: str
    year: int | None
    sheets: tuple[Sheet, ...]

    @property
    def figures(self) -> Iterator[Figure]:
        """The figures of all its documents."""
        return (figure for sheet in self.sheets for figure in sheet.figures)


@dataclass(frozen=True, slots=True)
class DraftFinding:
    """A finding whose sources are not yet citations."""

    code: str
    severity: Severity
    message: str
    sources: tuple[Source, ...]
    formula: str = ""
    candidates: tuple[str, ...] = ()
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """The amounts and rates of one row, one sentence or one block of funds, by budget term."""

    task: str
    entries: dict[str, list[Figure]] = field(default_factory=dict)

    def first(self, term: str) -> Figure | None:
        """The first figure under a budget term, None where there is none."""
        return next(iter(self.entries.get(term, ())), None)


@lru_cache(maxsize=20_000)
def term_of(subject: str, concept: str) -> str:
    """The budget term a figure stands under; a row of a table is named by how its name ends.

    >>> term_of("项目支出决算数", ""), term_of("年初预算数", "年初预算数")
    ('实际支出数', '年初预算数')
    """
    if concept:
        return concept
    terms = default_vocabulary().terms
    matched_term = terms.at_end(subject) or terms.find(subject)
    return matched_term.name if matched_term else ""


_MONEY = frozenset({Role.BUDGET, Role.SPENT, Role.ADJUSTMENT, Role.FUND, Role.RATE})


def is_money(figure: Figure) -> bool:
    """Whether a figure is an exact amount or rate of the budget."""
    quantity = figure.quantity
    return (
        figure.role in _MONEY
        and len(quantity.values) == 1
        and quantity.comparator in ("", "=")
        and not quantity.approximate
    )


def rows(sheet: Sheet) -> list[tuple[Account, list[Figure]]]:
    """The figures that stand in one row or one sentence, by term."""
    groups: dict[tuple[str, str, str], list[Figure]] = {}
    for figure in sheet.figures:
        if is_money(figure):
            groups.setdefault((figure.section, figure.task, figure.quote), []).append(figure)
    return [(account(group), group) for group in groups.values()]


def whole(sheet: Sheet, task: str = "") -> Account:
    """The budget figures of the department, or of one task, wherever the document prints them."""
    figures = [f for f in sheet.figures if f.task == task and f.concept and is_money(f)]
    return account(figures)


def account(figures: Sequence[Figure]) -> Account:
    """The figures of one task by budget term; those that stand under none are left out."""
    entries: dict[str, list[Figure]] = {}
    for figure in figures:
        # Only a table names a row by its end: 较上年实际支出 in a sentence is another amount.
        row = " | " in figure.quote
        term = term_of(figure.subject, figure.concept) if row else figure.concept
        if term:
            entries.setdefault(term, []).append(figure)
    return Account(figures[0].task if figures else "", entries)


def sources(figures: Iterable[Figure]) -> tuple[Source, ...]:
    """Where the figures stand, each place once."""
    return tuple(dict.fromkeys(of_figure(figure) for figure in figures))


def of_row(row: Indicator) -> Source:
    """Where an indicator's row stands, quoted by its name and values."""
    cells = [row.name]
    cells += [q.raw for q in (row.target, row.actual) if q is not None]
    if row.actual is None and row.actual_text:
        cells.append(row.actual_text)
    return Source(
        row.document_id,
        row.location,
        " | ".join(cells),
        row.figure_ids,
        row.department,
        row.year,
    )


def of_passage(passage: Passage, quote: str = "") -> Source:
    """Where a passage stands, quoted by `quote` or by its beginning."""
    return Source(
        passage.document_id,
        passage.location,
        (quote or passage.text)[:200],
        (),
        passage.department,
        passage.year,
    )


def named(names: Sequence[str], limit: int = 6) -> str:
    """Names in quotation marks, no more than `limit` of them."""
    shown = "、".join(name if name.startswith("“") else f"{quoted(name)}" for name in names[:limit])
    return shown + (f"等{len(names)}项" if len(names) > limit else "")
