"""Who sees a part of a library finds what a library of that part alone finds, score by score."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import numpy as np
import pytest

from ingest.config import IngestSettings
from ingest.pipeline import Library
from ingest.records import lexical_index
from ingest.records.record_reader import WHOLE
from ingest.types.library import Scope
from tests.support.library import PlumbingEncoder
from tests.support.two_departments import OURS, THEIRS, WORDS, documents

QUERIES, FOUND = 100, 20


@pytest.fixture(params=["sqlite", "postgresql"])
def twins(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Library, Library]]:
    """Two empty libraries in the same kind of database."""

    def opened(name: str) -> Library:
        url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql").database()
        return Library.open(IngestSettings(tmp_path / name, database_url=url), PlumbingEncoder())

    with closing(opened("alone")) as alone, closing(opened("both")) as both:
        yield alone, both


def test_others_documents_move_no_score(
    twins: tuple[Library, Library], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, both = twins
    ours, theirs = documents(tmp_path)
    assert {report.error for report in alone.add(ours)} == {""}
    mixed = [path for pair in zip(theirs, ours, strict=True) for path in pair]
    assert {report.error for report in both.add(mixed)} == {""}
    part = both.part(lambda record: record.department == OURS)
    assert len(part.records.documents()) == len(ours)

    def agree() -> None:
        random = Random(51)
        some = tuple(record.id for record in alone.records.documents()[:2])
        scopes = (WHOLE, Scope(copies=False), Scope(years=(2021,)), Scope(document_ids=some))
        found = 0
        for number in range(QUERIES):
            question = "".join(random.sample(WORDS, k=random.randint(1, 6)))
            tokens, scope = both.tokenizer.query(question), scopes[number % len(scopes)]
            expected = alone.records.search(tokens, scope, FOUND)
            assert part.records.search(tokens, scope, FOUND) == expected, question
            vector = np.random.default_rng(number).normal(size=16).astype(np.float32)
            nearest = alone.nearest.search(vector, scope, FOUND)
            assert part.nearest.search(vector, scope, FOUND) == nearest
            found += len(expected)
        assert found > QUERIES

    agree()
    monkeypatch.setattr(lexical_index, "MAX_MATCHES_WEIGHED", 60)  # some words are left out
    agree()
    for record in both.records.documents():
        if record.department == THEIRS and record.year != 2021:
            both.remove(record.id)
    agree()
    monkeypatch.undo()
    assert {report.error for report in both.add(theirs[:1])} == {""}
    agree()

    of_part, of_twin = (one.part(lambda record: record.year != 2021) for one in (part, alone))
    nothing = part.part(lambda record: record.department == THEIRS)
    for word in WORDS:
        expected = of_twin.records.search([word], WHOLE, FOUND)
        assert of_part.records.search([word], WHOLE, FOUND) == expected
        assert nothing.records.search([word], WHOLE, FOUND) == []
