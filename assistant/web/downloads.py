"""Files made for a click: saved or printed by the browser, never kept on the server (导出)."""

import base64
from typing import TypedDict

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HAND_OUT = """
element.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-file]");
  if (!button) return;
  button.disabled = true;
  try {
    const asked = JSON.parse(button.closest("[data-asked]").dataset.asked);
    await window.jiwenFile(await server.file({ kind: button.dataset.file, asked }));
  } finally {
    button.disabled = false;
  }
});
"""
"""For a panel with a server function `file` of a Wanted, and buttons with `data-file`."""


class Wanted(TypedDict):
    """What a button asks for: a kind of file, and what the page shows, as `data-asked` says it."""

    kind: str
    asked: dict[str, str | int]


class File(TypedDict):
    """What a browser saves under `name`, or prints where there is none; `data` is base64."""

    name: str
    type: str
    data: str


def saved(name: str, content: bytes) -> File:
    return File(name=name, type=EXCEL, data=base64.b64encode(content).decode())


def to_print(page: str) -> File:
    return File(name="", type="text/html", data=base64.b64encode(page.encode()).decode())
