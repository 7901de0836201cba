"""Vectors of the passages in Chroma: the only file that imports chromadb.

Chroma keeps the vectors; they are searched exactly over a copy in memory (`exact_search`), which
never misses a live row and costs nothing more with a filter. Chroma's own index is not asked.
"""

import shutil
import socket
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import numpy as np
from typing_extensions import override

from ingest.errors import StoreError
from ingest.types.blocks import Form
from ingest.types.facts import Passage
from ingest.types.library import Scope
from ingest.vectors.exact_search import Matrix, Owner, Row, Vectors

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

BATCH = 1000
PAGE = 100_000
EFFORT, NEIGHBOURS = 32, 8
"""Chroma builds its index all the same: with these, writing costs a third less than usual."""
PORT = 8000
"""Where `chroma run` listens unless it is told otherwise."""
PATIENCE = 5
"""Seconds that a server may take to accept a connection."""


class NearestPassages(Protocol):
    """What may be asked of stored vectors."""

    def search(self, vector: Vectors, scope: Scope, limit: int) -> list[tuple[str, float]]:
        """Passage ids inside the scope by cosine, nearest first. Exact."""
        ...


class VectorStore(NearestPassages):
    """Vectors of one embedding model (`identity`); another model has a collection of its own.

    `place` is a folder, or the address of a Chroma server, `http://host:port/database`: libraries
    that share a server have a database each, made when it is not there. Vectors are normalised.
    """

    def __init__(self, place: Path | str, *, identity: str) -> None:
        self._place = place
        self._name = "passages-" + sha256(identity.encode()).hexdigest()[:16]
        self._lock = RLock()

    def add(
        self, passages: Sequence[Passage], vectors: Vectors, *, form: Form | Mapping[str, Form]
    ) -> None:
        """Keeps one vector a passage; the same passage again replaces its vector.

        `form` is that of all the passages, or of each document by its id.
        """
        rows = [
            _row_of(p, form if isinstance(form, Form) else form[p.document_id]) for p in passages
        ]
        with self._lock, self._translated("写入"):
            matrix = self._matrix
            for start in range(0, len(rows), BATCH):
                part = slice(start, start + BATCH)
                self._collection.upsert(
                    ids=[row.id for row in rows[part]],
                    embeddings=vectors[part],
                    metadatas=[_metadata(row) for row in rows[part]],
                )
            matrix.add(rows, vectors)

    def reown(self, passages: Sequence[Passage], form: Form) -> None:
        """Says anew whose the passages are that have a vector here; the vectors stay."""
        with self._lock, self._translated("写入"):
            rows = [row for p in passages if (row := _row_of(p, form)).id in self._matrix]
            for start in range(0, len(rows), BATCH):
                part = rows[start : start + BATCH]
                self._collection.update(
                    ids=[row.id for row in part], metadatas=[_metadata(row) for row in part]
                )
            self._matrix.reown(rows)

    def delete(self, document_id: str) -> None:
        """Deletes every vector of a document, those of other models too."""
        with self._lock, self._translated("删除"):
            for collection in self._client.list_collections():
                collection.delete(where={"document_id": document_id})
            if "_matrix" in self.__dict__:
                self._matrix.remove(document_id)

    def count(self, document_id: str | None = None) -> int:
        """How many vectors Chroma holds, of one document or of all."""
        if document_id is not None:
            return len(self.ids(document_id))
        with self._translated("读取"):
            return self._collection.count()

    def ids(self, document_id: str | None = None) -> tuple[str, ...]:
        """The passages Chroma holds a vector of."""
        with self._translated("读取"):
            if document_id is None:
                return tuple(self._all_ids())
            return tuple(
                self._collection.get(where={"document_id": document_id}, include=[])["ids"]
            )

    def misowned(self, passages: Sequence[Passage], form: Form) -> int:
        """How many vectors say of their passage another text, department, year or form."""
        with self._lock, self._translated("读取"):
            rows = [_row_of(passage, form) for passage in passages]
            return sum(self._matrix.row(row.id) not in (None, row) for row in rows)

    def documents(self) -> frozenset[str]:
        """The documents that have a vector."""
        with self._lock, self._translated("读取"):
            return self._matrix.documents()

    def counts(self) -> Counter[str]:
        """How many vectors each document has."""
        with self._lock, self._translated("读取"):
            return self._matrix.counts()

    def known(self, texts: Sequence[str]) -> dict[str, Vectors]:
        """Vectors of texts that some stored passage has already, by text."""
        hashes = {text_hash(text): text for text in texts}
        with self._lock, self._translated("读取"):
            found = self._matrix.of_texts(list(hashes))
        return {hashes[key]: vector for key, vector in found.items()}

    @override
    def search(self, vector: Vectors, scope: Scope, limit: int) -> list[tuple[str, float]]:
        with self._lock, self._translated("读取"):
            return self._matrix.nearest(vector, scope, limit)

    def warm_up(self) -> None:
        """Reads all vectors into memory, so that no question waits for it."""
        with self._lock, self._translated("读取"):
            _ = self._matrix

    def drop_other_models(self) -> None:
        """Deletes the vectors that other embedding models made."""
        with self._translated("删除"):
            for collection in self._client.list_collections():
                if collection.name != self._name:
                    self._client.delete_collection(collection.name)

    def clear(self) -> None:
        """Deletes every vector: a folder whole, as what was deleted before lingers in it."""
        with self._lock, self._translated("删除"):
            if isinstance(self._place, Path):
                self.close()
                if self._place.exists():
                    shutil.rmtree(self._place)
            else:
                _ = self._collection
                self._client.delete_collection(self._name)
                self.__dict__.pop("_collection")
                self.__dict__.pop("_matrix", None)

    def close(self) -> None:
        """Lets go of the copy in memory and of Chroma."""
        with self._lock:
            self.__dict__.pop("_matrix", None)
            self.__dict__.pop("_collection", None)
            client = self.__dict__.pop("_client", None)
            if client is not None:
                client.close()

    @cached_property
    def _client(self) -> "ClientAPI":
        import chromadb
        from chromadb.config import DEFAULT_DATABASE, Settings
        from chromadb.errors import NotFoundError
        from chromadb.utils import embedding_functions as models

        # A collection's settings may name a model, and so code, that this client would load as it
        # writes (CVE-2026-45829), and whoever reaches a server may set them. None is known here.
        models.known_embedding_functions.clear()
        models.sparse_known_embedding_functions.clear()
        if isinstance(self._place, Path):
            return chromadb.PersistentClient(
                self._place, settings=Settings(anonymized_telemetry=False)
            )
        address = urlsplit(self._place)
        host, secure = address.hostname or "localhost", address.scheme == "https"
        port = address.port or (443 if secure else PORT)
        socket.create_connection((host, port), PATIENCE).close()  # Chroma itself would wait on
        settings = Settings(
            anonymized_telemetry=False,
            chroma_api_impl="chromadb.api.fastapi.FastAPI",
            chroma_server_host=host,
            chroma_server_http_port=port,
            chroma_server_ssl_enabled=secure,
        )
        database = address.path.strip("/") or DEFAULT_DATABASE
        administration = chromadb.AdminClient(settings)
        try:
            administration.get_database(database)
        except NotFoundError:
            administration.create_database(database)
        return chromadb.HttpClient(host, port, secure, settings=settings, database=database)

    @cached_property
    def _collection(self) -> "Collection":
        # Without embedding_function=None Chroma would fetch a model of its own.
        return self._client.get_or_create_collection(
            self._name,
            embedding_function=None,
            configuration={
                "hnsw": {
                    "space": "cosine",
                    "ef_construction": EFFORT,
                    "max_neighbors": NEIGHBOURS,
                }
            },
        )

    def _all_ids(self) -> list[str]:
        """Every id, some at a time: a server sends no answer of any length."""
        ids: list[str] = []
        while part := self._collection.get(limit=PAGE, offset=len(ids), include=[])["ids"]:
            ids += part
        return ids

    @cached_property
    def _matrix(self) -> Matrix:
        matrix = Matrix()
        ids = self._all_ids()
        for start in range(0, len(ids), BATCH):
            held = self._collection.get(
                ids=ids[start : start + BATCH], include=["embeddings", "metadatas"]
            )
            kept = held["metadatas"] or []
            rows = [_row(id, metadata) for id, metadata in zip(held["ids"], kept, strict=True)]
            matrix.add(rows, np.asarray(held["embeddings"], np.float32))
        return matrix

    @contextmanager
    def _translated(self, doing: str) -> Iterator[None]:
        from chromadb.errors import ChromaError
        from httpx import HTTPError

        try:
            yield
        except (ChromaError, HTTPError, OSError, RuntimeError, ValueError) as error:
            advice = (
                "请检查目录权限和磁盘空间；若已损坏，运行 jiwen rebuild 即可重建。"
                if isinstance(self._place, Path)
                else "请检查 Chroma 服务是否在运行、地址是否正确。"
            )
            raise StoreError(f"向量库 {self._place} 无法{doing}，{advice}") from error


def text_hash(text: str) -> str:
    """Equal for equal texts: a text that several documents share is embedded once."""
    return sha256(text.encode()).hexdigest()[:32]


def _row_of(passage: Passage, form: Form) -> Row:
    owner = Owner(passage.document_id, passage.department, passage.year, form.value)
    return Row(passage.id, text_hash(passage.text), owner)


def _metadata(row: Row) -> dict[str, str | int]:
    owner = row.owner
    kept: dict[str, str | int] = {
        "document_id": owner.document_id,
        "department": owner.department,
        "form": owner.form,
        "text": row.text,
    }
    return kept if owner.year is None else kept | {"year": owner.year}


def _row(id: str, kept: Mapping[str, object]) -> Row:
    year = kept.get("year")
    owner = Owner(
        str(kept["document_id"]),
        str(kept["department"]),
        year if isinstance(year, int) else None,
        str(kept["form"]),
    )
    return Row(id, str(kept["text"]), owner)
