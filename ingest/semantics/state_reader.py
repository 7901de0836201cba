"""Whether a short text says how work stands (基本完成, 已印发), where a name should be (状态识别).

A linear layer over single characters and pairs of them, trained by `tools/train_states.py` on what
stands in the columns of data/labels: names of indicators, and what was reported of them in words.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from math import exp
from pathlib import Path

from ingest.config import DATA
from ingest.vectors.embedder import check_files

WEIGHTS = DATA / "models" / "state-reader"
"""The folder of the trained weights."""
MAX_LENGTH = 14
"""Characters of the longest text that is judged: longer ones say more than how work stands."""
STATE_FROM = 0.7
"""From this probability on a text is a state: of families left out, no name was."""
BIAS = ""
"""The key of what holds for every text."""


def runs(text: str) -> Iterator[str]:
    """The characters and pairs of characters of a text, its beginning and end among them.

    >>> list(runs("完成"))
    ['^', '^完', '完', '完成', '成', '成$', '$']
    """
    framed = f"^{text}$"
    for at, character in enumerate(framed):
        yield character
        if at + 1 < len(framed):
            yield framed[at : at + 2]


class StateReader:
    """Tells states of work from names."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._weights = weights

    @classmethod
    def load(cls, folder: Path = WEIGHTS) -> "StateReader":
        """The reader with the weights of a folder; raises ModelError where they are not whole."""
        check_files(folder, "状态识别模型")
        return cls(json.loads((folder / "weights.json").read_text(encoding="utf-8")))

    def probability(self, text: str) -> float:
        """How probably a text without blanks says how work stands; 0 for one that is too long."""
        if not 1 < len(text) <= MAX_LENGTH:
            return 0.0
        weights = self._weights
        total = weights[BIAS] + sum(weights.get(run, 0.0) for run in dict.fromkeys(runs(text)))
        return 1 / (1 + exp(-total))

    def is_state(self, text: str) -> bool:
        """Whether a text without blanks says how work stands, and names nothing."""
        return self.probability(text) >= STATE_FROM


@cache
def shipped_state_reader() -> StateReader:
    """The reader of data/models, loaded when first needed."""
    return StateReader.load()
