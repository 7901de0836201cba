"""How long the texts may be that people and programs hand in (长度上限): all such limits.

What a text costs grows with its length, so each has a limit, held where the text is used
(`Assistant`, `DraftService`) whatever door it came through. The doors take their numbers from here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from assistant.errors import TextTooLong

_UNREADABLE = re.compile("[\x00\ud800-\udfff\ufffe\uffff]")
"""What is no character: no database, word splitter or file takes it."""


@dataclass(frozen=True, slots=True)
class TextLimit:
    """The greatest length in characters of one kind of text; `what` is its name for users."""

    what: str
    length: int

    def accepted(self, text: str) -> str:
        """The text, what is no character in it left blank; raises TextTooLong.

        >>> TextLimit("备注", 3).accepted("甲\\ud800乙")
        '甲 乙'
        """
        if len(text) > self.length:
            raise TextTooLong(
                f"{self.what}有{len(text)}个字，最多{self.length}个字，请改短后再试。"
            )
        return _UNREADABLE.sub(" ", text)


QUESTION = TextLimit("问题", 2000)
TURNS = TextLimit("此前的问题合起来", 20_000)
DEPARTMENT = TextLimit("部门名称", 200)
NAME = TextLimit("要查的名称", 200)
SEARCH = TextLimit("要搜索的文字", 80)
TITLE = TextLimit("对话的名称", 100)
VIEW = TextLimit("视图的名称", 40)
WAY_OUT = TextLimit("通知地址", 500)
TAG = TextLimit("标签", 20)
NOTE = TextLimit("反馈的说明", 200)
REASON = TextLimit("更正的理由", 200)
TONE = TextLimit("口吻", 20)
TEMPLATE = TextLimit("模板名称", 80)
EMPHASIS = TextLimit("要突出的内容", 200)
COMMENT = TextLimit("批注", 1000)
PASSAGE = TextLimit("批注所指的文字", 500)
DRAFT = TextLimit("初稿", 200_000)

MAX_TURNS = 50
"""Maximum number of earlier questions that come with a question."""
MAX_PARTS = 20
"""Maximum number of questions in one text that are answered; the answer says what was left out."""
MAX_SUBJECTS = 20
"""Maximum number of things that one of them looks up (甲、乙分别是多少), with the same notice."""
MAX_YEARS = 30
"""Maximum number of years in which it looks them up, with the same notice."""


def accepted_turns(turns: Sequence[str]) -> tuple[str, ...]:
    """The earlier questions, each as `QUESTION` accepts it; raises TextTooLong for too many."""
    if len(turns) > MAX_TURNS:
        raise TextTooLong(f"此前的问题有{len(turns)}个，最多{MAX_TURNS}个，请只带最近的几个再试。")
    TURNS.accepted("".join(turns))
    return tuple(map(QUESTION.accepted, turns))


def latest_turns(turns: Sequence[str], most: int = MAX_TURNS) -> tuple[str, ...]:
    """The latest of a conversation's questions that are accepted together, oldest first.

    Those longer than a question may be were never answered.
    """
    asked = [turn for turn in turns if len(turn) <= QUESTION.length][-most:]
    lengths = accumulate(len(turn) for turn in reversed(asked))
    fitting = sum(length <= TURNS.length for length in lengths)
    return tuple(asked[len(asked) - fitting :])
