"""Labels of single facts with what stands behind them (标签与内容), wherever in a document: in a
line, on the line below, in the same cell or in the next."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.language.form_vocabulary import first_value
from ingest.language.normalise import normalise, squeeze
from ingest.language.vocabulary import Vocabulary
from ingest.semantics.label_features import Label, shown
from ingest.semantics.label_reader import shipped_reader
from ingest.types.blocks import Block, Cell, Location, TextBlock

MAX_LINE_LENGTH = 160
"""Characters of the longest line that labels are looked for in; a longer one is prose."""
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
        filled = [cell for cell in block.cells if cell.text.strip()]
        for at, cell in enumerate(filled):
            found += _in_line(cell.text, cell.location)
            beside = [after for after in filled[at + 1 : at + 3] if after.row == cell.row]
            values = [value for after in beside if (value := first_value(after.text))]
            if values and not _LABELLED.search(cell.text):
                below = _text_at(filled, cell), _text_at(filled, beside[0])
                found += _fact(cell.text, values[0], beside[0].location, below)
    return (*found, *_below(lines))


def _below(lines: Sequence[tuple[str, Location]]) -> Iterator[LabelledFact]:
    """The facts of lines: in the line of their label, or alone on the line below it."""
    for text, location in lines:
        yield from _in_line(text, location)
    for (label, _), (text, location) in pairwise(lines):
        if label.rstrip().endswith(("：", ":")) and not _LABEL.search(normalise(text)):
            yield from _fact(label, first_value(text), location)


def _in_line(text: str, location: Location) -> Iterator[LabelledFact]:
    """The facts of one line (项目名称：河道清淤 主管部门：某县水利局)."""
    line = normalise(text).strip()
    if len(line) > MAX_LINE_LENGTH:
        return
    labels = list(_LABEL.finditer(line))
    ends = [*(label.start() for label in labels[1:]), len(line)]
    for label, end in zip(labels, ends, strict=False):
        yield from _fact(label[1], first_value(line[label.end() : end]), location)


_LABELLED = re.compile(r"[：:]\s*\S")
_LABEL = re.compile(r"(?<![^\s|；;，,。)）】\]])([一-龥（）()、/]{2,20}?)\s*[：:]")
"""A label in a line: words at its start or behind a blank or mark, and a colon."""


def _text_at(cells: Sequence[Cell], above: Cell) -> str:
    """What stands in the cell right below another, where there is one."""
    row, column = above.row + above.row_span, above.column
    found = (cell.text for cell in cells if (cell.row, cell.column) == (row, column))
    return squeeze(next(found, ""))


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
