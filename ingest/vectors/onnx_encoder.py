"""The embedded model's first module for sentence-transformers: `TokenVectors` in its clothes.

`modules.json` in the model's folder names this class; only sentence-transformers imports this file,
because importing torch takes seconds.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from sentence_transformers.base.modality_types import PairInput, SingleInput
from sentence_transformers.base.modules import InputModule

from ingest.vectors.token_vectors import CONFIG, MODEL, TOKENIZER, TokenVectors


class OnnxEncoder(InputModule):
    """Token vectors of a batch of texts, cut at `max_seq_length` tokens."""

    def __init__(self, folder: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.vectors = TokenVectors(folder)
        self.max_seq_length = self.vectors.max_seq_length

    def preprocess(
        self, inputs: Sequence[SingleInput | PairInput], prompt: str | None = None, **kwargs: object
    ) -> dict[str, torch.Tensor]:
        """The texts as padded token ids, each with the prompt before it."""
        ids, mask = self.vectors.ids([f"{prompt or ''}{text}" for text in inputs])
        return {"input_ids": torch.tensor(ids), "attention_mask": torch.tensor(mask)}

    def forward(
        self, features: dict[str, torch.Tensor], **kwargs: object
    ) -> dict[str, torch.Tensor]:
        """Adds `token_embeddings`, batch × tokens × dimension."""
        ids, mask = (
            features[name].numpy().astype(np.int32) for name in ("input_ids", "attention_mask")
        )
        features["token_embeddings"] = torch.from_numpy(self.vectors.of_ids(ids, mask))
        return features

    def get_embedding_dimension(self) -> int:
        """How many numbers a vector has."""
        return self.vectors.dimension

    def save(self, output_path: str, *args: object, **kwargs: object) -> None:
        """Copies the module's files; they are never changed by use."""
        for name in (MODEL, TOKENIZER, CONFIG):
            (Path(output_path) / name).write_bytes((self.vectors.folder / name).read_bytes())

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", *_: object, **kwargs: Any) -> Self:
        """Loads from a folder on disk; nothing is fetched."""
        return cls(Path(model_name_or_path, subfolder))
