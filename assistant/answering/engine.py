"""One question → one checked answer: split, plan, gather, compose, cite, verify (问答引擎)."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from assistant import time_limit
from assistant.answering.answer_parts import joined, named, sources_of, told_once, with_notice
from assistant.answering.arbiter import shipped_arbiter
from assistant.answering.asked import Asked
from assistant.answering.choosing import Chooser
from assistant.answering.composer import Composer
from assistant.answering.context import AnswerContext, AnswerRules
from assistant.answering.exactness import (
    absent_bodies,
    is_exact,
    is_placed,
    may_be_read,
    mixes,
)
from assistant.answering.findings import doubted, reviewed, scope_of, unconfirmed
from assistant.answering.follow_ons import suggested
from assistant.answering.lookups import judges
from assistant.answering.operands import OperandFinder
from assistant.answering.proposals import Way
from assistant.answering.read_answers import ReadAnswers
from assistant.answering.reckonings import SPENT_AND_BUDGET, Reckonings, within_budget
from assistant.answering.row_queries import RowQueries
from assistant.answering.sister_rows import SisterRows
from assistant.answering.table_fit import LibraryTables
from assistant.audit.auditor import Auditor
from assistant.drafting.drafter import Drafter
from assistant.grounding.citations import Numbering, Source, Statement, cite
from assistant.grounding.composition import (
    NOTHING_FOUND,
    Composition,
    QuotedPassage,
    TableOfAnswers,
    refuse,
)
from assistant.grounding.verification import Sentence, check, shown
from assistant.helpdesk.desk import HelpDesk
from assistant.language.numbers import in_characters
from assistant.language.wording import Wording
from assistant.llm.query_rewriting import Restater
from assistant.questions.asked_words import shipped_words
from assistant.questions.planner import with_scope
from assistant.retrieval.library_snapshot import LibrarySnapshot, SnapshotCache, resolve_departments
from assistant.steps import step
from assistant.text_limits import MAX_PARTS, MAX_SUBJECTS, MAX_YEARS
from assistant.types import (
    Answer,
    AnswerBlock,
    AnswerScope,
    BlockKind,
    Citation,
    Dimension,
    Intent,
    Mode,
    QueryPlan,
    State,
)
from ingest.records.record_reader import RecordReader
from ingest.types.blocks import Form
from ingest.types.facts import Figure
from ingest.types.library import Scope

ONLY_SO_MANY = (
    f"一次最多回答{in_characters(MAX_PARTS)}个问题，"
    f"从第{in_characters(MAX_PARTS + 1)}个起没有回答，请分开再问。"
)
ONLY_SO_MUCH = (
    f"一个问题最多查{in_characters(MAX_SUBJECTS)}项、{in_characters(MAX_YEARS)}个年度，"
    "超出的没有查，请分开再问。"
)
NO_RESULT = "以上是目标，没有填报实际完成值，是否达标无法判断。"


@dataclass(frozen=True, slots=True)
class AnswerMeans:
    """By what an answer may be made, beside the facts: checks, drafts, a reader, help, a model."""

    auditor: Auditor
    drafter: Drafter
    reading: ReadAnswers
    desk: HelpDesk
    restater: Restater | None = None


class AnswerEngine:
    """Answers questions over one library; keeps no conversation beyond the turns passed in.

    Every number of an answer is in a passage that it cites or in a calculation that it shows.
    `Assistant` builds one over its library and shows how it is asked.
    """

    def __init__(
        self,
        records: RecordReader,
        *,
        snapshots: SnapshotCache,
        rules: AnswerRules,
        means: AnswerMeans,
    ) -> None:
        self._records = records
        self._snapshots = snapshots
        self._rules = rules
        self._auditor = means.auditor
        self._drafter = means.drafter
        self._reading = reading = means.reading
        self._reckonings = Reckonings(
            OperandFinder(
                reading.cards, reading.wanted, reading.thresholds, rules.vocabulary.totals
            ),
            SisterRows(reading.cards, rules.vocabulary),
            reading.thresholds,
        )
        words = shipped_words()
        tables = LibraryTables(words, reading.cards.cards_of, rules.vocabulary)
        self._rows = RowQueries(words, tables, reading.wanted)
        self._chooser = Chooser(records, reading, self._rows, self._reckonings, shipped_arbiter())
        self._desk = means.desk
        self._restater = means.restater

    def answer(
        self,
        question: str,
        *,
        turns: Sequence[str] = (),
        department: str = "",
        year: int | None = None,
        form: Form | None = None,
    ) -> Answer:
        """The worded answer, every number in it checked; settings hash and time are not set."""
        library = self._snapshots.read()
        with time_limit.untimed():  # it loads what reads questions, and reads a short one
            help = step("help", lambda asked: self._desk.answer(asked, library), question)
        if help and help.comes_first:
            return self._verified(question, library, help.composition)

        def answered(plan: QueryPlan) -> Composition:
            of_plan = of_form if plan.forms == (form,) else library
            return self._answered(of_plan, plan, before)

        of_form = self._snapshots.of_form(library, form) if form else library
        chosen = resolve_departments(department, library.directory) if department else ()
        asked = library.planner.split(question) or [question]
        asked, left_out = asked[:MAX_PARTS], asked[MAX_PARTS:]
        parts: list[Composition] = []
        before: Sequence[Source] = ()

        def texts() -> Iterator[str]:
            yield from turns
            for part in asked:
                # behind what was not found a part without a body means nothing without its topic
                lost = parts and not before and not library.directory.mentions(part)
                yield library.planner.topic(asked[0]) + part if lost else part

        asked_of: list[QueryPlan] = []
        earlier: QueryPlan | None = None
        for at, plan in enumerate(library.planner.plans(texts())):
            time_limit.check()
            plan = with_scope(plan, departments=chosen, year=year, form=form)
            if at < len(turns):
                earlier = plan
                continue
            if earlier and not parts and not _names_body(plan):
                before = sources_of(answered(earlier))  # what is asked now may stand beside it
            plan = _placed(plan, before, library.directory.canonical) if parts else plan
            asked_of.append(plan)
            parts.append(step("compose", answered, plan))
            before = sources_of(parts[-1]) or before
        answer = joined(told_once(named(parts, asked)), form)
        answer = help.instead_of(answer, library) if help else answer
        answer = self._doubted(answer, asked_of)
        answer = with_notice(answer, ONLY_SO_MANY) if left_out else answer
        verified = step("verify", lambda made: self._verified(question, library, made), answer)
        scope = _scope(asked_of, verified.citations)
        further = suggested(verified, asked_of, library, partial(self._planned, library))
        return replace(verified, scope=scope, suggestions=further)

    # -- composing ---------------------------------------------------------------------------------

    def _answered(
        self, library: LibrarySnapshot, plan: QueryPlan, before: Sequence[Source]
    ) -> Composition:
        """The answer to one plan; a refusal may offer another wording of the question.

        `before` is what the answer rests on that it follows.
        """
        composition = self._composed(library, plan, () if _names_body(plan) else before)
        if plan.curtailed:
            composition = with_notice(composition, ONLY_SO_MUCH)
        near = composition.state is State.QUOTED
        if (near or composition.abstained) and (offer := self._restated(library, plan)):
            # another wording that has an answer is better than what is merely near
            refusal = refuse(NOTHING_FOUND) if near else composition
            return replace(refusal, offers=(Statement(offer),))
        return composition

    def _composed(
        self, library: LibrarySnapshot, plan: QueryPlan, after: Sequence[Source]
    ) -> Composition:
        """By the plan where it recognised exactly what is asked, else what most speaks for."""
        planned = self._planned(library, plan)
        bodies = {source.department for source in sources_of(planned)}
        if planned.calculations and (mixes(plan, bodies) or self._misses(library, plan, planned)):
            planned = refuse(NOTHING_FOUND)
        there = plan.exact and planned.abstained and not planned.denies
        if not may_be_read(plan) or there:
            return planned  # the row that was named word by word is there, and what it lacks told
        asked = replace(self._asked(library, plan), after=tuple(after))
        certain = is_exact(plan) or is_placed(plan)
        agrees = not planned.abstained and certain and self._reading.agrees(asked, planned)
        if agrees and not self._reading.lacks(asked, planned):
            return planned
        return self._chosen(library, asked, planned)

    def _chosen(self, library: LibrarySnapshot, asked: Asked, planned: Composition) -> Composition:
        """What is told of all that may be told; else the facts that a question supposes to be
        otherwise, or a refusal."""
        plan, reading = asked.plan, self._reading
        context = self._context(library, plan.question)
        ranked, read = self._chooser.ranked(asked, planned, context)
        for one, _ in ranked:
            if one.way is Way.QUOTE:
                return self._premise(library, asked) or one.composition
            if self._holds(library, one.composition):
                return self._with_outcome(library, asked, one.composition)
        if facts := self._premise(library, asked):
            return facts
        if not planned.abstained:
            return refuse(NOTHING_FOUND)
        unsure = planned.denies and reading.may_say(read)
        return replace(planned, statements=(Statement(NOTHING_FOUND),)) if unsure else planned

    def _misses(self, library: LibrarySnapshot, plan: QueryPlan, planned: Composition) -> bool:
        """Whether what is reckoned over all that the library has leaves out what was named."""
        if plan.focus is not Dimension.TASK or plan.departments:
            return False
        documents = {source.document_id for source in sources_of(planned)}
        told = [statement.text for statement in planned.statements]
        for record in map(library.by_id.__getitem__, documents):
            told += [record.title, record.department, record.operator, record.file]
        return self._rows.leaves_untold(plan, told)

    def _with_outcome(
        self, library: LibrarySnapshot, asked: Asked, answer: Composition
    ) -> Composition:
        """The answer; of what only has a target nobody can tell whether it is met."""
        forms = {library.by_id[source.document_id].form for source in sources_of(answer)}
        if not self._reading.wants_status(asked) or judges(answer) or forms != {Form.TARGET}:
            return answer
        return with_notice(answer, NO_RESULT)

    def _premise(self, library: LibrarySnapshot, asked: Asked) -> Composition | None:
        """The facts that a question supposes to be otherwise: 超支了80万，为什么."""
        said = library.planner.premise(asked.plan.question)
        if not said or not self._reading.wants_reason(asked):
            return None
        plan = replace(library.planner.plan(said), departments=asked.plan.departments)
        facts = self._planned(library, plan)
        return facts if facts.calculations and not facts.abstained else None

    def _holds(self, library: LibrarySnapshot, composition: Composition) -> bool:
        """Whether every number of an answer is found again where it is said to stand."""
        text, citations = cite(composition.statements, library.by_id)
        figures = self._cited(citations)
        return not any(
            sentence.failed
            for sentence in check(text, citations, composition.calculations, figures=figures)
        )

    def _cited(self, citations: Sequence[Citation]) -> dict[str, Figure]:
        """The figures that are cited, by their id."""
        ids = [id for citation in citations for id in citation.figure_ids]
        return {figure.id: figure for figure in self._records.figures_by_id(ids)}

    def _asked(self, library: LibrarySnapshot, plan: QueryPlan) -> Asked:
        """The question within the documents of the bodies, years and forms that it names."""
        members = [name for one in plan.departments for name in library.directory.members(one)]
        forms = (library.form,) if library.form else plan.forms
        scope = Scope(departments=tuple(members), years=plan.years, forms=forms)
        wanted = self._reading.wanted(plan.question)
        if plan.said and plan.said != plan.question:
            wanted = wanted.beside(self._reading.wanted(plan.said))
        return Asked(plan, library.facts.scope(scope), wanted, absent_bodies(plan))

    def _planned(self, library: LibrarySnapshot, plan: QueryPlan) -> Composition:
        """The answer by the plan alone."""
        composer = Composer(self._context(library, plan.question))
        composition = composer.compose(plan, library.evidence.gather(plan))
        if composition.abstained and plan.intent is Intent.LOOKUP and plan.terms:
            # A rate that no form reports may be computable from the figures reported.
            derived = replace(plan, intent=Intent.RATE)
            again = composer.compose(derived, library.evidence.gather(derived))
            composition = again if again.calculations and not again.abstained else composition
        if composition.abstained and self._reckonings.asks_what_is_left(plan.question):
            pair = tuple(map(str, SPENT_AND_BUDGET))
            both = replace(plan, intent=Intent.DIFFERENCE, subjects=pair, terms=pair, about="")
            matches = library.evidence.gather(both).matches
            told = within_budget(matches, self._context(library, plan.question))
            composition = told or composition
        if composition.abstained and plan.seeks_findings:
            scope = self._snapshots.widened(scope_of(plan, library.form))
            known = bool(self._auditor.totals(scope))
            return reviewed(self._auditor.audit(scope), known=known) or composition
        return composition

    def _doubted(self, answer: Composition, plans: Sequence[QueryPlan]) -> Composition:
        """The answer with the doubts that checks have of its figures; a check tells its own."""
        if answer.state is not State.ANSWERED:
            return answer
        tables = (block for block in answer.blocks if isinstance(block, TableOfAnswers))
        cells = (cell for table in tables for row in table.rows for cell in row)
        sources = [source for one in (*answer.statements, *cells) for source in one.sources]
        figures = self._records.figures_by_id([id for one in sources for id in one.figure_ids])
        answer = unconfirmed(answer, figures)
        departments = tuple(dict.fromkeys(one.department for one in figures if one.department))
        if not departments:
            return answer
        documents = tuple(dict.fromkeys(one.document_id for one in figures))
        findings = self._auditor.audit(Scope(departments=departments, document_ids=documents))
        checks = any(plan.intent is Intent.CHECK or plan.seeks_findings for plan in plans)
        return doubted(answer, findings, figures, in_words=not checks)

    def _context(self, library: LibrarySnapshot, question: str) -> AnswerContext:
        return AnswerContext(
            documents=library.by_id,
            covered=library.covered,
            operators=library.operators,
            lists=library.lists,
            canonical=library.directory.canonical,
            wording=Wording(library.directory.names(question)),
            rules=self._rules,
            draft=partial(self._drafter.passage, library),
        )

    def _restated(self, library: LibrarySnapshot, plan: QueryPlan) -> str:
        """An offer of the question as the language model rewords it; "" without model or answer."""
        departments = plan.departments or tuple(library.covered)
        if self._restater is None or len(departments) != 1:
            return ""
        (department,) = departments
        year = (plan.years or library.covered.get(department, (0,)))[-1]
        scope = Scope(departments=library.directory.members(department), years=(year,))
        rows = self._records.indicators(scope)
        names = dict.fromkeys(row.name for row in rows if not re.search(r"\d", row.name))
        who = Wording(library.directory.names(plan.question)).who(department, year)
        question = self._restater.restate(plan, who, list(names))
        if not question or self._planned(library, library.planner.plan(question)).abstained:
            return ""
        return f"是否想问：{question}"

    # -- checking ----------------------------------------------------------------------------------

    def _verified(
        self, question: str, library: LibrarySnapshot, composition: Composition
    ) -> Answer:
        """The text with its citation markers, without sentences whose numbers are not verified.

        The numbers of a quoted passage are its own, and are not checked against themselves.
        """
        numbering = Numbering(library.by_id)
        text = numbering.text(composition.statements)
        blocks = [self._block(block, numbering) for block in composition.blocks]
        citations = numbering.citations
        figures = self._cited(citations)

        def checked(said: str) -> tuple[Sentence, ...]:
            return check(
                said, citations, composition.calculations, figures=figures, question=question
            )

        # help is no figure of a document: its limits and rules stand in data/help and data/rules
        helped = composition.state is State.HELPED
        sentences = [one for one in (() if helped else checked(text)) if not one.failed]
        if not helped and not shown(sentences):
            return self._verified(question, library, refuse(NOTHING_FOUND))
        read = min((figure.confidence for figure in figures.values()), default=Decimal(1))
        return Answer(
            question=question,
            text=shown(sentences) if sentences else text.strip(),
            state=composition.state,
            mode=Mode.GROUNDED,
            citations=citations,
            figures=tuple(figure for sentence in sentences for figure in sentence.figures),
            calculations=composition.calculations,
            confidence=Decimal(0) if composition.abstained else min(read, composition.confidence),
            doubts=composition.doubts,
            blocks=tuple(
                replace(
                    block,
                    rows=tuple(tuple(shown(checked(cell)) for cell in row) for row in block.rows),
                )
                for block in blocks
            ),
            suggestions=composition.suggestions,
        )

    @staticmethod
    def _block(block: QuotedPassage | TableOfAnswers, numbering: Numbering) -> AnswerBlock:
        """A block with the markers of its sources."""
        if isinstance(block, QuotedPassage):
            marker = next(iter(numbering.markers([block.source])), None)
            return AnswerBlock(BlockKind.QUOTE, block.text, marker=marker, span=block.span)
        rows = tuple(tuple(numbering.text([cell]) for cell in row) for row in block.rows)
        return AnswerBlock(BlockKind.TABLE, columns=block.columns, rows=rows, chart=block.chart)


def _scope(plans: Sequence[QueryPlan], citations: Sequence[Citation]) -> AnswerScope:
    """What the plans are limited to, and the documents that were cited."""
    return AnswerScope(
        tuple(dict.fromkeys(name for plan in plans for name in plan.departments)),
        tuple(dict.fromkeys(year for plan in plans for year in plan.years)),
        tuple(dict.fromkeys(form for plan in plans for form in plan.forms)),
        tuple(dict.fromkeys(citation.document_id for citation in citations)),
        any(plan.carried for plan in plans[:1]),
        any(plan.years_carried for plan in plans[:1]),
    )


def _names_body(plan: QueryPlan) -> bool:
    """Whether a question names whose value it asks for, and not only the turn before it does."""
    return bool(plan.departments and not plan.carried) or bool(absent_bodies(plan))


def _placed(
    plan: QueryPlan, before: Sequence[Source], canonical: Callable[[str], str]
) -> QueryPlan:
    """The plan of a part that names no body, limited to that of the part before."""
    bodies = {canonical(source.department) for source in before}
    years = {source.year for source in before}
    if len(bodies) != 1 or not all(bodies):
        return plan
    return with_scope(
        plan, departments=[*bodies], year=next(iter(years)) if len(years) == 1 else None
    )
