"""Many users at once (久压): errors and memory of the served web app over loopback.

    python benchmarks/soak.py LIBRARY [--users 20] [--questions 4000] [--every 250]

LIBRARY is the folder of a library; it is only read. Questions begin when the embedding model is
there: loading behind the open page, its some hundred MB would look like growth. Each user is a
client of their own that keeps its connection and asks one question after the other. Tells the
resident memory in MB after every 250 questions as they are answered, then one JSON object: errors,
milliseconds an answer (p50, p95), the memory when 1,000 questions were answered (warm) and at the
end, and by which share it grew.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from statistics import quantiles

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assistant.config import Settings
from assistant.serve import launch
from assistant.service import Assistant
from ingest.errors import ModelError

WARM = 1000


def memory(pid: int) -> float:
    """Resident memory of a process in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def serve() -> None:
    """The web app, its model loaded before it says that it is there, if it has one."""
    settings = Settings.from_environment(os.environ)
    with closing(Assistant(settings)) as assistant:
        with suppress(ModelError):
            assistant.warm_up()
        launch(assistant, settings).ready()
        print("ready", flush=True)
        threading.Event().wait()


def questions(client: httpx.Client) -> list[str]:
    """One question an indicator, as the library names them."""
    rows = client.get("/api/v1/indicators", params={"limit": 500}).json()["indicators"]
    asked = [f"{row['department']}{row['year']}年{row['name']}完成了多少？" for row in rows]
    return asked or ["共有多少项指标？"]


class Soak:
    """What is measured while the users ask."""

    def __init__(self, url: str, pid: int, *, every: int) -> None:
        self.url, self.pid, self.every = url, pid, every
        self.taken: list[float] = []
        self.held: dict[int, float] = {}
        self._lock = threading.Lock()

    def ask(self, words: list[str]) -> None:
        """One user's questions in turn."""
        with httpx.Client(base_url=self.url, timeout=600) as client:
            for question in words:
                started = time.perf_counter()
                reply = client.post("/api/v1/ask", json={"question": question})
                spent = (time.perf_counter() - started) * 1000
                good = reply.status_code == 200 and reply.json()["text"]
                self._note(spent if good else -1.0)

    def _note(self, spent: float) -> None:
        with self._lock:
            self.taken.append(spent)
            if len(self.taken) % self.every == 0:
                self.held[len(self.taken)] = mb = round(memory(self.pid), 1)
                print(f"{len(self.taken):>6} questions  {mb:7.1f} MB", flush=True)

    def told(self) -> dict[str, float]:
        good = [one for one in self.taken if one >= 0]
        cuts = quantiles(good, n=20)
        end = max(self.held)
        warm = min((count for count in self.held if count >= WARM), default=end)
        return {
            "questions": len(self.taken),
            "errors": len(self.taken) - len(good),
            "p50_ms": round(cuts[9]),
            "p95_ms": round(cuts[18]),
            "memory_warm_mb": self.held[warm],
            "memory_end_mb": self.held[end],
            "growth": round(self.held[end] / self.held[warm] - 1, 3),
        }


def run(soak: Soak, *, users: int, count: int) -> None:
    with httpx.Client(base_url=soak.url, timeout=600) as client:
        known = questions(client)
    words = [known[n % len(known)] for n in range(count)]
    with ThreadPoolExecutor(users) as pool:
        for done in [pool.submit(soak.ask, words[n::users]) for n in range(users)]:
            done.result()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path, nargs="?")
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--questions", type=int, default=4000)
    parser.add_argument("--every", type=int, default=250)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve()
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "JIWEN_HOME": str(given.library), "JIWEN_PORT": str(port)}
    command = [sys.executable, __file__, "--serve"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout
        app.stdout.readline()
        print(f"{0:>6} questions  {memory(app.pid):7.1f} MB", flush=True)
        soak = Soak(f"http://127.0.0.1:{port}", app.pid, every=given.every)
        try:
            run(soak, users=given.users, count=given.questions)
        finally:
            app.terminate()
    print(json.dumps(soak.told()))


if __name__ == "__main__":
    main()
