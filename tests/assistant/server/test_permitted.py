"""Every use of the Assistant has its right, and what has none is refused to everybody."""

from pathlib import Path

import pytest

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import LOCAL, RIGHTS, Right, Role, Visitor
from assistant.config import Settings
from assistant.conversation_files import ConversationFiles
from assistant.drafting.service import DraftService
from assistant.errors import AccessDenied
from assistant.server.gateway import Gateway
from assistant.server.permitted import (
    NOT_FOR_VISITORS,
    Permitted,
    PermittedAssistant,
    PermittedDrafts,
    PermittedFiles,
    PermittedSubscriptions,
    Use,
)
from assistant.service import Assistant
from assistant.subscriptions.service import Subscriptions

PARTS = {
    PermittedDrafts: "drafts",
    PermittedFiles: "files",
    PermittedSubscriptions: "subscriptions",
}
USES = [
    (permitted, name, use)
    for permitted in (PermittedAssistant, *PARTS)
    for name, use in vars(permitted).items()
    if isinstance(use, Use)
]


WHOLE = {
    PermittedAssistant: Assistant,
    PermittedDrafts: DraftService,
    PermittedFiles: ConversationFiles,
    PermittedSubscriptions: Subscriptions,
}


def public(thing: object) -> set[str]:
    return {name for name in dir(thing) if not name.startswith("_")}


def test_every_public_name_is_listed_or_withheld(assistant: Assistant) -> None:
    drafts = public(PermittedDrafts) - public(Permitted)
    files = public(PermittedFiles) - public(Permitted)
    told = public(PermittedSubscriptions) - public(Permitted)
    listed = public(PermittedAssistant) - public(Permitted) | {*PARTS.values()}
    assert public(assistant) == listed | (NOT_FOR_VISITORS & public(assistant))
    assert public(DraftService) == drafts
    assert public(ConversationFiles) == files | {"sweep"}
    assert public(Subscriptions) == told | {"look", "deliver"}
    assert not NOT_FOR_VISITORS & (listed | drafts | files | told)
    named = public(assistant) | public(ConversationFiles) | public(Subscriptions)
    assert named >= NOT_FOR_VISITORS


@pytest.mark.parametrize(("permitted", "name", "use"), USES)
def test_each_use_is_of_the_method_that_it_is_named_after(
    permitted: type, name: str, use: Use[object, ..., object]
) -> None:
    assert use._method is vars(WHOLE[permitted])[name]


def as_visitor(assistant: Assistant, folder: Path, visitor: Visitor) -> PermittedAssistant:
    return Gateway(assistant, Accounts.of(Settings(home=folder))).for_page(lambda: visitor)


@pytest.mark.parametrize("name", [*sorted(NOT_FOR_VISITORS), "invented"])
def test_what_is_not_listed_is_refused_to_administrators_too(
    assistant: Assistant, tmp_path: Path, name: str
) -> None:
    opened = as_visitor(assistant, tmp_path, LOCAL)
    for part in (opened, opened.drafts, opened.files):
        with pytest.raises(AccessDenied, match=f"“{name}”没有列入"):
            getattr(part, name)


@pytest.mark.parametrize("role", Role)
def test_each_use_needs_its_right(assistant: Assistant, tmp_path: Path, role: Role) -> None:
    visitor = Visitor("小王", role, id="9c1e")
    opened = as_visitor(assistant, tmp_path, visitor)
    for permitted, name, use in USES:
        part = getattr(opened, PARTS[permitted]) if permitted in PARTS else opened
        if use._right in RIGHTS[role]:
            assert callable(getattr(part, name))
        else:
            with pytest.raises(AccessDenied, match=f"没有“{use._right.value}”的权限"):
                getattr(part, name)
    for name in ("tones", "covered", "rewords"):
        if Right.DRAFT in RIGHTS[role]:
            getattr(opened.drafts, name)
        else:
            with pytest.raises(AccessDenied, match="没有“起草”的权限"):
                getattr(opened.drafts, name)


def test_a_door_opened_with_one_right_gives_no_other(assistant: Assistant, tmp_path: Path) -> None:
    gateway = Gateway(assistant, Accounts.of(Settings(home=tmp_path)))
    opened = gateway.enter(Visitor("小王", Role.STAFF, id="9c1e"), Right.ASK)
    assert opened.documents() == assistant.documents()
    with pytest.raises(AccessDenied, match="没有“删除文件”的权限"):
        opened.remove("自评表.xlsx")


def test_every_door_writes_down_what_is_asked_once(assistant: Assistant, tmp_path: Path) -> None:
    accounts = Accounts.of(Settings(home=tmp_path))
    gateway = Gateway(assistant, accounts)
    visitor = Visitor("小王", Role.STAFF, id="1")
    gateway.enter(visitor, Right.ASK).ask("预算是多少？", turns=("此前的问题",))
    (activity,) = accounts.activity_log.activities()
    assert (activity.user, activity.user_id, activity.action) == ("小王", "1", "提问")
    assert activity.subject == "预算是多少？"
    list(gateway.for_page(lambda: visitor).stream("预算是多少？", department="水务局", year=2021))
    activity, _ = accounts.activity_log.activities()
    assert activity.subject == "预算是多少？ 水务局 2021"
    accounts.close()
