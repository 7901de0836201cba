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

from ingest.loaders.file_names import known_name
from ingest.loaders.page_images import PageImage
from ingest.records.rows import Packed
from ingest.workers.parse_file import Parsed

if TYPE_CHECKING:
    from msgspec.msgpack import Decoder

T = TypeVar("T")
LEARNING = Lock()
"""msgspec learns a class when it first meets it; a second thread that meets it half learnt ends
the program with a segmentation fault."""
Place = tuple[int, int]
"""A page, and how many there are."""
Files = tuple[tuple[str, bytes], ...]
"""Files by name."""
LENGTH = 8
"""Bytes before each message that say how long it is."""


@dataclass(frozen=True, slots=True)
class Request:
    """A file to be understood; or, where `page` is given, a picture of that page of it; or to be
    unpacked."""

    file: str
    data: bytes
    page: int | None = None
    unpack: bool = False


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


def packed(message: object) -> bytes:
    import msgspec

    return msgspec.msgpack.encode(message)


def unpacked(message: bytes, kind: type[T]) -> T:
    """The message, if it is of this kind; a ValueError if it is not."""
    return cast(T, _decoder(cast(Hashable, kind)).decode(message))


@cache
def _decoder(kind: Hashable) -> "Decoder[object]":
    import msgspec

    with LEARNING:
        return msgspec.msgpack.Decoder(kind)


def send(line: IO[bytes], message: Request | Reply) -> None:
    whole = packed(message)
    line.write(len(whole).to_bytes(LENGTH))
    line.write(whole)
    line.flush()


def receive(line: IO[bytes], kind: type[T], most: int) -> T:
    """The next message; an EOFError at the end of the line, a ValueError for anything else.

    `most`: bytes that it may have.
    """
    length = int.from_bytes(line.read(LENGTH))
    if not 0 < length <= most:
        raise EOFError if not length else ValueError(f"a message of {length} bytes")
    whole = line.read(length)
    if len(whole) < length:
        raise EOFError
    return unpacked(whole, kind)


def is_about(said: Reply, request: Request) -> bool:
    """Whether an answer is about nothing but the file that was handed over."""
    packed = said.parsed.packed if said.parsed else None
    inside = f"{request.file}/"
    return (packed is None or speaks_of(packed, request)) and all(
        name == known_name(name) and name.startswith(inside) for name, _ in said.files or ()
    )


def speaks_of(told: Packed, request: Request) -> bool:
    """Whether all that is to be stored is of the file that was handed over."""
    id = sha256(request.data).hexdigest()
    rows = (*told.coverage, *told.as_read, *(row for rows in told.facts for row in rows))
    record, document = told.record, told.document
    return (
        (record.id, record.file) == (document["id"], document["file"]) == (id, request.file)
        and all(row["document_id"] == id for row in rows)
        and all(passage.document_id == id for passage in told.passages)
    )
