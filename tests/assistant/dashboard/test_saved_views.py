"""Named sets of filters: whose they are, and what becomes of them."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from assistant.dashboard.board import Choice
from assistant.dashboard.saved_views import MAX_VIEWS, SavedView, ViewStore
from assistant.errors import ViewError
from ingest.types.blocks import Form


@pytest.fixture
def store(database_url: str) -> Iterator[ViewStore]:
    with closing(ViewStore(database_url)) as opened:
        yield opened


def test_a_view_is_its_users_alone_and_one_of_a_name(store: ViewStore) -> None:
    choice = Choice(department="甲局", year=2021, form=Form.SUMMARY, standing="未达标")
    store.save(SavedView("例会", Choice()), user="王")
    store.save(SavedView("例会", choice), user="王")
    assert store.all(user="王") == (SavedView("例会", choice),)
    assert store.all(user="李") == store.all() == ()
    assert not store.forget("例会", user="李")
    assert store.forget("例会", user="王")
    assert store.all(user="王") == ()


def test_there_is_an_end_to_them(store: ViewStore) -> None:
    for number in range(MAX_VIEWS):
        store.save(SavedView(str(number), Choice()))
    with pytest.raises(ViewError, match="最多"):
        store.save(SavedView("又一个", Choice()))
    store.save(SavedView("1", Choice(year=2021)))
    assert SavedView("1", Choice(year=2021)) in store.all()


def test_they_go_with_their_user(store: ViewStore, database_url: str) -> None:
    with closing(Accounts(database_url)) as accounts:
        accounts.add("管理", "海棠-4417-Dukou", Role.ADMIN)
        wang = accounts.add("王芳", "海棠-4417-Dukou", Role.STAFF)
        store.save(SavedView("例会", Choice()), user=wang.id)
        accounts.remove("王芳")
    assert store.all(user=wang.id) == ()
