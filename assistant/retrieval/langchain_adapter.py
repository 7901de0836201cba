"""LangChain's parts and ours (LangChain 接口): our retriever and embeddings for chains of others,
and retrievers and rerankers of others for our answers.

Whoever uses it imports it; the program does not, for LangChain's classes take a second to import.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import BaseDocumentCompressor
from langchain_core.documents import Document as Chunk
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever

from ingest.types.facts import Passage
from ingest.types.library import Scope
from ingest.vectors.embedder import Embedder


class LibraryEmbeddings(Embeddings):
    """The library's embedding model."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """A vector for each text, as passages are embedded."""
        rows: list[list[float]] = self._embedder.encode_passages(texts).tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        row: list[float] = self._embedder.encode_query(text).tolist()
        return row


class Passages(Protocol):
    """What gives passages for a question: an Assistant, or the fused retriever inside it."""

    def passages(self, question: str, scope: Scope, limit: int) -> Sequence[Passage]:
        """The passages of the scope that tell most about the question, best first."""


class LibraryRetriever(BaseRetriever):
    """The passages of a scope that tell most about a question, with department and year."""

    fused: Any
    """An Assistant, or other `Passages`: nothing that pydantic could check."""
    scope: Scope = Scope()
    limit: int = 8

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Chunk]:
        fused: Passages = self.fused
        return [chunk(passage) for passage in fused.passages(query, self.scope, self.limit)]


class RetrieverOfOthers:
    """A LangChain retriever whose documents have the ids of our passages, before our own search."""

    def __init__(self, retriever: BaseRetriever) -> None:
        self._retriever = retriever

    def passage_ids(self, question: str) -> list[str]:
        """The ids of the documents that it finds, in their order."""
        return [found.id for found in self._retriever.invoke(question) if found.id]


class RerankerOfOthers:
    """A LangChain reranker (document compressor) over the candidates of a question."""

    def __init__(self, compressor: BaseDocumentCompressor) -> None:
        self._compressor = compressor

    def order(self, question: str, passages: Sequence[Passage]) -> list[Passage]:
        """The passages that it keeps in its order, then those that it left out."""
        known = {passage.id: passage for passage in passages}
        kept = self._compressor.compress_documents(list(map(chunk, passages)), question)
        first = [known.pop(one.id) for one in kept if one.id in known]
        return [*first, *known.values()]


def chunk(passage: Passage) -> Chunk:
    """A passage as LangChain's document, under the passage's own id."""
    return Chunk(
        page_content=passage.text,
        id=passage.id,
        metadata={
            "document_id": passage.document_id,
            "department": passage.department,
            "year": passage.year,
            "section": passage.section,
        },
    )
