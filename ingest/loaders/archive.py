"""Zip archives (压缩包): the files inside, each under a name that says where it was packed."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import ZipFile, ZipInfo

from ingest.config import DEFAULT_LIMITS, Limits
from ingest.loaders.kinds import RESAVE, UNLOCK, Kind, is_zip, kind_of
from ingest.loaders.limits import PARSER_FAULTS, refusal

UTF8_NAME, ENCRYPTED = 0x800, 0x1
"""Flags of a packed file."""
DEEPEST = 4
LITTER = ("__MACOSX/", ".", "~$", "Thumbs.db", "desktop.ini")
"""What systems and office programs leave in folders, by how its path or name begins."""


def unpack(
    file: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS
) -> tuple[tuple[str, bytes], ...]:
    """The files of an archive with their names, archives inside archives too.

    Anything but an archive is handed back as it came, to be judged when it is loaded.
    """
    files = tuple(_unpack(file, data, limits, DEEPEST))
    if len(files) > limits.archive_files:
        raise refusal(file, f"压缩包里的文件超过 {limits.archive_files} 个", "请分批上传")
    if sum(len(content) for _, content in files) > limits.unpacked_bytes:
        size = limits.unpacked_bytes // (1024 * 1024)
        raise refusal(file, f"解压后超过 {size} MB", "请拆分后上传")
    return files


def _unpack(file: str, data: bytes, limits: Limits, depth: int) -> Iterator[tuple[str, bytes]]:
    if not is_zip(data) or kind_of(file, data, limits) is not Kind.ARCHIVE:
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
                yield from _unpack(f"{file}/{name}", package.read(member), limits, depth - 1)
    except PARSER_FAULTS as error:
        raise refusal(file, "压缩包不完整或已损坏", RESAVE) from error


def _name(member: ZipInfo) -> str:
    """A packed name as it was typed: Windows packs Chinese names in GBK without saying so."""
    if member.flag_bits & UTF8_NAME:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def _is_litter(name: str) -> bool:
    return name.startswith(LITTER) or PurePosixPath(name).name.startswith(LITTER)
