"""The layer table and the import walls: a module imports only modules of lower layers."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted([*ROOT.glob("assistant/**/*.py"), *ROOT.glob("ingest/**/*.py"), ROOT / "app.py"])

LAYERS: tuple[list[str], ...] = (
    # 0: what ingestion speaks of
    ["ingest.types", "ingest.amendments", "ingest.errors", "ingest.config"],
    # 1: what the assistant speaks of
    ["assistant.errors", "assistant.types", "assistant.totals", "assistant.config"],
    # 2: files to blocks, blocks to facts (pure), facts to stores
    [
        *["ingest.clean", "ingest.lexicon", "ingest.file_names"],
        *["ingest.loaders.limits", "ingest.loaders.kinds", "ingest.loaders.*", "ingest.loaders"],
        *["ingest.quantities", "ingest.concepts"],
        *["ingest.tables", "ingest.forms", "ingest.headings", "ingest.headers"],
        *["ingest.column_contents", "ingest.turned_amounts", "ingest.table_shapes"],
        *[
            "ingest.statements",
            "ingest.rows",
            "ingest.shared_cells",
            "ingest.values",
            "ingest.wrapped_lines",
            "ingest.dump_cells",
            "ingest.one_a_line",
            "ingest.dumps",
            "ingest.headed_lines",
        ],
        *["ingest.figure_book", "ingest.amounts", "ingest.indicators", "ingest.split"],
        *["ingest.coverage", "ingest.operators", "ingest.understand"],
        *["ingest.tokenizer", "ingest.onnx_encoder", "ingest.embedder", "ingest.exact_search"],
        *["ingest.copies", "ingest.codec", "ingest.schema"],
        *["ingest.engines", "ingest.database", "ingest.word_index", "ingest.tsvector_index"],
        *["ingest.record_rows", "ingest.scoping", "ingest.copy_links"],
        *["ingest.amending", "ingest.corrections"],
        *["ingest.record_store"],
        *["ingest.vector_store", "ingest.visible", "ingest.page_images"],
        *["ingest.home", "ingest.sources"],
        *["ingest.snapshot", "ingest.migrations", "ingest.backup", "ingest.restore"],
        *["ingest.course", "ingest.parsing", "ingest.messages"],
        *["ingest.confinement", "ingest.readers", "ingest.cluster", "ingest.store_check"],
    ],
    # 2: the assistant's own pure parts
    [
        *["assistant.numbers", "assistant.wording"],
        *["assistant.abbreviations", "assistant.department_names", "assistant.departments"],
        *["assistant.entities", "assistant.matching", "assistant.compute", "assistant.citations"],
        *[
            "assistant.years",
            "assistant.project_names",
            "assistant.plan_parts",
            "assistant.broad",
            "assistant.operators",
        ],
        *[
            "assistant.dates",
            "assistant.status",
            "assistant.scoring",
            "assistant.rules",
            "assistant.verify",
        ],
        "assistant.places",
        *["assistant.questions", "assistant.contract"],
        *["assistant.indicator_rows", "assistant.board_facts", "assistant.board"],
        *["assistant.export_xlsx"],
        *["assistant.contract_documents", "assistant.contract_drafts"],
        *["assistant.audit.precision", "assistant.audit.words", "assistant.audit.dossier"],
        *["assistant.audit.naming", "assistant.audit.lights", "assistant.audit.*"],
        "assistant.audit.run",
        *["assistant.access", "assistant.accounts", "assistant.selection"],
        *["assistant.prompts", "assistant.llm", "assistant.rewording"],
        *["assistant.restating", "assistant.history", "assistant.contract_history"],
        "assistant.reranker",
    ],
    # 3: the steps of ingestion and of an answer
    [
        *[
            "ingest.stores",
            "ingest.intake",
            "ingest.pipeline",
            "assistant.planner",
            "assistant.facts",
        ],
        *[
            "assistant.lookups",
            "assistant.reviewing",
            "assistant.groups",
            "assistant.comparisons",
            "assistant.checks",
            "assistant.sums",
            "assistant.causes",
            "assistant.standing",
            "assistant.progress",
        ],
        *["assistant.scores", "assistant.narratives", "assistant.draft", "assistant.evidence"],
        *["assistant.answer", "assistant.retriever", "assistant.reading", "assistant.auditing"],
        "assistant.chain",
        *["assistant.drafting.items", "assistant.drafting.material", "assistant.drafting.blocks"],
        *["assistant.drafting.overview", "assistant.drafting.completion"],
        *["assistant.drafting.problems", "assistant.drafting.measures"],
        *["assistant.drafting.outline", "assistant.drafting.recheck", "assistant.drafting.table"],
        *["assistant.drafting.drafter", "assistant.drafting.joining"],
        *["assistant.drafting.rewriting", "assistant.export_docx"],
        *["assistant.draft_store", "assistant.drafting.desk"],
        *["assistant.ledger"],
    ],
    # 4: the joint
    ["assistant.condition", "assistant.service"],
    # 5: the doors
    [
        *[
            "assistant.arguments",
            "assistant.console",
            "assistant.web.theme",
        ],
        *["assistant.doorway", "assistant.guard", "assistant.uploads"],
        *["assistant.logs", "assistant.metrics", "assistant.late_doors"],
        *["assistant.api_page", "assistant.api", "assistant.api_chat", "assistant.api_mcp"],
        *["assistant.api_corrections", "assistant.people", "assistant.api_settings"],
        *["assistant.web.excerpt", "assistant.web.source"],
        *["assistant.web.talks", "assistant.web.replies", "assistant.web.markup"],
        *["assistant.api_login", "assistant.api_source", "assistant.api_app"],
        *["assistant.correcting", "assistant.upkeep"],
        *["assistant.web.panel", "assistant.web.files"],
        *["assistant.web.documents", "assistant.web.settings"],
        *["assistant.web.visitors", "assistant.web.suggestions"],
        *["assistant.web.openings", "assistant.web.board_parts", "assistant.web.board_charts"],
        *["assistant.web.board_tables", "assistant.web.findings_markup"],
        *["assistant.web.board_markup", "assistant.web.printing"],
        *["assistant.web.chat", "assistant.web.dashboard", "assistant.web.audit"],
        *["assistant.web.draft_markup", "assistant.web.drafting"],
        *["assistant.web.page", "assistant.web.mounting", "assistant.web.site", "assistant.cli"],
    ],
    # 6: the way in
    ["assistant.__main__", "app"],
)
"""From the bottom up, and inside a layer too: a module imports only what stands before it."""

ORDER = [pattern for patterns in LAYERS for pattern in patterns]
DOORS = next(patterns for patterns in LAYERS if "assistant.cli" in patterns)

PACKAGES = {"ingest", "assistant", "assistant.web", "assistant.audit", "assistant.drafting"}
"""`__init__.py` files that hold nothing but a docstring."""

OPEN_TO_DOORS = {"ingest.types", "ingest.amendments", "ingest.errors", "ingest.config"}
"""What of ingestion the doors may know."""

WALLS = {
    "chromadb": ["ingest.vector_store"],
    "httpx": ["ingest.vector_store"],
    "ray": ["ingest.cluster"],
    "sqlalchemy": [
        *["ingest.record_store", "ingest.database", "ingest.schema", "ingest.engines"],
        *["ingest.word_index", "ingest.tsvector_index"],
        *["ingest.copy_links", "ingest.scoping", "assistant.history"],
        *["ingest.migrations", "assistant.draft_store", "ingest.corrections"],
        "assistant.accounts",
    ],
    "orjson": ["ingest.codec"],
    "jieba": ["ingest.tokenizer"],
    "rjieba": ["ingest.tokenizer"],
    "torch": ["ingest.onnx_encoder"],
    "transformers": ["ingest.embedder", "ingest.onnx_encoder"],
    "sentence_transformers": ["ingest.embedder", "ingest.onnx_encoder", "assistant.reranker"],
    "tokenizers": ["ingest.onnx_encoder"],
    "safetensors": ["ingest.embedder"],
    "huggingface_hub": ["ingest.embedder"],
    "onnxruntime": ["ingest.onnx_encoder"],
    "langchain_openai": ["assistant.llm"],
    "langchain_core.language_models": ["assistant.llm"],
    "langchain_core.retrievers": ["assistant.chain"],
    "openai": ["assistant.llm"],
    "gradio": ["assistant.web.*"],
    "fastapi": ["assistant.api", "assistant.api_*", "assistant.web.mounting"],
    "mcp": ["assistant.api_mcp"],
    "starlette": [
        *["assistant.api_*", "assistant.guard", "assistant.late_doors", "assistant.metrics"],
        "assistant.web.site",
    ],
    "prometheus_client": ["assistant.metrics"],
    "pythonjsonlogger": ["assistant.logs"],
    "uvicorn": ["assistant.web.site"],
    "argon2": ["assistant.accounts"],
    "pypdfium2": ["ingest.loaders.pdf", "ingest.loaders.pdf_page"],
    "rapidocr": ["ingest.loaders.scan"],
    "docx": ["assistant.export_docx"],
    "openpyxl": ["ingest.loaders.workbook", "assistant.export_xlsx"],
    "msgspec": ["ingest.messages"],
    "xlrd": ["ingest.loaders.xlsx"],
    "lxml": ["ingest.loaders.*"],
    "cv2": ["ingest.loaders.*"],
    "PIL": ["ingest.loaders.*", "ingest.page_images"],
    "numpy": ["ingest.*", "assistant.retriever"],
    "rich": ["assistant.console", "assistant.cli"],
}
"""Third-party libraries and the only modules that may import them."""

DEFERRED_MODULES = {
    ("assistant.cli", "assistant.web.site"),
    ("assistant.web.site", "assistant.api_mcp"),
    ("assistant.web.site", "assistant.web.mounting"),
}
"""Our own modules imported inside a function: `jiwen` must start without a web server, and the web
server without gradio and mcp."""

CATCH_ALL = {"ingest.intake", "ingest.parsing", "assistant.cli"}
"""Where `except Exception` stands: once a file of a batch, once its reading, once a command."""

BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
MAX_LINES = 400
LONG_FILES: dict[str, str] = {
    "assistant.service": "the joint: one thin method for each thing that is done with a library",
}
"""Files longer than that, each with the reason why it is still one idea."""


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


TREES = {module_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in FILES}
MODULES = sorted(TREES)


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


def rank(module: str) -> int:
    """Where a module stands in ORDER; a pattern stands for all that no exact name does."""
    if module in ORDER:
        return ORDER.index(module)
    ranks = [height for height, pattern in enumerate(ORDER) if fnmatch(module, pattern)]
    assert ranks, f"{module} has no layer: add it to LAYERS"
    return ranks[0]


def ours_in(module: str) -> set[str]:
    """The modules of ours that `module` imports."""
    return {target for name in IMPORTS[module] if (target := ours(name))} - PACKAGES


def fits(module: str, patterns: list[str]) -> bool:
    return any(fnmatch(module, pattern) for pattern in patterns)


@pytest.mark.parametrize("module", [m for m in MODULES if m not in PACKAGES])
def test_imports_only_what_stands_below(module: str) -> None:
    limit = rank(module)
    family = ORDER[limit] if "*" in ORDER[limit] else ""
    upward = [
        target
        for target in ours_in(module) - {module}
        if rank(target) >= limit and not (family and fnmatch(target, family))
    ]
    assert not upward, f"{module} imports {upward}"


def test_every_layer_entry_exists() -> None:
    assert [p for p in ORDER if not any(fnmatch(module, p) for module in MODULES)] == []


@pytest.mark.parametrize("module", sorted(PACKAGES))
def test_packages_hold_only_a_docstring(module: str) -> None:
    assert [type(node) for node in TREES[module].body if not isinstance(node, ast.Expr)] == []


@pytest.mark.parametrize("module", [m for m in MODULES if fits(m, DOORS)])
def test_doors_touch_no_store_loader_or_model(module: str) -> None:
    inside = {t for t in ours_in(module) if t.split(".")[0] == "ingest"}
    assert inside <= OPEN_TO_DOORS
    assert "assistant.llm" not in ours_in(module)


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
    declared = {re.split(r"[=\[]", name)[0].lower() for name in named}
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
