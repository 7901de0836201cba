"""The piece reader (片段识别): what a stretch of a pasted form is, and whether it goes on.

Two linear layers over hashed features, trained by `tools/train_dumps.py` from forms of
`data/labels` that were damaged as people paste them.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.config import DATA
from ingest.semantics.piece_features import CellKind, Gap, cell_places
from ingest.vectors.embedder import check_files

WEIGHTS = DATA / "models" / "piece-reader"
"""The folder of the trained layers."""
REMEMBERED = 4096
"""Texts whose reading is kept: the cells of forms come again."""

Vectors = NDArray[np.float32]


class PieceReader:
    """Reads cells and seams."""

    def __init__(self, kinds: Sequence[CellKind], arrays: Mapping[str, NDArray[Any]]) -> None:
        self.cell_kinds = tuple(kind for kind in CellKind if kind is not CellKind.BROKEN)
        """What a cell may be; `BROKEN` is no cell, but takes its share of the probability."""
        self._order = [kinds.index(kind) for kind in self.cell_kinds]
        kept = [list(CellKind).index(kind) for kind in self.cell_kinds]
        self.transitions = arrays["transitions"][:, kept][:, :, kept]
        """Within a line and to the next one: kind before × kind, as logarithms."""
        self.joined = dict(zip(Gap, map(float, arrays["joined"]), strict=True))
        """How often pieces go on behind each gap."""
        self._cell, self._cell_bias, self._seam, self._seam_bias = (
            arrays[name].astype(np.float32)
            for name in ("cell.weights", "cell.bias", "seam.weights", "seam.bias")
        )
        self._cell = np.ascontiguousarray(self._cell.T)
        self.likelihoods = lru_cache(REMEMBERED)(self._read)

    @classmethod
    def load(cls, folder: Path = WEIGHTS) -> "PieceReader":
        """The reader with the weights of a folder; raises ModelError where they are not whole."""
        check_files(folder, "片段识别模型")
        names = json.loads((folder / "kinds.json").read_text(encoding="utf-8"))
        with np.load(folder / "weights.npz") as arrays:
            return cls([CellKind(name) for name in names["cell"]], dict(arrays))

    def _read(self, text: str) -> Vectors:
        """How probable it is that a text is a whole cell of each of `cell_kinds`."""
        places = cell_places(text)
        logits = self._cell[places].sum(axis=0) / len(places) ** 0.5 + self._cell_bias
        raised = np.exp(logits - logits.max())
        shares: Vectors = (raised / raised.sum())[self._order]
        return shares

    def goes_on(self, places: Sequence[int]) -> float:
        """How probable it is that two pieces with such a seam are of one cell."""
        logit = float(self._seam[0, places].sum() / len(places) ** 0.5 + self._seam_bias[0])
        return float(1 / (1 + np.exp(-logit)))


@cache
def shipped_pieces() -> PieceReader:
    """The reader of data/models, loaded when first needed."""
    return PieceReader.load()
