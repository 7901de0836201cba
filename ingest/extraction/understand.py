"""A loaded document → everything it says (文档理解): the only place that joins the reading steps.

The stages are: what heads the document (title, year, department), then its blocks in reading order
(tables as rows of forms, running text as statements), then what only the whole can tell. Pure: the
same document always gives the same `Understanding`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeVar

from ingest.extraction.amounts import topic_in
from ingest.extraction.document_kind import kind_by_contents
from ingest.extraction.metadata import Metadata, read_metadata
from ingest.extraction.passages import Splitter
from ingest.extraction.reading_context import ReadingContext
from ingest.extraction.reading_version import reading_version
from ingest.extraction.row_reader import RowReader
from ingest.extraction.unread_values import unread
from ingest.language.headings import (
    ARTICLE_LEVEL,
    article_of,
    contents_lines,
    heading_level,
    topic_of,
)
from ingest.language.vocabulary import Vocabulary
from ingest.semantics.label_reader import full_vocabulary
from ingest.tables.cells import ReadTable, read_cell, read_contents
from ingest.tables.form_rows import FormRow
from ingest.tables.grid import spread
from ingest.tables.header_search import Context
from ingest.tables.loose_rows import labelled_pairs
from ingest.tables.reshaping import shaped
from ingest.tables.rows import read_table
from ingest.tables.text_tables import rebuild
from ingest.templates.lookup import Templates
from ingest.templates.types import Taught
from ingest.types.blocks import Block, Cell, Document, Located, Remark, TableBlock, TextBlock
from ingest.types.facts import Figure, Indicator, Oddity, Passage, Role, Understanding
from ingest.types.tables import FormSection, How, LooseRow, TableKind

MIN_PARAGRAPH_LENGTH = 3
"""Letters and digits of the shortest paragraph; less is a stray mark between parts of a table."""


def understand(
    document: Document,
    *,
    keep_contacts: bool = False,
    taught: Sequence[Taught] = (),
    vocabulary: Vocabulary | None = None,
) -> Understanding:
    """What the document says: its form, department and year, figures, indicators and passages.

    Read by what was `taught` of heads of tables, then by the vocabulary of data/lexicon unless
    another is given. Names and telephone numbers of the form's authors are left out unless
    `keep_contacts`.
    """
    vocabulary = vocabulary or full_vocabulary()
    blocks = rebuild(document.blocks, vocabulary)
    head = read_metadata(blocks, document.file, vocabulary)
    rows = RowReader.for_document(document.id, vocabulary)
    splitter = Splitter(document.id, head.department, head.year)
    reader = _BlockReader(rows, splitter, vocabulary, keep_contacts)
    reading = _top_of(head, vocabulary)
    reading = replace(reading, table=Context(templates=Templates.of(taught, head.department)))
    blocks = _without_contents(blocks)
    for block in blocks:
        reading = reader.read(block, reading)
    understanding = _understanding(document, head, blocks, reader)
    return replace(understanding, layouts=reading.table.layouts)


def _without_contents(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks without the lines of a table of contents: they state nothing themselves."""
    texts = [block for block in blocks if isinstance(block, TextBlock)]
    left_out = {id(texts[n]) for n in contents_lines([block.text for block in texts])}
    return tuple(block for block in blocks if id(block) not in left_out)


def _top_of(head: Metadata, vocabulary: Vocabulary) -> ReadingContext:
    """The context in which the first block is read."""
    return ReadingContext(
        vocabulary=vocabulary,
        department=head.department,
        departments=head.departments,
        document_project=head.project,
        project=head.project,
        year=head.year,
        form=head.form,
        topic=topic_in(head.title, vocabulary),
        document_unit=head.money_unit,
        money_unit=head.money_unit,
    )


@dataclass(slots=True)
class _BlockReader:
    """What the blocks of one document say, collected in reading order."""

    rows: RowReader
    splitter: Splitter
    vocabulary: Vocabulary
    keep_contacts: bool
    passages: list[Passage] = field(default_factory=list)
    table_rows: int = 0

    def read(self, block: Block, reading: ReadingContext) -> ReadingContext:
        """Collects what a block says; the context below it."""
        if isinstance(block, TextBlock):
            return self._text(block, reading)
        return self._table(block, reading)

    def _text(self, block: TextBlock, reading: ReadingContext) -> ReadingContext:
        if len(_NO_WORDS.sub("", block.text)) < MIN_PARAGRAPH_LENGTH:
            return reading
        reading = reading.announced(block.text)
        if pairs := labelled_pairs(read_cell(Cell(0, 0, block.runs), self.vocabulary), None):
            return self._label_line(block, pairs, reading).below_text()
        if self.keep_contacts or not self.vocabulary.read(block.text).is_people_line:
            reading = self._paragraph(block, reading)
        return reading.below_text()

    def _label_line(
        self, block: TextBlock, pairs: Sequence[FormRow], reading: ReadingContext
    ) -> ReadingContext:
        """A line of several labels, each with its value."""
        kept = [pair for pair in pairs if self.keep_contacts or not _is_private(pair)]
        if len(kept) == len(pairs):
            self.passages.extend(self.splitter.split(block, reading.headings.path()))
        for pair in kept:
            reading = self.rows.read(pair, reading)
        return reading

    def _paragraph(self, block: TextBlock, reading: ReadingContext) -> ReadingContext:
        """Enters a heading or an article; records the statements of any other paragraph."""
        text = block.text
        level, words = heading_level(text)
        if level:
            reading = replace(
                reading, headings=reading.headings.below(level, self.vocabulary.read(words))
            )
            self.passages.extend(self.splitter.split(block, reading.headings.path()))
            return reading
        article, text = article_of(text)
        if article:
            named = self.vocabulary.read(article)
            reading = replace(reading, headings=reading.headings.below(ARTICLE_LEVEL, named))
        headings = reading.headings
        topic = topic_of(text)
        section = " / ".join(p for p in dict.fromkeys((headings.path(), topic)) if p)
        if not self.vocabulary.read(text[:INSTRUCTION_OPENING]).is_instruction:
            role = Role.TARGET if headings.section in _PLANS else None
            task = headings.task if not topic or self.vocabulary.terms.find(topic) else topic
            self._stated(block, role, reading, (section, task))
        self.passages.extend(self.splitter.split(block, section))
        return reading

    def _stated(
        self, block: TextBlock, role: Role | None, reading: ReadingContext, under: tuple[str, str]
    ) -> None:
        """Records what a paragraph states: indicators that it lists, and figures."""
        recorder, indicators = self.rows.recorder, self.rows.indicators
        if reading.planned and indicators.read_paragraph(block, reading):
            return
        first = len(recorder.figures)
        stated = recorder.text(block, role, reading.figure(*under))
        indicators.add_stated(block, stated, first, reading)

    def _table(self, block: TableBlock, reading: ReadingContext) -> ReadingContext:
        self.table_rows += block.row_count
        reading = reading.at_table(block)
        for table in self._shaped(read_contents(block, self.vocabulary), reading.table.templates):
            rows, context = read_table(table, reading.table, self.vocabulary)
            reading = replace(reading, table=context)
            for row in rows:
                if self.keep_contacts or not _is_private(row):
                    reading = self.rows.read(row, reading)
                    self.passages.extend(self._row_passages(row, reading))
        return reading

    def _shaped(self, table: ReadTable, templates: Templates) -> Iterable[ReadTable]:
        """The tables of a block; one whose head was taught stands as somebody saw it then."""
        if templates.by_signature and templates.fits_somewhere(spread(table, self.vocabulary).rows):
            return (table,)
        return shaped(table, self.vocabulary)

    def _row_passages(self, row: FormRow, reading: ReadingContext) -> Iterator[Passage]:
        """A row as one passage, long texts in several."""
        splitter = replace(self.splitter, department=reading.department, year=reading.year)
        if row.kind in (TableKind.GOALS, LooseRow.TEXT):
            for part in row.cells:
                if part.content.squeezed:
                    section = reading.section(row.section, part.headed.key, reading.project)
                    yield from splitter.split(part.cell, section)
            return
        cells: list[Located] = [c.cell for c in row.cells if c.fresh]
        if row.kind is LooseRow.PAIR:
            cells.reverse()  # the value is read before its label, which names it
        yield from splitter.row(cells, reading.section(row.section, reading.project))


_PLANS = (FormSection.MEASURES, FormSection.GOALS)
"""Blocks under whose headings text tells what is to be done."""
_NO_WORDS = re.compile(r"\W")
INSTRUCTION_OPENING = 40
"""Characters at the start of a paragraph that show whether it tells how to fill in the form."""


def _is_private(row: FormRow) -> bool:
    """Whether the row names contact persons: neither indexed nor echoed."""
    return row.section is FormSection.PEOPLE or any(
        cell.content.is_people_line for cell in row.cells
    )


def _understanding(
    document: Document, head: Metadata, blocks: Sequence[Block], reader: _BlockReader
) -> Understanding:
    """All that was read, with the form of a document whose title names none, and what was not
    understood."""
    recorder = reader.rows.recorder
    hidden = [remark for remark in document.remarks if remark.hidden]
    figures = tuple(_shown_or_doubted(figure, hidden) for figure in recorder.figures)
    told = reader.rows.indicators
    indicators = tuple(_shown_or_doubted(i, hidden) for i in told.indicators or told.stated)
    places = [*(figure.location for figure in recorder.figures), *recorder.rules]
    unique = {passage.id: passage for passage in reader.passages}
    return Understanding(
        document=replace(
            document,
            title=head.title,
            form=kind_by_contents(head.form, indicators),
            department=head.department,
            year=head.year,
            operator=head.operator,
        ),
        table_rows=reader.table_rows,
        figures=figures,
        indicators=indicators,
        tasks=tuple(reader.rows.tasks.tasks),
        passages=tuple(unique.values()),
        oddities=(*recorder.oddities, *unread(blocks, places, recorder.vocabulary)),
        open=(*head.open, *(Oddity(r.text, r.reason, r.location) for r in document.remarks)),
        reader=reading_version() + ("+contacts" if reader.keep_contacts else ""),
    )


HIDDEN_CONFIDENCE = Decimal("0.3")
"""How surely what stands hidden counts: what is shown is never set against it."""
Doubted = TypeVar("Doubted", Figure, Indicator)


def _shown_or_doubted(reading: Doubted, hidden: Sequence[Remark]) -> Doubted:
    """A reading, doubted where it stands in a hidden sheet, row or column."""
    if not any(remark.covers(reading.location) for remark in hidden):
        return reading
    return replace(reading, how=How.HIDDEN, confidence=min(reading.confidence, HIDDEN_CONFIDENCE))
