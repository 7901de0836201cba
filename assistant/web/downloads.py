"""Files that the browser saves or prints, never stored on the server (导出)."""

import base64
from enum import StrEnum

from typing_extensions import TypedDict

from assistant.language.export_text import exportable

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MARKDOWN_TYPE = "text/markdown;charset=utf-8"
EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE_EVENTS = """
element.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-file]");
  if (!button) return;
  button.disabled = true;
  try {
    const choice = JSON.parse(button.closest("[data-choice]").dataset.choice);
    await window.jiwenSaveFile(await server.file({ kind: button.dataset.file, choice }));
  } finally {
    button.disabled = false;
  }
});
"""
"""For a panel with a server function `file` of a FileRequest, and buttons with `data-file`."""


class FileKind(StrEnum):
    """What is made of what the page shows, as `data-file` of a button says."""

    EXCEL = "xlsx"
    PRINT = "print"


class FileRequest(TypedDict):
    """What a button asks for, and what the page shows, as `data-choice` says it."""

    kind: FileKind
    choice: dict[str, str | int]


class BrowserFile(TypedDict):
    """What a browser saves under `name`, or prints where there is none; `data` is base64."""

    name: str
    type: str
    data: str


def saved_file(name: str, content: bytes, kind: str) -> BrowserFile:
    """A file of a media type to be saved under the name, or printed."""
    return BrowserFile(name=name, type=kind, data=base64.b64encode(content).decode())


def excel_file(name: str, content: bytes) -> BrowserFile:
    """A workbook to be saved under the name."""
    return saved_file(name, content, EXCEL_TYPE)


def page_to_print(page: str) -> BrowserFile:
    """A whole HTML page for the printer."""
    return saved_file("", exportable(page).encode(), "text/html")
