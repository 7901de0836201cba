"""The index of docs/architecture.md: every folder and file with what its docstring says first.

    python tools/module_index.py           # prints it
    python tools/module_index.py --write   # puts it into docs/architecture.md

tests/test_docs.py fails where the page and the docstrings differ.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- index: tools/module_index.py -->\n", "<!-- end of the index -->\n"


def index() -> str:
    """The index as Markdown, folder by folder."""
    return "".join(line for half in ("ingest", "assistant") for line in _folders(ROOT / half))


def updated(page: str) -> str:
    """The page with its index as it is now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{index()}{END}{after}"


def _folders(half: Path) -> Iterator[str]:
    for folder in sorted({path.parent for path in half.rglob("*.py")}):
        files = sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")
        yield f"#### `{folder.relative_to(ROOT).as_posix()}/`\n{_duty(folder / '__init__.py')}\n\n"
        yield "".join(f"- `{path.name}` {_duty(path)}\n" for path in files)
        yield "\n" if files else ""


def _duty(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(docstring.partition("\n\n")[0].split())


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(updated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print(index(), end="")
