"""Headings of running text (标题层级) and what a paragraph opens with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from ingest.language.normalise import squeeze
from ingest.language.vocabulary import ReadText
from ingest.types.tables import FormSection


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings above the text being read (标题层级), level and words from the top down."""

    levels: tuple[tuple[int, ReadText], ...] = ()

    def below(self, level: int, words: ReadText) -> Self:
        """The headings below one more, which ends those of its level and under it."""
        above = (heading for heading in self.levels if heading[0] < level)
        return replace(self, levels=(*above, (level, words)))

    def path(self) -> str:
        """The words of all headings, from the top down."""
        return " / ".join(words.text for _, words in self.levels)

    @property
    def section(self) -> FormSection | None:
        """The form block that the nearest heading names, if any does."""
        named = (words.section for _, words in reversed(self.levels))
        return next((section for section in named if section), None)

    @property
    def task(self) -> str:
        """The item heading (1.志愿服务专项) that the text stands under, if any."""
        words = dict(self.levels).get(ITEM_LEVEL)
        return words.text if words else ""


ARTICLE_LEVEL = 4
"""The level of articles (第十二条), each a place of its own though it is no line of its own."""
ITEM_LEVEL = 6
"""The level of headings that number single items: 1.志愿服务专项."""

_NUMERAL = r"[一二三四五六七八九十百零〇\d]+"
_HEADING = (
    (1, re.compile(rf"^(第{_NUMERAL}(?:章|编|篇|部分).{{0,30}})$")),
    (2, re.compile(rf"^(第{_NUMERAL}节.{{0,30}})$")),
    (3, re.compile(r"^[一二三四五六七八九十]+、(.{2,30})$")),
    (5, re.compile(r"^[（(][一二三四五六七八九十]+[)）](.{2,30})$")),
    (ITEM_LEVEL, re.compile(r"^\d{1,2}[.、．](.{2,30})$")),
)
_ARTICLE = re.compile(
    rf"^\s*(第\s*{_NUMERAL}\s*条(?:之{_NUMERAL})?)(?!\s*(?:[、，。至到和及或]|规定|所|第|中|的))"
)


def heading_level(text: str) -> tuple[int, str]:
    """The level and words of a numbered heading; 0 when the text is no heading.

    >>> heading_level("第三章 结果应用"), heading_level("二、存在问题")
    ((1, '第三章结果应用'), (3, '存在问题'))
    """
    key = squeeze(text)
    if key.endswith(("。", "；", "，", ";")) or re.search(r"[，。；]", key):
        return 0, ""
    for level, pattern in _HEADING:
        match = pattern.match(key)
        if match:
            return level, match.group(1).rstrip("：:")
    return 0, ""


def article_of(text: str) -> tuple[str, str]:
    """The article that a paragraph opens and the text behind its number; ("", text) for none.

    >>> article_of("第十二条 抽查比例不低于20%。"), article_of("第十二条规定的情形除外。")[0]
    (('第十二条', '抽查比例不低于20%。'), '')
    """
    match = _ARTICLE.match(text)
    return (squeeze(match.group(1)), text[match.end() :].strip()) if match else ("", text)


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


_CONTENTS = ("目录", "目次")
_LEADERS = re.compile(r"(?:[.．·…•]{2,}|\t|\s{3,})[-—\s]*\d{1,3}[-—\s]*$")
MAX_CONTENTS_LENGTH = 60
"""Maximum number of characters of a line of a table of contents."""


def contents_lines(texts: Sequence[str]) -> set[int]:
    """Which of the paragraphs of a document are its table of contents (目录): lines that end with
    the number of a page, and those below the word itself up to the first that comes again.

    >>> sorted(contents_lines(["目 录", "第一章 总则", "第二章 附则", "第一章 总则", "第一条 …"]))
    [0, 1, 2]
    """
    keys = [squeeze(text) for text in texts]
    found = {n for n, text in enumerate(texts) if _LEADERS.search(text) and _is_entry(text)}
    for start, key in enumerate(keys[:-1]):
        if key not in _CONTENTS:
            continue
        end = start + 1
        while end < len(keys) and _is_entry(keys[end]) and keys[end] not in keys[start + 1 : end]:
            end += 1
        if end < len(keys) and keys[end] in keys[start + 1 : end]:
            found.update(range(start, end))
    return found


def _is_entry(text: str) -> bool:
    return len(text) <= MAX_CONTENTS_LENGTH and not re.search("[。；，]", text)
