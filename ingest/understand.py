"""A loaded document → everything it says (文档理解): the only place that joins the reading steps.

Tables are read as forms, running text as statements; department, year and form come from the
contents. Pure: the same document always gives the same `Understanding`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.clean import normalise, squeeze
from ingest.dumps import rebuild
from ingest.forms import (
    Context,
    FormRow,
    form_of,
    label_of,
    read_table,
    section_of,
    is_people_line,
)
from ingest.indicators import FactReader, Whose, unit_in
from ingest.split import Splitter
from ingest.statements import is_instruction
from ingest.types import (
    Block,
    Cell,
    Document,
    Form,
    Located,
    Passage,
    Role,
    TableBlock,
    TextBlock,
    Understanding,
)

HEAD_BLOCKS = 12
"""Title, year and unit stand in the first lines of a form."""
_YEAR = re.compile(r"((?:19|20)\d\d)\s*年")
_TITLE_END = re.compile(r"(?:表|报告|目标|说明)(?:[（(].{0,16}[)）])?$")


def understand(document: Document) -> Understanding:
    """What the document says: its form, department and year, figures, indicators and passages."""
    blocks = rebuild(document.blocks)
    title = _title(blocks)
    year = _year(blocks, title)
    department = _department(blocks, title)
    form = form_of(title)
    document = replace(document, title=title, form=form, department=department, year=year)
    whose = Whose(document.id, department, year, _money_unit(blocks))
    reader = FactReader(whose)
    splitter = Splitter(document.id, department, year)
    passages: list[Passage] = []
    rows = 0
    context = Context()
    heading = Headings()
    for block in blocks:
        if isinstance(block, TextBlock):
            passages.extend(_read_text(block, reader, splitter, heading))
            context = Context()
            continue
        rows += block.row_count
        reader.heading = heading.path()
        if not block.continues:
            reader.project = heading.task(reader)
        table_rows, context = read_table(block, context)
        for row in table_rows:
            if _private(row):
                continue
            reader.read(row)
            passages.extend(_row_passages(row, splitter, reader))
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
        oddities=tuple(reader.oddities),
    )


# What the document is


def _lines(blocks: Sequence[Block]) -> Iterator[str]:
    """The short texts of a document from the top: paragraphs, then cells row by row."""
    for block in blocks:
        if isinstance(block, TextBlock):
            yield normalise(block.text).strip()
        else:
            for cell in block.cells:
                yield normalise(cell.text).strip()


def _title(blocks: Sequence[Block]) -> str:
    """The first short line that names a form, else the first line."""
    first = ""
    for number, line in enumerate(_lines(blocks)):
        if number > HEAD_BLOCKS:
            break
        key = squeeze(line)
        if not key or len(key) > 60 or label_of(line):
            continue
        first = first or line
        if form_of(key) is not Form.UNKNOWN and "。" not in key:
            return " ".join(line.split())
    return " ".join(first.split())[:60]


def _year(blocks: Sequence[Block], title: str) -> int | None:
    """The year in the title or the lines around it, else the year named most often."""
    match = _YEAR.search(re.sub(r"\s+", "", normalise(title)))
    if match:
        return int(match.group(1))
    head = [line for _, line in zip(range(HEAD_BLOCKS), _lines(blocks), strict=False)]
    for line in head:
        match = _YEAR.search(re.sub(r"\s+", "", line))
        if match and len(line) < 40:
            return int(match.group(1))
    counted = Counter(
        int(m.group(1)) for line in _lines(blocks) for m in _YEAR.finditer(line)
    )
    return counted.most_common(1)[0][0] if counted else None


def _department(blocks: Sequence[Block], title: str) -> str:
    """The value beside a department label, else what stands before the year in the title."""
    operator = ""
    for block in blocks:
        if isinstance(block, TextBlock):
            parts = re.split(r"[：:]|\s+", normalise(block.text).strip(), maxsplit=1)
            if len(parts) == 2 and label_of(parts[0]) == "department" and parts[1].strip():
                return squeeze(parts[1])
            continue
        for row in range(block.row_count):
            cells = [c for c in block.cells if c.row == row and squeeze(c.text)]
            for cell, after in zip(cells, cells[1:], strict=False):
                label = label_of(cell.text)
                if label == "department" and not label_of(after.text) and not _is_number(after):
                    return squeeze(after.text) if len(squeeze(after.text)) < 40 else ""
                if label == "operator" and not label_of(after.text):
                    operator = operator or squeeze(after.text)
    key = squeeze(title)
    match = _YEAR.search(key)
    before = key[: match.start()] if match else ""
    return before.strip("（(") or operator


def _is_number(cell: Cell) -> bool:
    return bool(re.fullmatch(r"[\d,.%]+", squeeze(cell.text))) or section_of(cell.text) != ""


def _money_unit(blocks: Sequence[Block]) -> str:
    """The unit that the head of the form gives for all its amounts."""
    for number, line in enumerate(_lines(blocks)):
        unit = unit_in(line) if len(line) < 60 else ""
        if unit:
            return unit
        if number > 200:
            break
    return ""


def _form_by_contents(reader: FactReader, rows: int) -> Form:
    """A form without a telling title is named by what it reports; else it stays unknown."""
    if not reader.indicators:
        return Form.UNKNOWN
    if any(i.score for i in reader.indicators):
        return Form.PROJECT_SELF_EVALUATION
    if any(i.actual or i.actual_text for i in reader.indicators):
        return Form.SELF_EVALUATION
    return Form.TARGET


# Running text


class Headings:
    """The headings above the text being read (标题层级)."""

    def __init__(self) -> None:
        self._levels: dict[int, str] = {}
        self.section = ""

    def enter(self, level: int, text: str) -> None:
        self._levels = {k: v for k, v in self._levels.items() if k < level} | {level: text}
        self.section = next(
            (s for s in (section_of(h) for h in reversed(list(self._levels.values()))) if s), ""
        )

    def path(self) -> str:
        return " / ".join(v for _, v in sorted(self._levels.items()))

    def task(self, reader: FactReader) -> str:
        """The item heading (1.志愿服务专项) that the text stands under, if any."""
        return self._levels.get(3, "")


_HEADING = (
    (1, re.compile(r"^[一二三四五六七八九十]+、(.{2,30})$")),
    (2, re.compile(r"^[（(][一二三四五六七八九十]+[)）](.{2,30})$")),
    (3, re.compile(r"^\d{1,2}[.、．](.{2,30})$")),
)


def heading_level(text: str) -> tuple[int, str]:
    """The level and words of a numbered heading; 0 when the text is no heading."""
    key = squeeze(text)
    if key.endswith(("。", "；", "，", ";")) or re.search(r"[，。；]", key):
        return 0, ""
    for level, pattern in _HEADING:
        match = pattern.match(key)
        if match:
            return level, match.group(1).rstrip("：:")
    return 0, ""


def _read_text(
    block: TextBlock, reader: FactReader, splitter: Splitter, heading: Headings
) -> Iterator[Passage]:
    text = block.text
    if not squeeze(text) or is_people_line(text):
        return
    level, words = heading_level(text)
    if level:
        heading.enter(level, words)
        yield from splitter.split(block, heading.path())
        return
    topic = _topic(text)
    section = " / ".join(p for p in dict.fromkeys((heading.path(), topic)) if p)
    role = Role.TARGET if heading.section in ("measures", "goals") else Role.ACTUAL
    if not is_instruction(text[:40]):
        task = topic or heading.task(reader)
        reader.text(block, role, section, task=task)
    yield from splitter.split(block, section)


_TOPIC = re.compile(r"^(?:\d{1,2}[.、．]|[（(][一二三四五六七八九十]+[)）])?([^。，：:；\d]{2,28})[。：:]")


def _topic(text: str) -> str:
    """What a paragraph is about, where it opens with a name: 志愿服务专项：安排资金… ."""
    match = _TOPIC.match(squeeze(text))
    if match is None or match.group(1).endswith("指标") or len(match.group(0)) == len(squeeze(text)):
        return ""
    numbered = match.group(0)[0].isdigit() or match.group(0)[0] in "（("
    return match.group(1) if numbered or match.group(0).endswith(("：", ":")) else ""


# Table rows


def _private(row: FormRow) -> bool:
    """Whether the row names contact persons: neither indexed nor echoed."""
    return any(is_people_line(cell.cell.text) or section_of(cell.head) == "people" for cell in row.cells)


def _row_passages(row: FormRow, splitter: Splitter, reader: FactReader) -> Iterator[Passage]:
    names = (reader.heading, row.section and reader.section_name(row.section), reader.project)
    section = " / ".join(dict.fromkeys(n for n in names if n))
    cells: list[Located] = [c.cell for c in row.cells if c.fresh]
    if row.kind in ("goals", "text"):
        for cell in cells:
            if squeeze(cell.text):
                yield from splitter.split(cell, section)
    else:
        yield from splitter.row(cells, section)
