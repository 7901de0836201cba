"""A local server that speaks the OpenAI streaming protocol and answers as a test tells it to."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

Reply = Callable[[list[str]], str]
"""What a model makes of the numbered sentences, or of the paragraph, that it is shown."""


@dataclass
class ChatServer:
    """`reply` words the answer; the other fields are the ways in which a server fails."""

    reply: Reply = "\n".join
    status: int = 200
    body: bytes = b""
    stalled: bool = False
    cut: bool = False
    location: str = ""
    url: str = ""
    messages: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    released: Event = field(default_factory=Event)

    def whole(self) -> bytes:
        """The answer in one piece, as a question that is not streamed wants it."""
        if self.stalled:
            self.released.wait(30)
        message = {"role": "assistant", "content": self.reply([])}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        made = {"id": "1", "object": "chat.completion", "created": 1, "model": "m"}
        return json.dumps(made | {"choices": [choice]}).encode()

    def stream(self, sentences: list[str]) -> Iterator[bytes]:
        for piece in re.findall(r"(?s).{1,7}", self.reply(sentences)):
            choice = {"index": 0, "delta": {"content": piece}, "finish_reason": None}
            chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
            yield f"data: {json.dumps(chunk | {'choices': [choice]})}\n\n".encode()
            if self.stalled:
                self.released.wait(30)
            if self.cut:
                return
        yield b"data: [DONE]\n\n"


@contextmanager
def chat_server() -> Iterator[ChatServer]:
    """A server on a free port, gone at the end."""
    told = ChatServer()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.keys.append(self.headers["Authorization"])
            message = asked["messages"][-1]["content"]
            told.messages.append(message)
            self.send_response(told.status)
            streamed = asked.get("stream")
            kind = "text/event-stream" if streamed else "application/json"
            self.send_header("Content-Type", kind)
            if told.location:
                self.send_header("Location", told.location)
            if told.cut:
                self.send_header("Content-Length", "100000")
            self.end_headers()
            if told.body or told.status != 200:
                self.wfile.write(told.body)
                return
            sentences = re.findall(r"^\d+）.*$|(?<=^原文：\n).*$", message, re.MULTILINE)
            try:
                for chunk in told.stream(sentences) if streamed else (told.whole(),):
                    self.wfile.write(chunk)
                    self.wfile.flush()
            except ConnectionError:
                pass  # the asker had enough

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield told
    finally:
        told.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
