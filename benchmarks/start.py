"""From start to first answer, and how much memory is held: `python benchmarks/start.py LIBRARY`.

LIBRARY is the folder of a library (about 200 documents for the bars of the design); it is only
read. Each of these happens in a new process, `--times` (3) times, the median is told:

    ask          `jiwen ask`, from the start of the process to its end
    web          the web app, from the start of the process to its first answer over HTTP, before
                 its page is built and the embedding model loads behind it
    page         the web app, from the start of the process until its page is built, nothing asked
    without      the web app without an embedding model, its peak memory after 100 questions
    with         the same with the model loaded

Seconds by the clock and by the processor (which other programs on the machine change less); the
median start of a bare Python tells how busy the machine was. Our own modules are compiled
beforehand, as an installation has them.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median

import httpx

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = 100
COMPILED = [str(ROOT / name) for name in ("assistant", "ingest")]
SOAK = ROOT / "benchmarks" / "soak.py"


def spent(command: list[str], environment: Mapping[str, str]) -> tuple[float, float]:
    """Seconds of a whole run, by the clock and by the processor."""
    begun = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return time.perf_counter() - begun, used.ru_utime + used.ru_stime


@contextmanager
def served(command: list[str], environment: dict[str, str]) -> Iterator[tuple[int, httpx.Client]]:
    """The process of a web app and a client for it; it ends with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = environment | {"JIWEN_PORT": str(port)}
    with (
        subprocess.Popen(command, env=own, stdout=subprocess.DEVNULL, cwd=ROOT) as app,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=600) as client,
    ):
        try:
            yield app.pid, client
        finally:
            app.terminate()


def answered(client: httpx.Client, question: str) -> None:
    """Asks until the app listens and has answered."""
    while True:
        try:
            reply = client.post("/api/v1/ask", json={"question": question})
        except httpx.TransportError:
            time.sleep(0.02)
            continue
        assert reply.json()["text"], reply.text
        return


def opened(client: httpx.Client) -> None:
    """Asks until the page is there."""
    while True:
        with suppress(httpx.TransportError):
            if client.get("/healthz").json()["page"] == "ready":
                return
        time.sleep(0.05)


def started(
    environment: dict[str, str], until: Callable[[httpx.Client], None]
) -> tuple[float, float]:
    """Seconds from the start of the web app `until` something, by the clock and the processor."""
    begun = time.perf_counter()
    with served([sys.executable, str(ROOT / "app.py")], environment) as (pid, client):
        until(client)
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return time.perf_counter() - begun, used


def peak(environment: dict[str, str], question: str) -> float:
    """Peak memory in MB of the web app after questions, the model loaded where there is one."""
    command = [sys.executable, str(SOAK), "--serve"]
    with served(command, environment) as (pid, client):
        for _ in range(QUESTIONS):
            answered(client, question)
        status = Path(f"/proc/{pid}/status").read_text()
    high = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(high.split()[1]) / 1024


def told(name: str, measure: Callable[[], tuple[float, float]], times: int) -> None:
    clock, processor = zip(*(measure() for _ in range(times)), strict=True)
    print(f"{name:<10} {median(clock):7.2f} s  processor {median(processor):7.2f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("library", type=Path)
    parser.add_argument("--question", default="预算完成率是多少？")
    parser.add_argument("--times", type=int, default=3)
    given = parser.parse_args()
    environment = {**os.environ, "JIWEN_HOME": str(given.library), "PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    python, question = sys.executable, given.question
    subprocess.run([python, "-m", "compileall", "-q", *COMPILED], env=environment, check=True)
    told("python", lambda: spent([python, "-c", ""], environment), given.times)
    command = [python, "-m", "assistant", "ask", question]
    told("ask", lambda: spent(command, environment), given.times)
    told("web", lambda: started(environment, lambda it: answered(it, question)), given.times)
    told("page", lambda: started(environment, opened), given.times)
    with tempfile.TemporaryDirectory() as nowhere:
        missing = environment | {"JIWEN_EMBEDDING_MODEL": f"{nowhere}/none"}
        print(f"without    {peak(missing, question):7.0f} MB at most", flush=True)
    print(f"with       {peak(environment, question):7.0f} MB at most", flush=True)


if __name__ == "__main__":
    main()
