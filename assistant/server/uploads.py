"""Files that come over the network (上传): kept under their own names while they are taken in."""

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import BinaryIO

from assistant.server.permitted import PermittedAssistant
from ingest.types.library import FileReport, Outcome

MAX_NAME_BYTES = 240
"""Maximum length in bytes of a file name: what file systems allow, with some to spare."""


def take_in(
    assistant: PermittedAssistant, files: Iterable[tuple[str, BinaryIO]], *, replace: bool
) -> Iterator[FileReport]:
    """One report a file, or a file in an archive; nothing is left behind on disk."""
    for name, content in files:
        known = clean_name(name)
        if len(known.encode()) > MAX_NAME_BYTES:
            words = f"文件名“{known[:30]}…”太长，请改短后重新上传。"
            yield FileReport(known, Outcome.FAILED, error=words)
            continue
        with TemporaryDirectory(prefix="jiwen-") as folder:
            path = Path(folder) / known
            with path.open("wb") as file:
                copyfileobj(content, file)
            yield from assistant.add([path], replace=replace)


def clean_name(name: str) -> str:
    """A file's own name, whatever path or control characters came with it.

    >>> clean_name("C:\\\\资料\\\\自评表.xlsx"), clean_name("../../etc/passwd"), clean_name("..")
    ('自评表.xlsx', 'passwd', '未命名')
    """
    base_name = PurePosixPath(name.replace("\\", "/")).name
    base_name = "".join(character for character in base_name if character.isprintable()).strip()
    return "未命名" if base_name in ("", ".", "..") else base_name
