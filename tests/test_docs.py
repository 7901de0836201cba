"""README and the program agree: no command, option or key is documented that does not exist."""

import re
import tomllib
from argparse import _SubParsersAction
from importlib.metadata import version
from pathlib import Path

import pytest

from assistant.cli.main import parser
from assistant.config import PREFIX, Settings
from assistant.schemas import answers as contract
from assistant.schemas import documents as contract_documents
from assistant.schemas import drafts as contract_drafts
from assistant.schemas import templates as contract_templates
from ingest.config import DATA, PROMPTS
from tools.module_index import PAGE, updated

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("docs/*.md"), *ROOT.glob("README.md"), *ROOT.glob("CONTRIBUTING.md")])
PACKS = sorted([*ROOT.glob("data/lexicon/*.toml"), *ROOT.glob("data/rules/**/*.toml")])
FOLDERS = ("assistant", "benchmarks", "data", "docs", "ingest", "prompts", "tests", "tools")
NAMED_FILE = re.compile(
    r"(?<![\w./:-])(?:"
    r"(?:[\w.-]+/)*[\w-]+\.(?:py|toml|md|sh|js|css|html|yaml|service)\b"
    rf"|(?:{'|'.join(FOLDERS)})/[\w./-]*\w\b(?![\w*<{{…])"
    r")"
)
"""A file by its ending, or anything in one of our folders; `…`, `*` and the like stand for more."""
LINK = re.compile(r"\]\(([^)#:\s]+)[)#]")


def commands() -> dict[str, list[str]]:
    """Every subcommand with its options."""
    found: dict[str, list[str]] = {}
    for action in parser()._actions:
        if isinstance(action, _SubParsersAction):
            for name, made in action.choices.items():
                found[name] = [o for a in made._actions for o in a.option_strings]
    return found


def test_every_command_is_in_the_readme() -> None:
    missing = [name for name in commands() if f"jiwen {name}" not in README]
    assert not missing


def test_every_documented_command_and_option_exists() -> None:
    known = commands()
    documented = re.findall(r"jiwen ([a-z][a-z-]*)([^\n`]*)", README)
    assert documented
    for name, rest in documented:
        assert name in known
        for option in re.findall(r"--[a-z][a-z-]*", rest):
            assert option in known[name], f"jiwen {name} {option}"


@pytest.mark.parametrize("name", commands())
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        parser().parse_args([name, "--help"])
    shown = capsys.readouterr().out
    assert stop.value.code == 0
    assert shown.startswith("用法：")
    assert not re.search(r"\b(usage|options|arguments|show this)\b", shown)


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        parser().parse_args(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"绩问 {version('jiwen')}\n"
    assert "jiwen --version" in README


def test_documented_keys_are_the_printed_ones() -> None:
    types = {
        "add": contract_documents.ReportJson,
        "documents": contract_documents.DocumentJson,
        "ask": contract.AnswerJson,
        "citations": contract.CitationJson,
        "location": contract.LocationJson,
        "figures": contract.FigureJson,
        "indicators": contract.IndicatorJson,
        "draft": contract_drafts.DraftJson,
        "audit": contract.FindingJson,
        "status": contract.TotalsJson,
        "corrections": contract_documents.CorrectionJson,
        "layouts": contract_templates.LayoutJson,
        "templates": contract_templates.TemplateJson,
    }
    for name, kind in types.items():
        row = re.search(rf"^\| {name} \| (.*) \|$", README, re.MULTILINE)
        assert row, name
        assert re.findall(r"`(\w+)`", row[1]) == list(kind.__annotations__)


def test_every_setting_is_documented() -> None:
    settings = {PREFIX + name.upper() for name in Settings.model_fields}
    assert settings == set(re.findall(rf"`({PREFIX}[A-Z_]+)`", README))


def test_documented_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"make ([a-z]+)", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("page", [*PAGES, *PACKS], ids=lambda page: page.name)
def test_every_file_named_in_docs_and_packs_exists(page: Path) -> None:
    """By its path from the root or from the page, or by the end of it."""
    files = [path.as_posix() for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    text = page.read_text(encoding="utf-8")
    links = LINK.findall(text) if page.suffix == ".md" else []  # in a pack it is a pattern's [](…)
    named = {*NAMED_FILE.findall(text), *links}
    missing = [
        name
        for name in sorted(named)
        if not (ROOT / name).exists() and not (page.parent / name).exists()
        if not any(file.endswith(f"/{name}") for file in files)
    ]
    assert not missing


def test_every_test_named_in_docs_exists() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/*.py"))
    known = {*re.findall(r"def (test_\w+)", tests), *(p.stem for p in ROOT.glob("tests/**/*.py"))}
    for page in PAGES:
        named = set(re.findall(r"\b(test_\w+)\b", page.read_text(encoding="utf-8")))
        assert named <= known, page.name


def test_a_checkout_reads_its_own_data_and_prompts() -> None:
    assert DATA == ROOT / "data"
    assert PROMPTS == ROOT / "prompts"
    assert sorted(path.name for path in DATA.iterdir()) == [
        *("help", "labels", "lexicon", "models", "questions", "rules", "samples", "statements")
    ]


def test_the_changelog_has_this_version() -> None:
    told = re.search(r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert told
    assert f"## [{told[1]}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_newest_section_of_the_changelog_is_the_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## \[(\d[^\]]*)\] - \d{4}-\d\d-\d\d$", changelog, re.MULTILINE)
    assert released[0] == project["version"]


def test_the_index_of_the_architecture_page_is_that_of_the_docstrings() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == updated(page), "run: python tools/module_index.py --write"
