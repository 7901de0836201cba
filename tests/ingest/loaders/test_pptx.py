"""Presentations: texts and tables of the slides that are shown, in the order they are read."""

import shutil
import subprocess
from pathlib import Path

import pytest

from ingest.config import Limits
from ingest.errors import LoadError
from ingest.loaders import load
from ingest.types.blocks import TableBlock, TextBlock
from tests.support.builders import read
from tests.support.in_formats import compare
from tests.support.slides import box, presentation, table

ROWS = [
    ["一级指标", "三级指标", "年度指标值", "实际完成值"],
    ["产出指标", "清淤河道", "≥12公里", "13公里"],
    ["^", "新建泵站", "≥2座", "2座"],
    ["合计", ">", "", ""],
]
SLIDES = (
    box("全年预算数为214.50§30000|1§万元，执行数§strike|180.00§200.00万元。", 200)
    + box("临川县水务局2024年度项目支出绩效自评", 20, title=True),
    table(ROWS, 100) + box("项目名称：河道清淤", 30),
    box("全年执行数为999.00万元。", 20),
)
RIGHT = [
    ("全年预算数", "214.50万元"),
    ("执行数", "200.00万元"),
    ("产出指标 清淤河道 target", "12公里"),
    ("产出指标 清淤河道 actual", "13公里"),
    ("产出指标 新建泵站 target", "2座"),
    ("产出指标 新建泵站 actual", "2座"),
]


def test_slides_are_read_from_top_to_bottom_and_hidden_ones_not() -> None:
    understood = read("汇报.pptx", presentation(*SLIDES, hidden=[3]))
    title, prose, project, table_block = understood.document.blocks
    assert isinstance(title, TextBlock)
    assert (title.text, title.level) == ("临川县水务局2024年度项目支出绩效自评", 1)
    assert isinstance(prose, TextBlock)
    assert isinstance(project, TextBlock)
    assert project.location.page == 2
    assert isinstance(table_block, TableBlock)
    spans = {c.text: (c.row_span, c.column_span) for c in table_block.cells if c.text}
    assert (spans["产出指标"], spans["合计"]) == ((2, 1), (1, 2))
    compare(understood, RIGHT)
    (actual,) = (f for f in understood.figures if f.quantity.raw == "13公里")
    place = actual.location
    assert (place.page, place.table, place.row, place.column) == (2, 1, 2, 4)


def test_a_damaged_one_and_too_many_slides_are_refused() -> None:
    whole = presentation(*SLIDES)
    with pytest.raises(LoadError, match=r"“汇报\.pptx”：.*损坏"):
        load("汇报.pptx", whole.replace(b"<p:sldIdLst>", b"<p:sldIdLst<"))
    with pytest.raises(LoadError, match=r"幻灯片超过 2 页"):
        load("汇报.pptx", whole, limits=Limits(pages=2))


def test_an_old_one_is_read_where_libreoffice_is(tmp_path: Path) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    (tmp_path / "a.pptx").write_bytes(presentation(*SLIDES[:2]))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", "ppt", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "a.pptx")], capture_output=True, check=True)
    if not (tmp_path / "a.ppt").exists():
        pytest.skip("LibreOffice has no Impress here")
    understood = read("汇报.ppt", (tmp_path / "a.ppt").read_bytes())
    assert {"13公里", "2座"} <= {figure.quantity.raw for figure in understood.figures}
