"""The library as a LangChain retriever (LangChain 检索器), for chains that others build.

Nothing of ours imports this: LangChain's retrievers take more than a second to import.
"""

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as Chunk
from langchain_core.retrievers import BaseRetriever

from assistant.retriever import FusedRetriever
from ingest.types import Scope


class LibraryRetriever(BaseRetriever):
    """The passages of a scope that tell most about a question, each with whose it is."""

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
