"""The library's folder closed to the other accounts of the machine (目录权限)."""

import logging
import os
from contextlib import suppress
from pathlib import Path
from stat import S_IMODE, S_ISLNK, S_ISVTX, S_IWOTH

logger = logging.getLogger(__name__)

FOLDER, FILE = 0o700, 0o600
"""Modes of what is ours alone."""
OTHERS = 0o077
"""What group and others may do; the umask of the program takes it from all that it makes."""


def make_private(folder: Path) -> None:
    """Makes the folder if it is missing; it and all in it are closed to others afterwards.

    Where that cannot be, or would be in vain, one warning says so. Raises OSError where there can
    be no such folder.
    """
    folder.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    if problem := _left_open(folder):
        logger.warning("%s", problem)


def _left_open(folder: Path) -> str:
    """Closes the folder; why others get at it still, "" where they do not."""
    if folder.stat().st_uid != os.geteuid():
        return (
            f"资料库目录 {folder} 属于另一个账户，那个账户能读取和改动其中的一切，"
            "请改用自己的目录，或把它改归运行绩问的账户。"
        )
    for above in folder.resolve().parents:
        mode = above.stat().st_mode
        if mode & S_IWOTH and not mode & S_ISVTX:
            return (
                f"资料库目录 {folder} 所在的 {above} 任何账户都能写入，"
                "别的账户能把资料库整个换掉，请换一个目录或收紧它的权限。"
            )
    try:
        closed = _close(folder.resolve())
    except OSError:
        closed = False
    if closed:
        return ""
    return (
        f"资料库目录 {folder} 的权限无法收紧，本机别的账户可能读到其中的文件，"
        "请把它移到只有运行绩问的账户能读的目录。"
    )


def _close(folder: Path) -> bool:
    """Takes from others what they may do with an open folder and all that is in it.

    Where the folder itself is closed already nobody else comes to what is in it. False where the
    file system keeps no modes.
    """
    if not _is_open(folder):
        return True
    _withhold(folder)
    if _is_open(folder):
        return False
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            with suppress(FileNotFoundError):  # another program is at work in it
                _withhold(Path(place, name))
    return True


def _is_open(path: Path) -> bool:
    return bool(path.stat().st_mode & OTHERS)


def _withhold(path: Path) -> None:
    """Leaves the owner's rights as they are; a link is not followed."""
    mode = path.lstat().st_mode
    if not S_ISLNK(mode):
        path.chmod(S_IMODE(mode) & ~OTHERS)
