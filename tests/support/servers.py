"""The stores of a large library, started for the tests: PostgreSQL and a Chroma server."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pg8000.dbapi

READY = 60
"""Seconds that a server may take to answer."""
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "shared_buffers": "32MB",
    "max_connections": 300,
    "autovacuum": "off",
}
TOLD = "没有找到 PostgreSQL：请先运行 tools/install_system.sh。"


class PostgreSQL:
    """A server with nothing in it; `database` makes an empty database and gives its address."""

    def __init__(self, port: int) -> None:
        self.port = port

    def database(self) -> str:
        name = f"jiwen_{uuid4().hex}"
        with closing(
            pg8000.dbapi.connect("postgres", host="127.0.0.1", port=self.port)
        ) as connection:
            connection.autocommit = True
            connection.cursor().execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """A server for as long as the block lasts; it never runs as root."""
    programs = _programs()
    port = free_port()
    with TemporaryDirectory(prefix="jiwen-postgresql-") as made:
        folder = Path(made)  # not inside pytest's own folders, which are closed to other users
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        data = folder / "data"
        _as_its_user([programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N",
                      "--encoding=UTF8", "--locale=C"])  # fmt: skip
        settings = f"-c port={port} " + " ".join(
            f"-c {name}='{value}'" for name, value in SETTINGS.items()
        )
        control = [programs / "pg_ctl", "-D", data, "-w"]
        _as_its_user([*control, "-t", READY, "-l", folder / "log", "-o", settings, "start"])
        try:
            yield PostgreSQL(port)
        finally:
            _as_its_user([*control, "-m", "immediate", "stop"])


@contextmanager
def chroma(folder: Path) -> Iterator[str]:
    """The address of a Chroma server that keeps its vectors in `folder`."""
    port = free_port()
    command = "from chromadb.cli.cli import app; app()"
    arguments = ["run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-c", command, *arguments], cwd=folder, stdout=log, stderr=log
        )
        try:
            wait_for(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()
            server.wait()


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Until something listens there, or the server has ended."""
    end = time.monotonic() + READY
    while time.monotonic() < end and server.poll() is None:
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 1)):
            return
        time.sleep(0.05)
    raise AssertionError(f"no server on port {port}")


def _programs() -> Path:
    """Where PostgreSQL's own programs are: Debian keeps them out of the way, by version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    here = shutil.which("initdb")
    assert found or here, TOLD
    return found[-1].parent if found else Path(str(here)).parent


def _as_its_user(command: Sequence[object]) -> None:
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["runuser", "-u", "postgres", "--", *words]
    done = subprocess.run(words, cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
