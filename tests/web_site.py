"""A web app on a port of its own, served in this process for as long as a test needs it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.config import Settings
from assistant.service import Assistant
from assistant.web.site import launch

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
"""Debian's browser, and how it runs without a screen and without calling home."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(assistant: Assistant, home: Path) -> Iterator[str]:
    """The address of the whole web app over this Assistant."""
    port = free_port()
    site = launch(assistant, Settings(home=home, port=port))
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        site.close()
