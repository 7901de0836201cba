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


def encode(value: object) -> str:
    """A dataclass, or a tuple of them, as JSON.

    >>> from ingest.types import Quantity
    >>> encode(Quantity("80万人次", (Decimal("8E+5"),), unit="人次"))
    '{"raw":"80万人次","values":["8E+5"],"unit":"人次"}'
    """
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def decode(kind: type[T], text: str) -> T:
    """What `encode` was given; `kind` is its type, `tuple[X, ...]` for a tuple."""
    decoder = _decoder(cast(Hashable, kind))
    return cast(T, decoder(json.loads(text)))


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(held)
            for field in fields(value)
            if (held := getattr(value, field.name)) != field.default
        }
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Decimal):
        return str(value)
    return value


@cache
def _decoder(kind: Any) -> Decoder:
    """How JSON becomes a value of the annotated type; built once a type."""
    if get_origin(kind) is UnionType:
        return _union([part for part in get_args(kind) if part is not NoneType])
    if get_origin(kind) is tuple:
        parts = get_args(kind)
        if parts[-1] is not Ellipsis:
            return tuple
        part = _decoder(parts[0])
        return lambda values: tuple(part(value) for value in values)
    if is_dataclass(kind):
        return _dataclass(cast(type, kind))
    if kind is Decimal or (isinstance(kind, type) and issubclass(kind, Enum)):
        return cast(Decoder, kind)
    return lambda value: value


def _dataclass(kind: type) -> Decoder:
    hints = get_type_hints(kind)
    decoders = {field.name: _decoder(hints[field.name]) for field in fields(kind)}
    return lambda held: kind(**{name: decoders[name](value) for name, value in held.items()})


def _union(kinds: list[Any]) -> Decoder:
    """The one kind beside None; or, of several dataclasses, the one whose fields are there."""
    decoders = [_decoder(kind) for kind in kinds]
    if len(kinds) == 1:
        return lambda value: None if value is None else decoders[0](value)
    needed = [{f.name for f in fields(kind) if f.default is MISSING} for kind in kinds]

    def choose(held: dict[str, Any]) -> Any:
        fitting = (d for d, names in zip(decoders, needed, strict=True) if names <= held.keys())
        return next(fitting)(held)

    return choose
