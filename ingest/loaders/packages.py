"""What holds other files (打包的文件): archives, and e-mails with attachments.

Each kind gives its members one by one, with what they announce before they are unpacked.
"""

import bz2
import gzip
import lzma
import re
import tarfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import (
    CloseBoundaryNotFoundDefect,
    InvalidBase64LengthDefect,
    StartBoundaryNotFoundDefect,
)
from email.message import EmailMessage
from functools import partial
from io import BytesIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from zipfile import ZipFile, ZipInfo

from ingest.config import MEGABYTE, Limits
from ingest.errors import LoadError
from ingest.loaders.file_types import (
    COMPRESSED,
    FOREIGN_PACKED,
    GZIP,
    RESAVE,
    UNLOCK,
    Kind,
    is_mail,
    is_outlook,
    is_zip,
    kind_of,
)
from ingest.loaders.refusals import refusal
from ingest.types.file_names import known_name

if TYPE_CHECKING:
    from libarchive.entry import ArchiveEntry

UTF8_NAME, ENCRYPTED = 0x800, 0x1
"""Flags of a file packed in a zip."""
BODY = "正文"
"""What the text of an e-mail is called beside its attachments."""
CUT_SHORT = (CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect, InvalidBase64LengthDefect)
"""What is wrong with a message that was not kept whole."""
MAX_MAIL_HEADERS = 20_000
"""Maximum number of lines of a mail that begin as headers do: each is looked through many times."""
_HEADER = re.compile(rb"^[A-Za-z][A-Za-z0-9-]*:", re.MULTILINE)
TAR_SIGN = slice(257, 262)


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside another: its path there, its size as announced, and what it holds."""

    name: str
    size: int
    read: Callable[[], bytes]


def members_of(
    file: str, data: bytes, limits: Limits, password: str = ""
) -> Iterator[Member] | None:
    """The files inside a file; None for one that holds no others."""
    if is_zip(data):
        packed = kind_of(file, data, limits) is Kind.ARCHIVE
        return _in_zip(file, data, password) if packed else None
    if data.startswith(FOREIGN_PACKED):
        return _in_foreign(file, data, limits)
    if data.startswith(COMPRESSED) or data[TAR_SIGN] == b"ustar":
        return _in_tar(file, data, limits)
    if is_outlook(data):
        return _in_outlook(data)
    return _in_mail(data) if is_mail(data) else None


def _in_zip(file: str, data: bytes, password: str) -> Iterator[Member]:
    with ZipFile(BytesIO(data)) as package:
        for member in package.infolist():
            if member.is_dir():
                continue
            locked = member.flag_bits & ENCRYPTED
            if locked and not password:
                raise refusal(file, "压缩包设有密码", UNLOCK)
            read = partial(package.read, member)
            if locked:
                read = partial(_unlocked, file, package, member, password)
            yield Member(_zip_name(member), member.file_size, read)


def _unlocked(file: str, package: ZipFile, member: ZipInfo, password: str) -> bytes:
    """What a locked file of a zip holds."""
    try:
        return package.read(member, password.encode())
    except NotImplementedError as error:
        reason = "压缩包的加密方式（AES）读不了"
        raise refusal(file, reason, "请去除密码或用传统加密重新打包") from error
    except RuntimeError as error:
        raise refusal(file, "压缩包的密码不对", "请核对密码后重试") from error


def _zip_name(member: ZipInfo) -> str:
    """A packed name as it was typed: Windows packs Chinese names in GBK without saying so."""
    name = member.filename
    if not member.flag_bits & UTF8_NAME:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("gb18030")
    return known_name(name)


def _in_tar(file: str, data: bytes, limits: Limits) -> Iterator[Member]:
    """The files of a tar archive, packed or not; the one file of a gzip."""
    plain = _expanded(file, data, limits)
    if plain[TAR_SIGN] != b"ustar":
        name = PurePosixPath(file).name.removesuffix(".gz")
        yield Member(known_name(name), len(plain), partial(bytes, plain))
        return
    with tarfile.open(fileobj=BytesIO(plain), mode="r:") as archive:
        for entry in archive:
            if entry.isfile():  # no links, no devices
                read = partial(_tar_bytes, archive, entry)
                yield Member(known_name(entry.name), entry.size, read)


def _tar_bytes(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    opened = archive.extractfile(entry)
    return b"" if opened is None else opened.read()


def _expanded(file: str, data: bytes, limits: Limits) -> bytes:
    """What a compressed file holds, refused where it is more than may be unpacked."""
    if not data.startswith(COMPRESSED):
        return data
    kind = gzip if data.startswith(GZIP) else bz2 if data.startswith(b"BZh") else lzma
    with kind.open(BytesIO(data)) as opened:
        plain: bytes = opened.read(limits.unpacked_bytes + 1)
    if len(plain) > limits.unpacked_bytes:
        most = limits.unpacked_bytes // MEGABYTE
        raise refusal(file, f"解压后超过 {most} MB", "请拆分后上传")
    if not plain:
        raise refusal(file, "压缩包是空的", RESAVE)
    return plain


def _in_foreign(file: str, data: bytes, limits: Limits) -> Iterator[Member]:
    """The files of a 7z or RAR archive, by libarchive where it is installed."""
    try:
        import libarchive
    except (ImportError, OSError, AttributeError, TypeError) as error:  # as it tells its library
        reason = "这种压缩包要靠 libarchive 解开而本机没有安装"
        raise refusal(file, reason, "请用 zip 重新打包后上传，或安装 libarchive") from error
    try:
        with libarchive.memory_reader(data) as archive:
            for entry in archive:
                if entry.isfile:
                    read = partial(_blocks, file, entry, limits)
                    yield Member(known_name(entry.pathname), entry.size or 0, read)
    except libarchive.ArchiveError as error:
        raise _foreign_refusal(file, error) from error


def _blocks(file: str, entry: "ArchiveEntry", limits: Limits) -> bytes:
    """What a file holds, however little it announced."""
    from libarchive import ArchiveError

    taken, size = [], 0
    try:
        for block in entry.get_blocks():
            size += len(block)
            if size > limits.unpacked_bytes:
                raise ValueError("more than may be unpacked")
            taken.append(block)
    except ArchiveError as error:
        raise _foreign_refusal(file, error) from error
    return b"".join(taken)


def _foreign_refusal(file: str, error: Exception) -> LoadError:
    """Why a 7z or RAR archive is not opened: libarchive opens none of those that are locked."""
    if any(word in str(error).lower() for word in ("encrypt", "passphrase", "password")):
        return refusal(file, "压缩包设有密码", "请去除密码后再上传")
    return refusal(file, "压缩包不完整或已损坏", RESAVE)


def _in_mail(data: bytes) -> Iterator[Member]:
    """An e-mail's own text, then its attachments, those without a name numbered."""
    if len(_HEADER.findall(data)) > MAX_MAIL_HEADERS:
        raise ValueError("more headers than any mail has")
    message = message_from_bytes(data, policy=policy.default)
    if any(isinstance(fault, CUT_SHORT) for part in message.walk() for fault in part.defects):
        raise ValueError("a message without its end")
    body = message.get_body(("html", "plain"))
    subject = str(message.get("subject", "")).strip()
    if body is not None:
        text = body.get_content()
        yield _body(subject, text, html=body.get_content_subtype() == "html")
    for number, part in enumerate(message.iter_attachments(), start=1):
        inner = part.get_payload(0) if part.get_content_type() == "message/rfc822" else None
        packed = inner.as_bytes() if isinstance(inner, EmailMessage) else _payload(part)
        if packed:
            name = known_name(part.get_filename() or f"附件{number}")
            yield Member(name, len(packed), partial(bytes, packed))


def _payload(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _body(subject: str, text: str, *, html: bool) -> Member:
    """The text of an e-mail under its subject, as a file of its own."""
    if html:
        packed, name = _CHARSET.sub("charset=utf-8", text).encode(), f"{BODY}.html"
    else:
        packed, name = f"{subject}\n{text}".strip().encode(), f"{BODY}.txt"
    return Member(name, len(packed), partial(bytes, packed))


def _in_outlook(data: bytes) -> Iterator[Member]:
    """The text and the attachments of an Outlook message (.msg), which is a compound file."""
    from olefile import OleFileIO

    with OleFileIO(BytesIO(data)) as message:

        def text(*path: str) -> str:
            """A property, in UTF-16 or in the code page of the sender."""
            for kind, encoding in (("001F", "utf-16-le"), ("001E", "gb18030")):
                place = [*path[:-1], f"__substg1.0_{path[-1]}{kind}"]
                if message.exists(place):
                    words = str(message.openstream(place).read(), encoding, "replace")
                    return words.rstrip("\0").strip()
            return ""

        body = text(_BODY_TEXT)
        if body:
            yield _body(text(_SUBJECT), body, html=False)
        folders = {entry[0] for entry in message.listdir() if _ATTACHED.match(entry[0])}
        for number, folder in enumerate(sorted(folders), start=1):
            place = [folder, _ATTACHED_DATA]
            if message.exists(place):
                packed = message.openstream(place).read()
                name = text(folder, _LONG_NAME) or text(folder, _SHORT_NAME) or f"附件{number}"
                yield Member(known_name(name), len(packed), partial(bytes, packed))


_CHARSET = re.compile(r"charset\s*=\s*[\"']?[\w-]+", re.I)
_SUBJECT, _BODY_TEXT, _LONG_NAME, _SHORT_NAME = "0037", "1000", "3707", "3704"
"""Properties of messages, after [MS-OXPROPS]."""
_ATTACHED_DATA = "__substg1.0_37010102"
_ATTACHED = re.compile(r"__attach_version1\.0_#")
