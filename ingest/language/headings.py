"""Headings of running text (标题层级) and what a paragraph opens with."""

import re

from ingest.language.form_vocabulary import section_of
from ingest.language.normalise import squeeze


class Headings:
    """The headings above the text being read (标题层级)."""

    def __init__(self) -> None:
        self._levels: dict[int, str] = {}
        self.section = ""

    def enter(self, level: int, text: str) -> None:
        self._levels = {k: v for k, v in self._levels.items() if k < level} | {level: text}
        self.section = next(
            (s for s in (section_of(h) for h in reversed(list(self._levels.values()))) if s), ""
        )

    def path(self) -> str:
        return " / ".join(v for _, v in sorted(self._levels.items()))

    @property
    def task(self) -> str:
        """The item heading (1.志愿服务专项) that the text stands under, if any."""
        return self._levels.get(3, "")


_HEADING = (
    (1, re.compile(r"^[一二三四五六七八九十]+、(.{2,30})$")),
    (2, re.compile(r"^[（(][一二三四五六七八九十]+[)）](.{2,30})$")),
    (3, re.compile(r"^\d{1,2}[.、．](.{2,30})$")),
)


def heading_level(text: str) -> tuple[int, str]:
    """The level and words of a numbered heading; 0 when the text is no heading."""
    key = squeeze(text)
    if key.endswith(("。", "；", "，", ";")) or re.search(r"[，。；]", key):
        return 0, ""
    for level, pattern in _HEADING:
        match = pattern.match(key)
        if match:
            return level, match.group(1).rstrip("：:")
    return 0, ""


_TOPIC = re.compile(
    r"^(?:\d{1,2}[.、．]|[（(][一二三四五六七八九十]+[)）])?([^。，：:；\d]{2,28})[。：:]"
)


def topic_of(text: str) -> str:
    """What a paragraph is about, where it opens with a name: 志愿服务专项：安排资金… ."""
    match = _TOPIC.match(squeeze(text))
    if (
        match is None
        or match.group(1).endswith("指标")
        or len(match.group(0)) == len(squeeze(text))
    ):
        return ""
    numbered = match.group(0)[0].isdigit() or match.group(0)[0] in "（("
    return match.group(1) if numbered or match.group(0).endswith(("：", ":")) else ""
