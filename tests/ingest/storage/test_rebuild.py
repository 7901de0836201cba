"""Words and vectors made anew from the records: all of it, and after whatever happened to them."""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ingest.corrections.types import Aspect, Wanted
from ingest.errors import ModelError
from ingest.pipeline import Library
from ingest.storage.stores import REOWNING
from ingest.types.library import Progress, Scope
from ingest.vectors.exact_search import Vectors
from tests.support.library import PlumbingEncoder, open_library

TEXT = "{department}2022年度部门整体支出绩效自评报告\n{body}"
FILES = 3


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A library of some documents with a few passages each."""
    papers = tmp_path / "papers"
    papers.mkdir()
    for number in range(FILES):
        department = f"青禾市{'水务农业民政'[2 * number : 2 * number + 2]}局"
        body = "\n".join(f"全年开展第{n}批巡查{number * 10 + n + 11}次。" * 9 for n in range(8))
        text = TEXT.format(department=department, body=body)
        (papers / f"{department}.txt").write_text(text, encoding="utf-8")
    library = open_library(tmp_path / "home")
    assert [report.error for report in library.add([papers])] == [""] * FILES
    library.close()
    return tmp_path / "home"


@pytest.fixture
def library(home: Path) -> Iterator[Library]:
    with closing(open_library(home)) as opened:
        yield opened


def passages(library: Library) -> set[str]:
    return {passage.id for passage in library.records.passages_of()}


def words_found(library: Library) -> set[str]:
    return {id for id, _ in library.records.search(["巡查"], Scope(), 1000)}


def test_what_is_rebuilt_is_what_was(library: Library) -> None:
    before = library.vectors.known([p.text for p in library.records.passages_of()])
    words = words_found(library)
    library.rebuild()
    after = library.vectors.known([p.text for p in library.records.passages_of()])
    assert before.keys() == after.keys()
    assert all(np.allclose(before[text], after[text], atol=1e-6) for text in before)
    assert words_found(library) == words != set()
    assert library.verify() == ()


def test_deleted_vectors_and_words_come_back(home: Path) -> None:
    shutil.rmtree(home / "chroma")
    with closing(sqlite3.connect(home / "library.db")) as connection:
        connection.execute("DELETE FROM words")
        connection.commit()
    with closing(open_library(home)) as library:
        assert library.verify()
        library.rebuild()
        assert library.verify() == ()
        assert set(library.vectors.ids()) == passages(library)


def test_damaged_indexes_come_back(home: Path) -> None:
    (home / "chroma" / "chroma.sqlite3").write_bytes(b"not a database" * 500)
    with closing(sqlite3.connect(home / "library.db")) as connection:
        connection.execute("DROP TABLE words")
        connection.commit()
    with closing(open_library(home)) as library:
        library.rebuild()
        assert library.verify() == ()


def test_progress_tells_each_document(library: Library) -> None:
    steps: list[Progress] = []
    library.rebuild(steps.append)
    assert [step.doing for step in steps] == ["正在重建词语索引"] + ["正在补建向量"] * FILES
    assert [(step.number, step.total) for step in steps[1:]] == [(n, 3) for n in (1, 2, 3)]


class Killed(BaseException):
    """Stands for a kill: nothing catches it, and nothing is done after it."""


class Ending(PlumbingEncoder):
    """Ends the program when it is asked for the vectors of the second document."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        if sum(len(text) > 10 for text in self.encoded) and len(texts[0]) > 10:
            raise Killed
        return super().encode_passages(texts)


def test_a_rebuild_that_was_ended_goes_on(home: Path) -> None:
    library = open_library(home, Ending())
    with pytest.raises(Killed):
        library.rebuild()
    (done,) = library.vectors.documents()
    library.close()
    encoder = PlumbingEncoder()
    with closing(open_library(home, encoder)) as library:
        texts = {p.text for p in library.records.passages_of(Scope(document_ids=(done,)))}
        library.rebuild()
        assert encoder.encoded
        assert not texts & set(encoder.encoded)
        assert library.verify() == ()
        library.rebuild()
        assert texts <= set(encoder.encoded)


def test_a_document_with_some_of_its_vectors_gets_the_others(home: Path) -> None:
    with closing(open_library(home)) as library:
        some = library.vectors.ids()[::2]
        library.vectors._opened().collection.delete(ids=list(some))
    with closing(open_library(home)) as library:
        assert len(library.lacking_vectors()) == FILES
        library.complete_vectors()
        assert library.lacking_vectors() == ()
        assert library.verify() == ()


def test_a_correction_that_was_ended_reaches_the_vectors_at_the_next_start(home: Path) -> None:
    with closing(open_library(home)) as library:
        record = library.records.documents()[0]
        library._stores.records.set_meta(REOWNING, record.id)
        wanted = Wanted(record.id, Aspect.DEPARTMENT, "云浦市财政局", "李明")
        library.records.corrections.add(wanted)
        assert any("归属不对" in fault.message for fault in library.verify())
    with closing(open_library(home)) as library:
        assert library.verify() == ()
        assert not library._stores.records.meta(REOWNING)


def test_without_a_model_the_vectors_stay(home: Path) -> None:
    with closing(open_library(home, PlumbingEncoder(broken=True))) as library:
        held = library.vectors.ids()
        assert held
        with pytest.raises(ModelError, match="向量模型"):
            library.rebuild()
        assert library.vectors.ids() == held
