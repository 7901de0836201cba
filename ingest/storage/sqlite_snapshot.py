"""A copy of a SQLite database as it is at one moment (快照), while others read and write it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from ingest.errors import StoreError, place
from ingest.storage.private_folder import FILE


def copy_database(source: Path, target: Path) -> None:
    """Copies the whole database: what was committed before is in it, nothing half.

    Only this account may read it. Raises StoreError where it cannot be; nothing is left at
    `target` then.
    """
    try:
        target.unlink(missing_ok=True)
        target.touch(mode=FILE, exist_ok=False)
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)) as database,
            closing(sqlite3.connect(target)) as copy,
        ):
            database.backup(copy)
    except (sqlite3.Error, OSError) as error:
        target.unlink(missing_ok=True)
        raise StoreError(
            f"数据库 {place(source)} 无法复制到 {place(target)}，"
            f"请检查磁盘空间和权限{place(f'（{error}）')}。"
        ) from error
