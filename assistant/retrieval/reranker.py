"""Puts found passages in a better order with a cross-encoder (重排序), if one is set. Optional.

It reads question and passage together, which tells more than comparing vectors and costs more: so
it orders the best fused candidates and finds nothing itself. Where it fails, their order stands.
"""

import logging
import os
from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING

from ingest.types.facts import Passage

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

logger = logging.getLogger(__name__)

MAX_REORDERED = 20
"""Maximum number of candidates that are read with the question; the rest stay behind them."""


class Reranker:
    """A sentence-transformers CrossEncoder, by folder or by hub name in the local cache.

    It is loaded at the first question; `failure` says in one sentence why it is not used.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._model: CrossEncoder | None = None
        self._lock = Lock()
        self.failure = ""

    def order(self, question: str, passages: Sequence[Passage]) -> list[Passage]:
        """The passages, the best first; as they came where the model cannot be used."""
        given = list(passages)
        first, rest = given[:MAX_REORDERED], given[MAX_REORDERED:]
        if len(first) < 2 or self.failure:
            return given
        try:
            with self._lock:
                model = self._loaded()
                scores = model.predict(
                    [(question, passage.text) for passage in first], show_progress_bar=False
                )
        except (OSError, ValueError, RuntimeError, LookupError, TypeError, ImportError) as error:
            reason = str(error).partition("\n")[0]
            self.failure = (
                f"重排序模型「{self._name}」无法使用：{reason}；检索结果按原来的顺序给出，"
                "请检查设置 reranker 指向的模型，或将它留空。"
            )
            logger.warning(self.failure)
            return given
        ranked = sorted(zip(scores, range(len(first)), strict=True), key=lambda s: (-s[0], s[1]))
        return [*(first[place] for _, place in ranked), *rest]

    def _loaded(self) -> "CrossEncoder":
        if self._model is None:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
            os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
            from sentence_transformers import CrossEncoder

            self._model = CrossEncoder(self._name, device="cpu", local_files_only=True)
        return self._model
