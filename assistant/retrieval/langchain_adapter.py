"""The library as LangChain's retriever and embeddings (LangChain 接口), for chains of others.

Nothing of ours imports this: LangChain's classes take more than a second to import.
"""

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as Chunk
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever

from assistant.retrieval.retriever import FusedRetriever
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


class LibraryRetriever(BaseRetriever):
    """The passages of a scope that tell most about a question, with department and year."""

    fused: Any
    """A FusedRetriever: nothing that pydantic could check."""
    scope: Scope = Scope()
    limit: int = 8

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Chunk]:
        fused: FusedRetriever = self.fused
        return [
            Chunk(
                page_content=passage.text,
                id=passage.id,
                metadata={
                    "document_id": passage.document_id,
                    "department": passage.department,
                    "year": passage.year,
                    "section": passage.section,
                },
            )
            for passage in fused.passages(query, self.scope, self.limit)
        ]
