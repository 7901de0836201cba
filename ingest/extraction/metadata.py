"""What heads a document: its title, year, department, form and unit of money."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.extraction.implementing_unit import MAX_NAME_LENGTH, operator_of
from ingest.language.form_vocabulary import first_value, unit_in
from ingest.language.normalise import normalise, squeeze
from ingest.language.vocabulary import Vocabulary
from ingest.language.years import find_years
from ingest.tables.cells import ReadCell, read_cell
from ingest.tables.headers import read_header
from ingest.types.blocks import Block, Form, TextBlock
from ingest.types.facts import Indicator
from ingest.types.tables import ColumnRole, TableKind

MAX_TITLE_LENGTH, MAX_YEAR_LINE_LENGTH = 60, 40
"""Maximum number of characters of a title, and of a line that gives the year."""
MAX_UNIT_LINES = 200
"""Maximum number of lines among which one gives the unit of all amounts."""
MAX_HEAD_LINES = 12
"""Maximum number of lines among which the title and the year of a form stand."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What heads a document; "" or None where nothing tells it."""

    title: str
    form: Form
    """The form that the title names."""
    year: int | None
    department: str
    operator: str
    """Who carries out what the department reports on (实施单位)."""
    money_unit: str
    """The unit that the head of the form gives for all its amounts (单位：万元)."""


def read_metadata(blocks: Sequence[Block], vocabulary: Vocabulary) -> Metadata:
    """What the title, the first lines and the labels of a document say about it."""
    title = _title(blocks, vocabulary)
    department = _department(blocks, title, vocabulary)
    return Metadata(
        title=title,
        form=vocabulary.read(title).form,
        year=_year(blocks, title),
        department=department,
        operator=operator_of(blocks, department, vocabulary),
        money_unit=_money_unit(blocks),
    )


_ATTACHMENT = re.compile(r"附[件表录][\d一二三四五六七八九十]*(?:[-—]\d+)?[：:.、]?")
"""附件2 over a form is no title."""


_NO_WORD = re.compile(r"\W")


_IN_BRACKETS = re.compile(r"[（(][^（）()]*[)）]")


def _lines(blocks: Sequence[Block]) -> Iterator[str]:
    """The short texts of a document from the top: paragraphs, then cells row by row."""
    for block in blocks:
        if isinstance(block, TextBlock):
            yield normalise(block.text).strip()
        else:
            for cell in block.cells:
                yield normalise(cell.text).strip()


def _title(blocks: Sequence[Block], vocabulary: Vocabulary) -> str:
    """The first short line that names a form, else one with a year that ends as titles do, else
    the first line."""
    first = second = ""
    ends = vocabulary.forms.titles.ends
    for number, line in enumerate(_lines(blocks)):
        if number > MAX_HEAD_LINES:
            break
        key = squeeze(line)
        if (
            not key
            or len(key) > MAX_TITLE_LENGTH
            or vocabulary.read(line).label
            or _ATTACHMENT.fullmatch(key)
        ):
            continue
        first = first or line
        if vocabulary.read(key).form is not Form.UNKNOWN and "。" not in key:
            return " ".join(line.split()).lstrip("# ")
        if find_years(key) and _IN_BRACKETS.sub("", key).endswith(ends):
            second = second or line
    return " ".join((second or first).split()).lstrip("# ")[:MAX_TITLE_LENGTH]


def _year(blocks: Sequence[Block], title: str) -> int | None:
    """The year in the title or the lines around it, else the year named most often."""
    if years := find_years(squeeze(title)):
        return years[0].year
    head = [line for _, line in zip(range(MAX_HEAD_LINES), _lines(blocks), strict=False)]
    for line in head:
        years = find_years(squeeze(line))
        if years and len(line) < MAX_YEAR_LINE_LENGTH:
            return years[0].year
    counted = Counter(named.year for line in _lines(blocks) for named in find_years(line))
    return counted.most_common(1)[0][0] if counted else None


def _department(blocks: Sequence[Block], title: str, vocabulary: Vocabulary) -> str:
    """The value beside a department label, else what stands before the year in the title."""
    operator = ""
    for block in blocks:
        if isinstance(block, TextBlock):
            for part in _WIDE_BLANK.split(normalise(block.text).strip()):
                label, name = _labelled(part, r"[：:]|\s+", vocabulary)
                if label is ColumnRole.DEPARTMENT:
                    return name
                operator = operator or name
            continue
        for row in range(block.row_count):
            cells = [
                read_cell(c, vocabulary) for c in block.cells if c.row == row and squeeze(c.text)
            ]
            for cell in cells:
                label, name = _labelled(cell.text, r"[：:]", vocabulary)
                if label is ColumnRole.DEPARTMENT:
                    return name
                operator = operator or name
            header = read_header(cells, None, vocabulary) if len(cells) > 3 else None
            for cell, after in pairwise(cells):
                if header and {cell.column, after.column} <= header.columns.keys():
                    continue  # two column heads, not a label and its value
                label = cell.content.label if not after.content.label else None
                if label is ColumnRole.DEPARTMENT and not _is_number(after, vocabulary):
                    return name if len(name := first_value(after.text)) < MAX_NAME_LENGTH else ""
                if label is ColumnRole.OPERATOR:
                    operator = operator or first_value(after.text)
    in_title = _in_title(title, vocabulary)
    return in_title or _alone(blocks, vocabulary) or operator or _leading(title, vocabulary)


_WIDE_BLANK = re.compile(r"\s{2,}")
"""Blanks that part the labels of one line: 评价年度：2022年　　被评价单位：某局."""


def _alone(blocks: Sequence[Block], vocabulary: Vocabulary) -> str:
    """A department that stands on a line of its own over the title."""
    tails = tuple(vocabulary.departments.tails)
    for line, _ in zip(_lines(blocks), range(3), strict=False):
        name = squeeze(line)
        if (
            name.endswith(tails)
            and 4 < len(name) < MAX_NAME_LENGTH
            and not _NO_WORD.search(_IN_BRACKETS.sub("", name))
        ):
            return name
    return ""


def _in_title(title: str, vocabulary: Vocabulary) -> str:
    """The department that a title begins with: before its year, or before the words of the form."""
    words = vocabulary.forms.titles
    key = words.leads.sub("", squeeze(title))
    years, form = find_years(key), words.form.search(key)
    if years and not (form and form.start() < years[0].start):
        return key[: years[0].start].strip("（(")
    before = key[: form.start()] if form else ""
    return before if before.endswith(tuple(vocabulary.departments.tails)) else ""


_PLACE = re.compile(r"^[一-龥]{1,8}?[省市县区旗州盟镇乡]")


MAX_LEADING_NAME_LENGTH = 30
"""Maximum number of characters of a name that nothing in the title ends."""


def _leading(title: str, vocabulary: Vocabulary) -> str:
    """The department that a title begins with where nothing tells its end (某县图书馆开放专项)."""
    key = vocabulary.forms.titles.leads.sub("", squeeze(title))[:MAX_LEADING_NAME_LENGTH]
    place = _PLACE.match(key)
    tails = tuple(t for t in vocabulary.departments.tails if len(t) > 1 or t in "局厅")
    ends = range(len(key), place.end() + 2 if place else len(key), -1)
    return next((key[:end] for end in ends if key[:end].endswith(tails)), "")


def _labelled(text: str, separator: str, vocabulary: Vocabulary) -> tuple[ColumnRole | None, str]:
    """What the label of a line announces and who stands behind it (填报单位：某局)."""
    parts = re.split(separator, normalise(text).strip(), maxsplit=1)
    label = vocabulary.read(parts[0]).label if len(parts) == 2 else None
    name = first_value(parts[1]) if label in _NAMED else ""
    return (label, name) if name else (None, "")


_NAMED = (ColumnRole.DEPARTMENT, ColumnRole.OPERATOR)
"""Labels that a public body's name stands behind."""


def _is_number(cell: ReadCell, vocabulary: Vocabulary) -> bool:
    """Whether a cell beside a label is no name: a value, a term or another label of the form."""
    content = vocabulary.read(cell.content.squeezed)
    if content.section or content.concept:
        return True
    if any(content.is_listed_head(kind) for kind in (TableKind.FUNDS, TableKind.INDICATORS)):
        return True
    return bool(_NUMBER.fullmatch(content.text))


_NUMBER = re.compile(r"[\d,.%]+")


def _money_unit(blocks: Sequence[Block]) -> str:
    """The unit that the head of the form gives for all its amounts."""
    for number, line in enumerate(_lines(blocks)):
        unit = unit_in(line) if len(squeeze(line)) < MAX_TITLE_LENGTH else ""
        if unit:
            return unit
        if number > MAX_UNIT_LINES:
            break
    return ""


def form_by_contents(indicators: Sequence[Indicator]) -> Form:
    """The form of a document by what its indicators report; unknown where it has none."""
    if not indicators:
        return Form.UNKNOWN
    if any(indicator.score for indicator in indicators):
        return Form.PROJECT_SELF_EVALUATION
    if any(indicator.actual or indicator.actual_text for indicator in indicators):
        return Form.SELF_EVALUATION
    return Form.TARGET
