"""The departments that a user may be limited to (可选部门): those the library or a list knows."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from assistant.departments.directory import Directory
from assistant.departments.scopes import Scopes
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
        self._scopes = Scopes(grammar)
        self._directory = Directory(self._known, grammar, documents=weighed)
        self.names = tuple(sorted({self._directory.canonical(name) for name in self._known}))

    def chosen(self, given: Sequence[str], *, unlisted: bool = False) -> tuple[str, ...]:
        """The departments named, each by all the names that it is known by.

        What is `unlisted` is meant as it is written. Raises AccountError for a blank and
        UnknownDepartment for a name that is not known or means several.
        """
        names = [name.strip() for name in given]
        if not names or not all(names):
            raise AccountError("部门名称不能为空，请写出部门，或明确选择全部部门。")
        if unlisted:
            return tuple(dict.fromkeys(names))
        return tuple(dict.fromkeys(name for one in names for name in self._one(one)))

    def _one(self, given: str) -> tuple[str, ...]:
        """The names of the one department that is this one for certain, the fullest first.

        The wider places may be left out where only one department is called so.
        """
        alike = (name for name in self._known if self._scopes.names(name, given))
        named = (given,) if given in self._known else alike
        meant = set(map(self._directory.canonical, named))
        if len(meant) == 1:
            (name,) = meant
            members = self._directory.members(name)
            return name, *sorted(one for one in members if not self._scopes.names(name, one))
        raise UnknownDepartment(
            f"资料库和部门名单里没有唯一叫“{given}”的部门，{self._offered(given, sorted(meant))}"
            "，请写全称。"
        )

    def _offered(self, given: str, meant: Sequence[str]) -> str:
        """Which departments a name may be meant for: as a question would understand it, or near."""
        understood = (m.names for m in self._directory.mentions(given) if not m.mistyped)
        near = meant or [name for names in understood for name in names]
        near = near or get_close_matches(given, self.names, MAX_NEAR, MIN_LIKENESS)
        return f"相近的有{'、'.join(near[:MAX_NEAR])}" if near else "也没有相近的"
