"""A library that the release before made opens with today's code, and nothing is made anew."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from assistant.config import Settings
from assistant.service import Assistant
from ingest.types.library import Scope
from ingest.vectors.embedder import Embedder
from tests.support.builders import FILES

RELEASE_BEFORE = FILES / "library-0.1.0.zip"
"""Made at commit 1da2fed: its database, vectors and files after `jiwen add data/samples`, with two
users, a conversation of one of them and a correction by the other."""
PASSWORD = "Haitang-4417-渡口"


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Assistant]:
    """That library, opened by a program that must not embed a passage."""

    def refuse(self: Embedder, texts: Sequence[str]) -> None:
        raise AssertionError(f"{len(texts)} passages are embedded again")

    monkeypatch.setattr(Embedder, "encode_passages", refuse)
    with ZipFile(RELEASE_BEFORE) as archive:
        archive.extractall(tmp_path / "home")
    with closing(Assistant(Settings(home=tmp_path / "home"))) as assistant:
        yield assistant


def test_it_answers_with_the_citation_and_finds_by_meaning(opened: Assistant) -> None:
    answer = opened.ask("黄埔区团委2021年实际支出数是多少？")
    assert answer.text == "黄埔区团委2021年实际支出数为1022.93万元[1]。"
    (citation,) = answer.citations
    assert citation.file == "黄埔区广州开发区部门整体支出绩效自评表（2021年度）.txt"
    assert (citation.location.line_start, citation.quote) == (15, "实际支出数 | 1022.93")
    library = opened._library
    question = Embedder().encode_query("志愿者队伍有多少人")
    passages = {passage.id for passage in library.records.passages_of()}
    assert {id for id, _ in library.vectors.search(question, Scope(), 99)} == passages


def test_it_is_whole(opened: Assistant) -> None:
    assert opened.verify_store() == ()
    assert opened._library.lacking_vectors() == ()
    assert sorted(record.year or 0 for record in opened.documents()) == [2021, 2022]
    assert len(opened.figures(Scope())) == 76 + 62
    assert len(opened.indicators(Scope())) == 20 + 9


def test_users_conversations_and_corrections_are_kept(opened: Assistant, tmp_path: Path) -> None:
    with closing(Accounts.of(Settings(home=tmp_path / "home"))) as accounts:
        users = {user.name: user for user in accounts.users()}
        assert [(u.name, u.role) for u in users.values()] == [
            ("李明", Role.STAFF),
            ("管理", Role.ADMIN),
        ]
        assert accounts.sessions.sign_in("李明", PASSWORD)
    (conversation,) = opened.conversations(users["李明"].id)
    (turn,) = opened.turns(conversation.id, user=users["李明"].id)
    assert turn.answer.text.startswith("黄埔区团委2021年实际支出数为1022.93万元")
    assert opened.conversations(users["管理"].id) == ()
    (correction,) = opened.corrections()
    assert (correction.old, correction.new, correction.by) == ("305个", "306个", "管理")
    (figure,) = opened.figures(Scope(), name="新增“两新”团组织")
    assert figure.quantity.raw == "306个"
