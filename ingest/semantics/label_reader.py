"""The label reader (标签识别): a text in its place → how probable each role is.

Linear heads over the frozen encoder's vectors and runs of characters, trained by
`tools/train_labels.py` from `data/labels`.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.config import DATA
from ingest.language.vocabulary import Vocabulary, default_vocabulary
from ingest.semantics.label_features import (
    REMEMBERED,
    Label,
    TextVectors,
    Vectors,
    labels_of,
    runs,
    shown,
)
from ingest.vectors.embedder import EMBEDDED, check_files
from ingest.vectors.token_vectors import shared_encoder

WEIGHTS = DATA / "models" / "label-reader"
"""The folder of the trained heads."""
CONTENT = "content"
"""The role of what is no label: a name, a value, a sentence."""
PARTS = ("dense", "runs", "bias")

Readings = Mapping[str, float]
"""Role → probability; they sum up to 1."""


class Head:
    """Roles by a linear layer over vectors and runs of characters."""

    def __init__(self, roles: Sequence[str], arrays: Mapping[str, NDArray[Any]]) -> None:
        self.roles = tuple(roles)
        self._dense, self._runs, self._bias = (arrays[part].astype(np.float32) for part in PARTS)

    def probabilities(self, dense: Vectors, places: Sequence[Sequence[int]]) -> Vectors:
        """Texts × roles."""
        logits = dense @ self._dense.T + self._bias
        logits += np.stack([self._runs[:, one].sum(axis=1) / len(one) ** 0.5 for one in places])
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: Vectors = raised / raised.sum(axis=1, keepdims=True)
        return shares


def load_heads(
    folder: Path, model: str, *, names: str, most: int = REMEMBERED
) -> tuple[TextVectors, dict[str, Head]]:
    """The heads of a folder by task, and the vectors they look at, at most `most` of them kept.

    `model` is what users call it, `names` the file of each head's roles. Raises ModelError where
    the files are not whole.
    """
    check_files(folder, model)
    roles_of = json.loads((folder / names).read_text(encoding="utf-8"))
    with np.load(folder / "weights.npz") as arrays:
        heads = {
            task: Head(roles, {part: arrays[f"{task}.{part}"] for part in PARTS})
            for task, roles in roles_of.items()
        }
        return TextVectors(shared_encoder(EMBEDDED), arrays["mean"], most=most), heads


class LabelReader:
    """Reads heads of columns, labels of single facts and names of blocks. Safe for threads."""

    def __init__(self, vectors: TextVectors, heads: Mapping[str, Head]) -> None:
        self._vectors = vectors
        self._heads = heads
        self._lock = threading.Lock()

    @classmethod
    def load(cls, folder: Path = WEIGHTS) -> "LabelReader":
        """The reader with the weights of a folder; raises ModelError where they are not whole."""
        return cls(*load_heads(folder, "标签识别模型", names="roles.json"))

    def columns(self, labels: Sequence[Label]) -> list[Readings]:
        """What each text is as the head of a column; `CONTENT` where it heads none."""
        return self._read("column", labels)

    def heads(
        self,
        texts: Sequence[str],
        *,
        over: Sequence[str],
        section: str,
        below: Sequence[Sequence[str]],
    ) -> list[Readings]:
        """What each text of a row is as the head of a column, by its place among them."""
        return self.columns(labels_of(texts, over=over, section=section, below=below))

    def facts(self, labels: Sequence[Label]) -> list[Readings]:
        """What each text announces as a label, its value in `right`."""
        return self._read("fact", labels)

    def announced(self, pairs: Sequence[tuple[str, str]]) -> list[Readings]:
        """What each text announces of the one behind it."""
        shown_pairs = [(shown(text), shown(value)) for text, value in pairs]
        return self.facts([Label(text, right=v, contents=(v,)) for text, v in shown_pairs])

    def sections(self, labels: Sequence[Label]) -> list[Readings]:
        """Which block each text names."""
        return self._read("section", labels)

    def _read(self, task: str, labels: Sequence[Label]) -> list[Readings]:
        if not labels:
            return []
        head = self._heads[task]
        with self._lock:
            dense = self._vectors.seen(labels)
        shares = head.probabilities(dense, [runs(label.text) for label in labels])
        return [dict(zip(head.roles, map(float, row), strict=True)) for row in shares]


@cache
def shipped_reader() -> LabelReader:
    """The reader of data/models, loaded when first needed."""
    return LabelReader.load()


@cache
def full_vocabulary() -> Vocabulary:
    """The vocabulary of data/lexicon with the reader of what it does not list."""
    return replace(default_vocabulary(), meaning=shipped_reader)
