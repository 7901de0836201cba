"""Names of files as they are known (文件名): fit to be kept and shown, whoever made them up."""

from pathlib import PurePosixPath

UNNAMED = "未命名"


def known_name(path: str) -> str:
    """A relative path without steps up, drive letters, or characters that do not show.

    What does not show (control characters, marks that turn the writing direction, halves of
    characters) could pass a name off as another one, or cannot be kept.

    >>> known_name("../../etc/passwd"), known_name("C:\\\\资料\\\\表\\x00.xlsx")
    ('etc/passwd', '资料/表.xlsx')
    >>> known_name("附件\\u202efdp.exe"), known_name("..")
    ('附件fdp.exe', '未命名')
    """
    shown = "".join(character for character in path if character.isprintable())
    parts = PurePosixPath(shown.replace("\\", "/")).parts
    kept = [part for part in parts if part not in ("/", "..") and not part.endswith(":")]
    return "/".join(kept) or UNNAMED
