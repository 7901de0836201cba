"""The order of the folders and the walls around libraries: imports run down the order only."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import assistant

ROOT = Path(__file__).parent.parent
FILES = sorted([*ROOT.glob("assistant/**/*.py"), *ROOT.glob("ingest/**/*.py"), ROOT / "app.py"])

LEVELS = (
    "ingest.errors ingest.config ingest.slices ingest.types "
    "assistant.errors assistant.text_limits assistant.time_limit assistant.steps",
    "ingest.language ingest.vectors ingest.onnx_encoder ingest.semantics",
    "assistant.config assistant.types assistant.departments assistant.reading",
    "ingest.templates ingest.loaders ingest.tables ingest.corrections assistant.language",
    "ingest.extraction ingest.records assistant.grounding assistant.questions assistant.sources",
    "ingest.workers assistant.assessment assistant.llm assistant.history",
    "ingest.storage assistant.audit assistant.dashboard assistant.retrieval",
    "assistant.system_status assistant.document_tags ingest.intake "
    "assistant.helpdesk assistant.drafting assistant.subscriptions assistant.accounts",
    "ingest.pipeline assistant.answering",
    "assistant.schemas assistant.conversation_files assistant.service assistant.answer_chain",
    "assistant.server",
    "assistant.web assistant.api",
    "assistant.serve assistant.cli assistant.__main__ app",
)
ORDER = [folder for level in LEVELS for folder in level.split()]
"""The folders, and the modules beside them, from the bottom up: each imports only what is below."""

DOORS = {f"assistant.{name}" for name in ("server", "web", "api", "serve", "cli", "__main__")}
"""The ways in: they ask the Assistant, and touch no store, loader or model."""

OPEN_TO_DOORS = [
    "ingest.types.*",
    "ingest.corrections.types",
    "ingest.templates.types",
    "ingest.errors",
    "ingest.config",
]
"""What of ingestion the doors may know."""

STORES = ["ingest.records.*", "ingest.storage.migrations", "assistant.accounts.*"]

WALLS = {
    "chromadb": ["ingest.vectors.vector_store"],
    "httpx": ["ingest.vectors.vector_store"],
    "ray": ["ingest.workers.ray_cluster"],
    "sqlalchemy": [
        *STORES,
        "assistant.audit.marks",
        "assistant.document_tags",
        "assistant.history.store",
        "assistant.drafting.comments",
        "assistant.drafting.store",
        "assistant.dashboard.saved_views",
        "assistant.subscriptions.store",
    ],
    "orjson": ["ingest.records.codec"],
    "jieba": ["ingest.language.tokenizer"],
    "rjieba": ["ingest.language.tokenizer"],
    "torch": ["ingest.vectors.onnx_encoder"],
    "transformers": ["ingest.vectors.*"],
    "sentence_transformers": ["ingest.vectors.*", "assistant.retrieval.reranker"],
    "tokenizers": ["ingest.vectors.token_vectors", "assistant.reading.pairs"],
    "safetensors": ["ingest.vectors.embedder"],
    "huggingface_hub": ["ingest.vectors.embedder"],
    "onnxruntime": [
        "ingest.vectors.token_vectors",
        "assistant.reading.reader",
        "assistant.answering.arbiter",
    ],
    "langchain_openai": ["assistant.llm.model"],
    "langchain_core.language_models": ["assistant.llm.model"],
    "langchain_core.retrievers": ["assistant.retrieval.langchain_adapter"],
    "langchain_core.runnables": ["assistant.answer_chain"],
    "openai": ["assistant.llm.model"],
    "gradio": ["assistant.web.tabs.*", "assistant.web.[!h]*", "assistant.web.html_panel"],
    "fastapi": ["assistant.api.*", "assistant.web.mount"],
    "mcp": ["assistant.api.mcp_tools"],
    "starlette": ["assistant.api.*", "assistant.server.*", "assistant.serve"],
    "prometheus_client": ["assistant.server.metrics"],
    "pythonjsonlogger": ["assistant.server.log_format"],
    "uvicorn": ["assistant.serve", "assistant.server.connection_limits"],
    "argon2": ["assistant.accounts.*"],
    "pypdfium2": ["ingest.loaders.passwords", "ingest.loaders.pdfium"],
    "rapidocr": ["ingest.loaders.ocr.recognition"],
    "docx": [
        "assistant.drafting.word_chart",
        "assistant.drafting.word_comments",
        "assistant.drafting.word_export",
        "assistant.drafting.word_layout",
        "assistant.drafting.word_notes",
        "assistant.history.word_export",
    ],
    "olefile": ["ingest.loaders.packages"],
    "libarchive": ["ingest.loaders.packages"],
    "msoffcrypto": ["ingest.loaders.passwords"],
    "pi_heif": ["ingest.loaders.image"],
    "openpyxl": [
        "assistant.drafting.word_chart",
        "ingest.loaders.office.workbook",
        "assistant.dashboard.excel_export",
    ],
    "ironcalc": ["ingest.loaders.office.formulas"],
    "watchfiles": ["assistant.cli.folder_watch"],
    "msgspec": ["ingest.workers.protocol"],
    "xlrd": ["ingest.loaders.xlsx"],
    "lxml": ["ingest.loaders.*"],
    "cv2": ["ingest.loaders.*"],
    "PIL": ["ingest.loaders.*"],
    "numpy": [
        "ingest.*",
        "assistant.answering.arbiter",
        "assistant.questions.operations",
        "assistant.retrieval.retriever",
        "assistant.reading.pairs",
        "assistant.helpdesk.help_reader",
    ],
    "rich": ["assistant.cli.output", "assistant.cli.main"],
}
"""Third-party libraries and the only modules that may import them."""

DEFERRED_MODULES = {
    ("assistant.cli.main", "assistant.serve"),
    ("assistant.serve", "assistant.api.mcp_tools"),
    ("assistant.serve", "assistant.web.mount"),
}
"""Our own modules imported inside a function: `jiwen` must start without a web server, and the web
server without gradio and mcp."""

CATCH_ALL = {
    "ingest.intake.batch_writer",
    "ingest.workers.parse_file",
    "assistant.cli.main",
    "assistant.server.work_pool",
    "assistant.server.error_replies",
    "assistant.web.page_blocks",
}
"""Where `except Exception` stands: once a file of a batch, once its reading, once a command, once a
piece of work, whose error goes to who waits for it, once a request, once an event of the page."""

BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
MAX_LINES = 500
LONG_FILES: dict[str, str] = {
    "assistant.service": "the joint: one thin method for each thing that is done with a library",
}
"""Files longer than that, each with the reason why it is still one idea."""


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


TREES = {module_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in FILES}
MODULES = sorted(TREES)
PACKAGES = {module_name(p) for p in FILES if p.name == "__init__.py"} - {"ingest.loaders"}
"""Folders; `assistant` holds the public list, `ingest.loaders` the choice of the loader."""


def names_in(tree: ast.AST) -> Iterator[str]:
    """Every name imported anywhere below `tree`, `from a import b` as a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


IMPORTS = {module: sorted(set(names_in(tree))) for module, tree in TREES.items()}


def ours(name: str) -> str | None:
    """The module of ours that an imported name stands in."""
    while name:
        if name in TREES:
            return name
        name = name.rpartition(".")[0]
    return None


def folder(module: str) -> str:
    """The folder a module stands in, as ORDER names it; itself where it stands beside them."""
    return ".".join(module.split(".")[:2])


def ours_in(module: str) -> set[str]:
    """The modules of ours that `module` imports."""
    return {target for name in IMPORTS[module] if (target := ours(name))} - PACKAGES


def fits(module: str, patterns: list[str]) -> bool:
    return any(fnmatch(module, pattern) for pattern in patterns)


@pytest.mark.parametrize("module", [m for m in MODULES if m not in {"assistant", "ingest"}])
def test_imports_run_down_the_order_of_folders(module: str) -> None:
    height = ORDER.index(folder(module))
    above = [target for target in ours_in(module) if ORDER.index(folder(target)) > height]
    assert not above, f"{module} imports {above}"


def test_every_folder_of_the_order_exists() -> None:
    assert set(ORDER) == {folder(module) for module in MODULES} - {"assistant", "ingest"}


@pytest.mark.parametrize("module", sorted(PACKAGES - {"assistant"}))
def test_packages_hold_only_a_docstring(module: str) -> None:
    tree = TREES[module]
    assert ast.get_docstring(tree)
    assert [type(node) for node in tree.body if not isinstance(node, ast.Expr)] == []


def test_the_public_list_imports_nothing_until_it_is_asked() -> None:
    """`assistant` names what embedding programs use: for type checkers, and where it stands."""
    defined = [
        (module, name) for module, names in assistant._NAMES.items() for name in names.split()
    ]
    checked = next(node for node in TREES["assistant"].body if isinstance(node, ast.If))
    assert ast.unparse(checked.test) == "TYPE_CHECKING"
    assert sorted(names_in(checked)) == sorted(f"{module}.{name}" for module, name in defined)
    assert sorted(name for _, name in defined) == assistant.__all__
    outside = [n for n in TREES["assistant"].body if isinstance(n, ast.Import | ast.ImportFrom)]
    assert not [name for node in outside for name in names_in(node) if ours(name)]
    kinds = {ast.Expr, ast.ImportFrom, ast.If, ast.Assign}
    assert {type(node) for node in TREES["assistant"].body} == kinds


def test_our_own_modules_do_not_use_the_public_list() -> None:
    listed = {f"assistant.{name}" for name in assistant.__all__}
    users = [module for module in MODULES if module != "assistant" and listed & {*IMPORTS[module]}]
    assert not users


@pytest.mark.parametrize("module", [m for m in MODULES if folder(m) in DOORS])
def test_doors_touch_no_store_loader_or_model(module: str) -> None:
    inside = {t for t in ours_in(module) if t.startswith("ingest.")}
    assert [target for target in inside if not fits(target, OPEN_TO_DOORS)] == []
    assert not [target for target in ours_in(module) if folder(target) == "assistant.llm"]


@pytest.mark.parametrize("module", MODULES)
def test_only_the_service_runs_the_pipeline(module: str) -> None:
    if module != "assistant.service":
        assert "ingest.pipeline" not in ours_in(module)


@pytest.mark.parametrize("module", MODULES)
def test_ingest_knows_nothing_of_the_assistant(module: str) -> None:
    if module.startswith("ingest"):
        assert not [name for name in IMPORTS[module] if name.split(".")[0] == "assistant"]


@pytest.mark.parametrize("library", WALLS)
def test_a_library_stays_behind_its_wall(library: str) -> None:
    outside = [
        module
        for module in MODULES
        for name in IMPORTS[module]
        if f"{name}.".startswith(f"{library}.") and not fits(module, WALLS[library])
    ]
    assert not outside


@pytest.mark.parametrize("module", MODULES)
def test_imports_inside_functions_are_walled_libraries(module: str) -> None:
    inside = {
        name
        for function in ast.walk(TREES[module])
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for name in names_in(function)
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


def test_every_library_imported_is_a_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [*project["dependencies"], *project["optional-dependencies"]["cluster"], "torch"]
    declared = {Requirement(name).name.lower() for name in named}
    offered = packages_distributions()
    undeclared = {
        (module, name)
        for module in MODULES
        for name in {full.split(".")[0] for full in IMPORTS[module]}
        if name not in sys.stdlib_module_names
        and name not in {"ingest", "assistant"}
        and not {d.lower().replace("_", "-") for d in offered.get(name, [])} & declared
    }
    assert not undeclared


def test_there_are_no_import_cycles() -> None:
    edges = {module: ours_in(module) - {module} for module in MODULES}
    while free := [module for module, targets in edges.items() if not targets & edges.keys()]:
        for module in free:
            del edges[module]
    assert not edges, f"import cycle among {sorted(edges)}"
