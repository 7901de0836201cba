"""Names of files as the library lists them (文件名): safe to store and show, whoever chose them."""

from pathlib import PurePosixPath

UNNAMED = "未命名"


def known_name(path: str) -> str:
    """A relative path without steps up, drive letters, or characters that do not show.

    What does not show (control characters, marks that turn the writing direction, halves of
    characters) could pass a name off as another one, or cannot be stored.

    >>> known_name("../../etc/passwd"), known_name("C:\\\\资料\\\\表\\x00.xlsx")
    ('etc/passwd', '资料/表.xlsx')
    >>> known_name("附件\\u202efdp.exe"), known_name("..")
    ('附件fdp.exe', '未命名')
    """
    shown = "".join(character for character in path if character.isprintable())
    parts = PurePosixPath(shown.replace("\\", "/")).parts
    named = [part for part in parts if part not in ("/", "..") and not part.endswith(":")]
    return "/".join(named) or UNNAMED
