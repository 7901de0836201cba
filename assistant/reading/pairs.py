"""A question and a text as the reader is given them: tokens, and which words stand in both."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from ingest.vectors.embedder import EMBEDDED
from ingest.vectors.token_vectors import PADDING_ID, TOKENIZER

MAX_ANSWER = 120
"""Maximum number of tokens of a span: the longest answers are sentences."""
MAX_QUESTION = 200
"""Maximum number of characters of a question that are read."""
KINDS = 4
"""A token is the question's or the text's (+2), and stands on the other side, too (+1), or not."""

Integers = NDArray[np.int32]
Numbers = NDArray[np.float32]


class PairCutter:
    """Cuts question and text into tokens, the text's end off where both are too long."""

    def __init__(self, max_tokens: int) -> None:
        self._tokenizer = Tokenizer.from_file(str(EMBEDDED / TOKENIZER))
        self._tokenizer.enable_truncation(max_tokens, strategy="only_second")

    def cut(self, pairs: Sequence[tuple[str, str]]) -> list["Pair"]:
        """Each question with its text."""
        asked = [(question[:MAX_QUESTION], text) for question, text in pairs]
        encodings = self._tokenizer.encode_batch(asked)
        return [Pair(*both, cut) for both, cut in zip(asked, encodings, strict=True)]


class Pair:
    """The tokens of a question and a text."""

    def __init__(self, question: str, text: str, encoding: Encoding) -> None:
        self._text = text
        self.ids: list[int] = encoding.ids
        self.offsets: list[tuple[int, int]] = encoding.offsets
        self.sides: list[int | None] = encoding.sequence_ids
        both = (question, text)
        self.kinds = [
            0 if side is None else 2 * side + (both[side][start:end].strip() in both[1 - side])
            for side, (start, end) in zip(self.sides, self.offsets, strict=True)
        ]
        self.places = [at for at, side in enumerate(self.sides) if side == 1]
        """Which tokens are the text's."""

    def __len__(self) -> int:
        return len(self.ids)

    def best_span(self, scores: Numbers) -> tuple[int, int]:
        """The likeliest characters of the text; `scores`: of a start and an end at each token."""
        if not self.places:
            return 0, 0
        both = scores[self.places, 0][:, None] + scores[self.places, 1][None, :]
        length = np.arange(len(both))[None, :] - np.arange(len(both))[:, None]
        both[(length < 0) | (length >= MAX_ANSWER)] = -np.inf
        first, last = divmod(int(both.argmax()), len(self.places))
        start, end = self.offsets[self.places[first]][0], self.offsets[self.places[last]][1]
        blank = len(self._text[start:end]) - len(self._text[start:end].lstrip())
        return min(start + blank, end), end  # a word's token begins with the space before it


def feed(pairs: Sequence[Pair]) -> dict[str, Integers]:
    """What the model is given of some pairs, all padded to the longest."""
    longest = max(map(len, pairs))
    ids = np.full((len(pairs), longest), PADDING_ID, np.int32)
    mask, kinds = np.zeros_like(ids), np.zeros_like(ids)
    for row, pair in enumerate(pairs):
        ids[row, : len(pair)] = pair.ids
        kinds[row, : len(pair)] = pair.kinds
        mask[row, : len(pair)] = 1
    return {"input_ids": ids, "attention_mask": mask, "kinds": kinds}
