"""Gathers one department's material, writes a section and checks every number in it (起草)."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Unpack

from assistant.assessment.rule_packs import Rules
from assistant.assessment.status import judge, read_status_rules
from assistant.drafting.consistency import contradictions
from assistant.drafting.material import Material, distinct, funds, in_myriads, lines, spent, terms
from assistant.drafting.measure_library import MeasureLibrary
from assistant.drafting.outline import Means, Outline
from assistant.drafting.paragraphs import Block, Style
from assistant.drafting.self_report import Item, Items
from assistant.drafting.types import (
    Draft,
    DraftTable,
    Length,
    Manner,
    Paragraph,
    Part,
    Remedy,
    Section,
)
from assistant.drafting.verification import blanks, checked, checked_table
from assistant.drafting.vocabulary import DraftingVocabulary
from assistant.errors import DraftError
from assistant.grounding.citations import Numbering, Statement
from assistant.grounding.composition import Composition
from assistant.grounding.form_order import REPORTING_RANK
from assistant.grounding.quotation import QuotableSentences
from assistant.questions.vocabulary import read_questions
from assistant.retrieval.library_snapshot import LibrarySnapshot
from assistant.types import Calculation, Citation, Finding, Topic, Verdict
from ingest.language.packs import open_pack
from ingest.records.record_reader import RecordReader
from ingest.types.blocks import Form
from ingest.types.facts import Figure, Passage
from ingest.types.library import Scope

Audit = Callable[[Scope], Sequence[Finding]]
LocalRules = Callable[[str, int | None], Rules]
"""The rules that hold for a department in a year."""
TOLD_ONCE = ("goal", "reached")
"""Topics that each form tells anew: the first place alone is quoted."""
YEARS_BEFORE = 2
"""How many years before its own a report tells the budget of."""


class Drafter:
    """Writes sections; everything in them comes from the records, or is a marked blank."""

    def __init__(
        self, records: RecordReader, audit: Audit, rules: LocalRules, settings_hash: str
    ) -> None:
        self._records = records
        self._audit = audit
        self._local_rules = rules
        self._hash = settings_hash
        self._rules = read_status_rules()
        self._questions = read_questions()
        self._vocabulary = DraftingVocabulary.from_pack(open_pack("drafting"))
        self._quotable = QuotableSentences(self._questions.planted)
        self._library = MeasureLibrary.from_pack(open_pack("measures"))
        topics = dict(self._vocabulary.topics)
        for topic in (Topic.PROBLEMS, Topic.MEASURES):
            topics[topic.value] = self._questions.topic_sections[topic]
        self._topics = topics

    @property
    def tones(self) -> tuple[str, ...]:
        """The tones (口吻) that a draft can be written in, the default first."""
        return tuple(self._vocabulary.tones)

    def draft(
        self,
        reading: LibrarySnapshot,
        section: Section,
        *,
        department: str,
        year: int | None = None,
        **manner: Unpack[Manner],
    ) -> Draft:
        """A section on one department and year; raises DraftError where the library has neither."""
        started = perf_counter()
        name, of_year = self._department_and_year(reading, department, year)
        tone, emphasis = manner.get("tone", ""), manner.get("emphasis", "")
        length = manner.get("length", Length.MEDIUM)
        style = self._style(tone, emphasis, length)
        material = self._material(reading, name, of_year)
        outline = self._outline(material, style)
        blocks = self._supported(outline.write(section), material)
        paragraphs, citations = self._cited(blocks, material)
        draft = Draft(
            section=section,
            title=self._title(section, name, of_year, material),
            department=name,
            year=of_year,
            tone=tone or self.tones[0],
            emphasis=emphasis,
            length=length,
            paragraphs=paragraphs,
            citations=citations,
            remedies=tuple(_remedies(outline, blocks, paragraphs)),
            checklist=outline.checklist,
            blanks=tuple(blanks(paragraphs)),
            sources=tuple(dict.fromkeys(citation.document_id for citation in citations)),
            settings_hash=self._hash,
            elapsed_ms=round((perf_counter() - started) * 1000),
        )
        if found := contradictions(draft):
            raise DraftError(f"初稿前后不一致，没有交付：{found[0]}")
        return draft

    def passage(
        self,
        reading: LibrarySnapshot,
        wanted: Section | Part,
        *,
        department: str,
        year: int | None,
        rows: Collection[str] = (),
    ) -> Composition:
        """A section, or one part of it, in the words of a draft: for an answer that asks for it.

        `department` is the name that the library gives it, `rows` the ids of the indicators that
        it is limited to, none for all. Gaps in the documents are marked blanks;
        where the text does not name the department, a title does.
        """
        material = self._material(reading, department, year)
        if rows:
            material = material.limited_to(rows)
        outline = self._outline(material, self._style("", "", Length.MEDIUM))
        blocks = outline.write(wanted) if isinstance(wanted, Section) else outline.part(wanted)
        supported = self._supported(blocks, material)
        words = list(_lines(supported))
        if not any(department in statement.text for statement in words):
            words[:0] = [
                Statement(self._title(wanted, department, year, material)),
                Statement("\n"),
            ]
        calculations = (
            _with_unit(calculation) for block in supported for calculation in block.calculations
        )
        by_formula = {calculation.formula: calculation for calculation in calculations}
        tables = tuple(block.table for block in supported if block.table is not None)
        return Composition(tuple(words), tuple(by_formula.values()), blocks=tables)

    # -- within ------------------------------------------------------------------------------------

    def _title(
        self, wanted: Section | Part, department: str, year: int | None, material: Material
    ) -> str:
        """Whose and of when, and what; a report of projects alone is called one."""
        name = self._vocabulary.sections[wanted] if isinstance(wanted, Section) else wanted.value
        if wanted is Section.REPORT and material.projects_alone:
            name = self._vocabulary.project_report
        return f"{department}{f'{year}年度' if year else ''}{name}"

    def _outline(self, material: Material, style: Style) -> Outline:
        rules = self._local_rules(material.department, material.year)
        means = Means(self._rules, rules, self._vocabulary, self._library)
        return Outline(material, style, means)

    def _supported(self, blocks: Sequence[Block], material: Material) -> tuple[Block, ...]:
        """The blocks, with its fallback for each that has an unsupported number and a fallback."""
        if not any(block.fallback for block in blocks):
            return tuple(blocks)
        paragraphs, _ = self._cited(blocks, material)
        return tuple(
            replace(block, statements=block.fallback) if _doubtful(block, paragraph) else block
            for block, paragraph in zip(blocks, paragraphs, strict=True)
        )

    def _department_and_year(
        self, reading: LibrarySnapshot, department: str, year: int | None
    ) -> tuple[str, int]:
        """The department that `department` names, and the year, the newest where none is given.

        Raises DraftError where the library has no documents of that department or year.
        """
        if not department:
            raise DraftError("请指明要起草哪个部门的稿子，例如 --department 部门名称。")
        mentions = reading.directory.mentions(department)
        named = [name for mention in mentions for name in mention.names]
        name = next((n for n in (*named, department) if n in reading.covered), "")
        if not name:
            available = "、".join(list(reading.covered)[:5]) or "（还没有文件）"
            raise DraftError(f"资料库中没有“{department}”的文件，不能起草；现有：{available}。")
        years = reading.covered[name]
        if year is not None and year not in years:
            available = "、".join(f"{y}年" for y in years)
            raise DraftError(f"资料库中没有{name}{year}年的文件，不能起草；现有：{available}。")
        return name, year if year is not None else years[-1]

    def _style(self, tone: str, emphasis: str, length: Length) -> Style:
        tones = self._vocabulary.tones
        if tone and tone not in tones:
            raise DraftError(f"没有“{tone}”这种口吻，可选：{'、'.join(tones)}。")
        chosen = tones[tone or self.tones[0]]
        words = tuple(emphasis.replace("，", " ").replace("、", " ").replace(",", " ").split())
        return Style(
            chosen.department_phrase,
            self._vocabulary.blanks,
            length,
            chosen.reviewing,
            words,
        )

    def _material(self, reading: LibrarySnapshot, department: str, year: int | None) -> Material:
        scope = Scope(
            departments=reading.directory.members(department),
            years=(year,) if year is not None else (),
            forms=(reading.form,) if reading.form is not None else (),
            copies=False,
        )
        forms = {record.id: record.form for record in reading.documents}

        def order(document_id: str) -> int:
            return REPORTING_RANK[forms.get(document_id, Form.UNKNOWN)]

        records = reading.facts
        figures = sorted(records.figures(scope), key=lambda f: order(f.document_id))
        money = in_myriads(figures)
        rows = [replace(row, department=department) for row in records.indicators(scope)]
        tasks = sorted(records.tasks(scope), key=lambda t: order(t.document_id))
        passages = sorted(records.passages(scope), key=lambda p: order(p.document_id))
        return Material(
            department=department,
            year=year,
            documents=reading.by_id,
            terms=terms(money),
            lines=lines(rows, figures, forms, lambda row: judge(row, self._rules)),
            tasks=tuple(tasks),
            funds=funds(money),
            self_report=self._self_report(passages),
            spent=spent(money),
            findings=distinct(self._audit(replace(scope, copies=True))),
            before=self._before(reading, scope, order),
        )

    def _before(
        self, reading: LibrarySnapshot, scope: Scope, order: Callable[[str], int]
    ) -> dict[int, dict[str, Figure]]:
        """The budget terms of the years before, by year."""
        by_year: dict[int, dict[str, Figure]] = {}
        for year in scope.years:
            for earlier in range(year - YEARS_BEFORE, year):
                figures = reading.facts.figures(replace(scope, years=(earlier,)))
                ordered = sorted(figures, key=lambda f: order(f.document_id))
                by_year[earlier] = terms(in_myriads(ordered))
        return by_year

    def _self_report(self, passages: Sequence[Passage]) -> dict[str, tuple[Item, ...]]:
        """The department's own statements, by topic."""
        cutter = Items(self._vocabulary.items, self._quotable.of)
        said = {
            topic: [p for p in passages if pattern.search(p.section)]
            for topic, pattern in self._topics.items()
        }
        for topic in TOLD_ONCE:
            said[topic] = [p for p in said[topic] if _place(p) == _place(said[topic][0])]
        return {topic: cutter.of(found) for topic, found in said.items()}

    def _cited(
        self, blocks: Sequence[Block], material: Material
    ) -> tuple[tuple[Paragraph, ...], tuple[Citation, ...]]:
        """Paragraphs with their tables, and citations: every number checked.

        The text is numbered before the cells, as in an answer, whose tables stand below it.
        """
        numbering = Numbering(material.documents)
        texts = [numbering.text(map(_one_line, block.statements)) for block in blocks]
        tables = [
            tuple(
                tuple(numbering.text([_one_line(cell)]) for cell in row)
                for row in (block.table.rows if block.table is not None else ())
            )
            for block in blocks
        ]
        citations = numbering.citations
        ids = [id for citation in citations for id in citation.figure_ids]
        figures = {figure.id: figure for figure in self._records.figures_by_id(ids)}
        paragraphs = []
        for block, text, rows in zip(blocks, texts, tables, strict=True):
            paragraph = Paragraph(text, block.level, block.calculations)
            paragraph = checked(paragraph, citations, figures)
            if block.table is not None:
                table = DraftTable(block.table.columns, rows, chart=block.table.chart)
                paragraph = replace(paragraph, table=table)
                if not block.listing:
                    paragraph = checked_table(paragraph, citations, figures)
            paragraphs.append(paragraph)
        return tuple(paragraphs), citations


def _place(passage: Passage) -> tuple[str, str]:
    return passage.document_id, passage.section


def _doubtful(block: Block, paragraph: Paragraph) -> bool:
    """Whether a paragraph has an unsupported number, and its block a fallback."""
    return bool(block.fallback) and any(
        figure.verdict is Verdict.UNSUPPORTED for figure in paragraph.figures
    )


def _with_unit(calculation: Calculation) -> Calculation:
    """The calculation with 万 or 亿 behind its formula, which otherwise only the sentence names."""
    unit, formula = calculation.unit, calculation.formula
    scaled = unit.startswith(("万", "亿")) and formula[-1:].isdigit()
    return replace(calculation, formula=f"{formula}{unit}") if scaled else calculation


def _lines(blocks: Iterable[Block]) -> Iterator[Statement]:
    """The blocks as statements, a block a line."""
    for block in blocks:
        yield from map(_one_line, block.statements)
        yield Statement("\n")


def _one_line(statement: Statement) -> Statement:
    return replace(statement, text="".join(statement.text.splitlines()))


def _remedies(
    outline: Outline, blocks: Iterable[Block], paragraphs: Sequence[Paragraph]
) -> Iterator[Remedy]:
    """Every headed problem with its measures, each as the text of its paragraphs."""
    texts: dict[str, list[str]] = {}
    for block, paragraph in zip(blocks, paragraphs, strict=True):
        texts.setdefault(block.key, []).append(paragraph.text)
    for number, measure in enumerate(outline.measures):
        problem = measure.problem
        yield Remedy(
            kind=problem.cause,
            subject=problem.heading,
            problem="\n".join(texts.get(f"problem {number}", ())),
            measure="\n".join(texts.get(f"measure {number}", ())),
            own=bool(measure.own),
            indicator_ids=tuple(
                standing.indicator.id
                for matter in problem.matters
                for line in matter.lines
                for standing in line.rows
            ),
        )
