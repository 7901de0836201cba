"""Known holes in the pinned packages, offline: `python tools/vulnerabilities.py DATABASE`.

DATABASE is a folder of OSV advisories, YAML or JSON, such as a checkout of
github.com/pypa/advisory-database. Every pin of requirements.txt is held against the ranges and the
lists of versions of each advisory that is not withdrawn, as https://ossf.github.io/osv-schema/
("Evaluation") says. Prints the findings, then how many advisories there were and when the newest
was published: nothing later is known here. Exit status 1 when there is a finding, or when a bound
of one of our packages could not be read; 2 when the folder holds no advisory.
"""

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import yaml
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.licences import pinned

# Only advisories that name one of our packages are read whole: lists of versions are long.
NAMES = re.compile(r"""\bname["']?:\s*["']?([\w.-]+)""")
PUBLISHED = re.compile(r"""\bpublished["']?:\s*["']?(\d{4}-\d\d-\d\d)""")
READ = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Gives text alone: a version 1.10 is no number."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An advisory that a pin falls under; `fixed` holds the versions that mend it, if any does."""

    package: str
    pin: str
    ids: tuple[str, ...]
    fixed: tuple[str, ...]
    summary: str

    def __str__(self) -> str:
        mended = ", ".join(self.fixed) or "no version"
        return (
            f"{self.package} {self.pin}: {', '.join(self.ids)}; fixed in {mended}; {self.summary}"
        )


def known(bound: str) -> Version:
    """A bound; of those PEP 440 does not know, which some advisories have, its release.

    >>> [str(known(one)) for one in ("1.0rc1", "2.6.0-cu124", "2.5.0-NA")]
    ['1.0rc1', '2.6.0', '2.5.0']
    """
    try:
        return Version(bound)
    except InvalidVersion:
        release = re.match(r"\d+(\.\d+)*", bound)
        if not release:
            raise
        return Version(release[0])


def within(version: Version, events: Iterable[dict[str, str]]) -> bool:
    """Whether a version lies in a range, told by its events in any order.

    >>> events = [{"fixed": "1.2"}, {"introduced": "0"}, {"introduced": "2.0"}]
    >>> [within(Version(one), events) for one in ("1.1", "1.2", "2.0.1")]
    [True, False, True]
    >>> within(Version("1.3"), [{"introduced": "1"}, {"last_affected": "1.3"}])
    True
    """
    told = [(known(bound), kind) for event in events for kind, bound in event.items()]
    inside = False
    for bound, kind in sorted(told, key=lambda one: one[0]):
        if kind == "introduced" and version >= bound:
            inside = True
        elif (kind == "fixed" and version >= bound) or (
            kind == "last_affected" and version > bound
        ):
            inside = False
    return inside


def same(one: str, version: Version) -> bool:
    """Whether a listed version is the pin; what PEP 440 does not know is none that we pin."""
    try:
        return Version(one) == version
    except InvalidVersion:
        return False


def findings(text: str, pins: Mapping[NormalizedName, str]) -> Iterator[Finding]:
    """What one advisory says of the pins (normalised name to version).

    Raises InvalidVersion for a bound that cannot be read, yaml.YAMLError for what is no advisory.
    """
    told = cast("dict[str, object]", yaml.load(text, READ))
    if (
        not isinstance(told, dict)
        or told.get("withdrawn", "null") != "null"
        or not told.get("affected")
    ):
        return
    for affected in cast("list[dict[str, object]]", told["affected"]):
        package = cast("dict[str, str]", affected.get("package") or {})
        name = canonicalize_name(package.get("name", ""))
        if package.get("ecosystem") != "PyPI" or name not in pins:
            continue
        version = Version(Version(pins[name]).public)
        ranges = cast("list[dict[str, object]]", affected.get("ranges") or [])
        events = [
            cast("list[dict[str, str]]", one["events"])
            for one in ranges
            if one["type"] == "ECOSYSTEM"
        ]
        listed = cast("list[str]", affected.get("versions") or [])
        if any(within(version, one) for one in events) or any(same(v, version) for v in listed):
            fixed = (event["fixed"] for one in events for event in one if "fixed" in event)
            ids = (str(told["id"]), *cast("list[str]", told.get("aliases") or []))
            words = " ".join(str(told.get("summary") or told.get("details") or "").split())
            yield Finding(name, pins[name], ids, tuple(fixed), words[:160])


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("database", type=Path, help="a folder of OSV advisories")
    folder: Path = parser.parse_args().database
    pins = {canonicalize_name(name): version for name, version in pinned()}
    advisories, newest, found, wrong = 0, "", 0, 0
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".yaml", ".yml", ".json")):
        text = path.read_text(encoding="utf-8")
        if "affected" not in text:
            continue
        advisories += 1
        newest = max([newest, *PUBLISHED.findall(text)])
        if not {canonicalize_name(name) for name in NAMES.findall(text)} & pins.keys():
            continue
        try:
            for finding in findings(text, pins):
                print(finding)
                found += 1
        except (InvalidVersion, yaml.YAMLError) as error:
            print(f"{path.name} could not be read: {error}")
            wrong += 1
    if not advisories:
        print(f"{folder} holds no OSV advisories")
        return 2
    print(f"{len(pins)} pins, {advisories} advisories, the newest of {newest}: {found} findings")
    return 1 if found or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
