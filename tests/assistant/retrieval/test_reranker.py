"""Reordering by a real cross-encoder with random weights, made here; failing, nothing is lost."""

import logging
from contextlib import closing
from pathlib import Path

import pytest

from assistant.config import Settings
from assistant.retrieval.reranker import MAX_REORDERED, Reranker
from assistant.service import Assistant
from ingest.config import DATA
from ingest.types.blocks import Location
from ingest.types.facts import Passage


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny model: real files, no meaning."""
    from sentence_transformers import CrossEncoder
    from transformers import (  # type: ignore[attr-defined] # made when it is asked for
        BertConfig,
        BertForSequenceClassification,
        BertTokenizerFast,
    )

    folder = tmp_path_factory.mktemp("reranker")
    letters = sorted({*"志愿服务队有多少人预算完成率支出问题措施0123456789"})
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters]))
    config = BertConfig(
        vocab_size=len(letters) + 5,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    config.num_labels = 1
    source = folder / "bert"
    BertForSequenceClassification(config).save_pretrained(source)
    BertTokenizerFast(vocab_file=str(vocabulary)).save_pretrained(source)
    made = folder / "cross-encoder"
    CrossEncoder(str(source), device="cpu", local_files_only=True).save_pretrained(str(made))
    return made


def passages(count: int) -> list[Passage]:
    texts = [f"预算完成率{number}支出{number % 7}" for number in range(count)]
    return [
        Passage(str(n), "d", "某局", 2021, "", text, Location(line_start=n))
        for n, text in enumerate(texts, 1)
    ]


def test_candidates_are_ordered_by_the_models_scores(model: Path) -> None:
    from sentence_transformers import CrossEncoder

    given = passages(MAX_REORDERED + 3)
    ordered = Reranker(str(model)).order("预算完成率有多少", given)
    assert ordered[MAX_REORDERED:] == given[MAX_REORDERED:]
    assert sorted(ordered[:MAX_REORDERED], key=given.index) == given[:MAX_REORDERED]
    scores = CrossEncoder(str(model), device="cpu", local_files_only=True).predict(
        [("预算完成率有多少", p.text) for p in ordered[:MAX_REORDERED]]
    )
    assert list(scores) == sorted(scores, reverse=True)


def test_a_model_that_cannot_be_loaded_leaves_the_order(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    reranker = Reranker(str(tmp_path / "nothing"))
    given = passages(4)
    with caplog.at_level(logging.WARNING):
        assert reranker.order("预算", given) == given
        assert reranker.order("预算", given) == given
    assert "重排序模型" in reranker.failure
    assert len(caplog.records) == 1


@pytest.mark.parametrize("broken", [False, True])
def test_answers_are_the_same_facts_with_a_reranker(
    model: Path, tmp_path: Path, broken: bool
) -> None:
    reranker = str(tmp_path / "nothing") if broken else str(model)
    with closing(Assistant(Settings(home=tmp_path / "home", reranker=reranker))) as assistant:
        assert [r.error for r in assistant.add([DATA / "samples"])] == ["", ""]
        answer = assistant.ask("黄埔区团委2021年宣讲形式怎么样？")
        assert not [f for f in answer.figures if f.verdict == "unsupported"]
        number = assistant.ask("临港片区志愿服务队有多少人？")
        assert "226" in number.text
