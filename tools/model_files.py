"""What the scripts that train a linear reader share: its examples as a matrix, its files."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

from ingest.vectors.embedder import CHECKSUMS


def hashed_rows(places: Sequence[Sequence[int]], size: int) -> csr_matrix:
    """Examples × places, each row of length 1."""
    rows = np.repeat(np.arange(len(places)), list(map(len, places)))
    shares = np.concatenate([np.full(len(one), len(one) ** -0.5) for one in places])
    return csr_matrix((shares, (rows, np.concatenate(places))), (len(places), size))


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
