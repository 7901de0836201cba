"""Which help text a question asks for, if any, and how probably (帮助问题识别).

A linear head over the frozen encoder's vector of the question and its runs of characters, trained
by `tools/train_help.py` from `data/help`, against questions over documents.
"""

import json
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from assistant.helpdesk.texts import HelpKind, HelpText, read_help
from ingest.config import DATA
from ingest.language.normalise import squeeze
from ingest.semantics.label_features import TextVectors, Vectors, runs
from ingest.semantics.label_reader import PARTS, Head
from ingest.vectors.embedder import EMBEDDED, check_files
from ingest.vectors.token_vectors import shared_encoder

WEIGHTS = DATA / "models" / "help-reader"
"""The folder of the trained head."""
NAMES = "texts.json"
OWN = 3.0
"""How much a question's vector counts beside its runs of characters."""
LONGEST = 60
"""Maximum length, in characters, of a question for the desk: longer ones are about documents."""
REMEMBERED = 1_000
"""Questions whose vectors are kept."""
_WORDS = re.compile(r"[一-龥]|([A-Za-z])(?!\1)[A-Za-z]")
"""What a word has at the least: one character, or two letters that are not the same."""


@dataclass(frozen=True, slots=True)
class HelpReading:
    """The text of one kind that fits a question best; `probability` is that of the kind."""

    text: HelpText
    probability: float


class HelpReader:
    """Tells questions for the help desk from those over documents. Safe for threads."""

    def __init__(
        self, head: Head, vectors: TextVectors, texts: Mapping[str, HelpText] | None = None
    ) -> None:
        self._head = head
        self._vectors = vectors
        self._texts = texts or read_help()
        self._lock = threading.Lock()

    @classmethod
    def load(cls, folder: Path = WEIGHTS) -> "HelpReader":
        """The reader with the weights of a folder; raises ModelError where they are not whole."""
        check_files(folder, "帮助问题识别模型")
        names = json.loads((folder / NAMES).read_text(encoding="utf-8"))
        with np.load(folder / "weights.npz") as arrays:
            head = Head(names, {part: arrays[part] for part in PARTS})
            vectors = TextVectors(shared_encoder(EMBEDDED), arrays["mean"], most=REMEMBERED)
        return cls(head, vectors)

    def read(self, question: str) -> HelpReading | None:
        """The most probable kind with its best text; None where documents are meant."""
        asked = spoken(question)
        if not _WORDS.search(asked) or len(asked) > LONGEST:
            return None
        with self._lock:
            dense, marks = features(self._vectors, [asked])
        (shares,) = self._head.probabilities(dense, marks)
        by_kind: dict[HelpKind, list[tuple[float, HelpText]]] = {}
        for name, share in zip(self._head.roles, shares, strict=True):
            text = self._texts[name]
            by_kind.setdefault(text.kind, []).append((float(share), text))
        masses = {kind: sum(share for share, _ in told) for kind, told in by_kind.items()}
        kind = max(masses, key=lambda kind: masses[kind])
        if kind is HelpKind.DOCUMENTS:
            return None
        _, text = max(by_kind[kind], key=lambda one: one[0])
        return HelpReading(text, masses[kind])


def spoken(question: str) -> str:
    """A question as it is looked at: without white space and the marks at its end.

    >>> spoken("怎么 导出？？")
    '怎么导出'
    """
    return squeeze(question).rstrip("?？.。!！~～…,，")


def features(vectors: TextVectors, questions: Sequence[str]) -> tuple[Vectors, list[list[int]]]:
    """What the head sees of questions: vectors and runs of characters."""
    asked = [spoken(question) for question in questions]
    return OWN * vectors.of(asked), [runs(one) for one in asked]


@cache
def shipped_help_reader() -> HelpReader:
    """The reader of data/models, loaded when first needed."""
    return HelpReader.load()
