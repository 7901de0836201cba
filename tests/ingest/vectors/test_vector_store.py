"""The vector store: exact search inside a scope, deletion, reopening, clear errors."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import numpy as np
import pytest

from ingest.errors import StoreError
from ingest.types.blocks import Form, Location
from ingest.types.facts import Passage
from ingest.types.library import Scope
from ingest.vectors.exact_search import Matrix, Owner, Row, Vectors
from ingest.vectors.vector_store import VectorStore
from tests.support import servers

EVERYWHERE = Scope()


def passage(id: str, document_id: str = "d1", **whose: str | int | None) -> Passage:
    department, year = str(whose.get("department", "团市委")), whose.get("year", 2022)
    assert year is None or isinstance(year, int)
    return Passage(id, document_id, department, year, "", f"正文{id}", Location(line_start=1))


def units(count: int, *, seed: int = 1, size: int = 8) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(count, size)).astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


@pytest.fixture
def store(vectors_at: Path | str) -> Iterator[VectorStore]:
    opened = VectorStore(vectors_at, identity="模型甲")
    yield opened
    opened.close()


def test_every_vector_finds_itself_first(store: VectorStore) -> None:
    vectors = units(50)
    store.add([passage(f"p{n}") for n in range(50)], vectors, form=Form.REPORT)
    for n in range(50):
        (id, score), *_ = store.search(vectors[n], EVERYWHERE, 5)
        assert id == f"p{n}"
        assert score == pytest.approx(1, abs=1e-5)


def test_results_are_the_nearest_in_order(store: VectorStore) -> None:
    vectors = units(200)
    store.add([passage(f"p{n}") for n in range(200)], vectors, form=Form.REPORT)
    question = units(1, seed=2)[0]
    expected = [f"p{n}" for n in np.argsort(-(vectors @ question))[:10]]
    assert [id for id, _ in store.search(question, EVERYWHERE, 10)] == expected
    assert len(store.search(question, EVERYWHERE, 1000)) == 200
    assert store.search(question, EVERYWHERE, 0) == []


def test_an_empty_store_finds_nothing(store: VectorStore) -> None:
    assert store.search(units(1)[0], EVERYWHERE, 5) == []
    assert store.count() == 0
    assert store.known(["正文"]) == {}


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(document_ids=("d2",)), {"b"}),
        (Scope(departments=("水务局",)), {"b", "c"}),
        (Scope(years=(2021,)), {"c"}),
        (Scope(forms=(Form.TARGET,)), {"b"}),
        (Scope(departments=("水务局",), years=(2022,)), {"b"}),
        (Scope(departments=("财政局",)), set()),
    ],
)
def test_a_scope_lets_only_its_own_passages_through(
    store: VectorStore, scope: Scope, expected: set[str]
) -> None:
    vectors = units(4)
    store.add([passage("a")], vectors[:1], form=Form.REPORT)
    store.add([passage("b", "d2", department="水务局")], vectors[1:2], form=Form.TARGET)
    store.add(
        [passage("c", "d3", department="水务局", year=2021), passage("d", "d3", year=None)],
        vectors[2:],
        form=Form.REPORT,
    )
    assert {id for id, _ in store.search(vectors[0], scope, 9)} == expected


def test_a_deleted_document_is_never_found_again(vectors_at: Path | str) -> None:
    vectors = units(6)
    store = VectorStore(vectors_at, identity="模型甲")
    store.add([passage(f"a{n}") for n in range(3)], vectors[:3], form=Form.REPORT)
    store.add([passage(f"b{n}", "d2") for n in range(3)], vectors[3:], form=Form.REPORT)
    store.delete("d1")
    for _ in range(2):  # in the copy in memory, then in what a new start reads
        assert store.count("d1") == 0
        assert store.ids() == ("b0", "b1", "b2")
        assert {id for id, _ in store.search(vectors[0], EVERYWHERE, 9)} == {"b0", "b1", "b2"}
        assert store.search(vectors[4], EVERYWHERE, 1)[0][0] == "b1"
        assert store.known(["正文a0"]) == {}
        assert store.documents() == {"d2"}
        store.close()
        store = VectorStore(vectors_at, identity="模型甲")
    store.close()


def test_adding_again_replaces(store: VectorStore) -> None:
    vectors = units(2)
    store.add([passage("a")], vectors[:1], form=Form.REPORT)
    store.add([passage("a", department="水务局")], vectors[1:], form=Form.REPORT)
    assert store.count() == 1
    found = store.search(vectors[1], Scope(departments=("水务局",)), 5)
    assert found == [("a", pytest.approx(1, abs=1e-5))]


def test_everything_is_there_after_reopening(vectors_at: Path | str) -> None:
    vectors = units(1500)
    store = VectorStore(vectors_at, identity="模型甲")
    passages = [passage(f"p{n}", f"d{n // 100}", year=2000 + n // 100) for n in range(1500)]
    store.add(passages, vectors, form=Form.SUMMARY)
    store.close()
    store = VectorStore(vectors_at, identity="模型甲")
    assert store.count() == 1500
    assert store.search(vectors[1234], Scope(years=(2012,)), 1)[0][0] == "p1234"
    assert store.search(vectors[1234], Scope(forms=(Form.SUMMARY,)), 1)[0][0] == "p1234"
    assert np.allclose(store.known(["正文p7"])["正文p7"], vectors[7], atol=1e-6)
    store.close()


def test_another_model_has_vectors_of_its_own(vectors_at: Path | str) -> None:
    first = VectorStore(vectors_at, identity="模型甲")
    first.add([passage("a")], units(1, size=8), form=Form.REPORT)
    second = VectorStore(vectors_at, identity="模型乙")
    assert second.count() == 0
    assert second.counts()["d1"] == 0
    second.add([passage("a")], units(1, size=12), form=Form.REPORT)
    assert first.count() == second.count() == 1
    second.drop_other_models()
    assert second.count() == 1
    first.close()
    second.close()


def test_a_damaged_store_is_told_clearly(tmp_path: Path) -> None:
    (tmp_path / "chroma.sqlite3").write_text("这不是数据库" * 500, encoding="utf-8")
    store = VectorStore(tmp_path, identity="模型甲")
    with pytest.raises(StoreError, match="向量库无法读取") as told:
        store.count()
    assert f"向量库 {tmp_path} 无法读取" in told.value.in_full


def test_a_server_that_is_not_there_is_told_clearly() -> None:
    store = VectorStore("http://127.0.0.1:9", identity="模型甲")
    with pytest.raises(StoreError, match="向量库无法读取，请检查 Chroma 服务") as told:
        store.count()
    assert "向量库 http://127.0.0.1:9 无法读取" in told.value.in_full


def test_a_server_that_goes_away_is_told_clearly(tmp_path: Path) -> None:
    with servers.chroma(tmp_path) as address:
        store = VectorStore(address, identity="模型甲")
        store.add([passage("a")], units(1), form=Form.REPORT)
    with pytest.raises(StoreError, match=r"无法写入，请检查 Chroma 服务"):
        store.add([passage("b")], units(1), form=Form.REPORT)
    assert [id for id, _ in store.search(units(1)[0], EVERYWHERE, 5)] == ["a"]
    store.close()


def test_libraries_that_share_a_server_do_not_see_each_other(chroma_server: str) -> None:
    one, other = (VectorStore(f"{chroma_server}/{n}-library", identity="甲") for n in "ab")
    one.add([passage("a")], units(1), form=Form.REPORT)
    assert other.count() == 0
    other.delete("d1")
    other.drop_other_models()
    assert one.ids() == ("a",)
    one.close()
    other.close()


def test_a_model_that_a_server_names_is_not_loaded(chroma_server: str) -> None:
    database = f"named-{uuid4().hex}"
    shared = VectorStore(f"{chroma_server}/{database}", identity="模型甲")
    assert shared.count() == 0
    address = f"{chroma_server}/api/v2/tenants/default_tenant/databases/{database}/collections"
    (name,) = (told["name"] for told in httpx.get(address).json())
    httpx.delete(f"{address}/{name}").raise_for_status()
    named = {"type": "known", "name": "default", "config": {}}  # could be one with code of its own
    settings = {"hnsw": {"space": "cosine"}, "embedding_function": named}
    httpx.post(address, json={"name": name, "configuration": settings}).raise_for_status()
    again = VectorStore(f"{chroma_server}/{database}", identity="模型甲")
    with pytest.warns(UserWarning, match="Could not reconstruct embedding function default"):
        again.add([passage("a")], units(1), form=Form.REPORT)
    assert again.search(units(1)[0], EVERYWHERE, 3)[0][0] == "a"
    for store in (shared, again):
        store.close()


def test_the_matrix_survives_growing_and_shrinking() -> None:
    matrix = Matrix()
    vectors = units(3000)
    rows = [Row(f"p{n}", f"t{n}", Owner(f"d{n % 7}", "局", 2022, "")) for n in range(3000)]
    for start in range(0, 3000, 70):
        matrix.add(rows[start : start + 70], vectors[start : start + 70])
    for gone in ("d2", "d5", "nobody"):
        matrix.remove(gone)
    assert len(matrix) == sum(n % 7 not in (2, 5) for n in range(3000))
    assert matrix.nearest(vectors[2999], EVERYWHERE, 1)[0][0] == "p2999"
    assert matrix.of_texts(["t2"]) == {}
