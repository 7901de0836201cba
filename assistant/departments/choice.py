"""The departments that a user may be limited to (可选部门): those the library or a list knows."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from assistant.departments.directory import Directory
from assistant.errors import AccountError, UnknownDepartment
from ingest.language.name_grammar import Grammar

MAX_NEAR = 3
"""Maximum number of departments that are offered for a name that is not known."""
MIN_LIKENESS = 0.4
"""Minimum likeness, from 0 to 1, of a name that is offered for another."""
LIST = "departments.txt"
"""The list in the library's folder, one department a line; # begins a remark."""


def listed_departments(folder: Path) -> tuple[str, ...]:
    """The departments of the list in the library's folder; none where there is no list."""
    try:
        text = (folder / LIST).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise AccountError(
            f"资料库目录里的 {LIST} 无法读取，请存成 UTF-8 文本，每行一个部门。"
        ) from error
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return tuple(filter(None, lines))


class DepartmentChoice:
    """The departments of a library, and those of a list beside it, each under its one name.

    `documents` is how many documents give each name: what is listed stands before all of them.
    """

    def __init__(
        self,
        known: Iterable[str],
        grammar: Grammar,
        listed: Sequence[str] = (),
        documents: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self._known = frozenset((*known, *listed))
        most = sum(documents.values()) + 1
        weighed = {**documents, **dict.fromkeys(listed, most)}
        self._directory = Directory(self._known, grammar, documents=weighed)
        self.names = tuple(sorted({self._directory.canonical(name) for name in self._known}))

    def chosen(self, given: Sequence[str], *, unlisted: bool = False) -> tuple[str, ...]:
        """The departments named in full or in short, each by its fullest name.

        Raises AccountError for a blank and, unless it may be `unlisted`, UnknownDepartment for a
        name that is not known or means several.
        """
        names = [name.strip() for name in given]
        if not names or not all(names):
            raise AccountError("部门名称不能为空，请写出部门，或明确选择全部部门。")
        return tuple(dict.fromkeys(self._one(name, unlisted) for name in names))

    def _one(self, given: str, unlisted: bool) -> str:
        if given in self._known:
            return self._directory.canonical(given)
        meant: tuple[str, ...] = ()
        for mention in self._directory.mentions(given):
            if mention.text == given and not mention.mistyped:
                meant = mention.names
                if len(meant) == 1 and not mention.place_only:
                    return meant[0]
        if unlisted:
            return given
        near = meant or get_close_matches(given, self.names, MAX_NEAR, MIN_LIKENESS)
        offered = f"相近的有{'、'.join(near[:MAX_NEAR])}" if near else "也没有相近的"
        raise UnknownDepartment(
            f"资料库和部门名单里没有唯一叫“{given}”的部门，{offered}，请写全称。"
        )
