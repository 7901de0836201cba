"""What is subscribed to is told: by real servers on this machine, through the queue, and to nobody
who may not be told."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from assistant.config import MailSecurity, Settings
from assistant.dashboard.board import Choice
from assistant.errors import SettingsError, SubscriptionError
from assistant.server.gateway import Gateway
from assistant.service import Assistant
from assistant.subscriptions.outlets import Outlets
from assistant.subscriptions.store import BACK_OFF_SECONDS, SubscriptionStore
from assistant.subscriptions.types import Channel, Delivery, Subscription
from assistant.types import Handling
from ingest.types.library import Scope
from tests.support.builders import page, write
from tests.support.receivers import MailServer, Robot, running
from tests.support.servers import free_port

WATER, CIVIL = "青禾市水务局", "青禾市民政局"
PASSWORD = "海棠-4417-Dukou"
MAILBOX = "li@qinghe.gov.cn"


@pytest.fixture
def mail() -> Iterator[MailServer]:
    server = MailServer()
    with running(server):
        yield server


@pytest.fixture
def robot() -> Iterator[Robot]:
    server = Robot()
    with running(server):
        yield server


def settings(home: Path, mail: MailServer, robot: Robot) -> Settings:
    return Settings(
        home=home,
        smtp_host="127.0.0.1",
        smtp_port=mail.port,
        smtp_security=MailSecurity.NONE,
        smtp_sender="jiwen@qinghe.gov.cn",
        mail_domains=("qinghe.gov.cn",),
        webhook_hosts=(robot.address,),
    )


@contextmanager
def opened(chosen: Settings) -> Iterator[tuple[Assistant, Gateway]]:
    with (
        closing(Assistant(chosen)) as assistant,
        closing(Gateway(assistant, Accounts.of(chosen))) as gateway,
    ):
        yield assistant, gateway


def look(gateway: Gateway) -> None:
    """One look, once the findings are in."""
    end = time.monotonic() + 120
    while not gateway.subscriptions.look(gateway.look):
        assert time.monotonic() < end
        time.sleep(0.05)


def add(
    assistant: Assistant, folder: Path, name: str, data: bytes, *, replace: bool = False
) -> None:
    reports = assistant.add([write(folder / name, data)], replace=replace)
    assert not [report.error for report in reports if report.error]


def test_what_changes_is_told_here_by_mail_and_by_a_robot(
    tmp_path: Path, mail: MailServer, robot: Robot
) -> None:
    with opened(settings(tmp_path / "home", mail, robot)) as (assistant, gateway):
        add(assistant, tmp_path, "水务.html", page(WATER, target=40, actual=57))
        told, water = assistant.subscriptions, Choice(department=WATER)
        told.subscribe(WATER, water, channel=Channel.PAGE)
        told.subscribe("水务邮件", water, channel=Channel.MAIL, address=MAILBOX)
        hook = f"{robot.address}/send?key=1"
        told.subscribe("水务机器人", water, channel=Channel.WEBHOOK, address=hook)
        look(gateway)
        assert told.notices() == ()  # what is there at first is no news
        look(gateway)
        add(assistant, tmp_path, "民政.html", page(CIVIL, indicator="养老床位"))
        look(gateway)
        assert told.notices() == ()  # another department's

        add(assistant, tmp_path, "水务.html", page(WATER, target=60, actual=57), replace=True)
        add(
            assistant, tmp_path, "水务2.html", page(WATER, indicator="堤防加固", target=9, actual=3)
        )
        look(gateway)
        assert gateway.subscriptions.deliver(gateway.scope_of) == 2
        body = told.notices()[0].body
        assert "收入文件：水务2.html" in body
        assert "文件有了新版本：水务.html" in body
        assert f"指标“河道巡查”（{WATER}，2022年）由超额变为未达标" in body
        assert len(told.notices()) == 3
        ((to, sent),) = mail.mails
        assert (to, sent["From"]) == (MAILBOX, "jiwen@qinghe.gov.cn")
        assert sent["Subject"].startswith("绩问：“水务邮件”有")
        assert sent.get_content().strip() == body
        ((path, message),) = robot.taken
        assert path == "/send?key=1"
        assert body in message["text"]["content"]
        assert gateway.subscriptions.deliver(gateway.scope_of) == 0  # once

        told.read()
        assert all(notice.read for notice in told.notices())
        (finding, *_) = assistant.audit(Scope(departments=(WATER,)))
        assistant.mark(finding.document_id, finding.key, Handling.SEEN, by="甲")
        look(gateway)
        assert f"校核发现标为已看：{finding.code}" in told.notices()[0].body


def test_what_is_not_taken_waits_through_a_restart(
    tmp_path: Path, mail: MailServer, robot: Robot
) -> None:
    chosen = settings(tmp_path / "home", mail, robot)
    mail.refusing, robot.answer = True, {"errcode": 93000}
    with opened(chosen) as (assistant, gateway):
        told = assistant.subscriptions
        told.subscribe("邮件", Choice(), channel=Channel.MAIL, address=MAILBOX)
        told.subscribe("机器人", Choice(), channel=Channel.WEBHOOK, address=robot.address)
        look(gateway)
        add(assistant, tmp_path, "水务.html", page(WATER))
        look(gateway)
        assert gateway.subscriptions.deliver(gateway.scope_of) == 0
        assert gateway.subscriptions.deliver(gateway.scope_of) == 0  # not yet again
        assert len(robot.taken) == 1
    mail.refusing, robot.answer = False, {"errcode": 0}
    with opened(chosen) as (assistant, gateway):
        store = assistant._resources.subscriptions
        store._now = lambda: time.time() + BACK_OFF_SECONDS[0] + 1
        assert gateway.subscriptions.deliver(gateway.scope_of) == 2
        assert len(mail.mails) == 1


def test_a_message_is_tried_later_and_later_and_given_up(tmp_path: Path) -> None:
    clock = [1_000_000.0]
    with closing(SubscriptionStore(f"sqlite:///{tmp_path / 'a.db'}", lambda: clock[0])) as store:
        outlets = Outlets(Settings(home=tmp_path, webhook_hosts=("http://127.0.0.1:9",)))
        made = store.add(_subscription(outlets.accepted(Channel.WEBHOOK, "http://127.0.0.1:9/")))
        store.look(made, b"", (), ("有变化", "收入文件"))
        waits = []
        while due := store.due():
            store.begin(due[0])
            assert store.due() == ()  # whatever becomes of it, it is not sent on and on
            with pytest.raises(SubscriptionError) as error:
                outlets.send(due[0])
            store.failed(due[0], str(error.value))
            before = clock[0]
            while not store.due() and clock[0] - before < 100_000:
                clock[0] += 10
            waits.append(clock[0] - before)
        assert waits[:-1] == list(BACK_OFF_SECONDS)
        assert "没有连上" in store.all()[0].problem  # and said so where it is listed


def _subscription(address: str) -> Subscription:
    return Subscription(0, "", "全部资料", Choice(), Channel.WEBHOOK, address)


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/",
        "http://localhost:8000/",
        "http://169.254.169.254/latest/meta-data",
        "https://robot.example.com@evil.example/",
        "https://u:p@robot.example.com/",
        "https://robot.example.com.evil.example/",
        "https://robot.example.com:8443/",
        "http://robot.example.com/",
        "https://robot.example.com\\@127.0.0.1/",
        "https://robot.example.com/a b",
        "https://robot.example.com/\r\nHost: evil",
        "https://robot.example.com:x/",
        "file:///etc/passwd",
        "//robot.example.com/",
        "",
    ],
)
def test_only_hosts_that_the_settings_name_are_sent_to(tmp_path: Path, address: str) -> None:
    outlets = Outlets(Settings(home=tmp_path, webhook_hosts=("robot.example.com",)))
    with pytest.raises(SubscriptionError, match="不在管理员允许的名单里"):
        outlets.accepted(Channel.WEBHOOK, address)
    good = "https://ROBOT.example.com/send?key=a"
    assert outlets.accepted(Channel.WEBHOOK, good) == good


def test_what_a_robot_answers_leads_nowhere(tmp_path: Path, robot: Robot) -> None:
    inside = Robot()
    with running(inside):
        robot.elsewhere = f"{inside.address}/secret"
        outlets = Outlets(Settings(home=tmp_path, webhook_hosts=(robot.address,)))
        delivery = Delivery(1, "", Channel.WEBHOOK, robot.address, "有变化", "收入", (), 0)
        with pytest.raises(SubscriptionError, match="没有收下（302）"):
            outlets.send(delivery)
        assert inside.taken == []
    closed = Outlets(Settings(home=tmp_path, webhook_hosts=(f"http://127.0.0.1:{free_port()}",)))
    with pytest.raises(SubscriptionError, match="名单"):
        closed.send(delivery)  # the host was taken off the list after it was subscribed to


def test_mail_goes_to_named_domains_and_the_server_is_not_quoted(
    tmp_path: Path, mail: MailServer, robot: Robot
) -> None:
    outlets = Outlets(settings(tmp_path, mail, robot))
    for address in (
        "a@b.c",
        f"{MAILBOX}.evil.cn",
        f"{MAILBOX}\nBcc: x@y.z",
        "甲@qinghe.gov.cn",
        "",
    ):
        with pytest.raises(SubscriptionError, match=r"qinghe\.gov\.cn"):
            outlets.accepted(Channel.MAIL, address)
    mail.refusing = True
    delivery = Delivery(1, "", Channel.MAIL, MAILBOX, "有\n变化", "收入", (), 0)
    with pytest.raises(SubscriptionError) as error:
        outlets.send(delivery)
    assert "secret" not in str(error.value)
    mail.refusing = False
    outlets.send(delivery)
    assert mail.mails[0][1]["Subject"] == "有 变化"


def test_without_settings_nothing_goes_out(tmp_path: Path) -> None:
    outlets = Outlets(Settings(home=tmp_path))
    assert outlets.channels == (Channel.PAGE,)
    for channel in (Channel.MAIL, Channel.WEBHOOK):
        with pytest.raises(SubscriptionError, match="没有启用"):
            outlets.accepted(channel, "https://robot.example.com/")
    for hosts in ("ftp://a", "a/b", "https://u@a", "http://a:x"):
        with pytest.raises(SettingsError, match="JIWEN_WEBHOOK_HOSTS"):
            Settings.from_environment({"JIWEN_WEBHOOK_HOSTS": hosts})


def test_who_may_not_be_told_any_more_is_not(
    tmp_path: Path, mail: MailServer, robot: Robot
) -> None:
    with opened(settings(tmp_path / "home", mail, robot)) as (assistant, gateway):
        add(assistant, tmp_path, "水务.html", page(WATER))
        accounts = gateway.accounts
        accounts.add("主任", PASSWORD, Role.ADMIN)
        reader = accounts.add("甲", "渡口-7714-Haitang", Role.DRAFTER, departments=[WATER, CIVIL])
        leaver = accounts.add("乙", "渡口-9914-Haitang", Role.DRAFTER, departments=[CIVIL])
        assert gateway.look("", Choice()) is None  # where there are users, nobody is none of them
        for user in (reader, leaver):
            assistant.subscriptions.subscribe(
                "全部", Choice(), channel=Channel.MAIL, address=MAILBOX, user=user.id
            )
        look(gateway)
        add(assistant, tmp_path, "民政.html", page(CIVIL, indicator="养老床位", actual=31))
        look(gateway)
        (notice,) = assistant.seen_by([CIVIL]).subscriptions.notices(user=leaver.id)
        assert "民政.html" in notice.body
        assert "水务" not in notice.body

        accounts.change("甲", departments=[WATER])
        narrowed = assistant.seen_by([WATER])
        assert narrowed.subscriptions.notices(user=reader.id) == ()
        accounts.remove("乙")
        assert gateway.subscriptions.deliver(gateway.scope_of) == 0
        assert mail.mails == []
        look(gateway)  # what is out of sight now has not gone
        assert narrowed.subscriptions.notices(user=reader.id) == ()
        assert assistant.subscriptions.all(user=leaver.id) == ()
