"""Zip archives (压缩包): the files inside, each under a name that says where it was packed."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import ZipFile, ZipInfo

from ingest.config import DEFAULT_LIMITS, MEGABYTE, Limits
from ingest.loaders.file_types import RESAVE, UNLOCK, Kind, is_zip, kind_of
from ingest.loaders.refusals import PARSER_FAULTS, refusal
from ingest.types.file_names import known_name

UTF8_NAME, ENCRYPTED = 0x800, 0x1
"""Flags of a packed file."""
MAX_NESTING = 4
"""Maximum number of archives inside each other."""
LITTER = ("__MACOSX/", ".", "~$", "Thumbs.db", "desktop.ini")
"""What systems and office programs leave in folders, by how its path or name begins."""


def unpack(
    file: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS
) -> tuple[tuple[str, bytes], ...]:
    """The files of an archive with their names, archives inside archives too.

    Anything but an archive is handed back as it came, to be judged when it is loaded. What members
    announce is counted before they are unpacked, in nested archives together.
    """
    return tuple(_Opened(file, limits).files(file, data, MAX_NESTING))


@dataclass(slots=True)
class _Opened:
    """An archive on the way out of its package, and what it has come to so far."""

    file: str
    limits: Limits
    count: int = 0
    size: int = 0

    def files(self, file: str, data: bytes, depth: int) -> Iterator[tuple[str, bytes]]:
        if not is_zip(data) or kind_of(file, data, self.limits) is not Kind.ARCHIVE:
            yield file, data
            return
        if not depth:
            raise refusal(file, "压缩包层层嵌套过深", "请解压后上传")
        try:
            with ZipFile(BytesIO(data)) as package:
                for member in package.infolist():
                    name = _name(member)
                    if member.is_dir() or _is_litter(name):
                        continue
                    if member.flag_bits & ENCRYPTED:
                        raise refusal(file, "压缩包设有密码", UNLOCK)
                    self.take(member)
                    yield from self.files(f"{file}/{name}", package.read(member), depth - 1)
        except PARSER_FAULTS as error:
            raise refusal(file, "压缩包不完整或已损坏", RESAVE) from error

    def take(self, member: ZipInfo) -> None:
        """Counts a member; a LoadError where the archive becomes too large with it."""
        self.count += 1
        self.size += member.file_size
        if self.count > self.limits.archive_files:
            most = self.limits.archive_files
            raise refusal(self.file, f"压缩包里的文件超过 {most} 个", "请分批上传")
        if self.size > self.limits.unpacked_bytes:
            most = self.limits.unpacked_bytes // MEGABYTE
            raise refusal(self.file, f"解压后超过 {most} MB", "请拆分后上传")


def _name(member: ZipInfo) -> str:
    """A packed name as it was typed: Windows packs Chinese names in GBK without saying so."""
    name = member.filename
    if not member.flag_bits & UTF8_NAME:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("gb18030")
    return known_name(name)


def _is_litter(name: str) -> bool:
    return name.startswith(LITTER) or PurePosixPath(name).name.startswith(LITTER)
