"""What each check looks for, in plain words (检查项说明): data/lexicon/checks.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ingest.language.packs import open_pack


@dataclass(frozen=True, slots=True)
class Explanation:
    """A check as it is explained to who fills in forms; `formula` is "" where nothing is computed.

    It says what the check does by default: a place's rule pack may set other limits.
    """

    name: str
    says: str
    formula: str = ""


@cache
def explanations() -> Mapping[str, Explanation]:
    """Every check by its code; raises PackError where the pack is wrong."""
    pack = open_pack("checks")
    checks = {
        code: Explanation(table.text("name"), table.text("says"), table.text("formula", default=""))
        for code in pack
        for table in (pack.table(code),)
    }
    pack.reject_unread()
    return checks
