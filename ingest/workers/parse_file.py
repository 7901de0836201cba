"""What one file says, or why it says nothing (解析): load and understand, never an exception."""

import traceback
from dataclasses import dataclass, replace
from time import perf_counter

from ingest.config import DEFAULT_LIMITS, Limits
from ingest.errors import IngestError
from ingest.extraction.understand import understand
from ingest.loaders import OnPage, ignore_page, load
from ingest.loaders.refusals import refusal
from ingest.records.rows import Packed, pack
from ingest.templates.types import Taught

UNEXPECTED = "“{file}”处理时出现意外错误（{kind}），其他文件不受影响，请把该文件反馈给维护人员。"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is to be read: the name it is known by, its bytes, what was taught of heads."""

    file: str
    data: bytes
    taught: tuple[Taught, ...] = ()
    password: str = ""
    """What opens the file where it is locked; it is kept nowhere."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was understood of a file, or `error`, why nothing was; `trace` where nobody knows why.

    `seconds` is what the reading took.
    """

    upload: Upload
    packed: Packed | None
    error: str = ""
    trace: str = ""
    seconds: float = 0.0


def parse(
    upload: Upload,
    *,
    keep_contacts: bool,
    limits: Limits = DEFAULT_LIMITS,
    on_page: OnPage = ignore_page,
) -> Parsed:
    """Reads one file here and now; raises nothing for what the file holds but a MemoryError."""
    started = perf_counter()
    try:
        document = load(upload.file, upload.data, limits=limits, on_page=on_page)
        understanding = understand(document, keep_contacts=keep_contacts, taught=upload.taught)
        if understanding.size > limits.facts:
            reason = f"读出的数据、指标和文字片段超过 {limits.facts} 条"
            raise refusal(upload.file, reason, "请拆分后上传，或由管理员调大 JIWEN_FILE_FACTS")
        parsed = Parsed(upload, pack(understanding))
    except IngestError as error:
        parsed = Parsed(upload, None, str(error))
    except MemoryError:
        raise
    except Exception as error:  # a file that trips the program is told, and the next one read
        words = UNEXPECTED.format(file=upload.file, kind=type(error).__name__)
        parsed = Parsed(upload, None, words, traceback.format_exc())
    return replace(parsed, seconds=perf_counter() - started)
