"""Compound files (OLE), as Outlook keeps its messages: streams in folders, in sectors."""

import struct
from collections.abc import Mapping

SECTOR, SHORTEST, STREAM = 512, 4096, 2
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
Folder = Mapping[str, "bytes | Folder"]


def compound_file(root: Folder) -> bytes:
    """A compound file of streams and folders by their names; short streams are filled with zeros,
    as those below 4096 bytes would stand in a stream of their own."""
    entries: list[list[object]] = [["Root Entry", 5, FREE, FREE, END, b""]]

    def add(folder: Folder, parent: int) -> None:
        before = None
        for name, content in folder.items():
            number = len(entries)
            is_stream = isinstance(content, bytes)
            entries.append(
                [name, STREAM if is_stream else 1, FREE, FREE, END, content if is_stream else b""]
            )
            if before is None:
                entries[parent][3] = number
            else:
                entries[before][2] = number
            before = number
            if not isinstance(content, bytes):
                add(content, number)

    add(root, 0)
    sectors: list[bytes] = []
    chain: list[int] = []

    def put(data: bytes) -> int:
        first = len(sectors)
        pieces = [data[n : n + SECTOR].ljust(SECTOR, b"\0") for n in range(0, len(data), SECTOR)]
        sectors.extend(pieces)
        chain.extend([*range(first + 1, first + len(pieces)), END])
        return first

    for entry in entries:
        content = entry[5]
        assert isinstance(content, bytes)
        if entry[1] == STREAM:
            entry[5] = content = content.ljust(SHORTEST, b"\0")
            entry[4] = put(content)
    listed = b"".join(_entry(*entry) for entry in entries)  # type: ignore[arg-type]
    empty = _entry("", 0, FREE, FREE, 0, b"")
    directory = put(listed + empty * (-len(entries) % 4))
    table = len(sectors)
    chain.append(FAT)
    assert len(chain) <= SECTOR // 4, "a file of one table only"
    sectors.append(struct.pack("<128I", *chain, *[FREE] * (128 - len(chain))))
    head = struct.pack("<8s16s6H", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 62, 3, 0xFFFE, 9, 6, 0)
    head += struct.pack("<I5I", 0, 0, 1, directory, 0, SHORTEST)
    head += struct.pack("<4I", END, 0, END, 0) + struct.pack("<109I", table, *[FREE] * 108)
    return head.ljust(SECTOR, b"\0") + b"".join(sectors)


def _entry(name: str, kind: int, right: int, child: int, start: int, content: bytes) -> bytes:
    spelt = name.encode("utf-16-le")
    length = len(spelt) + 2 if name else 0
    return struct.pack(
        "<64sHBBIII16sI8s8sIQ",
        *(spelt, length, kind, 1, FREE, right, child, b"", 0, b"", b"", start, len(content)),
    )
