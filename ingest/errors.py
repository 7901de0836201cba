"""Errors of ingestion. Every message is one Chinese sentence: what failed, where, what to do.

Folders, addresses and host names of the machine stand in it as a `place`: `str(error)` leaves them
out, `error.in_full` has them, for whoever runs the program.

IngestError
├── LoadError          a file cannot be read as what it claims to be
├── CorrectionError    a correction by hand cannot be made or taken back
├── StoreError         the library on disk cannot be opened, read or written
├── ModelError         the embedding model is missing, damaged or cannot be loaded
└── PackError          a vocabulary pack lacks a key or holds a wrong value
"""

import re

_BEGIN, _END = "\ue000", "\ue001"
"""Signs around a place in a message; they stand for no letter and are never shown."""
_PLACE = re.compile(f" ?{_BEGIN}[^{_END}]*{_END} ?")
_SIGNS = str.maketrans("", "", _BEGIN + _END)


def place(where: object) -> str:
    """A folder, an address or what names one, as it stands in the message of an error."""
    return f"{_BEGIN}{str(where).translate(_SIGNS)}{_END}"


class MessageError(Exception):
    """An error whose `str` is fit to be shown to anybody; `in_full` also says where on the machine.

    >>> error = MessageError(f"资料库 {place('/srv/jiwen')} 无法写入。")
    >>> str(error), error.in_full
    ('资料库无法写入。', '资料库 /srv/jiwen 无法写入。')
    """

    def __init__(self, words: str = "") -> None:
        super().__init__(_PLACE.sub("", words))
        self.in_full = words.translate(_SIGNS)


class IngestError(MessageError):
    """Base of all ingestion errors."""


class LoadError(IngestError):
    """A file cannot be loaded (文件无法读取)."""


class CorrectionError(IngestError):
    """A correction cannot be made or taken back (无法更正)."""


class StoreError(IngestError):
    """The library cannot be opened or written (资料库无法读写)."""


class ModelError(IngestError):
    """The embedding model cannot be loaded (向量模型无法加载)."""


class PackError(IngestError):
    """A vocabulary pack is wrong (词库有误)."""
