"""What was asked and drafted earlier, seen by who somebody is now and may see now."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

import pytest

from assistant.accounts.accounts import Accounts, Erased
from assistant.accounts.permissions import Role
from assistant.accounts.users import User
from assistant.config import Settings
from assistant.drafting.types import Section
from assistant.server.gateway import Gateway
from assistant.server.permitted import PermittedAssistant
from assistant.service import Assistant

PASSWORD = "一个足够长的密码口令"
HUANGPU, DONGGUAN = "黄埔区团委", "东莞团市委"
SPENT = "黄埔区团委2021年实际支出数是多少？"
ANSWER = "1022.93"


@dataclass
class Office:
    """A library with its users, and the Assistant as each of them has it."""

    accounts: Accounts
    gateway: Gateway

    def seen_by(self, name: str) -> tuple[PermittedAssistant, User]:
        """The Assistant as the user of this name has it now, and who that is."""
        (user,) = (user for user in self.accounts.users() if user.name == name)
        return self.gateway.for_page(lambda: user.visitor), user

    def asks_and_drafts(self, name: str) -> str:
        """One conversation and one saved draft of the user; the conversation's id."""
        theirs, user = self.seen_by(name)
        turn = theirs.record(theirs.ask(SPENT), user=user.id)
        draft = theirs.drafts.draft(Section.OVERVIEW, department=HUANGPU, reword=False)
        theirs.drafts.save(draft, user=user.id)
        return turn.conversation


@pytest.fixture
def office(library_home: Path, tmp_path: Path) -> Iterator[Office]:
    home = tmp_path / "home"
    copytree(library_home, home)
    settings = Settings(home=home)
    with closing(Assistant(settings)) as whole, closing(Accounts.of(settings)) as accounts:
        yield Office(accounts, Gateway(whole, accounts))


def test_who_gets_the_name_of_a_removed_user_inherits_nothing(office: Office) -> None:
    gone = office.accounts.add("李明", PASSWORD, Role.DRAFTER)
    conversation = office.asks_and_drafts("李明")
    office.accounts.sessions.sign_in("李明", PASSWORD)
    token = office.accounts.tokens.add("李明")
    assert office.accounts.remove("李明") == Erased(1, 1, 1, 1)
    office.accounts.add("李明", PASSWORD, Role.DRAFTER, departments=[DONGGUAN])
    theirs, user = office.seen_by("李明")
    assert user.id != gone.id
    assert office.accounts.tokens.visitor(token) is None
    for id in (user.id, gone.id, "李明"):
        assert theirs.conversations(id) == theirs.turns(conversation, user=id) == ()
        assert theirs.search_history(id, ANSWER) == theirs.drafts.saved(user=id) == ()
