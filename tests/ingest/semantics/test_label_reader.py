"""Heads, labels and block names are read by meaning, with what is around them."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from ingest.errors import ModelError
from ingest.semantics.label_features import PROFILE, Label, labels_of, profile, runs
from ingest.semantics.label_reader import CONTENT, WEIGHTS, LabelReader, shipped_reader


def likeliest(reading: Mapping[str, float]) -> str:
    return max(reading, key=lambda role: reading[role])


def test_a_row_of_heads_is_told_from_the_row_below_it() -> None:
    heads = ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"]
    below = [["产出指标"], ["数量指标"], ["培训场次"], ["≥8场"], ["9场"], ["10"], ["10"]]
    readings = shipped_reader().columns(labels_of(heads, section="绩效指标", below=below))
    assert [likeliest(one) for one in readings] == [
        "level1",
        "level2",
        "name",
        "target",
        "actual",
        "weight",
        "score",
    ]
    row = ["产出指标", "数量指标", "培训场次", "≥8场", "9场", "10", "10"]
    values = shipped_reader().columns(labels_of(row, section="绩效指标"))
    assert sum(one[CONTENT] for one in values) > len(row) / 2


def test_probabilities_add_up_and_do_not_depend_on_the_texts_beside_in_the_call() -> None:
    reader = shipped_reader()
    label = Label("累计支出", left="期初预算", right="支出比例")
    (alone,) = reader.columns([label])
    together = reader.columns([Label("备注"), label])[1]
    assert sum(alone.values()) == pytest.approx(1, abs=1e-5)
    assert alone == pytest.approx(together, abs=1e-5)


def test_what_stands_around_decides_where_the_words_alone_do_not() -> None:
    reader = shipped_reader()
    amounts = labels_of(["资金来源", "计划", "实际", "比例"], section="项目资金")
    values = labels_of(["指标名称", "计划", "实际", "分值", "得分"], section="绩效指标")
    spent = reader.columns(amounts)[2]["spent"]
    assert spent > reader.columns(values)[2]["spent"]
    assert reader.columns(values)[2]["actual"] > reader.columns(amounts)[2]["actual"]


def test_labels_of_single_facts_and_names_of_blocks_have_roles_of_their_own() -> None:
    reader = shipped_reader()
    (department,) = reader.facts([Label("主管部门", right="某县水利局", contents=("某县水利局",))])
    assert likeliest(department) == "department"
    problems, money = reader.sections([Label("存在的主要问题"), Label("项目资金（万元）")])
    assert likeliest(problems) == "problems"
    assert likeliest(money) == "funds"


def test_nothing_is_asked_and_nothing_is_read() -> None:
    assert shipped_reader().columns([]) == []
    (reading,) = shipped_reader().columns([Label("")])
    assert sum(reading.values()) == pytest.approx(1, abs=1e-5)


def test_weights_that_are_not_whole_are_refused_in_a_sentence(tmp_path: Path) -> None:
    folder = shutil.copytree(WEIGHTS, tmp_path / "reader")
    (folder / "weights.npz").write_bytes(b"no weights")
    with pytest.raises(ModelError, match=r"标签识别模型的文件.*缺失或已损坏，请重新安装本软件"):
        LabelReader.load(folder)
    with pytest.raises(ModelError, match="标签识别模型缺失，请重新安装本软件"):
        LabelReader.load(tmp_path)


def test_a_profile_tells_kinds_of_cells() -> None:
    assert len(profile(["≥95%", "8场"])) == PROFILE
    rates, counts = profile(["95%", "100%"]), profile(["1", "2"])
    assert rates != counts
    assert profile(["", " "]) == profile([]) == [0.0] * PROFILE


def test_runs_know_the_ends_of_a_text() -> None:
    assert set(runs("目标")) != set(runs("目标值"))
    assert runs("目标") == runs("目标")
