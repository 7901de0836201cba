"""What heads a document: its title, year, department, form and unit of money."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.extraction.budget_year import MAX_HEAD_LINES, budget_year
from ingest.extraction.department import Titled, department_of
from ingest.extraction.document_kind import kind_by_text
from ingest.extraction.implementing_unit import operator_of
from ingest.extraction.labelled_facts import labelled_facts
from ingest.extraction.project import project_of
from ingest.language.form_vocabulary import unit_in
from ingest.language.headings import heading_level
from ingest.language.normalise import normalise, squeeze
from ingest.language.vocabulary import Vocabulary
from ingest.language.years import find_years, without_dates
from ingest.types.blocks import Block, Form, TextBlock
from ingest.types.facts import Oddity

MAX_TITLE_LENGTH = 60
"""Maximum number of characters of a line of a title."""
MAX_UNIT_LINES = 200
"""Maximum number of lines among which one gives the unit of all amounts."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What heads a document; "" or None where nothing tells it."""

    title: str
    form: Form
    """The form or paper that the title and the shape of the text tell."""
    year: int | None
    department: str
    departments: tuple[str, ...]
    """The bodies that labels give as the department: each form in one file may have its own."""
    operator: str
    """Who carries out what the department reports on (实施单位)."""
    project: str
    """The only project that labels name; "" for none or several."""
    money_unit: str
    """The unit that the head of the form gives for all its amounts (单位：万元)."""
    open: tuple[Oddity, ...]
    """What stays open of it, with the likeliest answer."""


def read_metadata(blocks: Sequence[Block], file: str, vocabulary: Vocabulary) -> Metadata:
    """What the title, the lines, the labels and the name of a document's file say about it."""
    title = _title(blocks, vocabulary)
    texts = [normalise(block.text) for block in blocks if isinstance(block, TextBlock)]
    form = kind_by_text(title, texts, vocabulary)
    facts = labelled_facts(blocks)
    whose = department_of(blocks, facts, Titled(title, form, file), vocabulary)
    return Metadata(
        title=title,
        form=form,
        year=budget_year(tuple(_lines(blocks)), title, facts, form, vocabulary),
        department=whose.department,
        departments=whose.labelled,
        operator=operator_of(facts, whose.department, vocabulary),
        project=project_of(facts, form, vocabulary),
        money_unit=_money_unit(blocks),
        open=whose.open,
    )


_ATTACHMENT = re.compile(r"附[件表录][\d一二三四五六七八九十]*(?:[-—]\d+)?[：:.、]?")
"""附件2 over a form is no title."""


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
    """The first short line that names a form, else one that names a paper, else one with a year
    that ends as titles do or begins with a body, else the first line; with the line before it that
    it goes on from."""
    likely: list[str] = [""] * RANKS
    before = ""
    for _, line in zip(range(MAX_HEAD_LINES + 1), _lines(blocks), strict=False):
        line = _CALLED.sub("", line)
        rank = _title_rank(line, vocabulary)
        if rank < RANKS and not likely[rank]:
            likely[rank] = _begun(before, line, vocabulary) + line
        before = line
    title = next((line for line in likely if line), "")
    return " ".join(title.split()).lstrip("# ")


_CALLED = re.compile(r"^标\s*题\s*[：:]\s*")
"""The label of a title on a web page."""
RANKS = 6
"""How many grades of likely titles there are."""
CHAPTER = 4
"""The grade of a numbered heading: it names a form where a part of a paper is about one."""


def _title_rank(line: str, vocabulary: Vocabulary) -> int:
    """How likely a line is the title, 0 for most; `RANKS` for what is none."""
    key = squeeze(line)
    if not key or len(key) > MAX_TITLE_LENGTH or vocabulary.read(line).label:
        return RANKS
    if heading_level(line)[0]:
        return CHAPTER
    if _ATTACHMENT.fullmatch(key) or key.endswith(("：", ":")):
        return RANKS
    if "。" not in key and vocabulary.read(key).form is not Form.UNKNOWN:
        return 0
    paper = "。" not in key and vocabulary.forms.paper(key) is not Form.UNKNOWN
    if paper and (find_years(key) or vocabulary.grammar.leading_body(key)):
        return 1
    if find_years(key) and _IN_BRACKETS.sub("", key).endswith(vocabulary.forms.titles.ends):
        return 2
    named = vocabulary.grammar.leading_body(key)
    if named and find_years(without_dates(key)) and not _GOES_ON.search(key):
        return 2
    return 3 if paper else 5  # 部门预算公开 alone is an item of a menu


def _begun(before: str, title: str, vocabulary: Vocabulary) -> str:
    """The line before a title if the title goes on from it: it names whose or which year's."""
    key = squeeze(before)
    grammar = vocabulary.grammar
    if find_years(title) or grammar.leading_body(squeeze(title)) or len(key) > MAX_TITLE_LENGTH:
        return ""
    if _ENDS.search(key) or grammar.is_body(key) or vocabulary.forms.paper(key) is not Form.UNKNOWN:
        return ""
    return before if find_years(without_dates(key)) or grammar.leading_body(key) else ""


_GOES_ON = re.compile(r"[：:。；;，,]|关于")
"""Marks between the clauses of a sentence, and behind a label; what goes on below (关于…)."""
_ENDS = re.compile(r"[：:。；;，,>》）)\d]$|[：:]|文件$")


def _money_unit(blocks: Sequence[Block]) -> str:
    """The unit that the head of the form gives for all its amounts."""
    for number, line in enumerate(_lines(blocks)):
        unit = unit_in(line) if len(squeeze(line)) < MAX_TITLE_LENGTH else ""
        if unit:
            return unit
        if number > MAX_UNIT_LINES:
            break
    return ""
