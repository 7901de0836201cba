"""What is wrong in questions.toml is said when it is loaded, with the file and the key."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from assistant.questions.vocabulary import QuestionVocabulary, read_questions
from assistant.types import Dimension, Topic
from ingest.errors import PackError
from ingest.language.lexicon import read_pack
from ingest.language.packs import PackTable

Change = Callable[[dict[str, Any]], object]


def loaded(change: Change) -> QuestionVocabulary:
    pack = deepcopy(dict(read_pack("questions")))
    change(pack)
    return QuestionVocabulary.from_pack(PackTable(pack, file="questions.toml"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda pack: pack["topics"].update(problem=["问题"]), "topics.problem 不是可以用的名称"),
        (lambda pack: pack["dimensions"].pop("task"), "缺少 dimensions.task"),
        (lambda pack: pack["rates"].update(share=["占("]), "rates.share 不是有效的正则表达式"),
        (lambda pack: pack["conditions"].update({"~": ["约"]}), "conditions.~ 应为"),
        (lambda pack: pack["words"].update(spendings="支出"), "words.spendings 不是这里可以用的键"),
        (lambda pack: pack["followup"].update(swap=["^那.+呢$"]), "followup.swap 缺少命名组 what"),
        (lambda pack: pack["years"].update({"今年": "0"}), "years.今年 应为整数"),
        (lambda pack: pack["intent"].pop(), "intent 的最后一项应适合任何问句"),
    ],
)
def test_a_mistake_in_the_pack_is_named_with_file_and_key(change: Change, said: str) -> None:
    with pytest.raises(PackError) as raised:
        loaded(change)
    assert "questions.toml" in str(raised.value)
    assert said in str(raised.value)


def test_the_first_pattern_of_the_pack_that_fits_counts() -> None:
    words = read_questions()
    assert words.dimensions.first("各部门的各项任务") is Dimension.DEPARTMENT
    assert words.topics.all("问题和改进措施") == (Topic.PROBLEMS, Topic.MEASURES)
