"""What an administrator watches: health, metrics, the log."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from assistant.accounts.tokens import TokenScope
from assistant.config import Settings
from assistant.service import Assistant
from tests.support.builders import SAMPLES
from tests.support.servers import free_port
from tests.support.web_site import served

SECRET = "看不见的问题：谁的实际支出数最多？"


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, str]]:
    """An address with one document, an administrator's token and another user's."""
    home = tmp_path_factory.mktemp("watched")
    settings = Settings(home=home)
    with closing(Assistant(settings)) as assistant:
        list(assistant.add([next(SAMPLES.glob("*.txt"))]))
        with closing(Accounts.of(settings)) as accounts:
            accounts.add("管理", "一个够长的密码1", Role.ADMIN)
            accounts.add("职员", "一个够长的密码2", Role.STAFF)
            chief, other = (
                accounts.tokens.add(name, label="监控", scope=TokenScope.ALL)
                for name in ("管理", "职员")
            )
        with served(assistant, home) as url:
            yield url, chief, other


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_health_is_open_and_says_nothing_else(watched: tuple[str, str, str]) -> None:
    url, *_ = watched
    answer = httpx.get(f"{url}/healthz", timeout=60)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "page": "ready"})


def test_metrics_count_requests_by_door_and_are_for_administrators(
    watched: tuple[str, str, str],
) -> None:
    url, admin, staff = watched
    asked = httpx.post(
        f"{url}/api/v1/ask", json={"question": SECRET}, headers=bearer(staff), timeout=60
    )
    assert asked.status_code == 200
    assert httpx.get(f"{url}/metrics", timeout=60).status_code == 401
    assert httpx.get(f"{url}/metrics", headers=bearer(staff), timeout=60).status_code == 403
    text = httpx.get(f"{url}/metrics", headers=bearer(admin), timeout=60).text
    assert 'jiwen_requests_total{door="/api/v1/ask",method="POST",status="200"} 1.0' in text
    assert 'jiwen_requests_total{door="/metrics",method="GET",status="403"} 1.0' in text
    assert 'jiwen_request_seconds_count{door="/api/v1/ask"} 1.0' in text
    assert "jiwen_documents 1.0" in text
    assert "process_resident_memory_bytes" in text
    assert SECRET not in text


def test_what_a_visitor_types_makes_no_new_numbers(watched: tuple[str, str, str]) -> None:
    url, admin, _ = watched
    for made_up in ("/api/v1/figures/x", "/api/v1/没有", "/wp-admin.php", "/../../etc"):
        httpx.get(url + made_up, headers=bearer(admin), timeout=60)
    text = httpx.get(f"{url}/metrics", headers=bearer(admin), timeout=60).text
    doors = {line.split('"')[1] for line in text.splitlines() if "requests_total{" in line}
    assert doors >= {"page", "/api/{rest:path}"}
    assert not [door for door in doors if "没有" in door or "wp-admin" in door or "etc" in door]


def test_the_log_is_json_with_a_line_for_every_request_and_no_question(tmp_path: Path) -> None:
    port = free_port()
    surroundings = os.environ | {
        "JIWEN_HOME": str(tmp_path),
        "JIWEN_PORT": str(port),
        "JIWEN_LOG_FORMAT": "json",
        "JIWEN_LOG_LEVEL": "INFO",
        "JIWEN_LLM_API_KEY": "sk-secret-key",
    }
    program = [sys.executable, "-m", "assistant", "serve"]
    with subprocess.Popen(program, env=surroundings, stderr=subprocess.PIPE, text=True) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            assert answers(f"{url}/healthz")
            httpx.post(f"{url}/api/v1/ask?token=abc", json={"question": SECRET}, timeout=60)
        finally:
            process.terminate()
            _, said = process.communicate(timeout=180)
    assert process.returncode == 0
    lines = [json.loads(line) for line in said.splitlines()]
    (asked,) = [line for line in lines if line.get("door") == "/api/v1/ask"]
    assert {"time", "level", "logger", "message", "ms"} <= asked.keys()
    assert (asked["method"], asked["status"], asked["user"]) == ("POST", 200, "本机")
    assert not any(word in said for word in (SECRET, "sk-secret-key", "token=abc"))


def answers(url: str) -> bool:
    """Waits for the program to serve."""
    until = monotonic() + 180
    while monotonic() < until:
        try:
            return httpx.get(url).status_code == 200
        except httpx.TransportError:
            sleep(0.2)
    return False
