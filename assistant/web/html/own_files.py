"""The files of a conversation as HTML (对话里的文件): what they are, kept or taken out."""

from collections.abc import Sequence
from html import escape

from ingest.types.library import DocumentRecord

FILE_EVENTS = """
window.jiwenFilesChanged = (conversation) => trigger("changed", { conversation });
"""
ATTACHING = '<input type="file" multiple hidden aria-label="放进对话的文件"><ul role="status"></ul>'
"""Where files are chosen, and what becomes of each that is on its way: see attaching.js."""


def own_files(records: Sequence[DocumentRecord]) -> str:
    """A line a file, "" where there are none."""
    if not records:
        return ""
    lines = "".join(map(_line, records))
    return (
        '<section class="own-files" aria-label="本对话的文件"><h3>本对话的文件'
        "<small>只在这个对话里可问，别人看不到；删除对话时一起删除</small></h3>"
        f"<ul>{lines}</ul></section>"
    )


def _line(record: DocumentRecord) -> str:
    id, name = escape(record.id, quote=True), escape(record.file, quote=True)
    read = f"{record.form.value} · 指标{record.indicators} · 数据{record.figures}"
    return (
        f"<li><b>{name}</b><small>{escape(read)}</small>"
        f'<button type="button" data-keep-file="{id}">保留到资料库</button>'
        f'<button type="button" data-drop-file="{id}" data-name="{name}"'
        f' aria-label="从对话移除：{name}" title="从对话移除">×</button></li>'
    )
