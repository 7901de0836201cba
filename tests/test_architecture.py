"""The layer table and the import walls: a module imports only modules of lower layers."""

import ast
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted([*ROOT.glob("assistant/**/*.py"), *ROOT.glob("ingest/**/*.py"), ROOT / "app.py"])

LAYERS = (
    # Facts and settings, imported by everything.
    ("ingest.types", "ingest.errors", "ingest.config"),
    ("assistant.types", "assistant.errors", "assistant.config"),
    # Pure understanding of text, and the packages that read, split, embed and store.
    ("ingest.lexicon", "ingest.clean", "ingest.tokenizer", "ingest.quantities"),
    ("ingest.loaders.limits", "ingest.loaders.docx_numbering"),
    ("ingest.loaders.*", "ingest.embedder"),
    ("assistant.places", "assistant.questions", "assistant.contract", "assistant.numbers"),
    # The joints and the doors.
    ("assistant.service",),
    ("assistant.console", "assistant.web.*"),
    ("assistant.cli",),
    ("assistant.__main__", "app"),
)
"""From the bottom up. A module belongs to the first pattern that fits."""

PACKAGES = {"ingest", "assistant", "ingest.loaders", "assistant.web"}
"""`__init__.py` files hold a docstring (or re-exports) and have no layer."""

WALLS = {
    "chromadb": ["ingest.vector_store"],
    "langchain_chroma": ["ingest.vector_store"],
    "sqlalchemy": ["ingest.record_store"],
    "jieba": ["ingest.tokenizer"],
    "rjieba": ["ingest.tokenizer"],
    "torch": ["ingest.embedder"],
    "transformers": ["ingest.embedder"],
    "sentence_transformers": ["ingest.embedder"],
    "onnxruntime": ["ingest.embedder"],
    "langchain": ["assistant.llm"],
    "langchain_openai": ["assistant.llm"],
    "langchain_core.language_models": ["assistant.llm"],
    "gradio": ["assistant.web.*"],
    "fastapi": ["assistant.api"],
    "pdfplumber": ["ingest.loaders.pdf"],
    "pypdfium2": ["ingest.loaders.pdf"],
    "rapidocr": ["ingest.loaders.scan"],
    "docx": ["ingest.loaders.docx", "assistant.export"],
    "openpyxl": ["ingest.loaders.xlsx", "assistant.export"],
    "python_calamine": ["ingest.loaders.xlsx"],
    "xlrd": ["ingest.loaders.legacy"],
    "bs4": ["ingest.loaders.html"],
    "rich": ["assistant.console", "assistant.cli"],
}
"""Third-party libraries and the only modules that may import them."""

DEFERRED_MODULES = {("assistant.cli", "assistant.web.page")}
"""Our own modules imported inside a function: `jiwen` must start without importing gradio."""

CATCH_ALL = {"ingest.pipeline", "assistant.cli"}
"""Where `except Exception` stands: once a file of a batch, once a command."""

BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
MAX_LINES = 400
LONG_FILES: dict[str, str] = {}
"""Files longer than that, each with the reason why it is still one idea."""


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


TREES = {module_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in FILES}
MODULES = sorted(TREES)


def imports(tree: ast.AST) -> Iterator[str]:
    """Every name imported anywhere below `tree`, `from a import b` as a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ours(name: str) -> str | None:
    """The module of ours that an imported name stands in."""
    while name:
        if name in TREES:
            return name
        name = name.rpartition(".")[0]
    return None


def layer(module: str) -> int:
    for height, patterns in enumerate(LAYERS):
        if any(fnmatch(module, pattern) for pattern in patterns):
            return height
    raise AssertionError(f"{module} has no layer: add it to LAYERS")


def fits(module: str, patterns: list[str]) -> bool:
    return any(fnmatch(module, pattern) for pattern in patterns)


@pytest.mark.parametrize("module", [m for m in MODULES if m not in PACKAGES])
def test_imports_only_lower_layers(module: str) -> None:
    upward = [
        target
        for name in imports(TREES[module])
        if (target := ours(name)) and target not in PACKAGES and layer(target) >= layer(module)
    ]
    assert not upward, f"{module} imports {upward} from its own layer or above"


@pytest.mark.parametrize("module", MODULES)
def test_ingest_knows_nothing_of_the_assistant(module: str) -> None:
    if module.startswith("ingest"):
        assert not [name for name in imports(TREES[module]) if name.split(".")[0] == "assistant"]


@pytest.mark.parametrize("library", WALLS)
def test_a_library_stays_behind_its_wall(library: str) -> None:
    outside = [
        module
        for module in MODULES
        for name in imports(TREES[module])
        if f"{name}.".startswith(f"{library}.") and not fits(module, WALLS[library])
    ]
    assert not outside


@pytest.mark.parametrize("module", MODULES)
def test_imports_inside_functions_are_walled_libraries(module: str) -> None:
    inside = {
        name
        for function in ast.walk(TREES[module])
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for name in imports(function)
    }
    unexplained = [
        name
        for name in inside
        if not any(
            f"{name}.".startswith(f"{library}.") and fits(module, allowed)
            for library, allowed in WALLS.items()
        )
        and (module, ours(name)) not in DEFERRED_MODULES
    ]
    assert not unexplained


@pytest.mark.parametrize("module", MODULES)
def test_no_global_and_no_catch_all(module: str) -> None:
    for node in ast.walk(TREES[module]):
        assert not isinstance(node, ast.Global), f"{module}:{node.lineno} global"
        if isinstance(node, ast.ExceptHandler) and module not in CATCH_ALL:
            caught = ast.unparse(node.type) if node.type else "BaseException"
            assert caught not in {"Exception", "BaseException"}, f"{module}:{node.lineno}"


@pytest.mark.parametrize("module", MODULES)
def test_importing_a_module_does_nothing(module: str) -> None:
    """No environment is read and no folder made outside a function."""
    for node in top_level(TREES[module]):
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"environ", "getenv", "mkdir", "makedirs"}, (
                f"{module}:{node.lineno} {ast.unparse(node)} at import time"
            )


def top_level(tree: ast.Module) -> Iterator[ast.AST]:
    """The nodes that run when the module is imported."""
    waiting: list[ast.AST] = [*tree.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'":
            continue
        yield node
        waiting += ast.iter_child_nodes(node)


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_names_and_sizes(path: Path) -> None:
    assert path.stem not in BANNED_NAMES
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_LINES or module_name(path) in LONG_FILES, f"{lines} lines"


def test_there_are_no_import_cycles() -> None:
    edges = {
        module: {target for name in imports(tree) if (target := ours(name))} - {module}
        for module, tree in TREES.items()
    }
    while free := [module for module, targets in edges.items() if not targets & edges.keys()]:
        for module in free:
            del edges[module]
    assert not edges, f"import cycle among {sorted(edges)}"
