"""Trains the label reader (标签识别) from data/labels: what heads, labels and block names mean.

    python -m tools.train_labels [--labels data/labels] [--out data/models/label-reader]

Three linear heads, for the heads of columns, the labels of single facts and the names of blocks,
over the frozen vectors of the embedded encoder and runs of characters. Nothing is drawn by chance:
the same data make the same weights. A file of data/labels is a family of forms;
benchmarks/labels.py leaves each out in turn.
"""

import argparse
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from ingest.config import DATA
from ingest.semantics.label_features import (
    HASHED,
    Label,
    TextVectors,
    labels_of,
    runs,
    shown,
)
from ingest.semantics.label_reader import CONTENT, WEIGHTS
from tools.model_files import centred_vectors, hashed_rows, layer_arrays, write_layers

STRENGTH = 5.0
"""Inverse of the regularisation."""
ROUNDS = 200
FEWER = 3
"""Of what is no label, one in so many is enough."""
LESS = {"fact": 0.3}
"""What each of the texts that are no label counts beside the labels, by task; else 1."""
LEXICON = "lexicon"
"""The family of the heads that the lexicon lists."""
TASKS = ("column", "fact", "section")


@dataclass(frozen=True)
class Example:
    """A text in its place, with what it means for one of the tasks."""

    task: str
    label: Label
    role: str
    family: str
    decided: bool = True
    """Whether it is counted when the reader is scored: contents and lists are not."""


def examples(folder: Path) -> list[Example]:
    """All that the files of a folder tell, and the heads that the lexicon lists."""
    told = [one for path in sorted(folder.glob("*.toml")) for one in _of_family(path)]
    known = {one.role for one in told if one.task == "column"}
    return told + [one for one in _listed() if one.role in known]


def _listed() -> list[Example]:
    """The heads of data/lexicon/forms.toml, with nothing around them: what words alone say."""
    kinds = tomllib.loads((DATA / "lexicon" / "forms.toml").read_text(encoding="utf-8"))["kinds"]
    return [
        Example("column", Label(shown(word)), role, LEXICON, False)
        for kind in kinds.values()
        for role, column in kind["columns"].items()
        if role != "remark"  # there, whatever has no values
        for word in column.get("is", ())
    ]


def _of_family(path: Path) -> list[Example]:
    family = path.stem
    read = tomllib.loads(path.read_text(encoding="utf-8"))
    told: list[Example] = []
    contents: list[Label] = []
    for table in read.get("tables", ()):
        over = [head.rpartition("||")[0] for head, _ in table["heads"]]
        heads = [head.rpartition("||")[2] for head, _ in table["heads"]]
        rows = table["rows"]
        below = [tuple(row[at] for row in rows if row[at].strip()) for at in range(len(heads))]
        labels = labels_of(heads, over=over, section=table["section"], below=below)
        told += [
            Example("column", label, role, family)
            for label, (_, role) in zip(labels, table["heads"], strict=True)
            if label.text
        ]
        told += [
            Example("column", Label(one.label.text), one.role, family, False)
            for one in told[-len(heads) :]
            if one.role != "other"
        ]
        for number, row in enumerate(rows):
            filled = [at for at, cell in enumerate(row) if cell.strip()]
            under = [[r[at] for r in rows[number + 1 :] if r[at].strip()] for at in filled]
            texts = [row[at] for at in filled]
            contents += labels_of(texts, section=table["section"], below=under)
    facts = [(shown(label), role, shown(value)) for label, role, value in read.get("facts", ())]
    told += [
        Example("fact", Label(t, right=v, contents=(v,)), role, family) for t, role, v in facts
    ]
    told += [
        Example("section", Label(shown(text)), role, family)
        for text, role in read.get("sections", ())
    ]
    contents = contents[::FEWER]
    values = [Label(v, left=text) for text, _, v in facts if v]
    plain = [replace(one, section="", row=(), contents=(one.right,)) for one in contents]
    told += [Example("column", one, CONTENT, family, False) for one in contents]
    told += [Example("fact", one, CONTENT, family, False) for one in (*values, *plain)]
    told += [Example("section", Label(one.text), CONTENT, family, False) for one in plain]
    return told


def seen(told: Sequence[Example], vectors: TextVectors) -> csr_matrix:
    """The examples as numbers: vectors, then runs of characters, examples × features."""
    hashed = hashed_rows([runs(one.label.text) for one in told], HASHED)
    dense = csr_matrix(vectors.seen([one.label for one in told]))
    return hstack([dense, hashed]).tocsr().astype(np.float32)


def unambiguous(told: Sequence[Example]) -> list[int]:
    """The places of the examples, without those that are no label here and one elsewhere: a total
    or the name of a family stands among the contents of a table, too."""
    named = {(one.task, one.label.text) for one in told if one.decided}
    return [
        at
        for at, one in enumerate(told)
        if one.task == "column" or one.role != CONTENT or (one.task, one.label.text) not in named
    ]


def trained(data: csr_matrix, told: Sequence[Example]) -> LogisticRegression:
    """The layer trained on examples of one task, those that contradict none of the others."""
    kept = unambiguous(told)
    roles = np.array([told[at].role for at in kept])
    counts = np.where(roles == CONTENT, LESS.get(told[0].task, 1.0), 1.0)
    layer = LogisticRegression(C=STRENGTH, max_iter=ROUNDS, tol=1e-3)
    return layer.fit(data[kept], roles, sample_weight=counts)


def text_vectors(told: Sequence[Example]) -> TextVectors:
    """The vectors of the embedded encoder, centred as those of the labels lie."""
    return centred_vectors(sorted({text for one in told for text in one.label.around if text}))


def main() -> None:
    """Trains on all families and writes the weights with their checksum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=Path, default=DATA / "labels")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    given = parser.parse_args()
    told = examples(given.labels)
    vectors = text_vectors(told)
    arrays: dict[str, Any] = {"mean": vectors.mean}
    names: dict[str, list[str]] = {}
    for task in TASKS:
        own = [one for one in told if one.task == task]
        layer = trained(seen(own, vectors), own)
        arrays |= layer_arrays(layer, HASHED, task)
        names[task] = list(map(str, layer.classes_))
        print(f"{task}: {len(own)} examples, {len(names[task])} roles")
    write_layers(given.out, ("roles.json", names), arrays)


if __name__ == "__main__":
    main()
