"""What the reader that ships says to questions over texts that were invented here."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.reading.reader import MODEL, WEIGHTS, Reader, shipped_reader
from ingest.errors import ModelError

ROW = (
    "栖霞湾区水务局2022年度排水管网改造项目绩效自评表｜产出指标｜"
    "改造管网长度：年度指标值 ≥18公里，实际完成值 16.4公里，分值 12，得分 10.93，"
    "偏差原因：两处路段与地铁施工冲突"
)
MONEY = (
    "栖霞湾区水务局2022年度部门整体支出绩效自评报告｜二、资金使用情况｜"
    "2022年年初预算3,418.00万元，年中追加206.50万元，全年支出3,507.21万元，年末结转117.29万元。"
)
RULE = (
    "栖霞湾区项目支出绩效评价办法｜第四章｜第十七条 评价结果分为四档：90分以上为优，"
    "80分至90分为良，60分至80分为中，60分以下为差。"
    "第十八条 评价报告由区财政局在每年9月底前报区政府。"
)
TEXTS = [ROW, MONEY, RULE]


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("管网实际改造了多长", ROW, "16.4公里"),
        ("原定改造多少公里管网", ROW, "≥18公里"),
        ("管网为什么没改完", ROW, "两处路段与地铁施工冲突"),
        ("水务局2022年一共花了多少钱", MONEY, "3,507.21万元"),
        ("年初预算批了多少", MONEY, "3,418.00万元"),
        ("评价报告什么时候报区政府", RULE, "9月底前"),
    ],
)
def test_the_text_that_answers_is_told_with_its_words(
    question: str, text: str, answer: str
) -> None:
    readings = shipped_reader().read(question, TEXTS)
    best = max(range(len(TEXTS)), key=lambda at: readings[at].answers)
    assert TEXTS[best] == text
    told = TEXTS[best][readings[best].start : readings[best].end]
    assert answer in told
    assert len(told) <= len(answer) + 2  # “每年9月底前” is as good


@pytest.mark.parametrize(
    "question",
    ["水务局2019年一共花了多少钱", "龙门岭县教育局2022年一共花了多少钱", "今天天气怎么样"],
)
def test_another_year_or_body_and_what_is_no_question_of_the_text_is_no(question: str) -> None:
    asked, right = shipped_reader().read(question, [MONEY]), "水务局2022年一共花了多少钱"
    (answered,) = shipped_reader().read(right, [MONEY])
    assert asked[0].answers < 0.15
    assert answered.answers > 3 * asked[0].answers


def test_texts_are_read_alike_alone_together_and_by_several_threads() -> None:
    reader = Reader()
    alone = [reader.read("年初预算批了多少", [text])[0] for text in TEXTS]
    with ThreadPoolExecutor(2) as threads:
        many = list(threads.map(lambda _: reader.read("年初预算批了多少", TEXTS), range(4)))
    for together in many:
        for one, other in zip(alone, together, strict=True):
            assert (one.start, one.end) == (other.start, other.end)
            assert one.answers == pytest.approx(other.answers, abs=1e-3)


def test_no_texts_are_not_read() -> None:
    assert Reader(Path("不存在")).read("问什么", []) == ()


def test_a_damaged_or_missing_model_is_refused_with_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(WEIGHTS, folder)
    with (folder / MODEL).open("r+b") as file:
        file.seek(5000)
        file.write(b"damaged")
    with pytest.raises(ModelError, match=r"阅读模型的文件.*缺失或已损坏，请重新安装本软件。"):
        Reader(folder).warm_up()
    with pytest.raises(ModelError, match=r"阅读模型缺失.*请重新安装本软件。"):
        Reader(tmp_path / "nothing").read("多少", ["无"])
