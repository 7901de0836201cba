"""Vectors of the passages in Chroma: the only file that imports chromadb.

Chroma keeps the vectors; they are searched exactly over a copy in memory (`exact_search`), which
never misses a live row and costs nothing more with a filter. Chroma's own index is not asked.
"""

import shutil
import socket
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Protocol, cast
from urllib.parse import urlsplit

import numpy as np
from typing_extensions import override

from ingest.errors import StoreError, place
from ingest.slices import slices
from ingest.types.blocks import Form
from ingest.types.facts import Passage
from ingest.types.library import Scope
from ingest.vectors.exact_search import Matrix, Owner, Row, Vectors

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

ROWS_PER_CALL = 1000
"""Vectors read from Chroma in one call."""
ROWS_PER_WRITE = 100
"""Vectors written or deleted in one call: nobody else's Python goes on meanwhile."""
IDS_PER_CALL = 100_000
"""Ids read from Chroma in one call: a server sends no answer of any length."""
EF_CONSTRUCTION, MAX_NEIGHBORS = 32, 8
"""Chroma builds its index all the same: with these, writing costs a third less than usual."""
DEFAULT_PORT = 8000
"""Where `chroma run` listens unless it is told otherwise."""
CONNECT_TIMEOUT = 5
"""Seconds that a server may take to accept a connection."""


@dataclass(slots=True)
class _Open:
    """A connection to Chroma and the collection of one embedding model.

    `matrix` is the collection's copy in memory, None until it is first needed.
    """

    client: "Client"
    collection: "Collection"
    matrix: Matrix | None = None


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
        self._open: _Open | None = None

    def add(
        self, passages: Sequence[Passage], vectors: Vectors, *, form: Form | Mapping[str, Form]
    ) -> None:
        """Keeps one vector a passage; the same passage again replaces its vector.

        `form` is that of all the passages, or of each document by its id.
        """
        rows = [
            _row_of(p, form if isinstance(form, Form) else form[p.document_id]) for p in passages
        ]
        for part in slices(range(len(rows)), ROWS_PER_WRITE):
            written, numbers = rows[part[0] : part[-1] + 1], vectors[part[0] : part[-1] + 1]
            with self._lock, self._translated("写入"):
                matrix = self._matrix()
                self._opened().collection.upsert(
                    ids=[row.id for row in written],
                    embeddings=numbers,
                    metadatas=[_metadata(row) for row in written],
                )
                matrix.add(written, numbers)

    def reown(self, passages: Sequence[Passage], form: Form) -> None:
        """Says anew whose the passages are that have a vector here; the vectors stay."""
        for part in slices(passages, ROWS_PER_WRITE):
            with self._lock, self._translated("写入"):
                matrix = self._matrix()
                rows = [row for p in part if (row := _row_of(p, form)).id in matrix]
                if rows:
                    self._opened().collection.update(
                        ids=[row.id for row in rows], metadatas=[_metadata(row) for row in rows]
                    )
                matrix.reown(rows)

    def delete(self, document_id: str, *, but: Container[str] = ()) -> None:
        """Deletes the vectors of a document, those of other models too, `but` those of these
        passages."""
        with self._translated("删除"):
            for collection in self._opened().client.list_collections():
                ids = [id for id in _ids_of(collection, document_id) if id not in but]
                for part in slices(ids, ROWS_PER_WRITE):
                    with self._lock:
                        collection.delete(ids=list(part))
            with self._lock:
                if self._open is not None and self._open.matrix is not None:
                    self._open.matrix.remove(document_id, but=but)

    def count(self, document_id: str | None = None) -> int:
        """How many vectors Chroma holds, of one document or of all."""
        if document_id is not None:
            return len(self.ids(document_id))
        with self._translated("读取"):
            return self._opened().collection.count()

    def ids(self, document_id: str | None = None) -> tuple[str, ...]:
        """The passages Chroma holds a vector of."""
        with self._translated("读取"):
            collection = self._opened().collection
            if document_id is None:
                return tuple(_all_ids(collection))
            return tuple(_ids_of(collection, document_id))

    def misowned(self, passages: Sequence[Passage], form: Form) -> int:
        """How many vectors say of their passage another text, department, year or form."""
        with self._lock, self._translated("读取"):
            rows = [_row_of(passage, form) for passage in passages]
            matrix = self._matrix()
            return sum(matrix.row(row.id) not in (None, row) for row in rows)

    def documents(self) -> frozenset[str]:
        """The documents that have a vector."""
        with self._lock, self._translated("读取"):
            return self._matrix().documents()

    def counts(self) -> Counter[str]:
        """How many vectors each document has."""
        with self._lock, self._translated("读取"):
            return self._matrix().counts()

    def known(self, texts: Sequence[str]) -> dict[str, Vectors]:
        """Vectors of texts that some stored passage has already, by text."""
        hashes = {text_hash(text): text for text in texts}
        with self._lock, self._translated("读取"):
            vectors = self._matrix().of_texts(list(hashes))
        return {hashes[key]: vector for key, vector in vectors.items()}

    @override
    def search(self, vector: Vectors, scope: Scope, limit: int) -> list[tuple[str, float]]:
        with self._lock, self._translated("读取"):
            return self._matrix().nearest(vector, scope, limit)

    def warm_up(self) -> None:
        """Reads all vectors into memory, so that no question waits for it."""
        with self._lock, self._translated("读取"):
            self._matrix()

    def drop_other_models(self) -> None:
        """Deletes the vectors that other embedding models made."""
        with self._translated("删除"):
            client = self._opened().client
            for collection in client.list_collections():
                if collection.name != self._name:
                    client.delete_collection(collection.name)

    def clear(self) -> None:
        """Deletes every vector: a folder whole, as what was deleted before lingers in it."""
        with self._lock, self._translated("删除"):
            if isinstance(self._place, Path):
                self.close()
                if self._place.exists():
                    shutil.rmtree(self._place)
            else:
                self._opened().client.delete_collection(self._name)
                self.close()

    def close(self) -> None:
        """Lets go of the copy in memory and of Chroma; the next use opens it again."""
        with self._lock:
            opened, self._open = self._open, None
            if opened is not None:
                opened.client.close()

    def _opened(self) -> _Open:
        """The connection, made where there is none yet."""
        if (opened := self._open) is not None:
            return opened
        with self._lock:
            if self._open is None:
                client = self._connect()
                with ExitStack() as on_failure:
                    on_failure.callback(client.close)
                    self._open = _Open(client, self._own_collection(client))
                    on_failure.pop_all()
            return self._open

    def _matrix(self) -> Matrix:
        """The copy in memory of the vectors, read when it is first needed; with the lock held."""
        opened = self._opened()
        if opened.matrix is None:
            opened.matrix = _read_all(opened.collection)
        return opened.matrix

    def _connect(self) -> "Client":
        """A new connection; a server's database is made where there is none."""
        import chromadb
        from chromadb.config import DEFAULT_DATABASE, Settings
        from chromadb.errors import NotFoundError
        from chromadb.utils import embedding_functions as models

        # A collection's settings may name a model, and so code, that this client would load as it
        # writes (CVE-2026-45829), and whoever reaches a server may set them. None is known here.
        models.known_embedding_functions.clear()
        models.sparse_known_embedding_functions.clear()
        if isinstance(self._place, Path):
            local = Settings(anonymized_telemetry=False)
            return cast("Client", chromadb.PersistentClient(self._place, settings=local))
        address = urlsplit(self._place)
        host, secure = address.hostname or "localhost", address.scheme == "https"
        port = address.port or (443 if secure else DEFAULT_PORT)
        # Chroma itself would go on waiting for a server that does not answer.
        socket.create_connection((host, port), CONNECT_TIMEOUT).close()
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
        return cast(
            "Client",
            chromadb.HttpClient(host, port, secure, settings=settings, database=database),
        )

    def _own_collection(self, client: "Client") -> "Collection":
        """The collection of this embedding model, made where there is none."""
        # Without embedding_function=None Chroma would fetch a model of its own.
        return client.get_or_create_collection(
            self._name,
            embedding_function=None,
            configuration={
                "hnsw": {
                    "space": "cosine",
                    "ef_construction": EF_CONSTRUCTION,
                    "max_neighbors": MAX_NEIGHBORS,
                }
            },
        )

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
            raise StoreError(f"向量库 {place(self._place)} 无法{doing}，{advice}") from error


def _ids_of(collection: "Collection", document_id: str) -> list[str]:
    return collection.get(where={"document_id": document_id}, include=[])["ids"]


def _all_ids(collection: "Collection") -> list[str]:
    ids: list[str] = []
    while part := collection.get(limit=IDS_PER_CALL, offset=len(ids), include=[])["ids"]:
        ids += part
    return ids


def _read_all(collection: "Collection") -> Matrix:
    """All vectors of a collection, in memory."""
    matrix = Matrix()
    ids = _all_ids(collection)
    for start in range(0, len(ids), ROWS_PER_CALL):
        page = collection.get(
            ids=ids[start : start + ROWS_PER_CALL], include=["embeddings", "metadatas"]
        )
        metadatas = page["metadatas"] or []
        rows = [_row(id, metadata) for id, metadata in zip(page["ids"], metadatas, strict=True)]
        matrix.add(rows, np.asarray(page["embeddings"], np.float32))
    return matrix


def text_hash(text: str) -> str:
    """Equal for equal texts: a text that several documents share is embedded once."""
    return sha256(text.encode()).hexdigest()[:32]


def _row_of(passage: Passage, form: Form) -> Row:
    owner = Owner(passage.document_id, passage.department, passage.year, form.value)
    return Row(passage.id, text_hash(passage.text), owner)


def _metadata(row: Row) -> dict[str, str | int]:
    owner = row.owner
    metadata: dict[str, str | int] = {
        "document_id": owner.document_id,
        "department": owner.department,
        "form": owner.form,
        "text": row.text,
    }
    return metadata if owner.year is None else metadata | {"year": owner.year}


def _row(id: str, metadata: Mapping[str, object]) -> Row:
    year = metadata.get("year")
    owner = Owner(
        str(metadata["document_id"]),
        str(metadata["department"]),
        year if isinstance(year, int) else None,
        str(metadata["form"]),
    )
    return Row(id, str(metadata["text"]), owner)
