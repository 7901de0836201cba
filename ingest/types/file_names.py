"""Names of files as the library lists them (文件名): safe to store and show, whoever chose them."""

import re
from pathlib import PurePosixPath

UNNAMED = "未命名"
MAX_NAME_BYTES = 240
"""Maximum length in bytes of a name: what file systems allow, with some to spare."""
WIDE = str.maketrans('<>:"|?*', "＜＞：＂｜？＊")
"""Characters that not every system has in names, or that a page takes for its own: as wide ones."""
RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?=\.|$)", re.IGNORECASE)
"""What Windows takes for a device, with whatever ending."""


def known_name(path: str) -> str:
    """A relative path without steps up and drive letters, each part of it fit to be a name.

    What does not show (control characters, marks that turn the writing direction, halves of
    characters) could pass a name off as another one, or cannot be stored. What is a known name
    already stays as it is.

    >>> known_name("../../etc/passwd"), known_name("C:\\\\资料\\\\表\\x00.xlsx")
    ('etc/passwd', '资料/表.xlsx')
    >>> known_name("附件\\u202efdp.exe"), known_name("..."), known_name("表.txt. .")
    ('附件fdp.exe', '未命名', '表.txt')
    >>> known_name("con.txt"), known_name("<img src=x>.txt")
    ('_con.txt', '＜img src=x＞.txt')
    """
    shown = "".join(character for character in path if character.isprintable())
    parts = PurePosixPath(shown.replace("\\", "/")).parts
    named = [_part(part) for part in parts if not re.fullmatch(r"[A-Za-z]:", part)]
    return "/".join(part for part in named if part) or UNNAMED


def _part(part: str) -> str:
    """A name of its own; "" where nothing of it is one."""
    name = _ended(part.translate(WIDE).strip(" /"))
    if RESERVED.match(name):
        name = f"_{name}"
    suffix = PurePosixPath(name).suffix
    suffix = suffix if len(suffix.encode()) <= MAX_NAME_BYTES // 4 else ""
    stem = name.removesuffix(suffix).encode()[: MAX_NAME_BYTES - len(suffix.encode())]
    return _ended(stem.decode(errors="ignore") + suffix)


def _ended(name: str) -> str:
    """Without the dots and blanks at the end that some systems drop."""
    return name.rstrip(". ")
