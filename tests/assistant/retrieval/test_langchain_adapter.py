"""The library as others' LangChain chains use it."""

from pathlib import Path

from assistant.retrieval.langchain_adapter import LibraryRetriever
from assistant.retrieval.retriever import FusedRetriever
from ingest.types.library import Scope
from ingest.vectors.embedder import Embedder
from tests.support.library import open_library


def test_a_langchain_retriever_finds_passages_with_their_owner(tmp_path: Path) -> None:
    library = open_library(tmp_path)
    page = tmp_path / "说明.txt"
    page.write_text(
        "云浦市团委2021年工作总结\n全年新增团组织305个，覆盖青年14万人次。\n", encoding="utf-8"
    )
    (report,) = library.add([page])
    fused = FusedRetriever(
        words=library.records,
        nearest=library.nearest,
        cutter=library.tokenizer,
        encoder=Embedder(),  # not loaded: words alone find
    )
    found = LibraryRetriever(fused=fused, limit=1).invoke("新增团组织多少个？")
    assert [chunk.metadata["document_id"] for chunk in found] == [report.id]
    assert "305个" in found[0].page_content
    elsewhere = LibraryRetriever(fused=fused, scope=Scope(years=(1999,)))
    assert elsewhere.invoke("新增团组织多少个？") == []
    library.close()
