"""The embedded model's first module for sentence-transformers: tokens → onnxruntime → vectors.

`modules.json` in the model's folder names this class; only sentence-transformers imports this file,
because importing torch takes seconds.
"""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import torch
from sentence_transformers.base.modality_types import PairInput, SingleInput
from sentence_transformers.base.modules import InputModule
from tokenizers import Tokenizer

MODEL, TOKENIZER, CONFIG = "model.onnx", "tokenizer.json", "onnx_encoder.json"
MAX_RUNS_AT_ONCE = 2
"""Maximum number of runs beside each other."""
PADDING_ID = 1
TEXTS_PER_RUN = 4
"""Maximum number of texts in one run: more are not faster, and a token of padding costs as much as
any other."""


class OnnxEncoder(InputModule):
    """Token vectors of a batch of texts, cut at `max_seq_length` tokens."""

    def __init__(self, folder: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.folder = folder
        settings = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        self.max_seq_length = int(settings["max_seq_length"])
        self.threads = ThreadPoolExecutor(MAX_RUNS_AT_ONCE, thread_name_prefix="encoding")
        self.tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self.tokenizer.enable_truncation(self.max_seq_length)
        self.tokenizer.enable_padding(pad_id=PADDING_ID, pad_token="<pad>")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # two threads over one run cost an eighth more
        self.session = onnxruntime.InferenceSession(
            str(folder / MODEL), options, providers=["CPUExecutionProvider"]
        )

    def preprocess(
        self, inputs: Sequence[SingleInput | PairInput], prompt: str | None = None, **kwargs: object
    ) -> dict[str, torch.Tensor]:
        """The texts as padded token ids, each with the prompt before it."""
        texts = [f"{prompt or ''}{text}" for text in inputs]
        encodings = self.tokenizer.encode_batch(texts)
        return {
            "input_ids": torch.tensor([encoding.ids for encoding in encodings]),
            "attention_mask": torch.tensor([encoding.attention_mask for encoding in encodings]),
        }

    def forward(
        self, features: dict[str, torch.Tensor], **kwargs: object
    ) -> dict[str, torch.Tensor]:
        """Adds `token_embeddings`, batch × tokens × dimension; like lengths run together."""
        ids, mask = (
            features[name].numpy().astype(np.int32) for name in ("input_ids", "attention_mask")
        )
        lengths = mask.sum(axis=1)
        order = np.argsort(-lengths)
        vectors = np.zeros((*ids.shape, self.get_embedding_dimension()), np.float32)

        def run(start: int) -> None:
            rows = order[start : start + TEXTS_PER_RUN]
            longest = lengths[rows[0]]
            feed = {"input_ids": ids[rows, :longest], "attention_mask": mask[rows, :longest]}
            (vectors[rows, :longest],) = self.session.run(None, feed)

        if len(order) <= TEXTS_PER_RUN:
            run(0)  # a question waits for no document
        else:
            list(self.threads.map(run, range(0, len(order), TEXTS_PER_RUN)))
        features["token_embeddings"] = torch.from_numpy(vectors)
        return features

    def get_embedding_dimension(self) -> int:
        """How many numbers a vector has."""
        return int(self.session.get_outputs()[0].shape[-1])

    def save(self, output_path: str, *args: object, **kwargs: object) -> None:
        """Copies the module's files; they are never changed by use."""
        for name in (MODEL, TOKENIZER, CONFIG):
            (Path(output_path) / name).write_bytes((self.folder / name).read_bytes())

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", *_: object, **kwargs: Any) -> Self:
        """Loads from a folder on disk; nothing is fetched."""
        return cls(Path(model_name_or_path, subfolder))
