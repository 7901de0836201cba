"""Archives and e-mails (压缩包与邮件): the files inside, under names that say where they were."""

import lzma
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from ingest.config import DEFAULT_LIMITS, MEGABYTE, Limits
from ingest.loaders.file_types import RESAVE
from ingest.loaders.packages import Member, members_of
from ingest.loaders.passwords import unlocked
from ingest.loaders.refusals import PARSER_FAULTS, refusal

FAULTS: tuple[type[Exception], ...] = (
    *(*PARSER_FAULTS, LookupError),
    *(lzma.LZMAError, tarfile.TarError),
)
MAX_NESTING = 4
"""Maximum number of archives inside each other."""
LITTER = ("__MACOSX/", ".", "~$", "Thumbs.db", "desktop.ini")
"""What systems and office programs leave in folders, by how its path or name begins."""


def unpack(
    file: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS, password: str = ""
) -> tuple[tuple[str, bytes], ...]:
    """The files of an archive with their names, archives inside archives too.

    Anything but an archive is handed back as it came, to be judged when it is loaded; opened where
    it has this `password`. What members
    announce is counted before they are unpacked, in nested archives together.
    """
    return tuple(_Opened(file, limits, password).files(file, data, MAX_NESTING))


@dataclass(slots=True)
class _Opened:
    """An archive on the way out of its package, and what it has come to so far."""

    file: str
    limits: Limits
    password: str
    count: int = 0
    size: int = 0

    def files(self, file: str, data: bytes, depth: int) -> Iterator[tuple[str, bytes]]:
        try:
            if self.password:
                data = unlocked(file, data, self.password)
            members = members_of(file, data, self.limits, self.password)
            if members is None:
                yield file, data
                return
            if not depth:
                raise refusal(file, "压缩包层层嵌套过深", "请解压后上传")
            for member in members:
                if _is_litter(member.name):
                    continue
                self.take(member)
                yield from self.files(f"{file}/{member.name}", member.read(), depth - 1)
        except FAULTS as error:
            raise refusal(file, "压缩包或邮件不完整或已损坏", RESAVE) from error

    def take(self, member: Member) -> None:
        """Counts a member; a LoadError where the archive becomes too large with it."""
        self.count += 1
        self.size += member.size
        if self.count > self.limits.archive_files:
            most = self.limits.archive_files
            raise refusal(self.file, f"压缩包里的文件超过 {most} 个", "请分批上传")
        if self.size > self.limits.unpacked_bytes:
            most = self.limits.unpacked_bytes // MEGABYTE
            raise refusal(self.file, f"解压后超过 {most} MB", "请拆分后上传")


def _is_litter(name: str) -> bool:
    return name.startswith(LITTER) or PurePosixPath(name).name.startswith(LITTER)
