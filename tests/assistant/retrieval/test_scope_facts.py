"""The facts of many scopes, asked for by many threads at once."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from random import Random

import pytest

from assistant.language.name_matching import Synonyms
from assistant.retrieval import scope_facts
from assistant.retrieval.scope_facts import FactCache, FactVocabulary
from ingest.language.tokenizer import Tokenizer
from ingest.pipeline import Library
from ingest.types.library import Scope
from tests.support.library import open_library

LOADS = 500
"""How often each thread asks."""


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
def test_many_threads_ask_for_more_scopes_than_are_kept(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scope_facts, "MAX_SCOPES_KEPT", 2)
    words = FactVocabulary(Synonyms({}), Tokenizer().cut, {}, (), {}, {})
    cache = FactCache(library.records, vocabulary=words, canonical=lambda name: name)
    scopes = [Scope(years=(2021 + number,)) for number in range(3)]

    def ask(seed: int) -> int:
        chance = Random(seed)
        return sum(cache.load(chance.choice(scopes))[0].figures == () for _ in range(LOADS))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [LOADS] * 8
