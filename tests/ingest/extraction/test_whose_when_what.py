"""Whose a document is, for which year, what it is and about which project, in documents that were
written before any of them was read (盲写)."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.builders import read
from tests.support.written_documents import written

DOCUMENTS: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("unseen_documents.toml").read_text(encoding="utf-8")
)["documents"]
NAMES = [document["file"] for document in DOCUMENTS]


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_whose_when_and_what(document: dict[str, Any]) -> None:
    understood = read(document["file"], written(document["file"], document["text"]))
    found = understood.document
    assert found.department in document["department"]
    assert found.year == document.get("year")
    assert found.form.value == document["form"]
    if project := document.get("project"):
        assert project in {figure.task for figure in understood.figures}
    if proposal := document.get("proposal"):
        assert [one.proposal for one in understood.open] == [f"部门：{proposal}"]
