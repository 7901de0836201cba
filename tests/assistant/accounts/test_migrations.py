"""Users as programs up to 0.2.0 kept them, by name alone: who they are is an id afterwards."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from time import time

import pytest
from sqlalchemy import Connection, text

from assistant.accounts.accounts import Accounts
from assistant.accounts.credentials import Passwords, digest
from assistant.accounts.permissions import Role
from assistant.accounts.tokens import DAY_SECONDS, DEFAULT_TOKEN_DAYS, TokenScope
from assistant.drafting.store import DraftStore
from assistant.drafting.types import Draft, Section
from assistant.history.store import History
from assistant.types import Answer, Mode, State
from ingest.records.engines import open_engine

PASSWORD = "一个足够长的密码口令"
TABLES = (
    "CREATE TABLE users (name TEXT NOT NULL, role TEXT NOT NULL, departments TEXT NOT NULL,"
    " password TEXT NOT NULL, active BOOLEAN NOT NULL, created INTEGER NOT NULL,"
    " PRIMARY KEY (name))",
    'CREATE TABLE sessions (secret TEXT NOT NULL, "user" TEXT NOT NULL, created INTEGER NOT NULL,'
    " expires INTEGER NOT NULL, PRIMARY KEY (secret))",
    'CREATE INDEX ix_sessions_user ON sessions ("user")',
    "CREATE INDEX ix_sessions_expires ON sessions (expires)",
    'CREATE TABLE tokens (number INTEGER NOT NULL, secret TEXT NOT NULL, "user" TEXT NOT NULL,'
    " label TEXT NOT NULL, created INTEGER NOT NULL, PRIMARY KEY (number), UNIQUE (secret))",
    'CREATE INDEX ix_tokens_user ON tokens ("user")',
)
"""As 0.2.0 made them."""
NOW = 1_700_000_000


def write(connection: Connection) -> None:
    """李明 and 王芳 of 0.2.0; 张三 was removed, which left a token here by hand."""
    for statement in TABLES:
        connection.execute(text(statement))
    hashed = Passwords().new(PASSWORD, user="李明")
    for name, role in (("李明", "drafter"), ("王芳", "admin")):
        connection.execute(
            text("INSERT INTO users VALUES (:name, :role, '[\"团市委\"]', :hashed, :yes, 5)"),
            {"name": name, "role": role, "hashed": hashed, "yes": True},
        )
    connection.execute(
        text("INSERT INTO sessions VALUES (:secret, '李明', :now, :later)"),
        {"secret": digest("session"), "now": NOW, "later": NOW + 1000},
    )
    for number, (name, secret) in enumerate((("李明", "of-li"), ("张三", "of-zhang"))):
        connection.execute(
            text("INSERT INTO tokens VALUES (:number, :secret, :name, '脚本', 5)"),
            {"number": number, "secret": digest(secret), "name": name},
        )


@pytest.fixture
def older(database_url: str) -> str:
    """A database of 0.2.0: what people have stands under their names."""
    engine = open_engine(database_url)
    with engine.begin() as connection:
        write(connection)
    engine.dispose()
    answer = Answer("问", "答", State.ANSWERED, Mode.GROUNDED)
    draft = Draft(Section.MEASURES, "标题", "团市委", 2021, "平实", "", ())
    with closing(History(database_url)) as history, closing(DraftStore(database_url)) as drafts:
        for name in ("李明", "王芳", "张三", ""):
            history.record(name, "", answer)
            drafts.save(draft, user=name)
    return database_url


def kept_by(url: str, user: str) -> tuple[int, int]:
    """How many conversations and drafts are the user's."""
    with closing(History(url)) as history, closing(DraftStore(url)) as drafts:
        return len(history.conversations(user)), len(drafts.latest(user=user))


def test_what_was_a_persons_is_still_theirs(older: str) -> None:
    with closing(Accounts(older, now=lambda: NOW + 5)) as accounts:
        li, wang = accounts.users()
        assert (li.name, li.role, li.departments, li.created) == (
            "李明",
            Role.DRAFTER,
            ("团市委",),
            5,
        )
        assert (wang.name, wang.role, wang.active) == ("王芳", Role.ADMIN, True)
        assert accounts.sessions.visitor("session") == li.visitor
        assert accounts.tokens.visitor("of-li") == li.visitor
        assert accounts.sessions.sign_in("王芳", PASSWORD)
        (token,) = accounts.tokens.all()
        assert (token.user, token.scope, token.used) == ("李明", TokenScope.ALL, NOW + 5)
        year = DEFAULT_TOKEN_DAYS * DAY_SECONDS  # from today on, the clock that upgrades look at
        assert abs(token.expires - time() - year) < DAY_SECONDS
        assert not li.temporary
    assert [kept_by(older, user) for user in (li.id, wang.id, "")] == [(1, 1)] * 3


def test_what_was_of_a_name_that_is_gone_is_nobodys(older: str) -> None:
    with closing(Accounts(older)) as accounts:
        assert accounts.tokens.visitor("of-zhang") is None
        again = accounts.add("张三", PASSWORD, Role.STAFF)
        assert accounts.tokens.visitor("of-zhang") is None
    assert [kept_by(older, user) for user in (again.id, "张三", "李明")] == [(0, 0)] * 3


def test_several_programs_may_open_it_at_once_and_later(older: str) -> None:
    def ids(_: int) -> list[str]:
        with closing(Accounts(older)) as accounts:
            return [user.id for user in accounts.users()]

    with ThreadPoolExecutor(4) as programs:
        first, *others = programs.map(ids, range(4))
    assert others == [first] * 3
    assert ids(0) == first
    assert all(len(id) == 32 for id in first)


def test_an_upgrade_that_fails_leaves_all_as_it_was(older: str) -> None:
    engine = open_engine(older)
    with engine.begin() as connection:  # in the way of the last step
        connection.execute(text("CREATE TABLE users_with_ids (number INTEGER)"))
    with pytest.raises(Exception, match="用户和操作记录"):
        Accounts(older)
    with engine.begin() as connection:
        owners = connection.scalars(text('SELECT "user" FROM conversations')).all()
        connection.execute(text("DROP TABLE users_with_ids"))
    engine.dispose()
    assert sorted(owners) == sorted(("李明", "王芳", "张三", ""))
    with closing(Accounts(older)) as accounts:
        li, _ = accounts.users()
    assert kept_by(older, li.id) == (1, 1)
