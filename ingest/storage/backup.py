"""One file that holds a library (备份), written while the library is in use.

A zip with the database as it was at one moment, the original file of every document that it had
then, and the library's own rule packs. Vectors are not in it: they are made anew from the records,
by whatever embedding model the library then has. `backup.json` says what must be in the file.
"""

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from ingest.errors import StoreError, place
from ingest.storage.home import Home
from ingest.storage.private_folder import FILE
from ingest.storage.sqlite_snapshot import copy_database

ARCHIVE = 1
"""Version of the layout of these files."""
CONTENTS = "backup.json"
DATABASE = "library.db"
MAX_TRIES = 50
"""Maximum number of snapshots: a document that is deleted meanwhile makes a new one necessary."""
BYTES_PER_READ = 1 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the archive: its name there, how long it is, and its bytes' hash."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup says that it holds; `format` is that of its database, "" without one."""

    archive: int
    format: str
    created: str
    documents: int
    entries: tuple[Entry, ...]


def write_backup(
    home: Home, target: Path, *, database: Path | None, documents: Callable[[], Iterable[str]]
) -> Contents:
    """Writes the library to `target`, which must not exist: it is there whole or not at all.

    `database` is its SQLite file, None where a server has it: then `documents` tells their ids.
    """
    if target.exists():
        raise StoreError(f"{place(target)} 已经存在，备份不会覆盖它，请换一个文件名。")
    partial = target.with_name(target.name + ".part")
    snapshot = target.with_name(target.name + ".db.part")
    try:
        with _translated(target):
            partial.unlink(missing_ok=True)
            partial.touch(mode=FILE, exist_ok=False)  # it holds the users' password hashes
            with ZipFile(partial, "w", ZIP_DEFLATED, compresslevel=1) as archive:
                contents = _write(home, archive, database, snapshot, documents)
            with partial.open("rb") as written:
                os.fsync(written.fileno())
            partial.replace(target)
            return contents
    finally:
        for left in (partial, snapshot, Path(f"{snapshot}-journal")):
            left.unlink(missing_ok=True)


def _write(
    home: Home,
    archive: ZipFile,
    database: Path | None,
    snapshot: Path,
    documents: Callable[[], Iterable[str]],
) -> Contents:
    originals: dict[str, Entry] = {}
    ids, version = _originals(home, archive, originals, database, snapshot, documents)
    entries = [originals[id] for id in ids]
    if database is not None:
        entries.append(_stored(archive, DATABASE, snapshot))
    for path in sorted((home.folder / "rules").glob("*.toml")):
        entries.append(_stored(archive, f"rules/{path.name}", path))
    now = datetime.now(UTC).isoformat(timespec="seconds")
    contents = Contents(ARCHIVE, version, now, len(ids), tuple(entries))
    archive.writestr(CONTENTS, json.dumps(asdict(contents), ensure_ascii=False, indent=1))
    return contents


def _originals(
    home: Home,
    archive: ZipFile,
    entries: dict[str, Entry],
    database: Path | None,
    snapshot: Path,
    documents: Callable[[], Iterable[str]],
) -> tuple[tuple[str, ...], str]:
    """Keeps the originals of all documents of one moment; their ids and the database's format.

    An original goes when its document is deleted: then what the library holds is asked again.
    Its bytes never change, so what is kept already stays good.
    """
    for _ in range(MAX_TRIES):
        ids, version = tuple(documents()) if database is None else (), ""
        if database is not None:
            copy_database(database, snapshot)
            ids, version = _published(snapshot)
        if all(id in entries or _keep(home, archive, id, entries) for id in ids):
            return ids, version
    raise StoreError(
        f"资料库 {place(home.folder)} 缺少原文件，无法完整备份，"
        "请用 jiwen verify-store 查看是哪些文件。"
    )


def _keep(home: Home, archive: ZipFile, id: str, entries: dict[str, Entry]) -> bool:
    try:
        entries[id] = _stored(archive, f"files/{id}", home.path_of(id))
    except FileNotFoundError:
        return False
    return True


def _stored(archive: ZipFile, name: str, path: Path) -> Entry:
    summed, size = sha256(), 0
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as stored:
        while piece := source.read(BYTES_PER_READ):
            summed.update(piece)
            size += len(piece)
            stored.write(piece)
    return Entry(name, size, summed.hexdigest())


def _published(database: Path) -> tuple[tuple[str, ...], str]:
    """The documents that are visible in a copy of the database, and its format."""
    with closing(sqlite3.connect(database)) as connection:
        ids = connection.execute("SELECT id FROM documents WHERE state = 'ready' ORDER BY number")
        row = connection.execute("SELECT value FROM meta WHERE name = 'format'").fetchone()
        return tuple(id for (id,) in ids), str(row[0])


@contextmanager
def _translated(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"备份无法写入 {place(target)}，请检查目录、磁盘空间和权限（{error.strerror}）。"
        ) from error
