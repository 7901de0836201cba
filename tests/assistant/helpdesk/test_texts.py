"""Help texts: each way of asking once, what they name exists, rules and catalogues are known."""

import re
from pathlib import Path

import pytest

from assistant.helpdesk.scoring_rules import RuleTopic
from assistant.helpdesk.texts import HelpKind, help_texts, read_help
from assistant.types import Catalogue
from ingest.config import DATA
from ingest.errors import PackError

TEXTS = help_texts()
ROOT = Path(__file__).parents[3]


def test_every_text_has_its_own_id_and_every_wording_one_text() -> None:
    assert len(read_help()) == len(TEXTS)
    asked = [one for text in TEXTS for one in (*text.asked, *text.held_out)]
    assert len(asked) == len(set(asked))


def test_what_is_composed_is_known_to_the_code() -> None:
    ids = {kind: {text.id for text in TEXTS if text.kind is kind} for kind in HelpKind}
    assert ids[HelpKind.RULE] == set(RuleTopic)
    assert ids[HelpKind.CATALOGUE] == {one.value for one in Catalogue}


def test_each_text_of_the_program_has_a_dozen_wordings_or_nearly_and_some_that_measure() -> None:
    for text in TEXTS:
        assert len(text.asked) >= 8, text.id
        assert text.held_out, text.id


def test_answers_name_files_and_commands_that_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for text in TEXTS:
        for file in re.findall(r"docs/\w+\.md", text.answer):
            assert (ROOT / file).is_file(), (text.id, file)
        for command in re.findall(r"jiwen ([a-z][a-z-]+)", text.answer):
            assert f"jiwen {command}" in readme, (text.id, command)


def test_a_text_without_its_answer_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        'kind = "use"\n[[entries]]\nid = "lamp"\nasked = ["灯怎么开"]\nheld_out = []\n', "utf-8"
    )
    with pytest.raises(PackError, match="answer"):
        help_texts(tmp_path)


def test_every_file_of_the_folder_is_read() -> None:
    assert {path.name for path in (DATA / "help").iterdir()} >= {"rules.toml", "thresholds.toml"}
