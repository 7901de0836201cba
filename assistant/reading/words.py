"""A reader without weights (词语覆盖): how much of a question a text says, sure of nothing."""

from collections import Counter
from collections.abc import Sequence
from math import log

from assistant.reading.reader import Reading
from ingest.language.normalise import squeeze

MOST = 0.6
"""A text that says every word of a question may still not answer it."""


class WordsReader:
    """Judges texts by the pairs of characters that they share with the question."""

    def read(self, question: str, texts: Sequence[str]) -> tuple[Reading, ...]:
        """What each text says to the question, in the order given; a span is the whole text."""
        asked = _pairs(question)
        said = [_pairs(text) for text in texts]
        common = Counter(pair for pairs in said for pair in pairs & asked)
        weights = {pair: log(1 + (len(texts) + 1) / (1 + common[pair])) for pair in asked}
        whole = sum(weights.values()) or 1.0
        return tuple(
            Reading(MOST * sum(weights[pair] for pair in pairs & asked) / whole, 0, len(text))
            for pairs, text in zip(said, texts, strict=True)
        )


def _pairs(text: str) -> set[str]:
    plain = squeeze(text)
    return {plain[at : at + 2] for at in range(len(plain) - 1)}
