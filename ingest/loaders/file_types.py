"""What kind of file bytes are, told by their content; the name only settles text against csv."""

import re
from enum import StrEnum
from io import BytesIO
from zipfile import ZipFile

from ingest.config import Limits
from ingest.loaders.dbf import is_dbf
from ingest.loaders.refusals import PARSER_FAULTS, refusal


class Kind(StrEnum):
    """A kind of file that can be loaded (文件类型)."""

    PDF = "PDF"
    OFD = "OFD 版式文件"
    IMAGE = "图片"
    DOCX = "Word 文档"
    XLSX = "Excel 表格"
    XLS = "旧版 Excel 表格"
    HTML = "网页"
    CSV = "CSV 表格"
    TEXT = "文本"
    MARKDOWN = "Markdown 文本"
    LEGACY = "旧版 Word 或 WPS 文档"
    LEGACY_SHEET = "其他格式的表格"
    PPTX = "演示文稿"
    LEGACY_SLIDES = "旧版演示文稿"
    DBF = "DBF 数据表"
    ARCHIVE = "压缩包或邮件"


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OFFICE_FIRST = (
    *("[Content_Types].xml", "_rels/.rels", "docProps/app.xml", "docProps/core.xml"),
    *("word/document.xml", "xl/workbook.xml", "ppt/presentation.xml", "mimetype"),
)
"""What office programs put first into their packages, and nobody into an archive of files."""
IMAGES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"BM", b"GIF87a", b"GIF89a")
WEBP = re.compile(rb"RIFF....WEBP", re.S)
HEIF = re.compile(rb"....ftyp(?:heic|heix|heif|mif1|msf1|avif)", re.S)
FOREIGN = {
    b"MZ": "程序文件",
    b"\x7fELF": "程序文件",
}
"""Files that are known and cannot be loaded, by how they begin."""
XML_WORD = (b"<w:wordDocument", b"<pkg:package")
XML_SHEET = b"urn:schemas-microsoft-com:office:spreadsheet"
HTML_SIGNS = (b"<!doctype html", b"<html", b"<table", b"<body", b"<head")
FOREIGN_PACKED = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07")
"""How 7z and RAR archives begin."""
GZIP = b"\x1f\x8b"
COMPRESSED = (GZIP, b"BZh", b"\xfd7zXZ\x00")
PACKED = (*COMPRESSED, *FOREIGN_PACKED)
MAIL_START = re.compile(rb"[a-z][a-z0-9-]{1,40}:[ \t]")
MAIL_HEADERS = re.compile(
    rb"^(from|to|subject|date|message-id|received|return-path|mime-version|content-type):", re.M
)
SENT_HEADERS = {b"to", b"message-id", b"received", b"return-path"}
"""What a message has that was sent, and a page that was saved as one has not."""
MIN_MAIL_HEADERS = 3
MHT_SIGNS = (b"mime-version:", b"from: <saved by")
BLANKS = b" \t\r\n\xef\xbb\xbf\xff\xfe"
BYTES_SNIFFED = 4096
"""Number of bytes at the start of a file in which its signs are looked for."""
BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")
TEXT_KINDS = {".csv": Kind.CSV, ".md": Kind.MARKDOWN, ".markdown": Kind.MARKDOWN}
"""Kinds of text that only their names tell."""

CONVERT = "请转换为 PDF、Word、Excel、网页或文本格式后上传"
RESAVE = "请重新导出或另存后再上传"
UNLOCK = "请填写打开密码，或去除密码后再上传"


def kind_of(file: str, data: bytes, limits: Limits) -> Kind:
    """The kind of a file; a LoadError with the reason when it is none that can be loaded."""
    if not data.strip():
        raise refusal(file, "文件是空的", RESAVE)
    if len(data) > limits.file_bytes:
        size = limits.file_bytes // (1024 * 1024)
        raise refusal(file, f"文件超过 {size} MB", "请拆分或压缩后上传")
    head = data[:BYTES_SNIFFED]
    for sign, name in FOREIGN.items():
        if head.startswith(sign):
            raise refusal(file, f"内容是{name}", CONVERT)
    if b"%PDF-" in head[:1024]:
        return Kind.PDF
    if is_zip(data):
        return _packed(file, data, limits)
    if data.startswith(PACKED) or data[257:262] == b"ustar" or is_mail(data) or is_outlook(data):
        return Kind.ARCHIVE
    if head.startswith(OLE):
        return _compound(file, data)
    if head.startswith(IMAGES) or WEBP.match(head) or HEIF.match(head):
        return Kind.IMAGE
    if is_dbf(data):
        return Kind.DBF
    return _written(file, data, head)


def is_zip(data: bytes) -> bool:
    """Whether bytes begin as a zip package does."""
    return data.startswith(ZIP)


def is_mail(data: bytes) -> bool:
    """Whether bytes are an e-mail as programs keep it (.eml), not a page saved as one (.mht)."""
    head = data[:BYTES_SNIFFED].lstrip().lower()
    if not MAIL_START.match(head):
        return False
    headers = set(MAIL_HEADERS.findall(head))
    return len(headers) >= MIN_MAIL_HEADERS and not headers.isdisjoint(SENT_HEADERS)


def is_outlook(data: bytes) -> bool:
    """Whether bytes are a message of Outlook (.msg)."""
    return data.startswith(OLE) and "__properties_version1.0".encode("utf-16-le") in data


def may_be_archive(data: bytes) -> bool:
    """Whether bytes may hold other files; a zip is told by the name of the first one alone."""
    if data.startswith(PACKED) or data[257:262] == b"ustar":
        return True
    if is_outlook(data) or is_mail(data):
        return True
    first = data[30 : 30 + int.from_bytes(data[26:28], "little")]
    return is_zip(data) and first.decode("utf-8", "replace") not in OFFICE_FIRST


def _packed(file: str, data: bytes, limits: Limits) -> Kind:
    """Which of the formats that are zip packages."""
    try:
        with ZipFile(BytesIO(data)) as package:
            members = package.infolist()
            names = {member.filename for member in members}
    except PARSER_FAULTS as error:
        raise refusal(file, "文件不完整或已损坏", RESAVE) from error
    if sum(member.file_size for member in members) > limits.unpacked_bytes:
        size = limits.unpacked_bytes // (1024 * 1024)
        raise refusal(file, f"解压后超过 {size} MB", "请拆分后上传")
    if "word/document.xml" in names:
        return Kind.DOCX
    if "xl/workbook.xml" in names:
        return Kind.XLSX
    if "OFD.xml" in names:
        return Kind.OFD
    if "ppt/presentation.xml" in names:
        return Kind.PPTX
    if _is_open(data, b"presentation"):
        return Kind.LEGACY_SLIDES
    if "xl/workbook.bin" in names or _is_open(data, b"spreadsheet"):
        return Kind.LEGACY_SHEET
    return Kind.LEGACY if "content.xml" in names else Kind.ARCHIVE


def _is_open(data: bytes, kind: bytes) -> bool:
    """Whether an OpenDocument package names itself of a kind, which it does at its start."""
    return b"opendocument." + kind in data[:128]


def _compound(file: str, data: bytes) -> Kind:
    """Which of the formats of the old compound container (OLE), by the streams it names."""

    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        raise refusal(file, "文件设有打开密码", UNLOCK)
    if holds("WordDocument"):
        return Kind.LEGACY
    if holds("Workbook") or holds("Book"):
        return Kind.XLS
    if holds("PowerPoint Document"):
        return Kind.LEGACY_SLIDES
    raise refusal(file, "内容不是 Word、Excel 或 PowerPoint 文件", CONVERT)


def _written(file: str, data: bytes, head: bytes) -> Kind:
    """Which of the formats that are text."""
    lowered = head.lower().replace(b"\x00", b"").lstrip(BLANKS)
    if lowered.startswith(b"{\\rtf") or any(sign in head for sign in XML_WORD):
        return Kind.LEGACY
    if XML_SHEET in head and b"<html" not in lowered:
        return Kind.LEGACY_SHEET
    if lowered.startswith(b"<") and any(sign in lowered for sign in HTML_SIGNS):
        return Kind.HTML
    if lowered.startswith(MHT_SIGNS):
        return Kind.HTML
    if b"\x00" in data and not head.startswith(BYTE_ORDER_MARKS):
        raise refusal(file, "内容不是能识别的文档", CONVERT)
    named = (kind for suffix, kind in TEXT_KINDS.items() if file.lower().endswith(suffix))
    return next(named, Kind.TEXT)
