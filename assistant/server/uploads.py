"""Files that come over the network (上传): kept under their own names while they are taken in."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import BinaryIO

from ingest.types.file_names import known_name
from ingest.types.library import FileReport


def take_in(
    add: Callable[[list[Path]], Iterator[FileReport]], files: Iterable[tuple[str, BinaryIO]]
) -> Iterator[FileReport]:
    """One report a file, or a file in an archive, by what `add` takes in; none is left on disk."""
    for name, content in files:
        with TemporaryDirectory(prefix="jiwen-") as folder:
            path = Path(folder) / clean_name(name)
            with path.open("wb") as file:
                copyfileobj(content, file)
            yield from add([path])


def clean_name(name: str) -> str:
    """A file's own name, whatever path came with it.

    >>> clean_name("C:\\\\资料\\\\自评表.xlsx"), clean_name("../../etc/passwd"), clean_name("..")
    ('自评表.xlsx', 'passwd', '未命名')
    """
    return known_name(name).rpartition("/")[2]
