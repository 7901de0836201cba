"""The values of a data pack (词库), checked as they are read: the error names the file and the key.

Code that loads a pack takes each value by its key and kind, puts them into a frozen dataclass, and
ends with `reject_unread`, so that a misspelt key is found when the pack loads, not at a question.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from string import Formatter
from typing import Any, NoReturn, TypeVar

from ingest.errors import PackError
from ingest.language.lexicon import read_pack

_Enum = TypeVar("_Enum", bound=StrEnum)


class PackTable:
    """A table of a pack; every reader raises PackError where the value is missing or wrong.

    >>> table = PackTable({"words": ["好", "优"], "limit": "1.3"}, file="status.toml")
    >>> table.words("words"), table.decimal("limit")
    (('好', '优'), Decimal('1.3'))
    >>> table.text("lead")
    Traceback (most recent call last):
    ingest.errors.PackError: 词库 status.toml 缺少 lead，请补上。
    """

    def __init__(self, values: Mapping[str, Any], *, file: str, path: str = "") -> None:
        self._values, self._file, self._path = values, file, path
        self._read: set[str] = set()
        self._tables: list[PackTable] = []

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        """The keys in the order of the file."""
        return iter(self._values)

    def text(self, key: str, *, default: str | None = None) -> str:
        """A string."""
        if default is not None and key not in self:
            return default
        return self._string(key, self._value(key))

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        """True or false."""
        if default is not None and key not in self:
            return default
        value = self._value(key)
        return value if isinstance(value, bool) else self.fail(key, "应为 true 或 false")

    def integer(self, key: str) -> int:
        """A whole number."""
        value = self._value(key)
        whole = isinstance(value, int) and not isinstance(value, bool)
        return int(value) if whole else self.fail(key, "应为整数")

    def decimal(self, key: str) -> Decimal:
        """A number written as a string ("1.3"), so that it is exact."""
        try:
            return Decimal(self._string(key, self._value(key)))
        except InvalidOperation:
            self.fail(key, "应为加引号的数字")

    def words(self, key: str, *, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of strings."""
        if default is not None and key not in self:
            return default
        value = self._value(key)
        if not isinstance(value, list):
            self.fail(key, "应为字符串的列表")
        return tuple(self._string(key, word) for word in value)

    def word_lists(
        self, key: str, *, default: tuple[tuple[str, ...], ...] | None = None
    ) -> tuple[tuple[str, ...], ...]:
        """A list of lists of strings."""
        if default is not None and key not in self:
            return default
        value = self._value(key)
        if not isinstance(value, list) or not all(isinstance(one, list) for one in value):
            self.fail(key, "应为字符串列表的列表")
        return tuple(tuple(self._string(key, word) for word in one) for one in value)

    def member(self, key: str, names: type[_Enum]) -> _Enum:
        """A string that names a member of an enumeration."""
        return self.named(key, self.text(key), names)

    def members(self, names: type[_Enum]) -> dict[str, _Enum]:
        """The keys of the whole table, each naming a member of an enumeration."""
        return {key: self.named(key, key, names) for key in self}

    def named(self, key: str, name: str, names: type[_Enum]) -> _Enum:
        """The member of an enumeration that a name, found at a key, means."""
        try:
            return names(name)
        except ValueError:
            self.fail(key, f"中的“{name}”不是程序认识的名称（可用：{'、'.join(names)}）")

    def pattern(self, key: str, *, flags: int = 0) -> re.Pattern[str]:
        """A regular expression."""
        return self._compiled(key, self.text(key), flags)

    def patterns(self, key: str, *, flags: int = 0) -> tuple[re.Pattern[str], ...]:
        """A list of regular expressions."""
        return tuple(self._compiled(key, text, flags) for text in self.words(key))

    def template(self, key: str, *, placeholders: Collection[str]) -> str:
        """A string for `str.format` that names no placeholder but these."""
        return self.filled(key, self.text(key), placeholders)

    def filled(self, key: str, text: str, placeholders: Collection[str]) -> str:
        """The text, where it names no placeholder but these."""
        try:
            names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        except ValueError as error:
            self.fail(key, f"的占位符写错了（{error}）")
        if unknown := sorted(names - set(placeholders)):
            self.fail(key, f"用了没有的占位符{{{unknown[0]}}}")
        return text

    def table(self, key: str) -> "PackTable":
        """A table below this one."""
        value = self._value(key)
        return self._below(key, value, self._full(key))

    def tables(self, key: str) -> tuple["PackTable", ...]:
        """A list of tables; messages count them from 1."""
        value = self._value(key)
        if not isinstance(value, list):
            self.fail(key, "应为表的列表")
        return tuple(
            self._below(key, one, f"{self._full(key)}[{number}]")
            for number, one in enumerate(value, start=1)
        )

    def texts(self) -> dict[str, str]:
        """The whole table, each value a string."""
        return {key: self.text(key) for key in self}

    def lists(self) -> dict[str, tuple[str, ...]]:
        """The whole table, each value a list of strings."""
        return {key: self.words(key) for key in self}

    def reject_unread(self) -> None:
        """Raise PackError for a key, here or below, that nothing has read: it is misspelt."""
        for key in self:
            if key not in self._read:
                self.fail(key, "不是这里可以用的键")
        for table in self._tables:
            table.reject_unread()

    def fail(self, key: str, problem: str) -> NoReturn:
        """Raise PackError: file, key and what is wrong with it."""
        raise PackError(f"词库 {self._file} 的 {self._full(key)} {problem}，请修改。")

    def _value(self, key: str) -> Any:
        if key not in self._values:
            raise PackError(f"词库 {self._file} 缺少 {self._full(key)}，请补上。")
        self._read.add(key)
        return self._values[key]

    def _string(self, key: str, value: Any) -> str:
        return value if isinstance(value, str) else self.fail(key, "应为字符串")

    def _compiled(self, key: str, text: str, flags: int) -> re.Pattern[str]:
        try:
            return re.compile(text, flags)
        except re.error as error:
            self.fail(key, f"不是有效的正则表达式（{error}）")

    def _below(self, key: str, value: Any, path: str) -> "PackTable":
        if not isinstance(value, Mapping):
            self.fail(key, "应为表")
        table = PackTable(value, file=self._file, path=path)
        self._tables.append(table)
        return table

    def _full(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key


def open_pack(name: str) -> PackTable:
    """The pack `data/lexicon/<name>.toml`, to be read into its dataclass."""
    return PackTable(read_pack(name), file=f"data/lexicon/{name}.toml")
