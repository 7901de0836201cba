"""The reader (阅读模型): does a text answer a question, how surely, and with which words?

It reads question and text together, started from the embedded encoder and trained by
`tools/train_reader.py`; it runs without torch. It knows nothing of documents: whoever asks gives
the texts, written as `title｜section｜body`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from assistant.reading.pairs import PairCutter, feed
from ingest.config import DATA
from ingest.vectors.embedder import check_files, clean

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]

WEIGHTS = DATA / "models" / "reader"
"""The folder of the trained model; its words are cut by the tokenizer of the encoder."""
MODEL, SETTINGS = "model.onnx", "reader.json"
NAME = "阅读模型"
TEXTS_PER_RUN = 4
"""Maximum number of texts read in one run; those of like length run together."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How probable it is that a text answers a question, and `text[start:end]`, which would."""

    answers: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """What makes a probability of the model's number: fitted on questions it never learned from."""

    slope: float
    shift: float

    def probability(self, score: float) -> float:
        """Between 0 and 1."""
        return 1 / (1 + exp(-(self.slope * score + self.shift)))

    def score(self, probability: float) -> float:
        """The model's number of a probability."""
        return (log(probability / (1 - probability)) - self.shift) / self.slope


class Reader:
    """The model in a folder, loaded at the first question; safe to use from several threads."""

    def __init__(self, folder: Path = WEIGHTS) -> None:
        self._folder = folder
        self._lock = Lock()
        self._parts: tuple[PairCutter, InferenceSession, Calibration] | None = None

    def warm_up(self) -> None:
        """Loads the model if it is not loaded; raises ModelError where its files are not whole."""
        self._loaded()

    @property
    def calibration(self) -> Calibration:
        """What makes a probability of the model's number."""
        return self._loaded()[2]

    def read(self, question: str, texts: Sequence[str]) -> tuple[Reading, ...]:
        """What each text says to the question, in the order given."""
        if not texts:
            return ()
        cutter, session, calibration = self._loaded()
        asked = clean(question)
        pairs = cutter.cut([(asked, text) for text in texts])
        order = sorted(range(len(pairs)), key=lambda at: len(pairs[at]))
        readings: dict[int, Reading] = {}
        for start in range(0, len(order), TEXTS_PER_RUN):
            run = order[start : start + TEXTS_PER_RUN]
            scores, spans = session.run(None, feed([pairs[at] for at in run]))
            for row, at in enumerate(run):
                first, last = pairs[at].best_span(spans[row])
                readings[at] = Reading(calibration.probability(float(scores[row])), first, last)
        return tuple(readings[at] for at in range(len(pairs)))

    def _loaded(self) -> "tuple[PairCutter, InferenceSession, Calibration]":
        with self._lock:
            if self._parts is None:
                self._parts = self._load()
            return self._parts

    def _load(self) -> "tuple[PairCutter, InferenceSession, Calibration]":
        import onnxruntime

        check_files(self._folder, NAME)
        settings = json.loads((self._folder / SETTINGS).read_text(encoding="utf-8"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            str(self._folder / MODEL), options, providers=["CPUExecutionProvider"]
        )
        calibration = Calibration(settings["slope"], settings["shift"])
        return PairCutter(settings["max_tokens"]), session, calibration


@cache
def shipped_reader() -> Reader:
    """The reader of data/models."""
    return Reader()
