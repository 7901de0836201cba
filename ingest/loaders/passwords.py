"""Files behind a password (打开密码): opened with the one that is given, which is kept nowhere.

What is taken in is the opened file, so that it can be shown and read anew without asking again.
"""

from io import BytesIO

from ingest.loaders.file_types import OLE
from ingest.loaders.pdfium import PDFIUM, WRONG_PASSWORD
from ingest.loaders.refusals import PARSER_FAULTS, refusal

AGAIN = "请核对密码后重试"


def unlocked(file: str, data: bytes, password: str) -> bytes:
    """A file opened with a password; one that needs none as it is. A LoadError where it is wrong.

    Word, Excel, PowerPoint and PDF; archives take the password for each file inside.
    """
    if data.startswith(OLE):
        return _office(file, data, password)
    return _pdf(file, data, password) if b"%PDF-" in data[:1024] else data


def _office(file: str, data: bytes, password: str) -> bytes:
    from msoffcrypto import OfficeFile
    from msoffcrypto.exceptions import (
        DecryptionError,
        FileFormatError,
        InvalidKeyError,
        ParseError,
    )

    try:
        office = OfficeFile(BytesIO(data))
        locked = office.is_encrypted()
    except (FileFormatError, ParseError, *PARSER_FAULTS):
        return data  # no office file, or a damaged one: the loader says which
    if not locked:
        return data
    try:
        opened = BytesIO()
        office.load_key(password=password)
        office.decrypt(opened)
    except (InvalidKeyError, DecryptionError) as error:
        raise refusal(file, "打开密码不对", AGAIN) from error
    except PARSER_FAULTS as error:
        raise refusal(file, "用密码打不开这个文件", "请去除密码后再上传") from error
    return opened.getvalue()


def _pdf(file: str, data: bytes, password: str) -> bytes:
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]
    from pypdfium2 import PdfDocument, PdfiumError

    with PDFIUM:
        try:
            PdfDocument(data).close()
            return data
        except PdfiumError as error:
            if error.err_code != WRONG_PASSWORD:
                return data  # damaged: the loader says so
        try:
            document = PdfDocument(data, password=password)
        except PdfiumError as error:
            raise refusal(file, "打开密码不对", AGAIN) from error
        try:
            opened = BytesIO()
            document.save(opened, flags=pdfium.FPDF_REMOVE_SECURITY)
            return opened.getvalue()
        finally:
            document.close()
