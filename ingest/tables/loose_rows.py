"""Rows outside any header (表头外的行): labels with the values beside them, and running text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.language.form_vocabulary import labels_in
from ingest.language.vocabulary import Vocabulary
from ingest.tables.cells import ReadCell
from ingest.tables.form_rows import FormRow, RoleCell, pair_row
from ingest.types.tables import ColumnRole, FormSection, How, LooseRow

MAX_LABEL_LENGTH = 24
"""Characters of the longest label that is a budget term."""

_LABELLED = re.compile(
    r"((?:[^\d：:，。；]{2,24}[：:])+)\s*(-?\d[\d,]*(?:\.\d+)?\s*(?:[万亿千]?元)?)\s*"
)
_LISTED = re.compile(
    r"([^\d：:，。；%]{2,24})[：:]?\s*(-?\d[\d,]*(?:\.\d+)?\s*(?:[万亿千]?元|[%％])?)"
)
_COLON = re.compile(r"[：:]\s*$")
_BETWEEN = re.compile(r"[；;，\n。]+")


def loose_rows(
    cells: Sequence[ReadCell], section: FormSection | None, vocabulary: Vocabulary
) -> Iterator[FormRow]:
    """Labels with the values beside them; any other cell is running text."""
    at = 0
    while at < len(cells):
        after = cells[at + 1] if at + 1 < len(cells) else None
        if pairs := labelled_pairs(cells[at], section):
            yield from pairs
            at += 1
        elif listed := _listed(cells[at], vocabulary):
            for label, amount in listed:
                yield pair_row(
                    section, RoleCell(ColumnRole.CONCEPT, label.text.strip(), amount), label
                )
            at += 1
        elif pair := _pair(cells[at], after, section):
            yield pair
            at += 2
        else:
            if not _is_bare_label(cells[at], after):
                cell = RoleCell(ColumnRole.TEXT, "", cells[at])
                cell = cell if len(cells) == 1 else _headless(cell)
                yield FormRow(LooseRow.TEXT, section, (cell,))
            at += 1


def labelled_pairs(cell: ReadCell, section: FormSection | None) -> list[FormRow]:
    """The labels with their values of a cell or line that holds nothing but several of them, at
    least one of them a label of forms (项目名称：X　主管部门：Y　预算金额：12万元)."""
    text = cell.text
    if len(text) > MAX_LINE_LENGTH or text.count("：") + text.count(":") < 2:
        return []
    spans = labels_in(text)
    if len(spans) < 2 or text[: spans[0][0][0]].strip():
        return []
    parts = [(cell.part(*label), cell.part(*value)) for label, value in spans if _filled(value)]
    if any(_SENTENCE.search(value.text) for _, value in parts):
        return []
    if not any(label.content.label for label, _ in parts):
        return []
    return [pair for label, value in parts if (pair := _pair(label, value, section))]


MAX_LINE_LENGTH = 160
"""Characters of the longest line of labels with their values."""
_SENTENCE = re.compile("[。，]")


def _filled(span: tuple[int, int]) -> bool:
    return span[0] < span[1]


def all_labelled(filled: Sequence[ReadCell]) -> bool:
    """Whether a row among amounts holds labels with their own amounts in one cell."""
    row = filled[-1].row
    begun = [cell for cell in filled if cell.row == row]
    return all(_LABELLED.fullmatch(cell.text) for cell in begun)


def _pair(cell: ReadCell, after: ReadCell | None, section: FormSection | None) -> FormRow | None:
    """The cell as a label, with the value behind it."""
    if cell.content.section is FormSection.PEOPLE:
        # A contact's name stands beside its label: neither indexed nor echoed.
        person = RoleCell(ColumnRole.PERSON, cell.text, after or cell)
        return FormRow(LooseRow.PAIR, FormSection.PEOPLE, (person,))
    if after is None:
        return None
    role = None if after.content.section else cell.content.label
    if not role and after.content.value and (_is_term(cell) or not cell.content.value):
        role = ColumnRole.CONCEPT
    if not role:
        return None
    value = RoleCell(role, cell.text.strip(), after)
    if role is ColumnRole.CONCEPT and not _is_term(cell) and not _COLON.search(cell.text):
        value = _headless(value)
    return pair_row(section, value, cell)


def _headless(cell: RoleCell) -> RoleCell:
    """A cell beside others under no header that is known: what it is of is a guess."""
    sure = cell.cell.vocabulary.confidence.contents.headless
    return replace(cell, how=How.CONTENTS, confidence=sure)


def _is_term(cell: ReadCell) -> bool:
    return bool(len(cell.content.squeezed) <= MAX_LABEL_LENGTH and cell.content.concept)


def _is_bare_label(cell: ReadCell, after: ReadCell | None) -> bool:
    """Whether a cell only names a block, or a term of which nothing is said behind it."""
    if cell.content.section:
        return True
    if after is None or not _is_term(cell) or cell.content.value is not None:
        return False
    return bool(_is_term(after) or after.content.section or after.content.is_placeholder)


def _listed(cell: ReadCell, vocabulary: Vocabulary) -> list[tuple[ReadCell, ReadCell]]:
    """A cell that holds a label and an amount (其中：基本支出：986.20), as two cells; one that
    lists several (年初预算1,286.50；支出数1,299.98；执行率99.6%), as two cells each."""
    text = cell.text
    match = _LABELLED.fullmatch(text)
    if match:
        return [_cut(cell, match, 0)]
    between = list(_BETWEEN.finditer(text))
    starts = [0, *(m.end() for m in between)]
    ends = [*(m.start() for m in between), len(text)]
    parts = [(s, _LISTED.fullmatch(text[s:e])) for s, e in zip(starts, ends, strict=True) if e > s]
    terms = [(s, m) for s, m in parts if m and vocabulary.read(m.group(1)).concept]
    return [_cut(cell, m, s) for s, m in terms] if 1 < len(terms) == len(parts) else []


def _cut(cell: ReadCell, match: re.Match[str], start: int) -> tuple[ReadCell, ReadCell]:
    """The label and the amount that a match from `start` on tells apart."""
    label, amount = (cell.part(start + match.start(k), start + match.end(k)) for k in (1, 2))
    return label, amount
