"""What recognition commonly misreads in figures, put right by data/lexicon/ocr.toml."""

import re
from functools import cache

from ingest.language.lexicon import read_pack


@cache
def _misreadings() -> tuple[tuple[re.Pattern[str], str], ...]:
    rules = read_pack("ocr")["misreadings"]
    return tuple((re.compile(rule["find"]), rule["put"]) for rule in rules)


def repaired(text: str) -> str:
    """Recognised text with the misreadings undone that the shape of a number gives away.

    >>> repaired("1;414:43"), repaired("全年69..9%"), repaired("》95%"), repaired("《办法》2022年")
    ('1,414.43', '全年69.9%', '≥95%', '《办法》2022年')
    """
    for pattern, replacement in _misreadings():
        text = pattern.sub(replacement, text)
    return text
