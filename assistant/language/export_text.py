"""Text as files can hold it that are made of XML (导出的文字): Excel, Word, and pages to print."""

import re

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 forbids: control characters, halves of surrogate pairs, U+FFFE and U+FFFF."""


def exportable(text: str) -> str:
    r"""The text without what no XML holds; all else stays as it is.

    >>> exportable("泵站\ufffe数量\x00≥12座")
    '泵站数量≥12座'
    """
    return _NO_XML.sub("", text)
