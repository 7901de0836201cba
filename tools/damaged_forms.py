"""Forms as people paste them (粘贴的表单), made from the tables of data/labels.

What is known of each piece is which cell it is of and what that cell is. Drawn by a seed: the same
seed makes the same dumps.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from ingest.semantics.column_kinds import KINDS
from ingest.semantics.piece_features import CellKind, Gap

EMPTY = ("", "—", "/", "-", "无")


@dataclass(frozen=True)
class Known:
    """A cell and what it is."""

    text: str
    kind: CellKind | None


@dataclass(frozen=True)
class Part:
    """A piece of a dump: its text, the cell it is of, what stands before it."""

    text: str
    cell: int
    gap: Gap
    whole: str
    """The text of the whole cell."""
    kind: CellKind | None


Row = list[Known]


def families(folder: Path) -> list[dict[str, Any]]:
    """What the files of data/labels hold, in the order of their names."""
    return [tomllib.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.toml"))]


def known_cells(table: dict[str, Any]) -> list[Row]:
    """The rows of a table below its heads."""
    roles = [role for _, role in table["heads"]]
    return [
        [
            Known(cell, None if cell.strip() in EMPTY else KINDS.get(role))
            for cell, role in zip(row, roles, strict=True)
        ]
        for row in table["rows"]
    ]


def heads_of(table: dict[str, Any]) -> Row:
    """The heads of a table, the upper ones left out."""
    return [Known(head.rpartition("||")[2], CellKind.HEAD) for head, _ in table["heads"]]


def _document(family: dict[str, Any], random: Random) -> list[Row]:
    """Rows of cells as a form has them: title, labels, blocks with their tables, problems."""
    tables = random.sample(family["tables"], min(len(family["tables"]), random.randint(1, 3)))
    facts = random.sample(family["facts"], min(len(family["facts"]), random.randint(0, 6)))
    sections = [name for name, _ in family["sections"]]
    rows: list[Row] = [[Known(tables[0]["form"], CellKind.TITLE)]]
    pairs = [
        [Known(label, CellKind.LABEL), Known(value, CellKind.FACT if value else None)]
        for label, _, value in facts
    ]
    while pairs:
        row = pairs.pop()
        if row[1].text and random.random() < 0.4:
            row = [Known(f"{row[0].text.rstrip('：:')}：{row[1].text}", CellKind.PAIR)]
        rows.append(row + (pairs.pop() if pairs and random.random() < 0.3 else []))
    for table in tables:
        goals = [fact for fact in family["facts"] if fact[1].startswith("goal") and fact[2]]
        if goals and random.random() < 0.2:
            goal = random.choice(goals)
            rows.append([Known(goal[0], CellKind.LABEL), Known(goal[2], CellKind.FACT)])
        if random.random() < 0.6:
            name = table["section"] or random.choice(sections)
            rows.append([Known(name, CellKind.SECTION)])
        rows.append(heads_of(table))
        body = known_cells(table)
        again = body[:]
        for row in body:  # a family's name stands once
            if row[0].kind is CellKind.LEVEL and random.random() < 0.3:
                row[0] = Known("", None)
        rows += body + (again if random.random() < 0.5 else [])
    texts = [c for t in tables for row in known_cells(t) for c in row if c.kind is CellKind.TEXT]
    if texts and random.random() < 0.5:
        rows.append([Known(random.choice(sections), CellKind.SECTION), random.choice(texts)])
    return rows


def dump(family: dict[str, Any], random: Random) -> list[Part]:
    """A form of a family as it is pasted, its pieces in the order of the lines."""
    how = random.choice((_cells_a_line, _rows_a_line, _rows_a_line, _wrapped, _wrapped))
    rows = [[cell for cell in row if cell.text.strip()] for row in _document(family, random)]
    placeholder = random.random() < 0.5
    rows = [[c for c in row if c.kind is not None or placeholder] for row in rows]
    return list(how([row for row in rows if row], random))


def _wrap(text: str, width: int) -> list[str]:
    return [text[at : at + width] for at in range(0, len(text), width)]


def _spaced(text: str, random: Random) -> list[str]:
    """A cell with stray spaces, as recognised text has them."""
    cuts = sorted({random.randint(1, len(text) - 1) for _ in range(random.randint(1, 2))})
    return [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def _parts(cell: Known, number: int, texts: Sequence[str], gaps: Sequence[Gap]) -> Iterator[Part]:
    for text, gap in zip(texts, gaps, strict=True):
        if text.strip():
            yield Part(text.strip(), number, gap, cell.text, cell.kind)


def _cells_a_line(rows: Sequence[Row], random: Random) -> Iterator[Part]:
    between = Gap.EMPTY_LINE if random.random() < 0.3 else Gap.LINE
    width = random.choice((6, 10, 16, 24, 200, 200, 200))
    number = 0
    for row in rows:
        for cell in row:
            texts = _wrap(cell.text, width)
            yield from _parts(cell, number, texts, [between] + [Gap.LINE] * (len(texts) - 1))
            number += 1


def _rows_a_line(rows: Sequence[Row], random: Random) -> Iterator[Part]:
    inside = random.choice((Gap.SPACE, Gap.SPACE, Gap.WIDE))
    stray = random.random() < 0.3
    width = random.choice((8, 14, 200, 200))
    number = 0
    for row in rows:
        gap = Gap.LINE
        for cell in row:
            texts = _wrap(cell.text, width)
            gaps = [gap] + [Gap.LINE] * (len(texts) - 1)
            if stray and len(texts) == 1 and len(cell.text) > 3 and random.random() < 0.3:
                texts = _spaced(cell.text, random)
                gaps = [gap] + [Gap.SPACE] * (len(texts) - 1)
            yield from _parts(cell, number, texts, gaps)
            number += 1
            gap = inside


def _wrapped(rows: Sequence[Row], random: Random) -> Iterator[Part]:
    """Narrow columns: short cells beside each other, wrapped ones on lines of their own."""
    inside = random.choice((Gap.SPACE, Gap.SPACE, Gap.WIDE))
    widths = [random.choice((2, 3, 4, 5, 6, 8, 12, 20, 30)) for _ in range(20)]
    number = 0
    aside = random.choice((1, 2, 2, 3, 4, 20))
    for row in rows:
        before = ""
        for at, cell in enumerate(row):
            width = widths[at] if len(row) > 2 else 25
            if cell.kind in (CellKind.SECTION, CellKind.LABEL) and len(cell.text) < 9:
                width = aside
            if cell.kind in (CellKind.NUMBER, CellKind.RATE):
                width = max(width, 8)
            texts = _wrap(cell.text, width)
            alone = len(texts) > 1 and random.random() < 0.8
            first = Gap.LINE if not before or before == "wrapped" or alone else inside
            yield from _parts(cell, number, texts, [first] + [Gap.LINE] * (len(texts) - 1))
            before = "wrapped" if alone else "short"
            number += 1
