"""Headers that are no headers: one sentence before anybody signs in, never an unexpected error."""

import socket
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from assistant.config import Settings
from assistant.serve import launch
from assistant.service import Assistant
from tests.support.servers import free_port

PASSWORD = "一个足够长的密码口令"
READ = 64 * 1024


@pytest.fixture(scope="module", params=["127.0.0.1", "0.0.0.0"])
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A web app for this machine alone without users, and one for others with an administrator."""
    host: str = request.param
    settings = Settings(home=tmp_path_factory.mktemp("home"), host=host, port=free_port())
    if host == "0.0.0.0":
        with closing(Accounts.of(settings)) as accounts:
            accounts.add("管理", PASSWORD, Role.ADMIN)
    with closing(Assistant(settings)) as assistant:
        site = launch(assistant, settings, pause=0)
        site.ready()
        yield settings.port
        site.close()


def sent(port: int, first: str, *headers: bytes) -> tuple[int, str]:
    """Status and text of the reply to these very bytes."""
    lines = [first.encode(), *headers, b"Accept: text/html", b"Connection: close", b"", b""]
    with closing(socket.create_connection(("127.0.0.1", port), 60)) as connection:
        connection.sendall(b"\r\n".join(lines))
        reply = b"".join(iter(lambda: connection.recv(READ), b""))
    head, _, body = reply.partition(b"\r\n\r\n")
    return int(head.split()[1]), body.decode()


HOSTS = (
    b"Host: [",
    b"Host: [::1",
    b"Host: a b",
    b"Host: 127.0.0.1:99999999",
    b"Host: 127.0.0.1:",
    b"Host: \xe4\xb8\xad",
    b"Host: user@127.0.0.1",
    b"Host: 127.0.0.1/../",
    b"Host: 127.0.0.1\r\nHost: elsewhere.test",
)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/", "/healthz", "/login", "/api/v1/documents"])
def test_a_host_that_is_none_is_refused(port: int, path: str, host: bytes) -> None:
    status, text = sent(port, f"GET {path} HTTP/1.1", host)
    assert status == 400
    assert "不是一个地址，请检查网址或代理的设置。" in text


@pytest.mark.parametrize("origin", [b"http://[", b"\xff", b"null", b"http://", b"http://a:b:c"])
def test_an_origin_that_is_none_is_anothers(port: int, origin: bytes) -> None:
    for path in ("/login", "/api/v1/ask", "/gradio_api/queue/join"):
        host = f"Host: 127.0.0.1:{port}".encode()
        status, text = sent(port, f"POST {path} HTTP/1.1", host, b"Origin: " + origin)
        assert status == 403
        assert "这个请求来自别的网站" in text


ODD = (
    b'Cookie: jiwen_session="\\; ;;=,=\xff; =; jiwen_session',
    b"Authorization: Bearer \xff\xfe",
    b"Authorization:",
    b"X-Forwarded-Host: [",
    b"X-Forwarded-For: [, ,;:\xff",
    b"X-Forwarded-Proto: javascript",
    b"Accept-Language: \xff;q=zz",
    b"Range: bytes=zz",
    b"Content-Type: \xff/\xff",
    b"Content-Length: 99999999999999999999999999",
    b"Cookie: a\x00b",
)


@pytest.mark.parametrize("header", ODD)
@pytest.mark.parametrize("path", ["/", "/healthz", "/login", "/api/v1/documents", "/config"])
def test_no_other_header_is_an_unexpected_error(port: int, path: str, header: bytes) -> None:
    status, text = sent(port, f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}".encode(), header)
    assert status < 500
    assert "意外错误" not in text


def test_a_form_of_another_coding_is_no_unexpected_error(port: int) -> None:
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x; charset=none", "a/b"):
        reply = httpx.post(
            f"http://127.0.0.1:{port}/login",
            content=b"name=%ff%00&password=\xff",
            headers={"Content-Type": kind},
            timeout=60,
        )
        assert reply.status_code in (400, 401)


def test_the_form_of_the_log_in_is_small(port: int) -> None:
    host = f"Host: 127.0.0.1:{port}".encode()
    form = b"Content-Type: application/x-www-form-urlencoded"
    status, text = sent(port, "POST /login HTTP/1.1", host, form, b"Content-Length: 990000")
    assert status == 413
    assert "8KB" in text


def test_an_over_long_name_is_not_there(port: int) -> None:
    host = f"Host: 127.0.0.1:{port}".encode()
    status, _ = sent(port, f"GET /static/{'a' * 256} HTTP/1.1", host)
    assert status in (303, 404)
