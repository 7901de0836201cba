"""The reader (阅读模型): does a text answer a question, how surely, and with which words?

It reads question and text together, started from the embedded encoder and trained by
`tools/train_reader.py`; it runs without torch. It knows nothing of documents: whoever asks gives
the texts, written as `title｜section｜body`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from ingest.config import DATA
from ingest.vectors.embedder import EMBEDDED, check_files, clean
from ingest.vectors.token_vectors import PADDING_ID, TOKENIZER

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]

WEIGHTS = DATA / "models" / "reader"
"""The folder of the trained model; its words are cut by the tokenizer of the encoder."""
MODEL, SETTINGS = "model.onnx", "reader.json"
NAME = "阅读模型"
TEXTS_PER_RUN = 4
"""Maximum number of texts read in one run; those of like length run together."""
MAX_ANSWER = 120
"""Maximum number of tokens of a span: the longest answers are sentences."""
QUESTION_CHARACTERS = 200
"""Maximum number of characters of a question that are read."""

Numbers = NDArray[np.float32]


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
        return float(1 / (1 + np.exp(-(self.slope * score + self.shift))))


class Reader:
    """The model in a folder, loaded at the first question; safe to use from several threads."""

    def __init__(self, folder: Path = WEIGHTS) -> None:
        self._folder = folder
        self._lock = Lock()
        self._parts: tuple[Tokenizer, InferenceSession, Calibration] | None = None

    def warm_up(self) -> None:
        """Loads the model if it is not loaded; raises ModelError where its files are not whole."""
        self._loaded()

    def read(self, question: str, texts: Sequence[str]) -> tuple[Reading, ...]:
        """What each text says to the question, in the order given."""
        if not texts:
            return ()
        tokenizer, session, calibration = self._loaded()
        asked = clean(question)[:QUESTION_CHARACTERS]
        pairs = tokenizer.encode_batch([(asked, text) for text in texts])
        order = sorted(range(len(pairs)), key=lambda at: len(pairs[at].ids))
        readings: dict[int, Reading] = {}
        for start in range(0, len(order), TEXTS_PER_RUN):
            run = order[start : start + TEXTS_PER_RUN]
            scores, spans = session.run(None, feed([pairs[at] for at in run]))
            for row, at in enumerate(run):
                first, last = best_span(pairs[at], spans[row])
                readings[at] = Reading(calibration.probability(scores[row]), first, last)
        return tuple(readings[at] for at in range(len(pairs)))

    def _loaded(self) -> "tuple[Tokenizer, InferenceSession, Calibration]":
        with self._lock:
            if self._parts is None:
                self._parts = self._load()
            return self._parts

    def _load(self) -> "tuple[Tokenizer, InferenceSession, Calibration]":
        import onnxruntime

        check_files(self._folder, NAME)
        settings = json.loads((self._folder / SETTINGS).read_text(encoding="utf-8"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            str(self._folder / MODEL), options, providers=["CPUExecutionProvider"]
        )
        calibration = Calibration(settings["slope"], settings["shift"])
        return pair_tokenizer(settings["max_tokens"]), session, calibration


def pair_tokenizer(max_tokens: int) -> Tokenizer:
    """Cuts question and text into tokens, the text's end off where both are too long."""
    tokenizer = Tokenizer.from_file(str(EMBEDDED / TOKENIZER))
    tokenizer.enable_truncation(max_tokens, strategy="only_second")
    return tokenizer


def feed(pairs: Sequence[Encoding]) -> dict[str, NDArray[np.int32]]:
    """What the model is given of some pairs, all padded to the longest."""
    longest = max(len(pair.ids) for pair in pairs)
    ids = np.full((len(pairs), longest), PADDING_ID, np.int32)
    mask = np.zeros_like(ids)
    for row, pair in enumerate(pairs):
        ids[row, : len(pair.ids)] = pair.ids
        mask[row, : len(pair.ids)] = 1
    return {"input_ids": ids, "attention_mask": mask}


def best_span(pair: Encoding, scores: Numbers) -> tuple[int, int]:
    """The likeliest characters of the text; `scores` are those of a start and an end, a token."""
    sequences: list[Any] = pair.sequence_ids
    places = [at for at, which in enumerate(sequences) if which == 1]
    if not places:
        return 0, 0
    starts, ends = scores[places, 0], scores[places, 1]
    both = starts[:, None] + ends[None, :]
    allowed = np.triu(np.ones_like(both)) - np.triu(np.ones_like(both), MAX_ANSWER)
    both[allowed == 0] = -np.inf
    first, last = divmod(int(both.argmax()), len(places))
    return pair.offsets[places[first]][0], pair.offsets[places[last]][1]


@cache
def shipped_reader() -> Reader:
    """The reader of data/models."""
    return Reader()
