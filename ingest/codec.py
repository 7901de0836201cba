"""Our dataclasses as JSON and back, exactly: `decode(type(x), encode(x)) == x`.

Decimal is written as its digits; fields that have their default value are left out.
"""

import json
from collections.abc import Callable, Hashable
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Decoder = Callable[[Any], Any]
WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
LEAVES = frozenset({str, int, float, bool, NoneType})


def encode(value: object) -> str:
    """A dataclass, or a tuple of them, as JSON.

    >>> from ingest.types import Quantity
    >>> encode(Quantity("80万人次", (Decimal("8E+5"),), unit="人次"))
    '{"raw":"80万人次","values":["8E+5"],"unit":"人次"}'
    """
    return WRITER.encode(_plain(value))


def decode(kind: type[T], text: str) -> T:
    """What `encode` was given; `kind` is its type, `tuple[X, ...]` for a tuple."""
    decoder = _decoder(cast(Hashable, kind))
    held = json.loads(text)
    return cast(T, decoder(held) if decoder else held)


def _plain(value: Any) -> object:
    kind = type(value)
    if kind in LEAVES:
        return value
    if kind is tuple:
        return [_plain(part) for part in value]
    if kind is Decimal:
        return str(value)
    if isinstance(value, Enum):
        return value.value
    plain: dict[str, object] = {}
    for name, default, leaf in _layout(cast(Hashable, kind)):
        held = getattr(value, name)
        if held is not default and (default is MISSING or held != default):
            plain[name] = held if leaf else _plain(held)
    return plain


@cache
def _layout(kind: Any) -> tuple[tuple[str, object, bool], ...]:
    """The fields of a dataclass with their defaults, and whether JSON has their type itself."""
    hints = get_type_hints(kind)
    return tuple((f.name, f.default, _is_leaf(hints[f.name])) for f in fields(kind))


def _is_leaf(hint: Any) -> bool:
    parts = get_args(hint) if get_origin(hint) is UnionType else (hint,)
    return LEAVES.issuperset(parts)


@cache
def _decoder(kind: Any) -> Decoder | None:
    """How JSON becomes a value of the annotated type, None where it is that value already."""
    if get_origin(kind) is UnionType:
        return _union([part for part in get_args(kind) if part is not NoneType])
    if get_origin(kind) is tuple:
        parts = get_args(kind)
        part = _decoder(parts[0]) if parts[-1] is Ellipsis else None
        return tuple if part is None else lambda values: tuple(map(part, values))
    if is_dataclass(kind):
        return _dataclass(cast(type, kind))
    if kind is Decimal or (isinstance(kind, type) and issubclass(kind, Enum)):
        return cast(Decoder, kind)
    return None


def _dataclass(kind: type) -> Decoder:
    hints = get_type_hints(kind)
    found = ((field.name, _decoder(hints[field.name])) for field in fields(kind))
    decoders = [(name, decoder) for name, decoder in found if decoder is not None]

    def build(held: dict[str, Any]) -> Any:
        for name, decoder in decoders:
            if name in held:
                held[name] = decoder(held[name])
        return kind(**held)

    return build


def _union(kinds: list[Any]) -> Decoder | None:
    """The one kind beside None; or, of several dataclasses, the one whose fields are there."""
    if len(kinds) == 1:
        only = _decoder(kinds[0])
        return only and (lambda value: None if value is None else only(value))
    needed = [
        ({field.name for field in fields(kind) if field.default is MISSING}, _dataclass(kind))
        for kind in kinds
    ]

    def choose(held: dict[str, Any]) -> Any:
        return next(build for names, build in needed if names <= held.keys())(held)

    return choose
