"""The library's folder (资料库目录): where each store lives, the original files, who may write."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import IO

from ingest.errors import StoreError, place
from ingest.storage.private_folder import FOLDER, make_private


class Home:
    """One folder, closed to other accounts; originals are kept under the sha256 of their bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = folder / "files"
        self._lock: IO[str] | None = None
        folders = (self._files, folder, *folder.parents)
        try:
            self._made = [path for path in folders if not path.exists()]
            make_private(folder)
            self._files.mkdir(mode=FOLDER, exist_ok=True)
        except OSError as error:
            raise StoreError(f"资料库目录 {place(folder)} 无法创建，请检查路径和权限。") from error

    @property
    def database_url(self) -> str:
        """The address of the SQLite database in the folder."""
        return f"sqlite:///{self.folder / 'library.db'}"

    @property
    def chroma(self) -> Path:
        """The folder of the vector store."""
        return self.folder / "chroma"

    @property
    def has_users(self) -> Path:
        """The file that is there once the library has had a user: see `Accounts`."""
        return self.folder / "has-users"

    @property
    def backups(self) -> Path:
        """Where copies are kept that are made by themselves, before a change of format."""
        folder = self.folder / "backups"
        folder.mkdir(mode=FOLDER, exist_ok=True)
        return folder

    @property
    def restoring(self) -> Path:
        """Where a backup is unpacked; it is there as long as a restore is not done."""
        return self.folder / "restoring"

    @property
    def owned(self) -> bool:
        """Whether this process is the one that writes."""
        return self._lock is not None

    def own(self) -> bool:
        """Makes this process the only one that writes; False where another is."""
        if self._lock is None:
            path = self.folder / "lock"
            new = not path.exists()
            try:
                lock = path.open("a")
            except OSError as error:
                raise StoreError(
                    f"资料库目录 {place(self.folder)} 无法写入，"
                    "请检查磁盘是否只读、是否已满和目录权限。"
                ) from error
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                return False
            if not _is_at(lock, path):  # whoever owned it has left the folder meanwhile
                lock.close()
                return self.own()
            self._lock = lock
            if new:
                self._made.insert(0, path)
        return True

    def release(self) -> None:
        """Lets another process write."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def leave(self) -> None:
        """Takes away what opening and owning the folder made, as far as nothing was put into it.

        Only who owns it may, so that nobody else believes to own what is no longer there.
        """
        for path in self._made if self.owned else ():
            with suppress(OSError):  # something is in it
                if path.is_dir():
                    path.rmdir()
                else:
                    path.unlink()

    def save(self, document_id: str, data: bytes) -> None:
        """Keeps an original file: it is there whole, on disk, or not at all."""
        path = self._files / document_id
        partial = path.with_suffix(".part")
        try:
            with partial.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise StoreError(
                f"原文件无法存入 {place(self._files)}，请检查磁盘空间和权限。"
            ) from error

    def path_of(self, document_id: str) -> Path:
        """Where an original file is kept."""
        return self._files / document_id

    def original(self, document_id: str) -> bytes | None:
        """The bytes as they were handed in; None where they are not kept."""
        try:
            return (self._files / document_id).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"原文件 {document_id[:12]} 无法读取，请检查磁盘和权限。") from error

    def remove(self, document_id: str) -> None:
        """Deletes an original file, if it is there."""
        for suffix in ("", ".part"):
            (self._files / (document_id + suffix)).unlink(missing_ok=True)

    def originals(self) -> frozenset[str]:
        """The documents whose original file is kept."""
        return frozenset(path.name for path in self._files.iterdir())


def _is_at(file: IO[str], path: Path) -> bool:
    """Whether it is still this file that stands there."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
