"""What a question wants is read by meaning: operation, role, range and text."""

import shutil
from pathlib import Path

import pytest

from assistant.questions.operations import (
    WEIGHTS,
    AskedRole,
    AskedText,
    Operation,
    OperationReader,
    Ranging,
    shipped_operations,
)
from ingest.errors import ModelError
from ingest.vectors.embedder import Embedder
from tools.train_operations import QUESTIONS, examples, of_file


@pytest.mark.parametrize(
    ("question", "operation"),
    [
        ("桥头镇前年修水渠一共掏了多少钱", Operation.LOOKUP),
        ("没干成的指标都有哪些呀", Operation.LIST),
        ("几家医院的预算加在一起是多少", Operation.SUM),
        ("每个学校平均花多少经费", Operation.AVERAGE),
        ("花钱最少的是哪家单位", Operation.EXTREME),
        ("有几项指标没完成", Operation.COUNT),
        ("水费比去年多花了多少", Operation.DIFFERENCE),
        ("维修费占总支出的几成", Operation.SHARE),
        ("各镇执行率从高到低排个名", Operation.RANK),
        ("近三年接待费的走势", Operation.TREND),
        ("合计和分项对得上吗", Operation.CHECK),
        ("这个得分是怎么算出来的", Operation.EXPLAIN),
        ("渠道修缮由谁负责", Operation.WHO),
        ("渠道修缮什么时候验收", Operation.WHEN),
        ("什么叫序时进度", Operation.DEFINE),
        ("渠道修缮为什么没完工", Operation.WHY),
        ("用一句话概括水务站的绩效", Operation.SUMMARY),
        ("帮我起草一段水务站的自评报告", Operation.DRAFT),
        ("回答怎么导出成表格", Operation.HELP),
        ("今天会不会下雨呀", Operation.OTHER),
    ],
)
def test_questions_in_many_tempers_have_their_operation(
    question: str, operation: Operation
) -> None:
    assert shipped_operations().read(question).operation is operation


@pytest.mark.parametrize(
    ("question", "role"),
    [
        ("水渠原来打算修几公里", AskedRole.TARGET),
        ("水渠最后修成几公里", AskedRole.ACTUAL),
        ("水渠这块给了几分", AskedRole.SCORE),
        ("这项满分是多少", AskedRole.WEIGHT),
        ("水务站年初批了多少预算", AskedRole.INITIAL),
        ("钱花到百分之几了", AskedRole.RATE),
        ("还剩几个钱没用", AskedRole.LEFT),
    ],
)
def test_the_role_of_the_value_needs_no_word_of_the_forms(question: str, role: AskedRole) -> None:
    assert shipped_operations().read(question).role is role


def test_over_what_a_question_ranges_and_which_text_it_means() -> None:
    read = shipped_operations().read
    assert read("各单位的经费列个表").ranges[0][0] is Ranging.DEPARTMENT
    assert read("哪些指标扣了分").ranges[0][0] is Ranging.INDICATOR
    assert read("水务站有什么短板").texts[0][0] is AskedText.PROBLEMS
    assert read("水务站下一步打算怎么改").texts[0][0] is AskedText.MEASURES


def test_probabilities_add_up_the_likeliest_first() -> None:
    wanted = shipped_operations().read("水务站前年花了多少")
    for likely in (wanted.operations, wanted.roles, wanted.ranges, wanted.texts):
        shares = [share for _, share in likely]
        assert sum(shares) == pytest.approx(1, abs=1e-4)
        assert shares == sorted(shares, reverse=True)
    assert wanted.probability(*Operation) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("question", ["食堂改造花了多少钱", "天气雷达建了几座", "热线帮助了多少人"])
def test_a_question_about_a_document_is_no_small_talk(question: str) -> None:
    wanted = shipped_operations().read(question)
    assert wanted.probability(Operation.HELP, Operation.OTHER) < 0.5


def test_the_vector_that_retrieval_has_is_the_one_that_is_read() -> None:
    question = "林场护林员一年补多少"
    reader = OperationReader.load()
    alone = reader.read(question)
    shared = OperationReader.load().read(question, Embedder().encode_query(question))
    assert dict(shared.operations) == pytest.approx(dict(alone.operations), abs=1e-3)


def test_weights_that_are_not_whole_are_refused_in_a_sentence(tmp_path: Path) -> None:
    folder = shutil.copytree(WEIGHTS, tmp_path / "reader")
    (folder / "weights.npz").write_bytes(b"no weights")
    with pytest.raises(ModelError, match=r"操作识别模型的文件.*缺失或已损坏，请重新安装本软件"):
        OperationReader.load(folder)


def test_every_operation_and_role_is_taught() -> None:
    told = examples(QUESTIONS)
    assert {one.wants["operation"] for one in told} == set(Operation)
    assert {one.wants["role"] for one in told if "role" in one.wants} == set(AskedRole)
    assert {one.wants["over"] for one in told if "over" in one.wants} == set(Ranging)
    assert {one.wants["topic"] for one in told if "topic" in one.wants} == set(AskedText)


def test_a_line_that_tells_what_there_is_not_is_refused(tmp_path: Path) -> None:
    lines = tmp_path / "lines.toml"
    lines.write_text('lookup = ["花了多少 | role money"]\n', encoding="utf-8")
    with pytest.raises(ValueError, match="money"):
        list(of_file(lines))
    lines.write_text('all_told = false\nlookup = ["花了多少 | role spent"]\n', encoding="utf-8")
    (line,) = of_file(lines)
    assert line.wants == {"operation": "lookup", "role": "spent"}
