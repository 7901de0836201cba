"""What an open page keeps on the server is of who opened it: a session hash opens nothing else."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from tests.support.page_events import (
    API,
    PASSWORD,
    PageConfig,
    config_of,
    join,
    messages,
    outcome,
    signed_in,
)

OPEN = "k3z9qw1x7ab"
"""The session hash of the drafter's page, which the others know."""
HEARTBEAT = f"{API}/heartbeat/open"


@pytest.fixture(scope="module")
def home(office_home: Path) -> Path:
    return office_home


@dataclass(frozen=True)
class People:
    """Clients that have signed in, the drafter with an open draft."""

    drafter: httpx.Client
    again: httpx.Client
    """The same user, signed in once more."""
    limited: httpx.Client
    staff: httpx.Client
    page: PageConfig


@pytest.fixture(scope="module")
def people(office: str) -> Iterator[People]:
    names = ("drafter", "drafter", "limited", "staff")
    with ExitStack() as stack:
        drafter, again, limited, staff = (
            stack.enter_context(signed_in(office, name)) for name in names
        )
        page = config_of(drafter)
        written = write(drafter, page)
        assert written["success"]
        assert "黄埔" in str(written["data"])
        yield People(drafter, again, limited, staff, page)


def write(client: httpx.Client, page: PageConfig) -> dict[str, object]:
    """Drafts on the page with the session hash `OPEN`."""
    opened = outcome(client, page_open(page), [None], OPEN)
    departments = [name for name, _ in opened["data"][0]["choices"]]
    (department,) = [name for name in departments if "黄埔" in name]
    years = outcome(client, number(page, "draft-department", "change"), [department], OPEN)
    choice = [
        department,
        years["data"][0]["value"],
        "存在问题",
        opened["data"][1]["value"],
        "",
        "中",
    ]
    return outcome(client, number(page, "draft-write", "click"), choice, OPEN)


def page_open(page: PageConfig) -> int:
    return int(page.event("tab3", "select")["id"])


def number(page: PageConfig, elem_id: str, name: str) -> int:
    return int(page.event(elem_id, name)["id"])


def values(page: PageConfig, elem_id: str) -> list[object]:
    """What the browser sends for a tool of the draft: no text, and nothing for what is kept."""
    return ["" if n == 0 else None for n in range(len(page.event(elem_id, "click")["inputs"]))]


TOOLS = ("draft-check", "draft-renew", "draft-polish", "draft-save", "draft-export")


@pytest.mark.parametrize("tool", TOOLS)
def test_an_open_draft_is_not_there_for_others(people: People, tool: str) -> None:
    for other in (people.again, people.limited, people.staff):
        event = number(people.page, tool, "click")
        said = str(outcome(other, event, values(people.page, tool), OPEN))
        assert "黄埔" not in said
        assert "data-open" not in said


def test_the_open_draft_is_there_for_its_owner(people: People) -> None:
    event = number(people.page, "draft-check", "click")
    said = outcome(people.drafter, event, values(people.page, "draft-check"), OPEN)
    assert "黄埔" in str(said)


def test_a_stream_of_events_is_not_there_for_others(people: People) -> None:
    session = "stream"
    event = number(people.page, "draft-check", "click")
    joined = join(people.drafter, event, values(people.page, "draft-check"), session)
    for other in (people.again, people.staff):
        reply = other.get(f"{API}/queue/data", params={"session_hash": session})
        assert reply.status_code == 404
        assert "没有这个网页会话" in reply.text
        cancel = {"session_hash": session, "fn_index": event, "event_id": joined.json()["event_id"]}
        assert other.post(f"{API}/cancel", json=cancel).json() == {"success": True}
    assert any(m["msg"] == "process_completed" for m in messages(people.drafter, session))


def test_nobody_is_told_how_long_the_work_of_others_took(people: People) -> None:
    event = number(people.page, "draft-check", "click")
    given = values(people.page, "draft-check")
    for client, session in ((people.drafter, "mine"), (people.staff, "theirs")):
        assert join(client, event, given, session).status_code == 200
        said = messages(client, session)
        assert any(m["msg"] == "process_completed" for m in said)
        told = {key: value for m in said for key, value in {**m, **m.get("output", {})}.items()}
        shared = ("average_duration", "avg_time", "eta", "rank_eta")
        assert [told[key] for key in shared if told.get(key) is not None] == []


def test_an_open_page_ends_with_its_user(office: str, people: People, accounts: Accounts) -> None:
    accounts.add(
        "leaver", PASSWORD, Role.STAFF, departments=["中国共产主义青年团广州市黄埔区委员会"]
    )
    with signed_in(office, "leaver") as leaver, people.staff.stream("GET", HEARTBEAT) as others:
        others_lines = others.iter_lines()
        with leaver.stream("GET", HEARTBEAT) as page:
            lines = page.iter_lines()
            assert next(lines) == next(others_lines) == "data: ALIVE"
            accounts.set_active("leaver", False)
            beats = 0
            for line in lines:
                beats += bool(line)
                assert beats < 4, "it goes on"
        assert leaver.get("/", headers={"Accept": "text/html"}).status_code == 303
        assert next(line for line in others_lines if line) == "data: ALIVE"


@pytest.mark.parametrize("session", ["", "x" * 65, "../..", "a b", "甲", "a&session_hash=b"])
def test_a_session_hash_is_a_plain_word(people: People, session: str) -> None:
    query = {"session_hash": session}
    assert people.drafter.get(f"{API}/queue/data", params=query).status_code == 404
    event = number(people.page, "draft-check", "click")
    reply = join(people.drafter, event, values(people.page, "draft-check"), session)
    assert reply.status_code == 400
