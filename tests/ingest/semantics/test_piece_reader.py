"""What the pieces of pasted forms are, and which go on."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from ingest.config import DATA
from ingest.errors import ModelError
from ingest.semantics.piece_decoder import Stretch, tagged
from ingest.semantics.piece_features import CellKind, Gap
from ingest.semantics.piece_reader import WEIGHTS, PieceReader, shipped_pieces
from tools.damaged_forms import families
from tools.train_dumps import drawn, transitions


def pieces(*lines: str) -> list[Stretch]:
    return [
        Stretch(word, Gap.SPACE if at else Gap.LINE, len(line))
        for line in lines
        for at, word in enumerate(line.split())
    ]


def cells(*lines: str) -> list[tuple[CellKind, str]]:
    told = pieces(*lines)
    return [
        (cell.kind, "".join(piece.text for piece in told[cell.start : cell.end]))
        for cell in tagged(told, shipped_pieces())
    ]


def test_cells_have_kinds_and_names_go_on_over_lines() -> None:
    assert cells(
        "指标名称 年初计划 年末达到 分值",
        "河道清淤长",
        "度",
        "≥35公里 36.4公里 20",
        "垃圾转运及",
        "时率",
        "≥95% 98.2% 15",
    ) == [
        *((CellKind.HEAD, head) for head in ("指标名称", "年初计划", "年末达到", "分值")),
        (CellKind.NAME, "河道清淤长度"),
        *((CellKind.VALUE, "≥35公里"), (CellKind.VALUE, "36.4公里"), (CellKind.NUMBER, "20")),
        (CellKind.NAME, "垃圾转运及时率"),
        *((CellKind.VALUE, "≥95%"), (CellKind.RATE, "98.2%"), (CellKind.NUMBER, "15")),
    ]


def test_a_block_whose_name_runs_downwards() -> None:
    told = cells("存", "在", "问", "题", "部分项目开工偏晚，支出进度未达到序时要求。")
    assert [text for _, text in told] == ["存在问题", "部分项目开工偏晚，支出进度未达到序时要求。"]


def test_nothing_is_nothing() -> None:
    assert tagged([], shipped_pieces()) == []


def test_weights_that_are_not_whole_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "cut"
    shutil.copytree(WEIGHTS, folder)
    (folder / "kinds.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError):
        PieceReader.load(folder)


def test_what_is_shipped_is_made_of_the_data() -> None:
    _, dumps = drawn(families(DATA / "labels"))
    with np.load(WEIGHTS / "weights.npz") as shipped:
        assert np.allclose(shipped["transitions"], transitions(dumps))
