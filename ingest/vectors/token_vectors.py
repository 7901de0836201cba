"""The embedded encoder itself (向量模型): token ids → onnxruntime → token vectors, without torch.

What reads documents uses it as it stands here, for importing torch takes seconds and memory;
`ingest.vectors.onnx_encoder` makes it a module of sentence-transformers.
"""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

MODEL, TOKENIZER, CONFIG = "model.onnx", "tokenizer.json", "onnx_encoder.json"
MAX_RUNS_AT_ONCE = 2
"""Maximum number of runs beside each other."""
PADDING_ID = 1
TEXTS_PER_RUN = 4
"""Maximum number of texts in one run: more are not faster, and a token of padding costs as much as
any other."""

Ids = NDArray[np.int32]
Vectors = NDArray[np.float32]


class TokenVectors:
    """The model in a folder; safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        # most commands read no document and ask nothing of the model
        import onnxruntime  # type: ignore[import-untyped]

        self.folder = folder
        settings = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        self.max_seq_length = int(settings["max_seq_length"])
        self._threads = ThreadPoolExecutor(MAX_RUNS_AT_ONCE, thread_name_prefix="encoding")
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.enable_truncation(self.max_seq_length)
        self._tokenizer.enable_padding(pad_id=PADDING_ID, pad_token="<pad>")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # two threads over one run cost an eighth more
        self._session = onnxruntime.InferenceSession(
            str(folder / MODEL), options, providers=["CPUExecutionProvider"]
        )

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        return int(self._session.get_outputs()[0].shape[-1])

    def ids(self, texts: Sequence[str]) -> tuple[list[Any], list[Any]]:
        """The token ids of each text and which of them are no padding, all equally long."""
        encodings = self._tokenizer.encode_batch(list(texts))
        return [one.ids for one in encodings], [one.attention_mask for one in encodings]

    def of_ids(self, ids: Ids, mask: Ids) -> Vectors:
        """Texts × tokens × dimension, 0 where there is padding; like lengths run together."""
        lengths = mask.sum(axis=1)
        order = np.argsort(-lengths)
        vectors = np.zeros((*ids.shape, self.dimension), np.float32)

        def run(start: int) -> None:
            rows = order[start : start + TEXTS_PER_RUN]
            longest = lengths[rows[0]]
            feed = {"input_ids": ids[rows, :longest], "attention_mask": mask[rows, :longest]}
            (vectors[rows, :longest],) = self._session.run(None, feed)

        if len(order) <= TEXTS_PER_RUN:
            run(0)  # a question waits for no document
        else:
            list(self._threads.map(run, range(0, len(order), TEXTS_PER_RUN)))
        return vectors

    def mean(self, texts: Sequence[str]) -> Vectors:
        """Texts × dimension: the mean of each text's tokens, of length 1."""
        ids, mask = (np.array(part, np.int32) for part in self.ids(texts))
        kept = mask[:, :, None].astype(np.float32)
        means = (self.of_ids(ids, mask) * kept).sum(axis=1) / kept.sum(axis=1)
        unit: Vectors = means / np.linalg.norm(means, axis=1, keepdims=True)
        return unit


@cache
def shared_encoder(folder: Path) -> TokenVectors:
    """The model in a folder, loaded once for all that read questions or labels with it."""
    return TokenVectors(folder)
