"""Labels of single facts with what stands behind them (标签与内容), wherever in a document: in a
line, on the line below, in the same cell or in the next."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.language.form_vocabulary import first_value, labels_in
from ingest.language.normalise import normalise, squeeze
from ingest.language.vocabulary import Vocabulary
from ingest.semantics.label_features import Label, shown
from ingest.semantics.label_reader import shipped_reader
from ingest.types.blocks import Block, Cell, Location, TableBlock, TextBlock

MAX_LINE_LENGTH = 160
"""Characters of the longest line that labels are looked for in; a longer one is prose."""
MAX_WORDS = 6
"""Words between blanks of the longest line without a colon in which one may be a label."""
MAX_LABEL_LENGTH = 20
"""Characters of the longest label."""


@dataclass(frozen=True, slots=True)
class LabelledFact:
    """A label and what stands behind it; `value` is without codes and notes for a seal."""

    label: str
    value: str
    location: Location
    below: tuple[str, str] = ("", "")
    """What stands below the two, in a table."""


def labelled_facts(blocks: Sequence[Block]) -> tuple[LabelledFact, ...]:
    """The labelled facts of a document, in reading order."""
    lines: list[tuple[str, Location]] = []
    found: list[LabelledFact] = []
    for block in blocks:
        if isinstance(block, TextBlock):
            lines.append((block.text, block.location))
            continue
        found += _below(lines)
        lines = []
        found += _in_table(block)
    return (*found, *_below(lines))


def _in_table(table: TableBlock) -> Iterator[LabelledFact]:
    """The facts of a table: in a cell, in the next cell, or in the one below a label that has none
    beside it or that all cells below repeat."""
    filled = [cell for cell in table.cells if cell.text.strip()]
    places = {(cell.row, cell.column): cell for cell in filled}
    repeated = _repeated(filled)
    in_row = Counter(cell.row for cell in filled)
    for at, cell in enumerate(filled):
        text = squeeze(cell.text)
        if "：" in text or ":" in text or in_row[cell.row] == 1:
            yield from _in_line(cell.text, cell.location)
        if len(text) > MAX_LABEL_LENGTH + 1 or not _HAN.search(text) or _LABELLED.search(text):
            continue
        beside = [after for after in filled[at + 1 : at + 3] if after.row == cell.row]
        under = places.get((cell.row + cell.row_span, cell.column))
        if under and ((under.row, under.column) in repeated or not beside):
            yield from _fact(text, first_value(under.text), under.location)
        values = [value for after in beside if (value := first_value(after.text))]
        if values:
            row = beside[0].row + beside[0].row_span
            other = places.get((row, beside[0].column))
            below = squeeze(under.text if under else ""), squeeze(other.text if other else "")
            yield from _fact(text, values[0], beside[0].location, below)


def _repeated(filled: Sequence[Cell]) -> set[tuple[int, int]]:
    """The places from which on down a column says nothing else (单位名称 over one name)."""
    last: dict[int, str] = {}
    ended: set[int] = set()
    found: set[tuple[int, int]] = set()
    for cell in reversed(filled):
        if cell.column in ended:
            continue
        text = last.setdefault(cell.column, squeeze(cell.text))
        if squeeze(cell.text) != text:
            ended.add(cell.column)
        else:
            found.add((cell.row, cell.column))
    return found


def _below(lines: Sequence[tuple[str, Location]]) -> Iterator[LabelledFact]:
    """The facts of lines: in the line of their label, or alone on the line below it."""
    for text, location in lines:
        yield from _in_line(text, location)
    for (label, _), (text, location) in pairwise(lines):
        if label.rstrip().endswith(("：", ":")) and not labels_in(text):
            yield from _fact(label, first_value(text), location)


def _in_line(text: str, location: Location) -> Iterator[LabelledFact]:
    """The facts of one line (项目名称：河道清淤 主管部门：某县水利局)."""
    line = normalise(text).strip()
    if len(line) > MAX_LINE_LENGTH:
        return
    labels = labels_in(line)
    words = line.split()
    if not labels and 1 < len(words) <= MAX_WORDS:
        for label_word, value in pairwise(words):
            yield from _fact(label_word, first_value(value), location)
    for name, behind in labels:
        yield from _fact(line[slice(*name)], first_value(line[slice(*behind)]), location)


_LABELLED = re.compile(r"[：:].")


def _fact(
    label: str, value: str, location: Location, below: tuple[str, str] = ("", "")
) -> Iterator[LabelledFact]:
    key = squeeze(label).rstrip("：:")
    if value and 2 <= len(key) <= MAX_LABEL_LENGTH and _HAN.search(key):
        yield LabelledFact(key, value, location, below)


_HAN = re.compile("[一-龥]{2}")


def role_shares(facts: Sequence[LabelledFact], vocabulary: Vocabulary) -> list[dict[str, float]]:
    """How probable each role of a label is: certain where the lexicon lists it, else by meaning."""
    listed = [vocabulary.read(fact.label).label for fact in facts]
    asked = [
        Label(shown(fact.label), right=shown(fact.value), contents=(shown(fact.value),))
        for fact, role in zip(facts, listed, strict=True)
        if role is None
    ]
    by_meaning = iter(shipped_reader().facts(asked) if asked else ())
    return [{role.value: 1.0} if role else dict(next(by_meaning)) for role in listed]
