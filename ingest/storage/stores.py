"""Where a document is kept (各个库): its file, its records, its vectors."""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from ingest.errors import ModelError
from ingest.records.record_store import RecordStore
from ingest.storage.home import Home
from ingest.types.blocks import Form
from ingest.types.facts import Passage
from ingest.types.library import Scope
from ingest.vectors.exact_search import Vectors
from ingest.vectors.vector_store import VectorStore

REOWNING = "reowning"
"""The name under which the library keeps which documents are becoming another department's."""
TEXTS_PER_CALL = 64
"""Maximum number of texts embedded between two looks at whether to stop."""
PASSAGES_AT_ONCE = 256
"""Maximum number of passages whose vectors are in memory before they are kept."""
LEXICAL_ONLY = "暂无向量，只能按数据和词语检索：{error}"


class Encoder(Protocol):
    """What the library needs of an embedding model."""

    @property
    def identity(self) -> str:
        """The model's name and checksum; raises ModelError where it cannot be loaded."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """One normalised vector a text, in the order given; raises ModelError."""
        ...


@dataclass(frozen=True)
class Stores:
    """All the stores of a library; whoever writes holds `turn`, and `rereading` whoever reads anew.

    `busy` has the ids and names of files that are being stored.
    """

    home: Home
    records: RecordStore
    vectors: VectorStore
    encoder: Encoder
    turn: threading.RLock = field(default_factory=threading.RLock)
    rereading: threading.Lock = field(default_factory=threading.Lock)
    busy: set[str] = field(default_factory=set)

    def write_vectors(
        self,
        passages: Sequence[Passage],
        forms: Mapping[str, Form],
        *,
        stopped: Callable[[], bool] = lambda: False,
    ) -> str:
        """Embeds and keeps the passages; why there are no vectors, "" when there are.

        A slice at a time, so that no more vectors than its own are in memory beside the store's.
        """
        for start in range(0, len(passages), PASSAGES_AT_ONCE):
            part = passages[start : start + PASSAGES_AT_ONCE]
            try:
                vectors = self._embedded([passage.text for passage in part], stopped)
            except ModelError as error:
                return LEXICAL_ONLY.format(error=error)
            if stopped():
                break
            self.vectors.add(part, np.stack([vectors[p.text] for p in part]), form=forms)
        return ""

    def _embedded(self, texts: Sequence[str], stopped: Callable[[], bool]) -> dict[str, Vectors]:
        """Vectors by text; each different text is embedded once in the life of the library."""
        vectors = self.vectors.known(texts)
        new = sorted({*texts} - vectors.keys(), key=len, reverse=True)
        for start in range(0, len(new), TEXTS_PER_CALL):
            if stopped():
                break
            part = new[start : start + TEXTS_PER_CALL]
            vectors |= dict(zip(part, self.encoder.encode_passages(part), strict=True))
        return vectors

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
