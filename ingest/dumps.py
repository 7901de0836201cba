"""Text dumps of forms → tables again (文本转储的表格还原).

A form copied out of a PDF comes as lines: labels broken over lines, cells wrapped, one cell a line
or several, page breaks inside cells. Its blocks are found by their names, joined over line breaks;
inside a block the cheapest reading of the lines as cells of the block's columns is taken.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from ingest.clean import normalise, squeeze
from ingest.forms import Header, label_of, looks_like_value, read_header, section_of
from ingest.lexicon import read_pack
from ingest.quantities import find_quantities, parse_value
from ingest.types import Block, Cell, Location, Run, TableBlock, TextBlock, cover

LABEL_PIECE = 9
"""A broken label's lines are short: a narrow column of the form."""
FORBIDDEN = 99.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line without white space."""

    text: str
    location: Location
    line: int
    line_length: int
    first: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A block of the form: its name's pieces and what stands under it."""

    section: str
    label: tuple[Piece, ...]
    body: tuple[Piece, ...]


def rebuild(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks, with dumped forms as tables and hard-wrapped lines as paragraphs."""
    lines = [b for b in blocks if isinstance(b, TextBlock)]
    if len(lines) < len(blocks) or len({p.section for p in _parts(_pieces(lines))}) < 3:
        return tuple(blocks)
    rebuilt: list[Block] = []
    for part in _parts(_pieces(lines)):
        rebuilt.extend(_part_blocks(part))
    return tuple(rebuilt)


def _pieces(lines: Sequence[TextBlock]) -> list[Piece]:
    pieces = []
    for line in lines:
        text = line.text
        number = line.location.line_start or 0
        for k, match in enumerate(re.finditer(r"\S+", normalise(text))):
            raw = text[match.start() : match.end()]
            place = line.locate(match.start(), match.end())
            pieces.append(Piece(raw, place, number, len(text.strip()), k == 0))
    return pieces


# Blocks of the form


def _parts(pieces: Sequence[Piece]) -> list[Part]:
    """Cuts the pieces at block names; a name repeated after a page break cuts nothing."""
    parts: list[Part] = []
    section, label, body = "", (), list[Piece]()
    at = 0
    while at < len(pieces):
        size, name = _label_at(pieces, at)
        if size and name != section:
            parts.append(Part(section, label, tuple(body)))
            section, label, body = name, tuple(pieces[at : at + size]), []
        elif not size:
            body.append(pieces[at])
        at += size or 1
    parts.append(Part(section, label, tuple(body)))
    return [p for p in parts if p.section or p.body]


def _label_at(pieces: Sequence[Piece], at: int) -> tuple[int, str]:
    """How many pieces from `at` on spell a block name standing on lines of its own."""
    text = ""
    best = 0, ""
    for size, piece in enumerate(pieces[at : at + 7], 1):
        alone = piece.first and piece.line_length == len(piece.text)
        if not alone or len(piece.text) > LABEL_PIECE:
            break
        text += piece.text
        name = section_of(text)
        if name and name not in ("total", "notes", "people"):
            best = size, name
    return best


# Cells of a block


def _part_blocks(part: Part) -> list[Block]:
    if part.section in ("tasks", "key_indicators", "indicators"):
        table = _column_table(part)
        if table:
            return [table]
    if part.section == "goals":
        table = _goal_table(part)
        if table:
            return [table]
    if part.section in ("", "funds"):
        return _line_blocks(part)
    label = _cell(0, 0, part.label)
    paragraphs = _paragraphs(part.body)
    cells = [label, *(_cell(k, 1, p) for k, p in enumerate(paragraphs))]
    return [_table(cells)] if paragraphs else []


def _line_blocks(part: Part) -> list[Block]:
    """Lines of labels and values: one row a line; a label alone takes the next line's value."""
    rows: list[list[Piece]] = []
    for piece in part.body:
        row = rows[-1] if rows else None
        waiting = row and len(row) == 1 and not parse_value(row[0].text) and parse_value(piece.text)
        if row is None or (piece.first and not waiting):
            rows.append([piece])
        else:
            row.append(piece)
    if part.section:
        return [_table([_cell(0, 0, part.label), *(_cell(r, c + 1, (p,)) for r, row in enumerate(rows) for c, p in enumerate(row))])]  # fmt: skip
    blocks: list[Block] = []
    for row in rows:
        if len(row) > 1 and label_of(row[0].text):
            blocks.append(_table([_cell(0, 0, row[:1]), _cell(0, 1, row[1:])]))
        else:
            blocks.append(TextBlock(tuple(Run(p.text, p.location) for p in row)))
    return blocks


_ORDINAL = re.compile(r"^(?:[（(]?([一二三四五六七八九十]+)[)）、]|(?:目标|任务)?(\d{1,2})[.、．：:](?!\d)|([一二三四五六七八九十])是)")
_CHINESE = "一二三四五六七八九十"


def _ordinal(text: str) -> int | None:
    match = _ORDINAL.match(normalise(text))
    if match is None:
        return None
    word = match.group(1) or match.group(3)
    return int(match.group(2)) if match.group(2) else _CHINESE.find(word[0]) + 1


def _goal_table(part: Part) -> TableBlock | None:
    """Goal beside result: the result begins where the numbering starts again."""
    header, rest = _header(part)
    if header is None or len(set(role for role, _ in header.columns.values())) < 2:
        return None
    starts = [k for k, piece in enumerate(rest) if piece.first]
    numbered = [(k, _ordinal(rest[k].text)) for k in starts]
    numbered = [(k, n) for k, n in numbered if n is not None]
    cut = next((k for (_, m), (k, n) in pairwise(numbered) if n == 1 and m >= 1), None)
    if cut is None:
        ends = [k for k in starts if k and rest[k - 1].text.endswith("。") and rest[k].line - rest[k - 1].line > 1]  # fmt: skip
        cut = min(ends, key=lambda k: abs(k - len(rest) // 2)) if ends else len(rest)
    head = part.body[: len(part.body) - len(rest)]
    cells = [_cell(0, 0, part.label), *(_cell(0, c + 1, (p,)) for c, p in enumerate(head))]
    cells += [_cell(1, c + 1, body) for c, body in enumerate((rest[:cut], rest[cut:])) if body]
    return _table(cells)


def _header(part: Part) -> tuple[Header | None, tuple[Piece, ...]]:
    """The header line among the first lines of the block, and the pieces below it."""
    lines = sorted({piece.line for piece in part.body})[:3]
    for line in lines:
        row = [p for p in part.body if p.line == line]
        header = read_header([_cell(0, c + 1, (p,)) for c, p in enumerate(row)], part.section)
        if header:
            below = tuple(p for p in part.body if p.line > line)
            return header, below
    return None, part.body


# Reading a block's lines as cells of its columns

Cost = Callable[[str, Sequence[Piece]], float]


@cache
def _completion() -> tuple[frozenset[str], tuple[str, ...]]:
    pack = read_pack("forms")["completion"]
    return frozenset(squeeze(w) for w in pack["done"]), tuple(pack["lead"])


_SENTENCE_END = ("。", "；", ";", "！")


def _complete_target(text: str) -> bool:
    """Whether a text ends with a target: …≥800场, …：有所提升."""
    found = find_quantities(text)
    return bool(found) and not squeeze(text[found[-1].end :]).strip("。")


def _cost_task(text: str, pieces: Sequence[Piece]) -> float:
    lines = [p.line_length for p in pieces]
    if len(text) > 40 or "。" in text or "，" in text or parse_value(text) or text in _completion()[0]:
        return FORBIDDEN
    uneven = sum(abs(n - lines[0]) > 1 for n in lines[:-1]) + (lines[-1] > lines[0] + 1)
    wide = max(lines) > LABEL_PIECE and len(lines) == 1
    return 1.0 * uneven + (2.0 if wide else 0.0) + (2.0 if len(text) < 3 else 0.0)


def _cost_goal(text: str, pieces: Sequence[Piece]) -> float:
    return (0.0 if len(text) >= 15 else 5.0) + (0.0 if text.endswith(_SENTENCE_END) else 1.5) + (
        3.0 if text.startswith(_completion()[1]) else 0.0
    )


def _cost_completion(text: str, pieces: Sequence[Piece]) -> float:
    if text in _completion()[0] or re.fullmatch(r"\d+(?:\.\d+)?%", normalise(text)):
        return 0.0
    return 1.0 if text.startswith(_completion()[1]) and len(text) < 30 else 6.0


def _cost_name_target(text: str, pieces: Sequence[Piece]) -> float:
    if parse_value(text) or text in _completion()[0]:
        return FORBIDDEN
    cost = 4.0 if text.startswith(_completion()[1]) else 0.0
    cost += 1.0 if text.endswith("。") else 0.0
    cost += 4.0 if "。" in text[:-1] else 0.0
    cost += max(0.0, (len(text) - 45) / 10)
    if _complete_target(text) or re.search(r"[：:][^：:，。]{2,12}$", text):
        return cost
    found = find_quantities(text)
    if re.search(r"(?:[≥≤><=]|不低于|不超过)\s*[\d.]+$", normalise(text)):
        return cost + 0.5
    if not found:
        return cost + 4.0
    return cost + (0.0 if text.endswith("。") else 1.5)


def _cost_actual(text: str, pieces: Sequence[Piece]) -> float:
    value = parse_value(text)
    if value:
        return 0.0 if value.unit else 0.8
    if text in _completion()[0] or text.endswith(_SENTENCE_END):
        return 0.0
    return 0.2 if looks_like_value(text) else 3.0


def _cost_fund(text: str, pieces: Sequence[Piece]) -> float:
    return 0.0 if len(pieces) == 1 and re.fullmatch(r"[\d,]+(?:\.\d+)?(?:万?元)?", normalise(text)) else FORBIDDEN  # fmt: skip


def _cost_name(text: str, pieces: Sequence[Piece]) -> float:
    if parse_value(text) or text.endswith("。"):
        return 6.0
    return 0.0 if 2 <= len(text) <= 40 else 3.0


def _cost_target(text: str, pieces: Sequence[Piece]) -> float:
    return 0.0 if looks_like_value(text) else 3.0 + len(text) / 10


_COSTS: dict[str, Cost] = {
    "task": _cost_task,
    "task_goal": _cost_goal,
    "task_content": _cost_goal,
    "task_completion": _cost_completion,
    "name_target": _cost_name_target,
    "actual": _cost_actual,
    "fund": _cost_fund,
    "name": _cost_name,
    "target": _cost_target,
    "period_target": _cost_target,
    "weight": _cost_fund,
    "score": _cost_fund,
}


def _successors(roles: Sequence[str]) -> dict[str, dict[str, float]]:
    """Which column's cell may come after which, and at what cost: the next column is free, a
    skipped one (an empty cell) costs; a vertically centred fund may come anywhere."""
    after: dict[str, dict[str, float]] = {"": {roles[0]: 0.0}}
    row = [r for r in roles if r != "fund"]
    repeat = row.index("name_target") if "name_target" in row else 0
    for k, role in enumerate(row):
        following = {other: 1.5 * (m - k - 1) for m, other in enumerate(row) if m > k}
        for m in {0, repeat}:
            missing = len(row) - 1 - k
            cost = 1.0 * missing + (0.2 if m == 0 and repeat else 0.0)
            following[row[m]] = min(following.get(row[m], FORBIDDEN), cost)
        after[role] = following
    if "fund" in roles:
        after["fund"] = {role: 0.3 for role in row}
        for role in row:
            after[role]["fund"] = 0.0
    after[""].update({r: 1.0 for r in row[1:]})
    return after


MAX_PIECES = 30


def _read_cells(pieces: Sequence[Piece], roles: Sequence[str]) -> list[tuple[str, tuple[Piece, ...]]]:
    """The cheapest reading of the pieces as a run of cells (a shortest path over cut points)."""
    after = _successors(roles)
    count = len(pieces)
    best: list[dict[str, tuple[float, int, str]]] = [{} for _ in range(count + 1)]
    best[0][""] = (0.0, 0, "")
    for start in range(count):
        if not best[start]:
            continue
        text, joining, widest = "", 0.0, 0
        for end in range(start + 1, min(count, start + MAX_PIECES) + 1):
            piece = pieces[end - 1]
            if end - start > 1:
                joining += _join_cost(pieces[end - 2], piece, widest)
            widest = max(widest, piece.line_length)
            if joining > 12:
                break
            text += piece.text
            _extend(best, start, end, text, joining, pieces, after)
    states = best[count]
    if not states:
        return []
    role = min(states, key=lambda r: states[r][0])
    cells: list[tuple[str, tuple[Piece, ...]]] = []
    at = count
    while at:
        _, start, previous = best[at][role]
        cells.append((role, tuple(pieces[start:at])))
        at, role = start, previous
    return cells[::-1]


def _extend(
    best: list[dict[str, tuple[float, int, str]]],
    start: int,
    end: int,
    text: str,
    joining: float,
    pieces: Sequence[Piece],
    after: dict[str, dict[str, float]],
) -> None:
    own: dict[str, float] = {}
    same_line = end < len(pieces) and pieces[end].line == pieces[end - 1].line
    for previous, (cost, _, _) in best[start].items():
        for role, step in after[previous].items():
            if role == previous and role == "fund":
                continue
            if role not in own:
                own[role] = _COSTS.get(role, _cost_actual)(text, pieces[start:end])
            total = cost + step + own[role] + joining + (0.3 if same_line else 0.0)
            if total < best[end].get(role, (FORBIDDEN * 50, 0, ""))[0]:
                best[end][role] = (total, start, previous)


def _join_cost(one: Piece, other: Piece, widest: int) -> float:
    """What it costs to read two pieces as one cell: wrapped lines are full, stray spaces rare."""
    whole = 1.5 if looks_like_value(one.text) and other.text[0] not in "，,、。；）)%" else 0.0
    if one.line == other.line:
        return 0.5 + whole
    gap = 0.1 if other.line - one.line > 1 else 0.0
    short = max(widest, one.line_length, other.line_length) - one.line_length
    ended = 1.0 if one.text.endswith("。") and short > 2 else 0.0
    return gap + ended + whole + (0.0 if short <= 2 else min(2.5, 0.5 * (short - 2)))


def _column_table(part: Part) -> TableBlock | None:
    """A block with columns as a table: one row an indicator, what belongs to a task above them."""
    header, below = _header(part)
    if header is None:
        return None
    ordered = sorted(header.columns.items())
    roles = [role for _, (role, _) in ordered]
    if header.kind == "tasks" and "task" not in roles:
        roles.insert(0, "task")
    offset = 2 if len(roles) > len(ordered) else 1
    column_of = {role: k + 1 for k, role in enumerate(roles)}
    head = sorted((p for p in part.body if p.line < (below[0].line if below else 1 << 30)), key=lambda p: p.line)  # fmt: skip
    cells = [_cell(0, 0, part.label)]
    cells += [_cell(0, k + offset, (p,)) for k, p in enumerate(head[-len(ordered) :])]
    row = 0
    leading = roles[0]
    first_of_task = 1
    filled: set[str] = set()
    for role, pieces in _read_cells(below, roles):
        if role == leading or (role in ("name_target", "name") and role in filled) or row == 0:
            starts_task = role == leading
            row += 1
            filled = set()
            first_of_task = row if starts_task else first_of_task
        place = first_of_task if role == "fund" else row
        filled.add(role)
        cells.append(_cell(place, column_of[role], pieces))
    return _table(cells)


# Small builders


def _cell(row: int, column: int, pieces: Sequence[Piece]) -> Cell:
    return Cell(row, column, tuple(Run(p.text, p.location) for p in pieces))


def _table(cells: Sequence[Cell]) -> TableBlock:
    return TableBlock(
        tuple(sorted(cells, key=lambda c: (c.row, c.column))),
        max(c.row for c in cells) + 1,
        max(c.column for c in cells) + 1,
        cover(c.location for c in cells if c.runs),
    )


def _paragraphs(pieces: Sequence[Piece]) -> list[tuple[Piece, ...]]:
    """Hard-wrapped lines joined again: a paragraph ends with a short line that ends a sentence."""
    paragraphs: list[list[Piece]] = [[]]
    width = max((p.line_length for p in pieces), default=0)
    for piece in pieces:
        last = paragraphs[-1][-1] if paragraphs[-1] else None
        ended = last and last.text.endswith("。") and last.line_length < 0.8 * width
        if last and piece.first and ended:
            paragraphs.append([])
        paragraphs[-1].append(piece)
    return [tuple(p) for p in paragraphs if p]
