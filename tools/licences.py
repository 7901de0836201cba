"""Which licences the pinned packages are under: `python tools/licences.py [--write]`.

Reads the metadata of the packages of requirements.txt that are installed and holds each licence
against ALLOWED; --write puts the table into docs/licences.md. Exit status 1 when a package has a
licence that is not allowed, or none that can be told.
"""

import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "licences.md"
HEAD = """# Licences of the packages we install

Made by `python tools/licences.py --write` from the metadata of the installed packages that
requirements.txt pins, the development tools among them. Permissive licences are allowed; MPL-2.0
and LGPL too, for libraries that we use unchanged: they ask that changes to their own files are
published, nothing of ours. No package is under the GPL or AGPL.

The models in `data/models` are ours or MIT (`e5-small-zh`, from which `reader` starts); the public
texts that `reader` has learned from (CC BY-SA) are named in its README and are no part of it.

| package | version | licence |
|---|---|---|
"""
ALLOWED = (
    *("mit", "bsd", "apache", "isc", "psf", "python software foundation", "python-2.0"),
    *("unlicense", "0bsd", "zlib", "hpnd", "cc0", "public domain", "cnri", "bsl-1.0"),
)
WEAK = ("mpl", "mozilla", "lgpl", "lesser general")
REFUSED = re.compile(r"(?<![Ll])\bA?GPL|(?<!Lesser )General Public|Affero|SSPL|BUSL", re.I)
ALTERNATIVES = re.compile(r"\bor\b|/", re.I)


def pinned() -> list[tuple[str, str]]:
    """Names and versions of requirements.txt."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [(n, v) for n, mark, v in (line.partition("==") for line in lines) if mark]


def licence(name: str) -> str:
    """What a package says of its licence in a few words, "" where it says nothing."""
    fields = metadata(name)
    (expression,) = fields.get_all("License-Expression", [""])
    classes = [c for c in fields.get_all("Classifier", []) if c.startswith("License ::")]
    (free,) = fields.get_all("License", [""])
    named = "; ".join(c.rpartition("::")[2].strip() for c in classes)
    return expression or named or free.strip().split("\n")[0][:80]


def allowed(words: str) -> bool:
    """Whether a licence may be used; of alternatives one is enough.

    >>> allowed("MIT"), allowed("GPL-2.0-only"), allowed("LGPL-3.0"), allowed("MIT OR GPL-2.0")
    (True, False, True, True)
    """
    known = ALLOWED + WEAK
    fine = [
        any(one in part.lower() for one in known) and not REFUSED.search(part)
        for part in ALTERNATIVES.split(words)
    ]
    return any(fine) if ALTERNATIVES.search(words) else all(fine)


def rows() -> list[tuple[str, str, str]]:
    """Name, version and licence of every pinned package that is installed here."""
    found = []
    for name, version in pinned():
        try:
            found.append((name, version, licence(name)))
        except PackageNotFoundError:
            continue  # of another system: pins hold for all
    return found


def main() -> int:
    table = rows()
    wrong = [row for row in table if not allowed(row[2])]
    for name, version, words in wrong:
        print(f"{name} {version}: {words or 'no licence told'}")
    if "--write" in sys.argv:
        lines = "".join(f"| {' | '.join(row)} |\n" for row in table)
        TABLE.write_text(HEAD + lines, encoding="utf-8")
    print(f"{len(table)} packages, {len(wrong)} not allowed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
