"""What we let in beside files: the answers of readers, and the packages we install."""

import pickle
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from ingest.workers.parse_file import Upload, parse
from ingest.workers.protocol import Reply, Request, is_about, receive, send, speaks_of
from tools import licences, vulnerabilities

ROOT = Path(__file__).parent.parent


def test_a_reader_cannot_hand_over_anything_but_data(tmp_path: Path) -> None:
    class Payload:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (tmp_path / "owned",)

    for content in (
        pickle.dumps(Payload()),
        b"\x81\xa6parsed\x81",
        b"\xc1" * 40,
        b"\x93\x01\x02\x03",
    ):
        line = tmp_path / "line"
        line.write_bytes(len(content).to_bytes(8) + content)
        with line.open("rb") as stream, pytest.raises((ValueError, EOFError)):
            receive(stream, Reply, 1 << 20)
    line.write_bytes((1 << 40).to_bytes(8))
    with line.open("rb") as stream, pytest.raises(ValueError, match="message of"):
        receive(stream, Reply, 1 << 20)
    assert not (tmp_path / "owned").exists()


def test_a_reader_speaks_of_its_own_file_only(tmp_path: Path) -> None:
    data = "青禾市水务局2023年度完成率95%。".encode()
    parsed = parse(Upload("甲.txt", data), keep_contacts=False)
    line = tmp_path / "line"
    with line.open("wb") as stream:
        send(stream, Reply(parsed=parsed))
    with line.open("rb") as stream:
        said = receive(stream, Reply, 1 << 20)
    assert said.parsed
    assert said.parsed.packed == parsed.packed
    assert parsed.packed
    assert speaks_of(parsed.packed, Request("甲.txt", data))
    assert not speaks_of(parsed.packed, Request("乙.txt", data))
    assert not speaks_of(parsed.packed, Request("甲.txt", data + b"1"))
    archive = Request("包.zip", b"PK", unpack=True)
    assert is_about(Reply(files=(("包.zip/甲.txt", data),)), archive)
    for name in ("乙.txt", "包.zip/../乙.txt", "包.zip"):
        assert not is_about(Reply(files=(("包.zip/甲.txt", data), (name, data))), archive)


@pytest.mark.parametrize(
    "word", ["pickle", "allow_pickle", "shelve", "yaml.load", "eval(", "exec("]
)
def test_nothing_that_runs_what_it_reads_is_used(word: str) -> None:
    sources = [*ROOT.glob("assistant/**/*.py"), *ROOT.glob("ingest/**/*.py")]
    whole = re.compile(rf"(?<!\w){re.escape(word)}")
    assert [path.name for path in sources if whole.search(path.read_text("utf-8"))] == []


def test_every_licence_is_allowed_and_listed() -> None:
    rows = licences.rows()
    assert len(rows) > 100
    assert [row for row in rows if not licences.allowed(row[2])] == []
    for refused in (
        "GPL-3.0-only",
        "GNU General Public License v3 (GPLv3)",
        "AGPL-3.0",
        "",
        "SSPL",
    ):
        assert not licences.allowed(refused)
    listed = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    assert [name for name, version, _ in rows if f"| {name} | {version} |" not in listed] == []


def test_every_dependency_is_a_range_that_holds_its_pin() -> None:
    """A program that embeds ours may have its own versions; ours are the ones that are tried."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = {canonicalize_name(name): pin for name, _, pin in (x.partition("==") for x in lines)}
    for line in [*project["dependencies"], *project["optional-dependencies"]["cluster"]]:
        needed = Requirement(line)
        pin = Version(pins[canonicalize_name(needed.name)])
        bounds = {specifier.operator: Version(specifier.version) for specifier in needed.specifier}
        assert set(bounds) == {">=", "<"}, line
        assert bounds[">="] <= pin < bounds["<"], line
        assert bounds["<"] == Version(str(bounds[">="].major + 1)), line


ADVISORY = """affected:
- package: {{ecosystem: {ecosystem}, name: {name}}}
  ranges:
  - type: ECOSYSTEM
    events: [{{{events}}}]
  versions: [{versions}]
aliases: [CVE-{id}]
details: 说明{id}
id: {id}
published: '2026-0{id}-01T00:00:00Z'
{more}
"""


def test_a_pin_with_a_known_hole_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def advisory(
        id: int, name: str, events: str, versions: str = "", *, of: str = "PyPI", more: str = ""
    ) -> None:
        told = ADVISORY.format(
            id=id, name=name, events=events, versions=versions, ecosystem=of, more=more
        )
        (tmp_path / f"{id}.yaml").write_text(told, encoding="utf-8")

    pins = [("Zope.Interface", "5.0"), ("pillow", "12.3.0"), ("torch", "2.6.0+cpu")]
    monkeypatch.setattr(vulnerabilities, "pinned", lambda: pins)
    monkeypatch.setattr("sys.argv", ["vulnerabilities", str(tmp_path)])
    assert vulnerabilities.main() == 2  # an empty folder proves nothing

    advisory(1, "pillow", "introduced: '0'}, {fixed: 12.3.0")
    advisory(2, "pillow", "introduced: '0'", more="withdrawn: '2026-03-01T00:00:00Z'")
    advisory(3, "pillow", "introduced: '0'", of="npm")
    advisory(4, "other", "introduced: '0'")
    assert vulnerabilities.main() == 0
    assert "3 pins, 4 advisories, the newest of 2026-04-01: 0 findings" in capsys.readouterr().out

    advisory(5, "zope_interface", "fixed: 5.10}, {introduced: 4.1")  # in any order
    advisory(6, "Torch", "introduced: '0'}, {last_affected: 2.6.0-cu124")
    advisory(7, "pillow", "introduced: '13'", versions="12.3, not-a-version")
    advisory(8, "torch", "introduced: '0'}, {last_affected: none")
    assert vulnerabilities.main() == 1
    *found, unreadable, total = capsys.readouterr().out.splitlines()
    assert found == [
        "zope-interface 5.0: 5, CVE-5; fixed in 5.10; 说明5",
        "torch 2.6.0+cpu: 6, CVE-6; fixed in no version; 说明6",
        "pillow 12.3.0: 7, CVE-7; fixed in no version; 说明7",
    ]
    assert unreadable.startswith("8.yaml could not be read")
    assert "2026-08-01: 3 findings" in total
