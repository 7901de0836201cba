"""The files that were handed in (待入库文件): folders walked, names by which they are known."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.types.file_names import known_name

DEBRIS = frozenset({"thumbs.db", "desktop.ini"})
"""Files that a file manager leaves in every folder."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to take in, or the reason why what was handed in is none.

    `file` is the name it is known by: its path inside the folder that was handed in.
    """

    file: str
    path: Path
    problem: str = ""


def sources(paths: Sequence[Path]) -> Iterator[Source]:
    """Every file once, in the order handed in, the files of a folder sorted by name."""
    names = Counter(path.name for path in paths)
    seen: set[Path] = set()
    for path in paths:
        # Two files of one name, handed in side by side, are told apart by their folders.
        name = path.name if names[path.name] == 1 else f"{path.resolve().parent.name}/{path.name}"
        for source in _walk(path) if path.is_dir() else _single(name, path):
            place = source.path.resolve()
            if place not in seen:
                seen.add(place)
                yield source


def _single(name: str, path: Path) -> Iterator[Source]:
    missing = f"找不到文件或文件夹“{path}”，请检查路径后重试。"
    yield Source(known_name(name), path, "" if path.is_file() else missing)


def _walk(folder: Path) -> Iterator[Source]:
    any_file = False
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.startswith((".", "~$")) or name.lower() in DEBRIS:
                continue
            any_file = True
            path = Path(place) / name
            known = known_name(path.relative_to(folder).as_posix())
            odd = "" if path.is_file() else f"“{known}”不是普通文件，请检查后重试。"
            yield Source(known, path, odd)
    if not any_file:
        yield Source(folder.name, folder, f"文件夹“{folder}”里没有可入库的文件，请检查路径。")
