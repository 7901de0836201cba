"""One department under all its names: listings name it once, filters take any of its names."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.config import Settings
from assistant.service import Assistant
from ingest.types.library import Scope

FULL = "临海市东平区卫生健康局"
SHORT = "临海市东平区卫健局"
FORM = f"部门整体支出绩效自评表\n（2021年度）\n部门名称\t{FULL}\n实际支出数\t100.5\n".encode()
REPORT = f"{SHORT}2022年度部门整体支出绩效自评报告\n实际支出120.5万元。\n".encode()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder: Path = tmp_path_factory.mktemp("names")
    (folder / "表.txt").write_bytes(FORM)
    (folder / "报告.txt").write_bytes(REPORT)
    assistant = Assistant(Settings(home=folder / "home"))
    assert not [r.error for r in assistant.add([folder / "表.txt", folder / "报告.txt"]) if r.error]
    yield assistant
    assistant.close()


def test_documents_are_listed_under_one_name(library: Assistant) -> None:
    assert {record.department for record in library.documents()} == {FULL}


@pytest.mark.parametrize("name", [FULL, SHORT, "东平区卫健局"])
def test_filters_take_any_name(library: Assistant, name: str) -> None:
    found = library.figures(Scope(departments=(name,)))
    assert {f.year for f in found} == {2021, 2022}
    assert {f.department for f in found} == {FULL}


def test_an_unknown_department_has_no_figures(library: Assistant) -> None:
    assert library.figures(Scope(departments=("临海市西平区教育局",))) == ()
