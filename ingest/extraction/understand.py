"""A loaded document → everything it says (文档理解): the only place that joins the reading steps.

Tables are read as forms, running text as statements; department, year and form come from the
contents. Pure: the same document always gives the same `Understanding`.
"""

from collections.abc import Iterator
from dataclasses import replace

from ingest.extraction.amounts import topic_in
from ingest.extraction.figure_recorder import FigureContext, Ownership
from ingest.extraction.implementing_unit import operator_of
from ingest.extraction.indicators import FactReader
from ingest.extraction.metadata import (
    _WORDS,
    _department,
    _form_by_contents,
    _money_unit,
    _title,
    _year,
)
from ingest.extraction.passages import Splitter
from ingest.extraction.statements import is_instruction
from ingest.extraction.unread_values import unread
from ingest.language.budget_terms import find_concept
from ingest.language.form_vocabulary import (
    form_of,
    is_people_line,
    label_key,
)
from ingest.language.headings import Headings, heading_level, topic_of
from ingest.language.normalise import squeeze
from ingest.tables.reshaping import shaped
from ingest.tables.rows import Context, FormRow, read_table
from ingest.tables.text_tables import rebuild
from ingest.types.blocks import Document, Form, Located, TextBlock
from ingest.types.facts import Passage, Role, Understanding
from ingest.types.tables import LooseRow, TableKind

SHORTEST = 3
"""Characters of the shortest paragraph; less is a stray mark between two parts of a table."""


def understand(document: Document, *, keep_contacts: bool = False) -> Understanding:
    """What the document says: its form, department and year, figures, indicators and passages.

    Names and telephone numbers of the form's authors are left out unless `keep_contacts`.
    """
    blocks = rebuild(document.blocks)
    title = _title(blocks)
    year = _year(blocks, title)
    department = _department(blocks, title)
    form = form_of(title)
    document = replace(
        document,
        title=title,
        form=form,
        department=department,
        year=year,
        operator=operator_of(blocks, department),
    )
    whose = Ownership(document.id, department, year, _money_unit(blocks))
    reader = FactReader(whose)
    reader.topic = topic_in(title)
    reader.planned = form is Form.TARGET
    reader.summary = form is Form.SUMMARY
    splitter = Splitter(document.id, department, year)
    passages: list[Passage] = []
    rows = 0
    context = Context()
    heading = Headings()
    sheet: str | None = ""
    for block in blocks:
        if isinstance(block, TextBlock):
            if len(_WORDS.sub("", block.text)) < SHORTEST:
                continue
            reader.announce(block.text)
            if keep_contacts or not is_people_line(block.text):
                passages.extend(_read_text(block, reader, splitter, heading))
            context = Context()
            sheet = ""
            continue
        rows += block.row_count
        reader.heading = heading.path()
        if not block.continues and sheet != block.location.sheet:
            if sheet:
                reader.whose = replace(reader.whose, money_unit=whose.money_unit)
            reader.project = heading.task  # else the table stands right under the one before
        sheet = block.location.sheet
        for table in shaped(block):
            table_rows, context = read_table(table, context)
            for row in table_rows:
                if _private(row) and not keep_contacts:
                    continue
                reader.read(row)
                own = replace(splitter, department=reader.whose.department, year=reader.whose.year)
                passages.extend(_row_passages(row, own, reader))
    if form is Form.UNKNOWN:
        form = _form_by_contents(reader, rows)
    unique = {passage.id: passage for passage in passages}
    return Understanding(
        document=replace(document, form=form),
        table_rows=rows,
        figures=tuple(reader.figures),
        indicators=tuple(reader.indicators),
        tasks=tuple(reader.tasks),
        passages=tuple(unique.values()),
        oddities=(*reader.oddities, *unread(blocks, reader.figures)),
    )


# What the document is


# Running text


def _read_text(
    block: TextBlock, reader: FactReader, splitter: Splitter, heading: Headings
) -> Iterator[Passage]:
    text = block.text
    level, words = heading_level(text)
    if level:
        heading.enter(level, words)
        yield from splitter.split(block, heading.path())
        return
    topic = topic_of(text)
    section = " / ".join(p for p in dict.fromkeys((heading.path(), topic)) if p)
    role = Role.TARGET if heading.section in ("measures", "goals") else Role.ACTUAL
    if not is_instruction(text[:40]):
        task = heading.task if not topic or find_concept(topic) else topic
        reader.text(block, role, FigureContext(section, task))
    yield from splitter.split(block, section)


# Table rows


def _private(row: FormRow) -> bool:
    """Whether the row names contact persons: neither indexed nor echoed."""
    return row.section == "people" or any(is_people_line(cell.cell.text) for cell in row.cells)


def _row_passages(row: FormRow, splitter: Splitter, reader: FactReader) -> Iterator[Passage]:
    section = reader.section(row.section, reader.project)
    cells: list[Located] = [c.cell for c in row.cells if c.fresh]
    if row.kind is LooseRow.PAIR:
        yield from splitter.row(cells[::-1], section)
    elif row.kind in (TableKind.GOALS, LooseRow.TEXT):
        for part in row.cells:
            if squeeze(part.cell.text):
                own = reader.section(row.section, label_key(part.head), reader.project)
                yield from splitter.split(part.cell, own)
    else:
        yield from splitter.row(cells, section)
