"""Trains the piece reader (片段识别) from forms of data/labels, damaged as people paste them.

    python -m tools.train_dumps [--labels data/labels] [--out data/models/piece-reader]

Two linear layers over hashed features: what a whole cell is, and whether a piece goes on with the
one before. All is drawn by a seed: the same data make the same weights.
"""

import argparse
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from ingest.config import DATA
from ingest.semantics.piece_decoder import Stretch, seams
from ingest.semantics.piece_features import (
    CELL_PLACES,
    SEAM_PLACES,
    CellKind,
    Gap,
    cell_places,
)
from ingest.semantics.piece_reader import WEIGHTS
from tools.damaged_forms import Part, dump, families, heads_of, known_cells
from tools.model_files import hashed_rows, write_layers

SEED = 16
DUMPS_PER_FAMILY = 20
STRENGTH = 10.0
"""Inverse of the regularisation."""
ROUNDS = 120


def cells(told: Sequence[dict[str, Any]], random: Random) -> list[tuple[str, CellKind]]:
    """Whole cells with what they are, and parts of them and joined neighbours, which are none."""
    made: list[tuple[str, CellKind]] = []
    for family in told:
        for table in family["tables"]:
            made.append((table["form"], CellKind.TITLE))
            made += [(table["section"], CellKind.SECTION)] if table["section"] else []
            for row in [heads_of(table), *known_cells(table)]:
                whole = [(c.text, c.kind) for c in row if c.kind and c.text.strip()]
                made += whole
                for (one, kind), (other, _) in pairwise(whole):
                    if random.random() < 0.3:
                        made.append((one + other, CellKind.BROKEN))
                    if kind is not CellKind.TEXT and len(one) > 2 and random.random() < 0.3:
                        cut = random.randint(1, len(one) - 1)
                        made.append((one[:cut], CellKind.BROKEN))
                        made.append((one[cut:], CellKind.BROKEN))
        for label, _, value in family["facts"]:
            made.append((label, CellKind.LABEL))
            made += [(value, CellKind.FACT)] if value else []
            made.append((f"{label.rstrip('：:')}：{value}", CellKind.PAIR))
        made += [(name, CellKind.SECTION) for name, _ in family["sections"]]
    return made


def stretches(parts: Sequence[Part]) -> list[Stretch]:
    """The pieces of a dump as they are seen when one is read."""
    begins = [
        at for at, part in enumerate(parts) if part.gap in (Gap.LINE, Gap.EMPTY_LINE) or not at
    ]
    seen = []
    for start, end in zip(begins, [*begins[1:], len(parts)], strict=True):
        length = sum(len(part.text) + 1 for part in parts[start:end]) - 1
        seen += [Stretch(part.text, part.gap, length) for part in parts[start:end]]
    return seen


def transitions(dumps: Sequence[Sequence[Part]]) -> Any:
    """How often a cell of a kind comes after one of another: within a line, on the next one."""
    kinds = list(CellKind)
    counts = np.full((2, len(kinds), len(kinds)), 2.0)
    for parts in dumps:
        begins = [one for at, one in enumerate(parts) if not at or parts[at - 1].cell != one.cell]
        for one, other in pairwise(begins):
            if one.kind and other.kind:
                below = int(other.gap in (Gap.LINE, Gap.EMPTY_LINE))
                counts[below, kinds.index(one.kind), kinds.index(other.kind)] += 1
    return np.log(counts / counts.sum(axis=2, keepdims=True)).astype(np.float32)


def joined_shares(dumps: Sequence[Sequence[Part]]) -> Any:
    """How often pieces go on, for each gap."""
    pairs = [pair for parts in dumps for pair in pairwise(parts)]
    counts = [
        (
            sum(two.gap is gap and one.cell == two.cell for one, two in pairs),
            sum(two.gap is gap for _, two in pairs),
        )
        for gap in Gap
    ]
    return np.array([(went_on + 1) / (all_ + 2) for went_on, all_ in counts], np.float32)


def trained(places: Sequence[Sequence[int]], size: int, wanted: Sequence[Any], weight: Any) -> Any:
    """The layer trained on examples."""
    layer = LogisticRegression(C=STRENGTH, max_iter=ROUNDS, tol=1e-3, class_weight=weight)
    return layer.fit(hashed_rows(places, size), np.array(wanted))


def drawn(
    told: Sequence[dict[str, Any]],
) -> tuple[list[tuple[str, CellKind]], list[list[Part]]]:
    """The cells and the dumps that these families are taught by."""
    random = Random(SEED)
    made = cells(told, random)
    return made, [dump(family, random) for family in told for _ in range(DUMPS_PER_FAMILY)]


def weights(told: Sequence[dict[str, Any]]) -> tuple[list[CellKind], dict[str, Any]]:
    """The kinds that are told apart, and all that is learnt from these families."""
    made, dumps = drawn(told)
    joined = [
        (places, one.cell == other.cell)
        for parts in dumps
        for places, one, other in zip(seams(stretches(parts)), parts, parts[1:], strict=False)
    ]
    places = [cell_places(text) for text, _ in made]
    cell = trained(places, CELL_PLACES, [str(kind) for _, kind in made], "balanced")
    seam = trained([one for one, _ in joined], SEAM_PLACES, [int(on) for _, on in joined], None)
    arrays: dict[str, Any] = {"transitions": transitions(dumps), "joined": joined_shares(dumps)}
    for name, layer in (("cell", cell), ("seam", seam)):
        arrays[f"{name}.weights"] = layer.coef_.astype(np.float16)
        arrays[f"{name}.bias"] = layer.intercept_.astype(np.float32)
    print(f"{len(made)} cells, {len(joined)} seams")
    return [CellKind(name) for name in cell.classes_], arrays


def main() -> None:
    """Trains on all families and writes the weights with their checksum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=Path, default=DATA / "labels")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    given = parser.parse_args()
    kinds, arrays = weights(families(given.labels))
    write_layers(given.out, ("kinds.json", {"cell": kinds}), arrays)


if __name__ == "__main__":
    main()
