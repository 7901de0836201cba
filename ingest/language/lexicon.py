"""Vocabulary packs of `data/lexicon`, each read once, on first use."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from ingest.config import DATA


@cache
def read_pack(name: str) -> Mapping[str, Any]:
    """The pack `data/lexicon/<name>.toml` as read-only nested mappings and lists."""
    with (DATA / "lexicon" / f"{name}.toml").open("rb") as file:
        return MappingProxyType(tomllib.load(file))


def longest_first(words: Iterable[str]) -> list[str]:
    """The words ordered so that in a regular expression the longest one wins."""
    return sorted(set(words), key=lambda word: (-len(word), word))


def any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """Whatever one of the patterns matches, the first of them before the others."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
