"""What every part of a Word file uses: its namespace, and text without what files cannot hold."""

import re

from assistant.language.export_text import exportable

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_HIDDEN = re.compile("[\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""What is not seen and changes how the text around it is shown."""


def plain(text: str) -> str:
    """The text without characters that a file format cannot hold or that hide others."""
    return _HIDDEN.sub("", exportable(text))
