"""Retrievers and rerankers of others before our own candidates."""

from collections.abc import Sequence
from pathlib import Path

from langchain_core.callbacks import CallbackManagerForRetrieverRun, Callbacks
from langchain_core.documents import BaseDocumentCompressor
from langchain_core.documents import Document as Chunk
from langchain_core.retrievers import BaseRetriever

from assistant.retrieval.candidates import Candidates
from assistant.retrieval.langchain_adapter import RerankerOfOthers, RetrieverOfOthers
from assistant.retrieval.other_parts import JoinedCandidates
from ingest.pipeline import Library
from ingest.types.blocks import Location
from ingest.types.facts import Passage
from ingest.types.library import Scope
from tests.assistant.retrieval.test_candidates import OTHER, REPORT, opened

ASKED = "水文站全年支出多少？"


class Given(BaseRetriever):
    """Finds the same documents whatever it is asked."""

    found: list[Chunk]

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Chunk]:
        return self.found


class LongestOnly(BaseDocumentCompressor):
    """Keeps the longest two, and makes one up."""

    def compress_documents(
        self, documents: Sequence[Chunk], query: str, callbacks: Callbacks = None
    ) -> list[Chunk]:
        longest = sorted(documents, key=lambda one: -len(one.page_content))[:2]
        return [Chunk(page_content=query, id="unknown"), *longest]


def passage(id: str, text: str) -> Passage:
    return Passage(id, "d1", "柳溪县水文站", 2023, "", text, Location(line_start=1))


def told(library: Library, own: Candidates, words: str) -> Passage:
    """The passage of the one document that has these words."""
    (record,) = library.records.documents()
    return next(c.passage for c in own.cards.of(record.id) if words in c.passage.text)


def finder(*ids: str | None) -> RetrieverOfOthers:
    return RetrieverOfOthers(Given(found=[Chunk(page_content="原文", id=id) for id in ids]))


def test_ids_are_told_in_the_order_of_the_other_retriever() -> None:
    assert finder("p2", None, "p1").passage_ids(ASKED) == ["p2", "p1"]


def test_what_another_reranker_leaves_out_comes_last() -> None:
    given = [passage("a", "短"), passage("b", "稍长"), passage("c", "这一段最长")]
    ordered = RerankerOfOthers(LongestOnly()).order(ASKED, given)
    assert [one.id for one in ordered] == ["c", "b", "a"]


def test_cards_of_what_others_find_come_first_and_once(tmp_path: Path) -> None:
    with opened(tmp_path, {"甲": REPORT}) as (library, own):
        spent, stale = told(library, own, "398.75万元"), told(library, own, "雨量站")
        assert stale.id not in {one.card.passage.id for one in own.find(ASKED, limit=1)}
        there = finder("unknown", stale.id, spent.id)
        joined = JoinedCandidates(own, library.records, finder=there, reranker=None)
        found = joined.find(ASKED)
        assert [one.card.passage.id for one in found][:2] == [stale.id, spent.id]
        assert joined.find(ASKED, limit=1) == found[:1]


def test_what_others_find_outside_the_scope_is_not_used(tmp_path: Path) -> None:
    with opened(tmp_path, {"甲": REPORT, "乙": OTHER}) as (library, own):
        record = next(one for one in library.records.documents() if "林草局" in one.department)
        strange = own.cards.of(record.id)[0].passage
        joined = JoinedCandidates(own, library.records, finder=finder(strange.id), reranker=None)
        assert joined.find(ASKED)[0].card.passage.id == strange.id
        for scope in (
            Scope(departments=("柳溪县水文站",)),
            Scope(years=(1999,)),
            Scope(document_ids=("elsewhere",)),
        ):
            within = joined.find(ASKED, scope)
            assert strange.id not in {one.card.passage.id for one in within}


def test_another_reranker_orders_theirs_and_ours(tmp_path: Path) -> None:
    with opened(tmp_path, {"甲": REPORT}) as (library, own):
        spent, stale = told(library, own, "398.75万元"), told(library, own, "雨量站")
        assert len(spent.text) > len(stale.text)
        joined = JoinedCandidates(
            own,
            library.records,
            finder=finder(stale.id),
            reranker=RerankerOfOthers(LongestOnly()),
        )
        assert [one.card.passage.id for one in joined.find(ASKED)] == [spent.id, stale.id]
