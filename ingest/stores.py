"""Where a document is kept (各个库): its file, its records, its vectors."""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from ingest.errors import ModelError
from ingest.exact_search import Vectors
from ingest.home import Home
from ingest.record_store import RecordStore
from ingest.types import Form, Passage, Scope
from ingest.vector_store import VectorStore

REOWNING = "reowning"
"""The name under which the library keeps which documents are becoming another department's."""
AT_ONCE = 64
"""So many texts are embedded between two looks at whether to stop."""


class Encoder(Protocol):
    """What the library needs of an embedding model."""

    @property
    def identity(self) -> str: ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors: ...


@dataclass(frozen=True)
class Stores:
    """All the stores of a library; whoever writes holds `turn`.

    `busy` has the ids and names of files that are being stored.
    """

    home: Home
    records: RecordStore
    vectors: VectorStore
    encoder: Encoder
    turn: threading.RLock = field(default_factory=threading.RLock)
    busy: set[str] = field(default_factory=set)

    def write_vectors(
        self,
        passages: Sequence[Passage],
        forms: Mapping[str, Form],
        stopped: Callable[[], bool] = lambda: False,
    ) -> str:
        """Each different text is embedded once in the life of the library.

        Returns why there are no vectors, "" when there are.
        """
        vectors = self.vectors.known([passage.text for passage in passages])
        new = sorted({p.text for p in passages if p.text not in vectors}, key=len, reverse=True)
        for start in range(0, len(new), AT_ONCE):
            if stopped():
                return ""
            texts = new[start : start + AT_ONCE]
            try:
                vectors |= dict(zip(texts, self.encoder.encode_passages(texts), strict=True))
            except ModelError as error:
                return f"暂无向量，只能按数据和词语检索：{error}"
        if passages:
            self.vectors.add(passages, np.stack([vectors[p.text] for p in passages]), form=forms)
        return ""

    @contextmanager
    def reowned(self, document_ids: Collection[str]) -> Iterator[None]:
        """While documents become another department's, year's or form, as their vectors say it too.

        Ended in between, the next start makes the vectors say it (`reown`).
        """
        if document_ids:
            self.records.set_meta(REOWNING, " ".join(document_ids))
        try:
            yield
        finally:
            if document_ids:
                self.reown()

    def reown(self) -> None:
        """Makes vectors say whose they are where that was begun."""
        for id in (self.records.meta(REOWNING) or "").split():
            record = self.records.document(id)
            if record is not None:
                passages = self.records.passages_of(Scope(document_ids=(id,)))
                self.vectors.reown(passages, record.form)
        self.records.set_meta(REOWNING, "")

    def erase(self, document_id: str) -> None:
        """Nothing of a document that is not published remains; its record goes last."""
        self.vectors.delete(document_id)
        self.home.remove(document_id)
        self.records.discard(document_id)
