"""A library from a backup (恢复): all of it, into a folder that has none, or nothing.

A backup is not trusted: names, sizes and hashes are looked at before anything stands in its place,
and its database has nothing in it that acts by itself: no triggers, views or computed columns, and
no index but our own.
The database comes last; until it is there, there is no library.
"""

import json
import re
import shutil
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import ExitStack, closing
from hashlib import sha256
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from pydantic import TypeAdapter, ValidationError

from ingest.errors import StoreError, place
from ingest.records.schema import FORMAT
from ingest.storage.backup import ARCHIVE, BYTES_PER_READ, CONTENTS, DATABASE, Contents, Entry
from ingest.storage.home import Home
from ingest.storage.migrations import STEPS
from ingest.types.file_names import known_name

KNOWN_FORMATS = frozenset({"", FORMAT, *STEPS})
ENTRY_NAMES = re.compile(r"library\.db|files/[0-9a-f]{64}|rules/[^/\\\x00]+\.toml")
MAX_CONTENTS_BYTES = 64 << 20
"""Maximum size of `backup.json`, which has some hundred bytes for each document."""
MIN_FREE_BYTES = 32 << 20
"""What stays free on the disk."""
DAMAGED = "备份文件 {file} 已损坏或不是绩问的备份（{why}），请换用另一份备份。"


ACTING = re.compile(r"\b(?:AS|CHECK|COLLATE|GENERATED|WHERE)\b", re.IGNORECASE)
"""Words in the making of a table that compute something; ours have none."""
INDEXED = {
    "documents": ("state", "lineage", "copy_of", "file"),
    "corrections": ("document_id", "lineage", "file"),
    "as_read": ("document_id",),
    "templates": ("signature",),
    "layouts": ("document_id", "signature"),
    "readings": ("document_id",),
    "coverage": ("document_id",),
    "departed": ("lineage",),
    "figures": ("id", "document_id", "department"),
    "indicators": ("id", "document_id", "department"),
    "tasks": ("id", "document_id", "department"),
    "passages": ("id", "document_id", "department"),
    "sessions": ("user", "expires"),
    "tokens": ("user",),
    "activity": ("at",),
    "conversations": ("user",),
    "turns": ("conversation", "feedback"),
    "drafts": ("id", "user"),
    "draft_comments": ("draft",),
    "views": ("user",),
}
"""The columns that have an index, in every format and release so far. Any other index could refuse
what is written later, or stand where one of ours is to be made."""
OWN_INDEXES = {
    f"ix_{table}_{column}": f"CREATE INDEX ix_{table}_{column} ON {table} ({column})"
    for table, columns in INDEXED.items()
    for column in columns
}
"""The name of each of our indexes, and how it is made."""
WORD_INDEX = re.compile(r"CREATE VIRTUAL TABLE \"?(?:words|word_counts)\"? USING fts5(?:vocab)?\(")
"""The only virtual tables: see `ingest.records.fts5_index`."""


def accept(_: Path) -> None:
    """Looks at nothing."""


def restore_backup(
    home: Home, source: Path, *, with_database: bool, review: Callable[[Path], None] = accept
) -> Contents:
    """Puts what the backup holds into the library's folder, which must not have a library.

    `with_database` is False where a server has the database. `review` looks at the folder in which
    everything is unpacked, and may raise or change it, before it becomes the library. Killed in
    between, it can be run again. Raises StoreError; nothing has changed then, and nothing is left.
    """
    if not home.own():
        raise StoreError(f"资料库 {place(home.folder)} 正由另一个绩问程序使用，请先关闭它再恢复。")
    try:
        staging = home.restoring
        with ExitStack() as undoing:
            undoing.callback(home.leave)
            _clear_the_way(home, staging)
            undoing.callback(shutil.rmtree, staging, ignore_errors=True)
            with ZipFile(source) as archive:
                contents = _contents(archive, source, with_database=with_database)
                _unpack(archive, contents, staging, source)
            _check_database(staging / DATABASE, source)
            review(staging)
            undoing.pop_all()
        _put_in_place(home, staging)
        return contents
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise StoreError(DAMAGED.format(file=place(source), why="压缩包无法读取")) from error
    except OSError as error:
        raise StoreError(
            f"备份 {place(source)} 无法恢复到 {place(home.folder)}，请检查文件、磁盘空间和权限"
            f"（{error.strerror}）。"
        ) from error
    finally:
        home.release()


def _clear_the_way(home: Home, staging: Path) -> None:
    """Makes sure that there is no library, and nothing of a restore that was killed."""
    rules = home.folder / "rules"
    occupied = home.originals() or any(rules.glob("*"))
    if (home.folder / DATABASE).exists() or (occupied and not staging.exists()):
        raise StoreError(
            f"{place(home.folder)} 里已有资料库，恢复不会覆盖它，请用 --home 另选一个空目录。"
        )
    if staging.exists():
        for left in (home.folder / "files", rules, staging):
            shutil.rmtree(left, ignore_errors=True)


def _contents(archive: ZipFile, source: Path, *, with_database: bool) -> Contents:
    """What the backup says it holds, checked against what is in it and what may be."""
    try:
        if archive.getinfo(CONTENTS).file_size > MAX_CONTENTS_BYTES:
            raise StoreError(DAMAGED.format(file=place(source), why="目录过大"))
        document = json.loads(archive.read(CONTENTS))
        contents = TypeAdapter(Contents).validate_python(document)
    except (KeyError, ValueError, RecursionError, ValidationError) as error:
        raise StoreError(DAMAGED.format(file=place(source), why="没有备份目录")) from error
    if contents.archive != ARCHIVE or contents.format not in KNOWN_FORMATS:
        raise StoreError(
            f"备份文件 {place(source)} 的格式是 {contents.format or contents.archive}，"
            f"本程序只认识到 {FORMAT}，请换用新版本的程序再恢复。"
        )
    names = [entry.name for entry in contents.entries]
    stored = sorted(info.filename for info in archive.infolist())
    proper = all(ENTRY_NAMES.fullmatch(name) and known_name(name) == name for name in names)
    if sorted([*names, CONTENTS]) != stored or not proper:
        raise StoreError(DAMAGED.format(file=place(source), why="文件名与目录不符"))
    if with_database != (DATABASE in names):
        raise StoreError(
            f"备份文件 {place(source)} 里{'没有数据库，' if with_database else '有数据库，'}"
            f"请{'设置' if with_database else '去掉'} JIWEN_DATABASE_URL 后再恢复。"
        )
    return contents


def _unpack(archive: ZipFile, contents: Contents, staging: Path, source: Path) -> None:
    staging.mkdir()
    if (
        sum(max(entry.size, 0) for entry in contents.entries) + MIN_FREE_BYTES
        > shutil.disk_usage(staging).free
    ):
        raise StoreError(f"磁盘空间不足，备份 {place(source)} 无法恢复，请腾出空间或另选目录。")
    for folder in ("files", "rules"):
        (staging / folder).mkdir()
    for entry in contents.entries:
        if not _unpacked(archive, entry, staging / entry.name):
            raise StoreError(
                DAMAGED.format(file=place(source), why=f"{entry.name[:20]} 与目录不符")
            )


def _unpacked(archive: ZipFile, entry: Entry, target: Path) -> bool:
    """Whether the file is what the contents say, and no byte more was written than that."""
    summed, size = sha256(), 0
    with archive.open(entry.name) as stored, target.open("wb") as file:
        while piece := stored.read(BYTES_PER_READ):
            size += len(piece)
            if size > entry.size:
                return False
            summed.update(piece)
            file.write(piece)
    named = entry.name.removeprefix("files/")
    return (
        size == entry.size
        and summed.hexdigest() == entry.sha256
        and (named == entry.name or named == entry.sha256)
    )


def _check_database(database: Path, source: Path) -> None:
    if not database.exists():
        return
    try:
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA trusted_schema=OFF")
            made = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
            strange = [name for kind, name, sql in made if not _is_ours(kind, name, sql)]
            if strange:
                why = f"数据库里有不属于资料库的 {str(strange[0])[:40]}"
                raise StoreError(DAMAGED.format(file=place(source), why=why))
            (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        raise StoreError(DAMAGED.format(file=place(source), why="数据库无法读取")) from error
    if verdict != "ok":
        raise StoreError(DAMAGED.format(file=place(source), why="数据库不完整"))


def _is_ours(kind: str, name: str, sql: str | None) -> bool:
    """Whether it only holds what is put into it: a table, our index or that of words."""
    if kind == "index":  # one without SQL comes with its table
        return sql is None or " ".join(sql.split()) == OWN_INDEXES.get(name)
    made = sql or ""
    if made.lstrip()[:14].upper() == "CREATE VIRTUAL":
        return WORD_INDEX.match(made) is not None
    return kind == "table" and not ACTING.search(made)


def _put_in_place(home: Home, staging: Path) -> None:
    """Originals and rules first: with the database there is a library."""
    for folder in ("files", "rules"):
        shutil.rmtree(home.folder / folder, ignore_errors=True)
        (staging / folder).replace(home.folder / folder)
    if (staging / DATABASE).exists():
        (staging / DATABASE).replace(home.folder / DATABASE)
    shutil.rmtree(staging)
