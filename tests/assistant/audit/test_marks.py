"""Findings as they were handled: kept, replaced, taken back, and gone when the finding is."""

from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from assistant.audit.explanations import explanations
from assistant.audit.marks import MarkStore
from assistant.config import Settings
from assistant.errors import UnknownFinding
from assistant.service import Assistant
from assistant.types import FindingMark, Handling
from ingest.types.library import Scope
from tests.support.builders import page, write

ROOT = Path(__file__).parents[3]
EVERYTHING = Scope()


def test_marks_outlive_a_restart_and_replace_each_other(database_url: str) -> None:
    with closing(MarkStore(database_url)) as marks:
        assert marks.all() == {}
        marks.put("文件", "k1", Handling.SEEN, by="甲")
        second = marks.put("文件", "k1", Handling.FALSE_ALARM, by="乙")
        other = marks.put("别的", "k1", Handling.REMEDIED, by="甲")
    with closing(MarkStore(database_url)) as marks:
        assert marks.all() == {("文件", "k1"): second, ("别的", "k1"): other}
        assert marks.put("文件", "k1", None, by="甲") is None
        assert marks.all() == {("别的", "k1"): other}
    assert other is not None
    assert datetime.fromisoformat(other.at).tzinfo is not None


def marks_of(assistant: Assistant) -> list[FindingMark]:
    return [finding.mark for finding in assistant.audit(EVERYTHING) if finding.mark]


def test_a_mark_stays_with_its_finding_through_versions_and_backups(tmp_path: Path) -> None:
    home, second, file = tmp_path / "home", tmp_path / "second", tmp_path / "表.html"
    with closing(Assistant(Settings(home=home))) as assistant:
        list(assistant.add([write(file, page())]))
        unmarked = assistant.audit(EVERYTHING)
        first = unmarked[0]
        marked = assistant.mark(first.document_id, first.key, Handling.SEEN, by="李明")
        assert marked.mark is not None
        assert marks_of(assistant) == [marked.mark]
        version = page().replace(b"</body>", "<p>附注一句。</p></body>".encode())
        list(assistant.add([write(file, version)], replace=True))
        (again,) = [one for one in assistant.audit(EVERYTHING) if one.mark]
        assert (again.key, again.mark) == (first.key, marked.mark)
        assert again.document_id != first.document_id
        with pytest.raises(UnknownFinding):
            assistant.mark(first.document_id, first.key, None, by="李明")
        assistant.backup(tmp_path / "备份.zip")
        corrected = page(indicator="另一件事", target=5, actual=9_000)
        list(assistant.add([write(file, corrected)], replace=True))
        assert first.key not in {one.key for one in assistant.audit(EVERYTHING)}
        assert marks_of(assistant) == []
    Assistant.restore(Settings(home=second), tmp_path / "备份.zip")
    with closing(Assistant(Settings(home=second))) as restored:
        assert marks_of(restored) == [marked.mark]


def test_every_check_of_the_list_is_explained() -> None:
    lines = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8").splitlines()
    listed = {line.split("|")[1].strip() for line in lines if line.startswith("| D")}
    assert set(explanations()) == listed
    assert "÷" in explanations()["D10"].formula
