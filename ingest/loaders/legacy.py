"""Old and foreign office files (.doc, .wps, .rtf, .odt, .xlsb, .ods, .ppt, .dps, .odp): converted
by LibreOffice.

LibreOffice runs as its own process with a fresh profile, in which no macro is allowed to run. It
takes as long as the process may that reads the file, and ends with it.
"""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from ingest.config import DEFAULT_LIMITS, Limits
from ingest.loaders.docx import load_docx
from ingest.loaders.pptx import load_pptx
from ingest.loaders.refusals import refusal
from ingest.loaders.xlsx import load_xlsx
from ingest.types.blocks import Document

PROGRAMS = ("soffice", "libreoffice")
RESAVE_WORD = "请用 Word 或 WPS 另存为 .docx 后上传"
RESAVE_SLIDES = "请用 PowerPoint 或 WPS 另存为 .pptx 后上传"
RESAVE_SHEET = "请用 Excel 或 WPS 另存为 .xlsx 后上传"


def load_legacy(file: str, data: bytes) -> Document:
    """An old text document, read as the .docx that LibreOffice makes of it."""
    return _load(file, data, "docx", load_docx, RESAVE_WORD)


def load_legacy_sheet(file: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> Document:
    """An old or foreign spreadsheet, read as the .xlsx that LibreOffice makes of it."""
    return _load(file, data, "xlsx", partial(load_xlsx, limits=limits), RESAVE_SHEET)


def load_legacy_slides(file: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> Document:
    """An old or foreign presentation, read as the .pptx that LibreOffice makes of it."""
    return _load(file, data, "pptx", partial(load_pptx, limits=limits), RESAVE_SLIDES)


def _load(
    file: str,
    data: bytes,
    target: str,
    loader: Callable[[str, bytes], Document],
    remedy: str,
) -> Document:
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise refusal(
            file, "这种格式要靠 LibreOffice 转换而本机没有安装", f"{remedy}，或安装 LibreOffice"
        )
    converted = _convert(program, data, target)
    if converted is None:
        raise refusal(file, "LibreOffice 无法转换这个文件", remedy)
    document = loader(file, converted)
    return replace(document, id=sha256(data).hexdigest())


def _convert(program: str, data: bytes, target: str) -> bytes | None:
    """The converted file; None when the conversion fails."""
    with TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        source.write_bytes(data)
        profile = (Path(folder) / "profile").as_uri()
        command = [program, f"-env:UserInstallation={profile}", "--headless", "--norestore"]
        command += ["--convert-to", target, "--outdir", folder, str(source)]
        try:
            subprocess.run(command, capture_output=True, check=True)
        except (subprocess.CalledProcessError, OSError):
            return None
        converted = source.with_suffix(f".{target}")
        return converted.read_bytes() if converted.exists() else None
