"""What the scripts that train a linear reader share: its examples as a matrix, its files."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from ingest.semantics.label_features import PROMPT, TextVectors
from ingest.vectors.embedder import CHECKSUMS, EMBEDDED
from ingest.vectors.token_vectors import shared_encoder


def hashed_rows(places: Sequence[Sequence[int]], size: int) -> csr_matrix:
    """Examples × places, each row of length 1."""
    rows = np.repeat(np.arange(len(places)), list(map(len, places)))
    shares = np.concatenate([np.full(len(one), len(one) ** -0.5) for one in places])
    return csr_matrix((shares, (rows, np.concatenate(places))), (len(places), size))


def centred_vectors(texts: Sequence[str]) -> TextVectors:
    """The embedded encoder's vectors of texts, centred as these lie, all of them kept."""
    encoder = shared_encoder(EMBEDDED)
    raw = encoder.mean([PROMPT + text for text in texts])
    vectors = TextVectors(encoder, raw.mean(axis=0), most=1_000_000)
    vectors.keep(texts, raw)
    return vectors


def layer_arrays(layer: LogisticRegression, size: int, task: str = "") -> dict[str, Any]:
    """The weights of a layer as they are kept: the last `size` features are runs of characters."""
    prefix = f"{task}." if task else ""
    return {
        f"{prefix}dense": layer.coef_[:, :-size].astype(np.float16),
        f"{prefix}runs": layer.coef_[:, -size:].astype(np.float16),
        f"{prefix}bias": layer.intercept_.astype(np.float32),
    }


def write_layers(folder: Path, names: tuple[str, object], arrays: Mapping[str, Any]) -> None:
    """The folder of a model: a file of names (its own name, what it holds), weights, checksums."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "weights.npz", **arrays)
    file, held = names
    (folder / file).write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")
    seal(folder, file, "weights.npz")


def seal(folder: Path, *files: str) -> None:
    """The checksums of the files of a model, without which it is not loaded."""
    sums = [f"{sha256((folder / file).read_bytes()).hexdigest()}  {file}\n" for file in files]
    (folder / CHECKSUMS).write_text("".join(sums), encoding="utf-8")
