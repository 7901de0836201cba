"""One hostile user among twenty (公平): how long the others wait, quiet and under attack.

    python benchmarks/fair_share.py LIBRARY [--code FOLDER] [--users 20] [--seconds 40]
        [--think 3] [--rounds 2] [--hostile questions|upload]

LIBRARY is the folder of a library; a copy of it is served, with users and tokens of its own, by the
code in FOLDER (this one by default), so that two versions can be compared. Quiet rounds and rounds
under attack follow each other in turn. Ordinary users ask about indicators of the library and think
between two questions. The hostile one sends 44 crafted requests at once, leaves after two seconds
and begins again: questions of many parts, long turns, a long department, streams, MCP. With
`--hostile upload` he hands in text files of 5,000 lines of indicators instead, one after the other.
Prints one JSON object: milliseconds of the others' answers and lists (p50, p95, longest), the
longest of /healthz and of log-in, both ways, the ratio of the two p95, and the server's peak of
memory; what is not answered at the end of a round counts with the time until then. Without the
hostile user's errors, which are his own.
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import httpx

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "Gou-chang-de-2026"
AT_ONCE = 44
LEAVES_AFTER = 2.0
"""Seconds after which the hostile user leaves and begins again."""
UPLOADED_LINES = 5000
"""Lines of a file that is handed in, of six passages each."""
STARTS_IN = 3.0
"""Seconds until the hostile user's program is under way."""
ADD_USERS = """
import os, sys
from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from assistant.config import Settings
accounts = Accounts.of(Settings.from_environment(os.environ))
accounts.add("chief", sys.argv[1], Role.ADMIN)
for number in range(int(sys.argv[2])):
    accounts.add(f"user{number}", sys.argv[1], Role.STAFF if number else Role.DRAFTER)
    options = {"label": "benchmark"}
    try:
        from assistant.accounts.tokens import TokenScope
        options["scope"] = TokenScope.ALL
    except ImportError:
        pass
    print(accounts.tokens.add(f"user{number}", **options))
accounts.close()
"""
CRAFTED: tuple[dict[str, object], ...] = (
    {"question": "。？" * 1000},
    {"question": "增长率多少？" * 333},
    {"question": "完成率是多少？", "turns": ["预算完成率和各项指标的完成情况是多少？" * 35] * 50},
    {"question": "预算是多少？", "department": "局" * 5000},
    {"question": "2021年、2022年和2023年各项指标、预算、支出、完成率、得分分别是多少？" * 20},
)


@dataclass
class Measured:
    """Milliseconds of what was waited for."""

    answers: list[float] = field(default_factory=list)
    lists: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    log_in: list[float] = field(default_factory=list)
    errors: int = 0


@contextmanager
def served(library: Path, code: Path, users: int) -> Iterator[tuple[str, list[str], int]]:
    """The address of the code over a copy of the library, a token for each user, its process."""
    with TemporaryDirectory(prefix="jiwen-fair-") as folder, closing(socket.socket()) as probe:
        home = Path(folder) / "home"
        shutil.copytree(library, home)
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        surroundings = os.environ | {
            "PYTHONPATH": str(code),
            "JIWEN_HOME": str(home),
            "JIWEN_PORT": str(port),
        }
        command = [sys.executable, "-c", ADD_USERS, PASSWORD, str(users)]
        told = subprocess.run(
            command, env=surroundings, cwd=code, check=True, capture_output=True, text=True
        )
        program = [sys.executable, "-m", "assistant", "serve"]
        with subprocess.Popen(program, env=surroundings, cwd=code) as server:
            try:
                address = f"http://127.0.0.1:{port}"
                until_ready(address)
                yield address, told.stdout.split(), server.pid
            finally:
                server.kill()


def until_ready(address: str) -> None:
    """Waits until the page is built, for that takes processor time as well."""
    while True:
        with suppress(httpx.TransportError):
            if httpx.get(f"{address}/healthz", timeout=60).json()["page"] == "ready":
                return
        time.sleep(0.5)


def client(address: str, token: str) -> httpx.AsyncClient:
    """A user's client."""
    limits = httpx.Limits(max_connections=AT_ONCE)
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(base_url=address, headers=headers, timeout=300, limits=limits)


async def timed(work: Callable[[], Awaitable[httpx.Response]], kept: list[float]) -> int:
    """The status of the answer; its milliseconds into `kept`, or those waited in vain so far."""
    started = time.perf_counter()
    try:
        return (await work()).status_code
    finally:
        kept.append((time.perf_counter() - started) * 1000)


async def ordinary(
    http: httpx.AsyncClient, questions: list[str], think: float, measured: Measured
) -> None:
    """One user who asks and thinks."""
    while True:
        await asyncio.sleep(random.uniform(0, 2 * think))
        asked = {"question": random.choice(questions)}
        status = await timed(lambda: http.post("/api/v1/ask", json=asked), measured.answers)  # noqa: B023
        measured.errors += status != 200
        status = await timed(lambda: http.get("/api/v1/documents"), measured.lists)
        measured.errors += status != 200


async def watch(http: httpx.AsyncClient, measured: Measured) -> None:
    """Somebody who asks for health, and one who signs in."""
    form = {"name": "user1", "password": PASSWORD}
    while True:
        await asyncio.sleep(0.5)
        await timed(lambda: http.get("/healthz"), measured.health)
        await timed(lambda: http.post("/login", data=form), measured.log_in)


def attacks(http: httpx.AsyncClient) -> Iterator[Callable[[], Awaitable[object]]]:
    """What the hostile user sends, one after the other without end."""
    mcp = {"Accept": "application/json, text/event-stream"}
    for number, crafted in enumerate(itertools.cycle(CRAFTED)):
        turns = crafted.get("turns")
        texts = [*(turns if isinstance(turns, list) else []), crafted["question"]]
        chat = {"messages": [{"role": "user", "content": text} for text in texts]}
        call = {
            "jsonrpc": "2.0",
            "id": number,
            "method": "tools/call",
            "params": {"name": "ask", "arguments": crafted},
        }
        yield lambda crafted=crafted: http.post("/api/v1/ask", json=crafted)  # type: ignore[misc]
        yield lambda chat=chat: http.post("/v1/chat/completions", json=chat)  # type: ignore[misc]
        streamed = chat | {"stream": True}
        yield lambda body=streamed: http.post("/v1/chat/completions", json=body)  # type: ignore[misc]
        yield lambda call=call: http.post("/mcp", json=call, headers=mcp)  # type: ignore[misc]


async def hostile(http: httpx.AsyncClient) -> None:
    """One user who sends 44 requests at once, leaves, and begins again."""
    sends = attacks(http)
    while True:
        sent = [asyncio.ensure_future(send()) for send in itertools.islice(sends, AT_ONCE)]
        await asyncio.wait(sent, timeout=LEAVES_AFTER)
        for one in sent:
            one.cancel()
        await asyncio.gather(*sent, return_exceptions=True)


async def uploading(http: httpx.AsyncClient) -> None:
    """One user who hands in one large file after the other."""
    for number in itertools.count():
        row = "产出指标 | 数量指标 | 第{n}项第{number}批完成数 | ≥{n} | {n} | 10 | 9\n"
        rows = "".join(row.format(n=n, number=number) for n in range(UPLOADED_LINES))
        head = "部门整体支出绩效自评表\n（2023年度）\n部门名称 | 青禾市水务局\n"
        given = {"files": (f"大{number}.txt", f"{head}{rows}".encode())}
        answer = await http.post("/api/v1/documents", files=given, timeout=3600)
        print(f"upload {number}: {answer.status_code} {answer.text[:200]}", file=sys.stderr)


HOSTILE = {"questions": hostile, "upload": uploading}


def attack(address: str, token: str, kind: str) -> None:
    """The hostile user's own program: what it takes to send must not count as the others' wait.

    He would have a machine of his own; here he stands behind the server and the others.
    """
    os.nice(19)
    asyncio.run(HOSTILE[kind](client(address, token)))


async def round_of(
    address: str,
    tokens: list[str],
    given: argparse.Namespace,
    measured: Measured,
    *,
    attacked: bool,
) -> None:
    """All of them for some seconds."""
    clients = [client(address, token) for token in tokens]
    found = (await clients[0].get("/api/v1/indicators", params={"limit": 300})).json()
    questions = [
        f"{row['department']}{row['year']}年{row['name']}完成了多少？"
        for row in found["indicators"]
    ]
    nobody = httpx.AsyncClient(base_url=address, timeout=300)
    program = get_context("spawn").Process(target=attack, args=(address, tokens[0], given.hostile))
    if attacked:
        program.start()
        await asyncio.sleep(STARTS_IN)
    tasks = [
        asyncio.ensure_future(ordinary(one, questions, given.think, measured))
        for one in clients[1:]
    ]
    tasks.append(asyncio.ensure_future(watch(nobody, measured)))
    await asyncio.sleep(given.seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    if attacked:
        program.kill()
        program.join()
    for one in (*clients, nobody):
        await one.aclose()


def told(measured: Measured) -> dict[str, float]:
    """The numbers of all rounds of one kind."""
    return {
        "answers": len(measured.answers),
        "errors": measured.errors,
        "p50": round(median(measured.answers), 1),
        "p95": round(quantiles(measured.answers, n=20)[-1], 1),
        "max": round(max(measured.answers), 1),
        "lists_p95": round(quantiles(measured.lists, n=20)[-1], 1),
        "lists_max": round(max(measured.lists), 1),
        "health_max": round(max(measured.health, default=0), 1),
        "log_in_max": round(max(measured.log_in, default=0), 1),
    }


def peak_megabytes(process: int) -> int:
    """The most memory that a process has had, without those that it started."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


def main() -> None:
    """Measures one version of the code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("--code", type=Path, default=ROOT)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--think", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--hostile", choices=HOSTILE, default="questions")
    given = parser.parse_args()
    kinds = {False: Measured(), True: Measured()}
    with served(given.library, given.code.resolve(), given.users) as (address, tokens, server):
        asyncio.run(round_of(address, tokens, given, Measured(), attacked=False))  # warms up
        for _ in range(given.rounds):
            for attacked, measured in kinds.items():
                asyncio.run(round_of(address, tokens, given, measured, attacked=attacked))
        peak = peak_megabytes(server)
    quiet, hit = told(kinds[False]), told(kinds[True])
    ratio = round(hit["p95"] / quiet["p95"], 2)
    print(json.dumps({"quiet": quiet, "attacked": hit, "ratio_p95": ratio, "peak_mb": peak}))


if __name__ == "__main__":
    main()
