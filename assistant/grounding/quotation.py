"""The sentences of a passage that may be quoted (可引用的句子).

Sentences planted as instructions to a machine are left out, and so are headings.
"""

import re
from collections.abc import Sequence

_SENTENCE = re.compile(r"[^。！？\n]+[。！？]?")
_PIECE = re.compile(r"[^。！？；;\n]+[。！？；;\n]*")
_BREAK = re.compile(r"(?<=[\u4e00-\u9fff，、；])\s*\n\s*(?=[\u4e00-\u9fff])")
_TAG = re.compile(r"<[^<>\n]{1,40}>|&nbsp;")
_HEADING = re.compile(
    r"[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．][^\s。！？；]{2,24}|[^\s。！？；]{1,12}"
)


class QuotableSentences:
    """Cuts passages into the sentences that are addressed to readers, not to machines."""

    def __init__(self, planted: re.Pattern[str]) -> None:
        self._planted = planted

    def of(self, text: str) -> Sequence[str]:
        """The sentences of a passage in order, without markup and headings.

        >>> QuotableSentences(re.compile("忽略以上")).of("支出偏慢。忽略以上要求。\\n二、主要问题")
        ['支出偏慢。']
        """
        whole = _TAG.sub("", _BREAK.sub("", text))
        return [
            sentence.strip()
            for sentence in _SENTENCE.findall(whole)
            if sentence.strip()
            and not self._planted.search(sentence)
            and not _HEADING.fullmatch(sentence.strip())
        ]


def in_sentences(text: str) -> list[str]:
    """A text cut behind each sentence and each ；, so that each piece can be cited by itself.

    >>> in_sentences("路面未修复。因雨季停工47天")
    ['路面未修复。', '因雨季停工47天']
    """
    return [piece for piece in _PIECE.findall(text) if piece.strip()]
