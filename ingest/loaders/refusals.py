"""The errors that parsers raise over damaged files, and the one way to refuse a file."""

import struct
import zlib
from collections.abc import Callable
from zipfile import BadZipFile

from ingest.errors import LoadError

PARSER_FAULTS: tuple[type[Exception], ...] = (
    *(BadZipFile, zlib.error, struct.error, EOFError, OSError, SyntaxError, RuntimeError),
    *(KeyError, ValueError, TypeError, IndexError, AttributeError, AssertionError),
    ArithmeticError,
)
"""What parsers of office files raise over a damaged file: hardly ever an error class of their own.
XML errors of every parser are SyntaxErrors."""


OnPage = Callable[[int, int], None]
"""Called before each page is read, with its number and how many there are."""


def ignore_page(page: int, count: int) -> None:
    """An OnPage for callers that need no progress."""


def refusal(file: str, reason: str, remedy: str) -> LoadError:
    """The error for a file that cannot be read: which file, why, what to do.

    >>> str(refusal("表.pdf", "文件是空的", "请重新导出后上传"))
    '无法读取“表.pdf”：文件是空的，请重新导出后上传。'
    """
    return LoadError(f"无法读取“{file}”：{reason}，{remedy}。")
