"""`jiwen templates` from argument to output."""

import json
from pathlib import Path

import pytest

from assistant.cli.main import main
from tests.support.builders import sheet
from tests.support.unknown_form import unknown_form

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def signature(tmp_path: Path, capsys: Printed) -> str:
    """That of the form that three units handed in."""
    for unit in ("水务局", "城管局", "民政局"):
        (tmp_path / f"{unit}.xlsx").write_bytes(sheet(*unknown_form(unit)))
    assert main(["add", *map(str, tmp_path.glob("*.xlsx"))]) == 0
    capsys.readouterr()
    assert main(["templates", "--json"]) == 0
    (layout,) = json.loads(capsys.readouterr().out)["layouts"]
    assert (layout["documents"], layout["unconfirmed"]) == (3, 3)
    return str(layout["signature"])


def targets(capsys: Printed) -> list[str]:
    """The targets that are certain, of an indicator."""
    capsys.readouterr()
    main(["figures", "--json", "--name", "投诉办结比例"])
    figures = map(json.loads, capsys.readouterr().out.splitlines())
    return [figure["raw"] for figure in figures if figure["role"] == "target"]


def test_a_head_is_shown_confirmed_and_forgotten(signature: str, capsys: Printed) -> None:
    assert main(["templates", "show", signature[:8]]) == 0
    assert "甲栏" in capsys.readouterr().out
    roles = "序号、指标名称、实际完成值、年度目标值、备注"
    confirm = ["templates", "confirm", signature, "--kind", "绩效指标", "--roles", roles, "--json"]
    assert main(confirm) == 0
    assert json.loads(capsys.readouterr().out)["version"] == 1
    assert targets(capsys) == ["95%"] * 3
    assert main(["templates", "forget", "1"]) == 0
    assert "已撤销" in capsys.readouterr().out
    assert targets(capsys) == []


def test_what_is_no_role_kind_or_layout_is_told(signature: str, capsys: Printed) -> None:
    wrong = (["show", "没有"], ["confirm", signature, "--roles", "甲"], ["forget", "一"], ["show"])
    for arguments in wrong:
        assert main(["templates", *arguments]) == 2
    assert main(["templates", "confirm", signature, "--kind", "资金", "--roles", "备注"]) == 1
    assert "有5列" in capsys.readouterr().err
