"""A mail server and a robot's server of our own, which keep what they are handed."""

import json
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mail over SMTP without encryption; `refusing` it says that it is full."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Mail)
        self.mails: list[tuple[str, EmailMessage]] = []
        self.refusing = False

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Mail(socketserver.StreamRequestHandler):
    server: MailServer

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say("220 test")
        to = ""
        for line in self.rfile:
            word = line.strip().upper()
            if word.startswith(b"RCPT"):
                to = line.decode().partition("<")[2].partition(">")[0]
            if word.startswith(b"QUIT"):
                self.say("221 bye")
                return
            if word == b"DATA":
                self.say("354 go on")
                self.take(to)
            elif word.startswith(b"MAIL") and self.server.refusing:
                self.say("452 full, and a secret of the server")
            else:
                self.say("250 ok")

    def take(self, to: str) -> None:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        mail = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.server.mails.append((to, mail))
        self.say("250 taken")


class Robot(ThreadingHTTPServer):
    """Takes messages of robots; answers with `status` and `answer`, or leads to `elsewhere`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hook)
        self.status, self.answer, self.elsewhere = 200, {"errcode": 0}, ""
        self.taken: list[tuple[str, Any]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Hook(BaseHTTPRequestHandler):
    server: Robot

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.path, json.loads(sent)))
        self.send_response(302 if self.server.elsewhere else self.server.status)
        if self.server.elsewhere:
            self.send_header("Location", self.server.elsewhere)
        self.end_headers()
        self.wfile.write(json.dumps(self.server.answer).encode())

    def do_GET(self) -> None:
        self.server.taken.append((self.path, None))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *_: object) -> None:
        """Says nothing."""


@contextmanager
def running(server: socketserver.TCPServer) -> Iterator[None]:
    """The server for as long as the block lasts."""
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
