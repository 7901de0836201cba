"""Part of a library: every way of reading is narrowed, none is forgotten."""

from contextlib import closing

from assistant.config import Settings
from assistant.service import Assistant
from ingest.records.record_reader import Corrections, RecordReader
from ingest.records.record_store import RecordStore
from ingest.storage.restricted_view import (
    RestrictedCorrections,
    RestrictedRecords,
    RestrictedVectors,
)
from ingest.vectors.vector_store import NearestPassages
from tests.support.builders import SAMPLES

WRITING = {
    "stage",
    "publish",
    "retire",
    "discard",
    "set_meta",
    "rebuild_words",
    "together",
    "close",
    "own",
}
UPKEEP = {"meta", "interrupted", "unindexed", "orphan_words", "alike"}
"""Methods of the record store that no visitor's request reaches."""
THROUGH_OTHERS = {"find_document", "departments", "years"}
"""Reads by way of the methods that are narrowed."""


def public(kind: type) -> set[str]:
    return {name for name in vars(kind) if not name.startswith("_")}


def test_every_way_of_reading_is_narrowed() -> None:
    reading = public(RecordReader)
    assert public(RecordStore) | THROUGH_OTHERS == reading | WRITING | UPKEEP
    assert public(RestrictedRecords) == reading - THROUGH_OTHERS | {"narrowed"}
    assert public(RestrictedCorrections) == public(Corrections)
    assert public(RestrictedVectors) == public(NearestPassages)


def test_what_is_not_for_reading_is_not_in_the_view() -> None:
    for name in WRITING | UPKEEP:
        assert not hasattr(RestrictedRecords, name)


def test_names_and_documents_are_those_of_what_may_be_seen() -> None:
    with closing(Assistant(Settings.from_environment({}))) as assistant:
        list(assistant.add([SAMPLES]))
        whole = assistant.documents()
        (hidden,) = [record for record in whole if record.year == 2022]
        (own,) = [record for record in whole if record.year == 2021]
        seen = assistant.seen_by([own.department])
        assert seen.documents() == (own,)
        assert (assistant.count(), seen.count()) == (2, 1)
        answer = seen.ask("东莞团市委有哪些绩效指标？")
        assert answer.abstained
        assert answer.citations == ()
        assert seen.ask("黄埔区团委2021年预算完成率是多少？").citations
        assert seen.blocks(hidden.id) == ()
