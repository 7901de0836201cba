"""The facts of many scopes, asked for by many threads at once."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from assistant.language.name_matching import Synonyms
from assistant.retrieval.scope_facts import MAX_SCOPES_KEPT, FactCache, FactVocabulary
from ingest.language.tokenizer import Tokenizer
from ingest.pipeline import Library
from ingest.types.library import Scope
from tests.support.library import open_library


@pytest.fixture
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with closing(open_library(tmp_path_factory.mktemp("facts"))) as opened:
        yield opened


@pytest.fixture
def impatient() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("impatient")
def test_many_threads_ask_for_more_scopes_than_are_kept(library: Library) -> None:
    words = FactVocabulary(Synonyms({}), Tokenizer().cut, {}, (), {}, {})
    cache = FactCache(library.records, vocabulary=words, canonical=lambda name: name)
    scopes = [Scope(years=(1000 + number,)) for number in range(MAX_SCOPES_KEPT + 8)]

    def ask(turn: int) -> int:
        ordered = scopes if turn % 2 else scopes[::-1]
        return sum(cache.load(scope)[0].figures == () for _ in range(3) for scope in ordered)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [3 * len(scopes)] * 8
