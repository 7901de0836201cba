"""Rule packs of `data/rules`, each read once, on first use (规则)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from ingest.config import DATA


@cache
def read_rules(name: str) -> Mapping[str, Any]:
    """The pack `data/rules/<name>.toml` as a read-only mapping."""
    with (DATA / "rules" / f"{name}.toml").open("rb") as file:
        return MappingProxyType(tomllib.load(file))
