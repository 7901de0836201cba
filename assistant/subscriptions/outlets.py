"""The ways out (外发): mail by one SMTP server, robots by webhooks of named hosts, and no other.

What administrators have not named in the settings is not connected to: without settings nothing
leaves the machine. What a server answers is shown to nobody, but for its status.
"""

import json
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import formatdate
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

from assistant.config import MailSecurity, Settings
from assistant.errors import SubscriptionError
from assistant.subscriptions.types import Channel, Delivery

TIMEOUT_SECONDS = 15
MAX_ANSWER = 10_000
"""Maximum number of bytes that are read of what a webhook answers."""
FEISHU = ("open.feishu.cn", "open.larksuite.com")
"""Hosts whose robots take text in their own form; all others take that of 企业微信 and 钉钉."""
ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
PORTS = {"https": 443, "http": 80}


class Outlets:
    """What the settings let out."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._origins = frozenset(map(_origin_named, settings.webhook_hosts))
        self._domains = frozenset(map(str.lower, settings.mail_domains))

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The ways on offer."""
        mail = bool(self._settings.smtp_host and self._domains)
        return (
            Channel.PAGE,
            *([Channel.MAIL] if mail else []),
            *([Channel.WEBHOOK] if self._origins else []),
        )

    def accepted(self, channel: Channel, address: str) -> str:
        """The address as it is sent to; raises SubscriptionError for what may not be sent to."""
        address = address.strip()
        if channel not in self.channels:
            raise SubscriptionError(f"没有启用{channel.value}通知，请联系管理员在设置里启用。")
        match channel:
            case Channel.MAIL:
                found = ADDRESS.fullmatch(address)
                if not found or found[1].lower() not in self._domains:
                    named = "、".join(sorted(self._domains))
                    raise SubscriptionError(f"邮件只能发到这些域名的邮箱：{named}。")
            case Channel.WEBHOOK:
                _webhook(address, self._origins)
            case Channel.PAGE:
                address = ""
        return address

    def send(self, delivery: Delivery) -> None:
        """Sends a message; raises SubscriptionError with the reason where it does not go out.

        Whether the address may be sent to is asked again: the settings may have changed.
        """
        address = self.accepted(delivery.channel, delivery.address)
        with _translated():
            if delivery.channel is Channel.MAIL:
                self._mail(address, delivery)
            elif delivery.channel is Channel.WEBHOOK:
                _post(_webhook(address, self._origins), f"{delivery.subject}\n{delivery.body}")

    def _mail(self, address: str, delivery: Delivery) -> None:
        settings = self._settings
        message = EmailMessage()
        message["Subject"] = " ".join(delivery.subject.split())
        message["From"] = settings.smtp_sender or settings.smtp_user
        message["To"] = address
        message["Date"] = formatdate(localtime=True)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(delivery.body)
        host, port = settings.smtp_host, settings.smtp_port
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if settings.smtp_security is MailSecurity.TLS:
            server = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
        with server:
            if settings.smtp_security is MailSecurity.STARTTLS:
                server.starttls(context=context)
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            server.send_message(message)


@contextmanager
def _translated() -> Iterator[None]:
    """What fails on the way, as one sentence without anything that a server said."""
    try:
        yield
    except smtplib.SMTPException as error:
        raise SubscriptionError(f"邮件服务器没有收下（{type(error).__name__}）。") from error
    except (OSError, HTTPException, ValueError) as error:
        raise SubscriptionError(f"没有连上对方的服务器（{type(error).__name__}）。") from error


def _origin_named(text: str) -> tuple[str, str, int]:
    """A host of the settings: a name means https; http has to be written."""
    return _origin(urlsplit(text if "://" in text else f"https://{text}"))


def _origin(url: SplitResult) -> tuple[str, str, int]:
    """Scheme, host and port; raises ValueError for what is none."""
    if url.scheme not in PORTS or not url.hostname:
        raise ValueError("not a web address")
    return url.scheme, url.hostname.lower(), url.port or PORTS[url.scheme]


def _webhook(address: str, origins: frozenset[tuple[str, str, int]]) -> SplitResult:
    """The address of a webhook; raises SubscriptionError unless its host is one of those named."""
    refused = SubscriptionError(
        "机器人地址的主机不在管理员允许的名单里，或地址不完整，请核对后再试。"
    )
    if not address.isascii() or not address.isprintable() or " " in address or "\\" in address:
        raise refused
    try:
        url = urlsplit(address)
        origin = _origin(url)
    except ValueError:
        raise refused from None
    if origin not in origins or "@" in url.netloc:
        raise refused
    return url


def _post(url: SplitResult, text: str) -> None:
    """Hands a text to a robot; an answer that leads elsewhere is not followed."""
    scheme, host, port = _origin(url)
    if host in FEISHU:
        sent: object = {"msg_type": "text", "content": {"text": text}}
    else:
        sent = {"msgtype": "text", "text": {"content": text}}
    connection = (
        HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
        if scheme == "https"
        else HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    )
    try:
        target = f"{url.path or '/'}{f'?{url.query}' if url.query else ''}"
        body = json.dumps(sent, ensure_ascii=False).encode()
        heads = {"Content-Type": "application/json; charset=utf-8"}
        connection.request("POST", target, body, heads)
        answer = connection.getresponse()
        said = answer.read(MAX_ANSWER)
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise SubscriptionError(f"机器人的服务器没有收下（{answer.status}）。")
    if code := _refusal(said):
        raise SubscriptionError(f"机器人没有收下（{code}）。")


def _refusal(said: bytes) -> int:
    """The number of the error that a robot answers with, 0 for none; they all say 200."""
    try:
        told = json.loads(said)
    except ValueError:
        return 0
    names = ("errcode", "code", "StatusCode")
    codes = [told.get(name) for name in names] if isinstance(told, dict) else []
    return next((code for code in codes if isinstance(code, int) and code), 0)
