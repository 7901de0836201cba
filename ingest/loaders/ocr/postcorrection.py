"""What recognition commonly misreads in figures, put right by `data/lexicon/ocr.toml`."""

import re
from dataclasses import dataclass
from functools import cache

from ingest.language.packs import PackTable, open_pack


@dataclass(frozen=True, slots=True)
class OcrMisreadings:
    """Misread characters that the shape of a number gives away (识别误读)."""

    replacements: tuple[tuple[re.Pattern[str], str], ...]
    """What is looked for, and what is put in its place, in this order."""

    @classmethod
    def from_pack(cls, pack: PackTable) -> "OcrMisreadings":
        """The misreadings of a pack; raises PackError for what is missing, wrong or unknown."""
        replacements = tuple(_replacement(table) for table in pack.tables("misreadings"))
        pack.reject_unread()
        return cls(replacements)

    def repaired(self, text: str) -> str:
        """Recognised text with the misreadings undone.

        >>> misreadings = default_misreadings()
        >>> misreadings.repaired("1;414:43"), misreadings.repaired("全年69..9%")
        ('1,414.43', '全年69.9%')
        >>> misreadings.repaired("》95%"), misreadings.repaired("《办法》2022年")
        ('≥95%', '《办法》2022年')
        """
        for pattern, replacement in self.replacements:
            text = pattern.sub(replacement, text)
        return text


@cache
def default_misreadings() -> OcrMisreadings:
    """The misreadings of data/lexicon; raises PackError where the pack is wrong."""
    return OcrMisreadings.from_pack(open_pack("ocr"))


def _replacement(table: PackTable) -> tuple[re.Pattern[str], str]:
    table.text("why")
    find, put = table.pattern("find"), table.text("put")
    highest = max(map(int, re.findall(r"\\(\d)", put)), default=0)
    if highest > find.groups:
        table.fail("put", f"用了没有的组 \\{highest}")
    return find, put
