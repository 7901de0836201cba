"""The place a citation points to, drawn from real files: pages, tables, lines."""

from collections.abc import Iterator
from contextlib import closing
from io import BytesIO

import httpx
import pytest
from PIL import Image

from assistant.config import Settings
from assistant.service import Assistant
from assistant.sources.source_view import link, source_html
from ingest.types.blocks import Location
from ingest.types.facts import Role
from ingest.types.library import Certainty, Scope
from tests.support.builders import FILES
from tests.support.web_site import served


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """A library of a PDF, a workbook and a text."""
    home = tmp_path_factory.mktemp("shelf")
    text = home / "说明.txt"
    text.write_text("第一行\n全年预算数为1103.35万元。\n第三行\n", encoding="utf-8")
    files = [FILES / "form.pdf", FILES / "calculated.xlsx", text]
    with closing(Assistant(Settings(home=home))) as assistant:
        assert [report.error for report in assistant.add(files)] == ["", "", ""]
        yield assistant


@pytest.fixture(scope="module")
def address(shelf: Assistant) -> Iterator[str]:
    with served(shelf, shelf._settings.home) as url:
        yield url


def located(assistant: Assistant, file: str) -> tuple[str, Location, str]:
    """A figure of the file with its place and raw text, also one that waits to be confirmed."""
    (record,) = [record for record in assistant.documents() if record.file == file]
    scope = Scope(document_ids=(record.id,), certainty=Certainty.EVERY)
    figures = assistant.figures(scope)
    figure = next((f for f in figures if f.role is not Role.WEIGHT), figures[0])
    return record.id, figure.location, figure.quantity.raw


def test_a_page_with_the_place_framed(shelf: Assistant, address: str) -> None:
    id, location, _ = located(shelf, "form.pdf")
    assert location.bbox
    shown = httpx.get(address + link(id, location), timeout=60).text
    assert f"/source/{id}/page/{location.page}.png" in shown
    reply = httpx.get(f"{address}/source/{id}/page/{location.page}.png", timeout=60)
    assert reply.headers["content-type"] == "image/png"
    image = Image.open(BytesIO(reply.content)).convert("L")
    left, top, right, bottom = (round(edge * 110 / 72) for edge in location.bbox)
    assert right <= image.width
    assert bottom <= image.height
    darkest = min(image.crop((left, top, right, bottom)).tobytes())
    assert darkest < 128, "there is ink in the frame"
    assert f"left:{(location.bbox[0] - 2) * 110 / 72:.1f}px" in shown


def test_a_table_with_the_cell_marked(shelf: Assistant, address: str) -> None:
    id, location, raw = located(shelf, "calculated.xlsx")
    shown = httpx.get(address + link(id, location), timeout=60).text
    assert shown.count('class="here"') == 1
    marked = shown.split('class="here"><mark>')[1].split("</mark>")[0]
    assert raw.rstrip("%万元") in marked
    assert "<table>" in shown


def test_lines_with_the_quote_marked(shelf: Assistant, address: str) -> None:
    id, location, raw = located(shelf, "说明.txt")
    shown = httpx.get(address + link(id, location, raw), timeout=60).text
    assert "<mark>" in shown
    assert "第一行" in shown
    assert raw in "".join(part.split("</mark>")[0] for part in shown.split("<mark>")[1:])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/source/{id}/page/99.png", 404),
        ("/source/0000?page=1", 404),
        ("/source/{id}?bbox=1,2", 422),
        ("/source/{id}?row=x", 422),
    ],
)
def test_a_place_that_is_not_there(shelf: Assistant, address: str, path: str, status: int) -> None:
    id, *_ = located(shelf, "form.pdf")
    reply = httpx.get(address + path.format(id=id), timeout=60)
    assert reply.status_code == status
    assert reply.json()["error"].endswith("。")


def test_markup_in_a_file_stays_text(shelf: Assistant) -> None:
    id, location, raw = located(shelf, "说明.txt")
    blocks = shelf.blocks(id)
    assert "<script" not in source_html(id, blocks, location, f"<script>{raw}")
    assert "&quot;" not in link(id, location, '"><script>')
    assert "<script" not in link(id, location, '"><script>')
