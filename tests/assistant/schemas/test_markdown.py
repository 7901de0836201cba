"""An answer as Markdown: quotes with the words that answer, tables whose cells stay in place."""

from assistant.schemas.markdown import markdown
from assistant.types import Answer, AnswerBlock, BlockKind, Mode, State

QUOTE = AnswerBlock(BlockKind.QUOTE, "验收由镇政府组织。\n费用自理。", marker=1, span=(3, 6))
TABLE = AnswerBlock(BlockKind.TABLE, columns=("村", "金额"), rows=(("甲|乙", "3万元[2]"),))


def test_what_stands_below_the_text() -> None:
    answer = Answer("谁验收", "最相关的原文：", State.QUOTED, Mode.GROUNDED, blocks=(QUOTE, TABLE))
    assert markdown(answer) == (
        "最相关的原文：\n\n> 验收由**镇政府**组织。\n> 费用自理。[1]\n\n"
        "| 村 | 金额 |\n| --- | --- |\n| 甲\\|乙 | 3万元[2] |"
    )


def test_a_text_alone_is_itself() -> None:
    assert markdown(Answer("问", "答。[1]", State.ANSWERED, Mode.GROUNDED)) == "答。[1]"
