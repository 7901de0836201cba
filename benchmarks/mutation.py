"""How much survives when labelled forms are disturbed: `python benchmarks/mutation.py CORPUS`.

Every labelled file is loaded, its tables are disturbed, and the figures understood are compared
with the labels (value and label, not place, which the disturbance moves). The disturbances:

    words     header words are replaced by others that the lexicon does not list
    columns   the columns of each indicator table stand in another order
    shift     rows lose their leading empty cells, as text dumps lose tabs
    split     long names and values are cut over two table rows
    all       all of these, one after the other

CORPUS is a folder with docs/ and gold/ as the scorer expects it. Prints one line a disturbance.
"""

import argparse
import json
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ingest.extraction.understand import understand
from ingest.language.form_vocabulary import label_key
from ingest.language.normalise import squeeze
from ingest.language.vocabulary import default_vocabulary
from ingest.loaders import load
from ingest.tables.cells import read_cell, read_contents
from ingest.tables.grid import spread
from ingest.tables.headers import Header, read_header
from ingest.tables.realignment import realign
from ingest.types.blocks import Cell, Document, Run, TableBlock
from ingest.types.facts import Figure
from ingest.types.tables import ColumnRole, TableKind

# Words for the same columns that a form could use; `unseen` checks that no pack lists them.
WORDS = {
    ColumnRole.TARGET: ("年度预定目标值", "本年应达标准值", "当年计划数值"),
    ColumnRole.PERIOD_TARGET: ("项目周期总目标值", "三年滚动指标值"),
    ColumnRole.ACTUAL: ("本年度实际达到情况", "年终实际结果", "年末完成数值"),
    ColumnRole.WEIGHT: ("赋予分值", "指标权重值"),
    ColumnRole.SCORE: ("自行评分", "实际评分"),
    ColumnRole.DEVIATION: ("未达目标原因", "偏差情况说明"),
    ColumnRole.NAME: ("具体考核指标", "主要考核指标名称"),
    ColumnRole.INITIAL: ("年初核定预算", "年初下达预算数"),
    ColumnRole.FINAL: ("全年核定预算数", "调整后年度预算"),
    ColumnRole.SPENT: ("全年实际支出数", "年度执行数额"),
    ColumnRole.RATE: ("资金执行率", "预算资金执行率"),
    ColumnRole.TASK_GOAL: ("拟实现目标", "计划目标"),
    ColumnRole.TASK_COMPLETION: ("工作落实情况", "任务实现程度"),
    ColumnRole.GOAL_COMPLETION: ("总体目标实现情况", "年度目标实际完成情况"),
}
NAMES = (ColumnRole.LEVEL1, ColumnRole.LEVEL2, ColumnRole.NAME, ColumnRole.NAME_TARGET)
LONG = 8
"""Cells longer than this may be split."""

VOCABULARY = default_vocabulary()
Mutation = Callable[[TableBlock, random.Random], TableBlock]


def unseen() -> dict[ColumnRole, list[str]]:
    """The words above, less any that the packs list."""
    listed = {
        word
        for kind in VOCABULARY.forms.kinds.values()
        for column in kind.columns.values()
        for word in column.ranks
    } | set(VOCABULARY.terms.listed)
    return {role: [w for w in words if label_key(w) not in listed] for role, words in WORDS.items()}


def headers(table: TableBlock) -> Iterator[tuple[int, Header]]:
    """The header rows of a table."""
    for row in range(table.row_count):
        cells = [read_cell(c, VOCABULARY) for c in table.cells if c.row == row and squeeze(c.text)]
        for part in (cells, cells[1:]):
            header = read_header(part, None, VOCABULARY)
            if header:
                yield row, header
                break


def retold(cell: Cell, text: str) -> Cell:
    place = cell.runs[0].location
    return replace(cell, runs=(Run(text, place),))


def swap_words(table: TableBlock, dice: random.Random) -> TableBlock:
    words = unseen()
    cells = list(table.cells)
    for row, header in headers(table):
        for n, cell in enumerate(cells):
            role = header.role(cell.column)
            if cell.row == row and role and words.get(role) and squeeze(cell.text):
                note = re.search(r"[（(].*[)）]", cell.text)
                cells[n] = retold(cell, dice.choice(words[role]) + (note.group() if note else ""))
    return replace(table, cells=tuple(cells))


def reorder_columns(table: TableBlock, dice: random.Random) -> TableBlock:
    """Swaps whole columns right of the names, where no cell spans two of them."""
    found = [(r, h) for r, h in headers(table) if h.kind is TableKind.INDICATORS]
    if not found:
        return table
    row, header = found[0]
    grid = spread(read_contents(table, VOCABULARY), VOCABULARY)
    if any(realign(cells, header) is not cells for cells in grid.rows[row + 1 :]):
        return table  # rows that already lost cells cannot be reordered by column
    movable = [
        c
        for c, headed in sorted(header.columns.items())
        if headed.role not in NAMES
        and not any(
            cell.column_span > 1 and cell.column <= c < cell.column + cell.column_span
            for cell in table.cells
            if cell.row >= row
        )
    ]
    shuffled = movable[:]
    dice.shuffle(shuffled)
    new = dict(zip(movable, shuffled, strict=True))
    last = max((r for r, h in headers(table) if r > row), default=table.row_count)
    cells = [
        replace(c, column=new[c.column]) if row <= c.row < last and c.column in new else c
        for c in table.cells
    ]
    return replace(table, cells=tuple(sorted(cells, key=lambda c: (c.row, c.column))))


def shift_rows(table: TableBlock, dice: random.Random) -> TableBlock:
    """One row in five of an unmerged indicator table moves left by one lost empty cell."""
    if any(c.row_span > 1 or c.column_span > 1 for c in table.cells):
        return table
    head = [r for r, h in headers(table) if h.kind is TableKind.INDICATORS]
    moved = {
        r
        for r in range(head[0] + 1 if head else table.row_count, table.row_count)
        if dice.random() < 0.2 and min((c.column for c in table.cells if c.row == r), default=0) > 0
    }
    cells = [replace(c, column=c.column - 1) if c.row in moved else c for c in table.cells]
    return replace(table, cells=tuple(cells))


def split_cells(table: TableBlock, dice: random.Random) -> TableBlock:
    """One indicator row in ten is cut: the rest of its name stands in a row of its own below."""
    found = [(r, h) for r, h in headers(table) if h.kind is TableKind.INDICATORS]
    if not found:
        return table
    columns = set(found[0][1].with_role(ColumnRole.NAME))
    cells: list[Cell] = []
    added = 0
    for row in range(table.row_count):
        here = [c for c in table.cells if c.row == row]
        cut = [c for c in here if c.column in columns and c.row_span == 1 and len(c.text) > LONG]
        chosen = cut and row > found[0][0] and dice.random() < 0.1
        for cell in here:
            moved = replace(cell, row=row + added)
            if chosen and cell is cut[0]:
                place, text = cell.runs[0].location, cell.text
                cells.append(replace(moved, runs=(Run(text[:5], place),)))
                cells.append(replace(moved, row=row + added + 1, runs=(Run(text[5:], place),)))
            else:
                cells.append(
                    replace(moved, row_span=moved.row_span + bool(chosen and cell.row_span > 1))
                )
        added += bool(chosen)
    ordered = tuple(sorted(cells, key=lambda c: (c.row, c.column)))
    return replace(table, cells=ordered, row_count=table.row_count + added)


MUTATIONS: dict[str, tuple[Mutation, ...]] = {
    "none": (),
    "words": (swap_words,),
    "columns": (reorder_columns,),
    "shift": (shift_rows,),
    "split": (split_cells,),
    "all": (reorder_columns, shift_rows, split_cells, swap_words),
}


def mutated(document: Document, mutations: tuple[Mutation, ...], dice: random.Random) -> Document:
    blocks = []
    for block in document.blocks:
        if isinstance(block, TableBlock):
            for mutation in mutations:
                block = mutation(block, dice)
        blocks.append(block)
    return replace(document, blocks=tuple(blocks))


def labelled(document: Document, wanted: list[dict[str, Any]], scorer: Any) -> tuple[int, int]:
    """How many of a file's labels are found with value and label, and how many there are."""
    found: defaultdict[tuple[object, ...], list[Figure]] = defaultdict(list)
    for figure in understand(document).figures:
        for value in figure.quantity.values:
            found[scorer.norm(float(value), figure.quantity.unit)].append(figure)
    hits = 0
    for gold in wanted:
        roles, name = scorer.allowed_roles(gold["field"]), scorer.plain((gold["path"] or [""])[-1])
        hits += any(
            (roles is None or f.role in roles)
            and (
                not name
                or VOCABULARY.terms.is_listed(name)  # the header word itself, which was replaced
                or name in scorer.plain(f"{f.subject}|{f.section}")
                or scorer.plain(f.subject) in name
            )
            for f in found[scorer.norm(gold["value"], gold["unit"])]
        )
    return hits, len(wanted)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    sys.path.insert(0, str(args.corpus.resolve().parent))
    scorer = import_module("score")  # the labelled set's own scorer

    gold: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    layout: dict[str, str] = {}
    for row in scorer.gold_rows(args.corpus, "figures.jsonl"):
        if row["value"] is not None and "scan" not in row["layout"]:
            gold[row["file"]].append(row)
            layout[row["file"]] = row["layout"]
    documents = {}
    for file in gold:
        path = args.corpus / file
        documents[file] = load(path.name, path.read_bytes())
    report = {}
    for name, mutations in MUTATIONS.items():
        dice = random.Random(args.seed)
        hits: Counter[str] = Counter()
        total: Counter[str] = Counter()
        for file, rows in gold.items():
            found, count = labelled(mutated(documents[file], mutations, dice), rows, scorer)
            hits[layout[file]] += found
            total[layout[file]] += count
        worst = min(total, key=lambda k: hits[k] / total[k])
        share = sum(hits.values()) / sum(total.values())
        report[name] = round(share, 4)
        print(f"{name:8s} labelled {share:.4f}  worst {worst} {hits[worst] / total[worst]:.4f}")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
