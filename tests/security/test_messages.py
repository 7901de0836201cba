"""No message that comes through a door says where on the machine the library is."""

import ast
import logging
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.applications import Starlette

from assistant.accounts.accounts import Accounts
from assistant.api.app import application
from assistant.cli.main import main
from assistant.config import Settings
from assistant.server.deferred_apps import DeferredApp, DeferredApps
from assistant.server.gateway import Gateway
from assistant.service import Assistant
from ingest.errors import StoreError, place
from tests.support.builders import ROOT

PLACES = {
    "folder",
    "address",
    "_place",
    "_files",
    "url",
    "target",
    "source",
    "home",
    "path",
    "error",
}
"""What variables and fields are called that hold a folder, an address, or a foreign message."""
FOR_WHO_RUNS_IT = ("assistant/cli/", "ingest/storage/private_folder.py", "assistant/serve.py")
"""What is only ever printed or logged on the machine itself."""
TYPED_BY_ITS_READER = ("ingest/intake/sources.py",)
"""A path on the command line that is not there; what is uploaded is always there."""


def test_an_error_says_where_it_was_to_whoever_runs_the_program_alone() -> None:
    error = StoreError(f"资料库 {place('/srv/资料')} 无法写入，请检查 {place('db.local/j')}。")
    assert str(error) == "资料库无法写入，请检查。"
    assert error.in_full == "资料库 /srv/资料 无法写入，请检查 db.local/j。"
    assert StoreError(f"{place(chr(0xE001) + '/srv')}。").args == ("。",)


def raised(tree: ast.AST) -> Iterator[tuple[int, ast.expr]]:
    """What the messages of errors that are raised interpolate."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and node.exc is not None:
            yield from interpolated(node.exc)


def interpolated(part: ast.AST) -> Iterator[tuple[int, ast.expr]]:
    """The values in a message, but for those that are said to be a place."""
    if isinstance(part, ast.Call) and getattr(part.func, "id", "") == "place":
        return
    if isinstance(part, ast.FormattedValue):
        yield part.lineno, part.value
    if isinstance(part, ast.Call) and getattr(part.func, "attr", "") == "format":
        yield from ((part.lineno, word.value) for word in part.keywords)
    for child in ast.iter_child_nodes(part):
        yield from interpolated(child)


def names_a_place(value: ast.expr) -> bool:
    """Whether the value is a folder or an address, or a text that may have one in it."""
    if isinstance(value, ast.Attribute):
        of = value.value.attr if isinstance(value.value, ast.Attribute) else ""
        return value.attr in PLACES or (value.attr == "name" and of == "_database")
    return isinstance(value, ast.Name) and value.id in PLACES


def test_no_error_is_raised_with_a_bare_place_in_its_message() -> None:
    bare = []
    for path in sorted([*ROOT.glob("ingest/**/*.py"), *ROOT.glob("assistant/**/*.py")]):
        file = path.relative_to(ROOT).as_posix()
        if not file.startswith((*FOR_WHO_RUNS_IT, *TYPED_BY_ITS_READER)):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            bare += [
                f"{file}:{line} {ast.unparse(value)}"
                for line, value in raised(tree)
                if names_a_place(value)
            ]
    assert bare == []


@pytest.fixture
def home(library_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(library_home, tmp_path / "服务器上的目录"))


@pytest.fixture
def client(home: Path, tmp_path: Path) -> Iterator[TestClient]:
    """REST over a library whose embedding model is not there."""
    settings = Settings(home=home, embedding_model=str(tmp_path / "服务器上的模型"))
    (tmp_path / "服务器上的模型").mkdir()
    with closing(Assistant(settings)) as assistant, closing(Accounts.of(settings)) as accounts:
        app = application(
            Gateway(assistant, accounts),
            DeferredApps(tools=DeferredApp(Starlette), page=DeferredApp(Starlette), pause=0),
            host="127.0.0.1",
            largest_upload=1 << 20,
        )
        here = ("127.0.0.1", 50000)
        yield TestClient(
            app, base_url="http://127.0.0.1", raise_server_exceptions=False, client=here
        )


def test_a_missing_model_and_a_broken_database_are_told_without_their_place(
    home: Path, tmp_path: Path, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    added = client.post("/api/v1/documents", files={"files": ("新.txt", "完成率98%。".encode())})
    assert added.json()["documents"][0]["status"] == "added"
    assert "服务器上的" not in added.text
    caplog.set_level(logging.WARNING, logger="jiwen.errors")
    (home / "library.db").write_bytes(b"no database any more" * 1000)
    for log in home.glob("library.db-*"):
        log.unlink()
    calls = ["documents", "indicators", "figures", "audit", "status", "conversations"]
    told = [client.get(f"/api/v1/{call}") for call in calls]
    told.append(client.post("/api/v1/ask", json={"question": "黄埔区团委2021年预算完成率？"}))
    assert {reply.status_code for reply in told} <= {404, 409, 503}
    for reply in told:
        assert "服务器上的" not in reply.text
        assert str(tmp_path) not in reply.text
    assert str(home) in caplog.text, [(reply.status_code, reply.text) for reply in told]


def test_the_command_line_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "library.db").write_bytes(b"no database" * 1000)
    assert main(["documents", "--home", str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err
