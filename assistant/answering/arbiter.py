"""Which of several proposals is told, if any (裁决): by what speaks for each, never by its words.

A forest of decision trees, trained by `tools/train_arbiter.py` on questions with known answers,
makes of what is measured how probable it is that a proposal is right.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assistant.answering.proposals import Proposal, Way
from assistant.answering.situation import Situation
from ingest.config import DATA
from ingest.vectors.embedder import check_files

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]

WEIGHTS = DATA / "models" / "arbiter"
"""The folder of the trained forest."""
MODEL = "model.onnx"
NAME = "裁决模型"
TELL_FROM = 0.28
"""From which probability on a proposal is told or shown."""
SURE_FROM = 0.55
"""From which probability on an answer is told even if quoting would more probably be right."""


class Arbiter:
    """Weighs proposals by the trained forest, loaded at the first question. Safe for threads."""

    def __init__(self, folder: Path = WEIGHTS) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._session: InferenceSession | None = None

    def weigh(self, situation: Situation) -> tuple[float, ...]:
        """How probable it is of each proposal, in their order, that it is right, between 0 and 1.

        Raises ModelError where the files of the forest are not whole.
        """
        if not situation.proposals:
            return ()
        session = self._loaded()
        shares = session.run(None, {"measures": as_rows(situation.measures)})[1]
        return tuple(map(float, shares[:, 1]))

    def _loaded(self) -> "InferenceSession":
        with self._lock:
            if self._session is None:
                import onnxruntime

                check_files(self._folder, NAME)
                options = onnxruntime.SessionOptions()
                options.intra_op_num_threads = 1
                self._session = onnxruntime.InferenceSession(
                    str(self._folder / MODEL), options, providers=["CPUExecutionProvider"]
                )
            return self._session


def as_rows(measures: Sequence[Mapping[str, float]]) -> NDArray[np.float32]:
    """A row a proposal, the measures in the order of their names."""
    names = sorted(measures[0])
    return np.array([[float(one[name]) for name in names] for one in measures], np.float32)


def ranked(situation: Situation, shares: Sequence[float]) -> Iterator[tuple[Proposal, float]]:
    """The proposals that may be told, the best first: those that are surely right before those
    that only show what is near. Nothing is asserted of what is called almost so: 北汀县, 南汀县."""
    told = zip(situation.proposals, shares, situation.measures, strict=True)
    likely = [
        (one, share)
        for one, share, measures in told
        if share >= TELL_FROM and (one.way is Way.QUOTE or not measures["swapped"])
    ]

    def order(pair: tuple[Proposal, float]) -> tuple[bool, float]:
        one, share = pair
        return one.way is Way.QUOTE or share < SURE_FROM, -share

    yield from sorted(likely, key=order)


@cache
def shipped_arbiter() -> Arbiter:
    """The arbiter of data/models."""
    return Arbiter()
