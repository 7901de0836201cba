"""A loaded document → everything it says (文档理解): the only place that joins the reading steps.

The stages are: what heads the document (title, year, department), then its blocks in reading order
(tables as rows of forms, running text as statements), then what only the whole can tell. Pure: the
same document always gives the same `Understanding`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ingest.extraction.amounts import topic_in
from ingest.extraction.metadata import Metadata, form_by_contents, read_metadata
from ingest.extraction.passages import Splitter
from ingest.extraction.reading_context import ReadingContext
from ingest.extraction.row_reader import RowReader
from ingest.extraction.statements import is_instruction
from ingest.extraction.unread_values import unread
from ingest.language.budget_terms import find_concept
from ingest.language.form_vocabulary import is_people_line, label_key
from ingest.language.headings import heading_level, topic_of
from ingest.language.normalise import squeeze
from ingest.tables.reshaping import shaped
from ingest.tables.rows import FormRow, read_table
from ingest.tables.text_tables import rebuild
from ingest.types.blocks import Block, Document, Form, Located, TableBlock, TextBlock
from ingest.types.facts import Passage, Role, Understanding
from ingest.types.tables import LooseRow, TableKind

MIN_PARAGRAPH_LENGTH = 3
"""Letters and digits of the shortest paragraph; less is a stray mark between parts of a table."""


def understand(document: Document, *, keep_contacts: bool = False) -> Understanding:
    """What the document says: its form, department and year, figures, indicators and passages.

    Names and telephone numbers of the form's authors are left out unless `keep_contacts`.
    """
    blocks = rebuild(document.blocks)
    head = read_metadata(blocks)
    reader = _BlockReader.for_document(document.id, head, keep_contacts=keep_contacts)
    reading = _top_of(head)
    for block in blocks:
        reading = reader.read(block, reading)
    return _understanding(document, head, blocks, reader)


def _top_of(head: Metadata) -> ReadingContext:
    """The context in which the first block is read."""
    return ReadingContext(
        department=head.department,
        year=head.year,
        form=head.form,
        topic=topic_in(head.title),
        document_unit=head.money_unit,
        money_unit=head.money_unit,
    )


@dataclass(slots=True)
class _BlockReader:
    """What the blocks of one document say, collected in reading order."""

    rows: RowReader
    splitter: Splitter
    keep_contacts: bool
    passages: list[Passage] = field(default_factory=list)
    table_rows: int = 0

    @classmethod
    def for_document(
        cls, document_id: str, head: Metadata, *, keep_contacts: bool
    ) -> "_BlockReader":
        splitter = Splitter(document_id, head.department, head.year)
        return cls(RowReader.for_document(document_id), splitter, keep_contacts)

    def read(self, block: Block, reading: ReadingContext) -> ReadingContext:
        """Collects what a block says; the context below it."""
        if isinstance(block, TextBlock):
            return self._text(block, reading)
        return self._table(block, reading)

    def _text(self, block: TextBlock, reading: ReadingContext) -> ReadingContext:
        if len(_NO_WORDS.sub("", block.text)) < MIN_PARAGRAPH_LENGTH:
            return reading
        reading = reading.announced(block.text)
        if self.keep_contacts or not is_people_line(block.text):
            reading = self._paragraph(block, reading)
        return reading.below_text()

    def _paragraph(self, block: TextBlock, reading: ReadingContext) -> ReadingContext:
        """Enters a heading; records the statements of any other paragraph."""
        text = block.text
        level, words = heading_level(text)
        if level:
            reading = replace(reading, headings=reading.headings.below(level, words))
            self.passages.extend(self.splitter.split(block, reading.headings.path()))
            return reading
        headings = reading.headings
        topic = topic_of(text)
        section = " / ".join(p for p in dict.fromkeys((headings.path(), topic)) if p)
        if not is_instruction(text[:INSTRUCTION_OPENING]):
            role = Role.TARGET if headings.section in ("measures", "goals") else Role.ACTUAL
            task = headings.task if not topic or find_concept(topic) else topic
            self.rows.recorder.text(block, role, reading.figure(section, task))
        self.passages.extend(self.splitter.split(block, section))
        return reading

    def _table(self, block: TableBlock, reading: ReadingContext) -> ReadingContext:
        self.table_rows += block.row_count
        reading = reading.at_table(block)
        for table in shaped(block):
            rows, context = read_table(table, reading.table)
            reading = replace(reading, table=context)
            for row in rows:
                if self.keep_contacts or not _is_private(row):
                    reading = self.rows.read(row, reading)
                    self.passages.extend(self._row_passages(row, reading))
        return reading

    def _row_passages(self, row: FormRow, reading: ReadingContext) -> Iterator[Passage]:
        """A row as one passage, long texts in several."""
        splitter = replace(self.splitter, department=reading.department, year=reading.year)
        if row.kind in (TableKind.GOALS, LooseRow.TEXT):
            for part in row.cells:
                if squeeze(part.cell.text):
                    head = label_key(part.head)
                    section = reading.section(row.section, head, reading.project)
                    yield from splitter.split(part.cell, section)
            return
        cells: list[Located] = [c.cell for c in row.cells if c.fresh]
        if row.kind is LooseRow.PAIR:
            cells.reverse()  # the value is read before its label, which names it
        yield from splitter.row(cells, reading.section(row.section, reading.project))


_NO_WORDS = re.compile(r"\W")
INSTRUCTION_OPENING = 40
"""Characters at the start of a paragraph that show whether it tells how to fill in the form."""


def _is_private(row: FormRow) -> bool:
    """Whether the row names contact persons: neither indexed nor echoed."""
    return row.section == "people" or any(is_people_line(cell.cell.text) for cell in row.cells)


def _understanding(
    document: Document, head: Metadata, blocks: Sequence[Block], reader: _BlockReader
) -> Understanding:
    """All that was read, with the form of a document whose title names none, and what was not
    understood."""
    recorder = reader.rows.recorder
    indicators = reader.rows.indicators.indicators
    unique = {passage.id: passage for passage in reader.passages}
    return Understanding(
        document=replace(
            document,
            title=head.title,
            form=form_by_contents(indicators) if head.form is Form.UNKNOWN else head.form,
            department=head.department,
            year=head.year,
            operator=head.operator,
        ),
        table_rows=reader.table_rows,
        figures=tuple(recorder.figures),
        indicators=tuple(indicators),
        tasks=tuple(reader.rows.tasks.tasks),
        passages=tuple(unique.values()),
        oddities=(*recorder.oddities, *unread(blocks, recorder.figures)),
    )
