"""Many users at once (久压): errors and memory of the served web app over loopback.

    python benchmarks/soak.py LIBRARY [--users 20] [--questions 1000]

LIBRARY is the folder of a library; it is only read. Prints one JSON object: errors, milliseconds an
answer (p50, p95), and the resident memory in MB after a fifth of the questions and at the end.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles

import httpx

ROOT = Path(__file__).resolve().parent.parent
WARM_UP = 0.2


def memory(pid: int) -> float:
    """Resident memory of a process in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def questions(client: httpx.Client) -> list[str]:
    """One question an indicator, as the library names them."""
    rows = client.get("/api/v1/indicators", params={"limit": 500}).json()["indicators"]
    asked = [f"{row['department']}{row['year']}年{row['name']}完成了多少？" for row in rows]
    return asked or ["共有多少项指标？"]


def ask(url: str, words: list[str]) -> list[float]:
    """One user's answers in turn: milliseconds each, negative for an error."""
    taken = []
    with httpx.Client(base_url=url, timeout=120) as client:
        for question in words:
            started = time.perf_counter()
            reply = client.post("/api/v1/ask", json={"question": question})
            spent = (time.perf_counter() - started) * 1000
            taken.append(spent if reply.status_code == 200 and reply.json()["text"] else -1.0)
    return taken


def run(url: str, pid: int, *, users: int, count: int) -> dict[str, float]:
    with httpx.Client(base_url=url, timeout=120) as client:
        known = questions(client)
    words = [known[n % len(known)] for n in range(count)]
    early = int(count * WARM_UP)
    taken: list[float] = []
    held: list[float] = []
    with ThreadPoolExecutor(users) as pool:
        for part in (words[:early], words[early:]):
            shares = [part[n::users] for n in range(users)]
            taken += [one for share in pool.map(lambda w: ask(url, w), shares) for one in share]
            held.append(round(memory(pid), 1))
    good = [one for one in taken if one >= 0]
    cuts = quantiles(good, n=20)
    return {
        "questions": len(taken),
        "errors": len(taken) - len(good),
        "p50_ms": round(cuts[9]),
        "p95_ms": round(cuts[18]),
        "memory_warm_mb": held[0],
        "memory_end_mb": held[1],
        "growth": round(held[1] / held[0] - 1, 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--questions", type=int, default=1000)
    given = parser.parse_args()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "JIWEN_HOME": str(given.library), "JIWEN_PORT": str(port)}
    command = [sys.executable, str(ROOT / "app.py")]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout
        app.stdout.readline()
        try:
            told = run(
                f"http://127.0.0.1:{port}", app.pid, users=given.users, count=given.questions
            )
        finally:
            app.terminate()
    print(json.dumps(told))


if __name__ == "__main__":
    main()
