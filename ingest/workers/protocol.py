"""What the library and a process that reads files say to each other (进程间消息): msgpack, typed.

A reader has a hostile file in its hands and might be taken over by it: what it answers is data of
the types named here or is not accepted at all, and it speaks of no other document than it was
given. Nothing is unpickled.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from threading import Lock
from typing import IO, TYPE_CHECKING, TypeVar, cast

from ingest.loaders.page_images import PageImage
from ingest.records.rows import Packed
from ingest.templates.types import Taught
from ingest.types.file_names import known_name
from ingest.workers.parse_file import Parsed

if TYPE_CHECKING:
    from msgspec.msgpack import Decoder

T = TypeVar("T")
DECODER_LOCK = Lock()
"""Held while a decoder is made: msgspec inspects a class when it first meets it, and a second
thread that meets it half inspected ends the program with a segmentation fault."""
Place = tuple[int, int]
"""A page, and how many there are."""
Files = tuple[tuple[str, bytes], ...]
"""Files by name."""
LENGTH_BYTES = 8
"""Bytes before each message that say how long it is."""


@dataclass(frozen=True, slots=True)
class Request:
    """A file to be understood by what was `taught`; or, where `page` is given, a picture of that
    page of it; or to be unpacked, and opened with a `password`."""

    file: str
    data: bytes
    page: int | None = None
    unpack: bool = False
    taught: tuple[Taught, ...] = ()
    password: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """Where a reader is at, or its answer: what it understood, or a picture, or the files of an
    archive, or why there is none.

    All empty: it is ready, or there is no such page, or it is no archive.
    """

    place: Place | None = None
    parsed: Parsed | None = None
    image: PageImage | None = None
    files: Files | None = None
    error: str = ""


def encoded(message: object) -> bytes:
    """The message as msgpack."""
    import msgspec

    return msgspec.msgpack.encode(message)


def decoded(message: bytes, kind: type[T]) -> T:
    """The message, if it is of this kind; a ValueError if it is not."""
    return cast(T, _decoder(cast(Hashable, kind)).decode(message))


@cache
def _decoder(kind: Hashable) -> "Decoder[object]":
    import msgspec

    with DECODER_LOCK:
        return msgspec.msgpack.Decoder(kind)


def send(line: IO[bytes], message: Request | Reply) -> None:
    """Writes one message, its length before it."""
    message_bytes = encoded(message)
    line.write(len(message_bytes).to_bytes(LENGTH_BYTES))
    line.write(message_bytes)
    line.flush()


def receive(line: IO[bytes], kind: type[T], max_bytes: int) -> T:
    """The next message; an EOFError at the end of the line, a ValueError for anything else.

    `max_bytes` is the most that it may have.
    """
    length = int.from_bytes(line.read(LENGTH_BYTES))
    if not 0 < length <= max_bytes:
        raise EOFError if not length else ValueError(f"a message of {length} bytes")
    message_bytes = line.read(length)
    if len(message_bytes) < length:
        raise EOFError
    return decoded(message_bytes, kind)


def is_about(reply: Reply, request: Request) -> bool:
    """Whether an answer is about nothing but the file that was handed over."""
    packed = reply.parsed.packed if reply.parsed else None
    inside = f"{request.file}/"
    alone = [name for name, _ in reply.files or ()] == [request.file] and request.password
    return bool(alone) or (
        (packed is None or speaks_of(packed, request))
        and all(
            name == known_name(name) and name.startswith(inside) for name, _ in reply.files or ()
        )
    )


def speaks_of(packed: Packed, request: Request) -> bool:
    """Whether all that is to be stored is of the file that was handed over."""
    id = sha256(request.data).hexdigest()
    beside = (*packed.coverage, *packed.as_read, *packed.layouts)
    rows = (*beside, *(row for rows in packed.facts for row in rows))
    record, document = packed.record, packed.document
    return (
        (record.id, record.file) == (document["id"], document["file"]) == (id, request.file)
        and all(row["document_id"] == id for row in rows)
        and all(passage.document_id == id for passage in packed.passages)
    )
