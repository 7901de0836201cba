"""Errors of ingestion. Every message is one Chinese sentence: what failed, where, what to do.

IngestError
├── LoadError          a file cannot be read as what it claims to be
├── CorrectionError    a correction by hand cannot be made or taken back
├── StoreError         the library on disk cannot be opened, read or written
├── ModelError         the embedding model is missing, damaged or cannot be loaded
└── PackError          a vocabulary pack lacks a key or holds a wrong value
"""


class IngestError(Exception):
    """Base of all ingestion errors; `str(error)` is fit to be shown to a user."""


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
