"""The 起草 tab: choose, draft, edit in place, check again, keep, export."""

from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import uuid4

import gradio as gr

from assistant.drafting.types import Draft, SavedDraft, Section
from assistant.errors import AssistantError
from assistant.server.permitted import PermittedAssistant
from assistant.sources.excerpt import excerpt
from assistant.types import Citation
from assistant.web.current_visitor import user
from assistant.web.html import drafts as draft_markup
from assistant.web.html_panel import panel
from ingest.errors import IngestError

SECTIONS = {
    "自评报告全文": Section.REPORT,
    "基本情况与预算执行": Section.OVERVIEW,
    "绩效目标完成情况": Section.COMPLETION,
    "存在问题": Section.PROBLEMS,
    "改进措施": Section.MEASURES,
}
KEPT_SECONDS = 6 * 3600
"""So long the server remembers a draft that a page has open and not saved."""
LONGEST = 200_000
COLLECT = "(text, ...rest) => [window.jiwenDraft.text(), ...rest]"
"""The edited text, a paragraph a line, taken from the page."""
COLLECT_ONE = (
    "(text, number, ...rest) => [window.jiwenDraft.text(), window.jiwenDraft.current(), ...rest]"
)
CLICK = "() => document.getElementById('draft-link')?.click()"
Shown = tuple[object, ...]


class Drafting:
    """The tab's layout and events. The open draft is remembered by the server for some hours."""

    def __init__(self, assistant: PermittedAssistant) -> None:
        self._assistant = assistant

    def build(self, page: gr.Blocks, tab: gr.Tab) -> None:
        """Lays the tab out inside the open `tab` and wires its events."""
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        draft = gr.State(None, time_to_live=KEPT_SECONDS)
        kept = gr.State("", time_to_live=KEPT_SECONDS)
        with gr.Row(elem_id="draft-choice"):
            department = gr.Dropdown([], label="部门", elem_id="draft-department")
            year = gr.Dropdown([], label="年度")
            section = gr.Dropdown(list(SECTIONS), value="自评报告全文", label="内容")
            tone = gr.Dropdown([], label="口吻")
            emphasis = gr.Textbox(label="突出", placeholder="任务或指标，用顿号隔开", max_length=80)
            write = gr.Button("起草", variant="primary", elem_id="draft-write")
        with gr.Row(elem_id="draft-tools", visible=False) as tools:
            check = gr.Button("核对数字", elem_id="draft-check", size="sm")
            renew = gr.Button("重写本段", elem_id="draft-renew", size="sm")
            polish = gr.Button("模型改写", elem_id="draft-polish", size="sm", visible=False)
            save = gr.Button("保存", elem_id="draft-save", size="sm")
            export = gr.Button("导出 Word", elem_id="draft-export", size="sm")
            versions = gr.Dropdown([], label="版本", container=False, visible=False)
        saved = gr.Dropdown([], label="打开已存初稿", elem_id="draft-saved", visible=False)
        note = panel("draft-note")
        sheet = panel("draft-sheet", draft_markup.HINT)
        link = panel("draft-file")
        text = gr.Textbox(visible=False)
        number = gr.Number(visible=False, precision=0)

        shown = [draft, sheet, note, tools]
        choice = [department, year, section, tone, emphasis]
        opened = [department, tone, saved, polish, sheet]
        tab.select(self.open, [department, draft], opened, **quiet)
        department.change(self.years, [department], [year], **quiet)
        write.click(self.write, choice, [*shown, kept, versions], **quiet)
        check.click(self.check, [text, draft], shown, js=COLLECT, **quiet)
        renew.click(self.renew, [text, number, draft], shown, js=COLLECT_ONE, **quiet)
        polish.click(self.polish, [text, draft], shown, js=COLLECT, **quiet)
        save.click(
            self.save, [text, draft, kept], [*shown, kept, versions, saved], js=COLLECT, **quiet
        )
        export.click(self.export, [text, draft], [*shown, link], js=COLLECT, **quiet).then(
            None, None, None, js=CLICK
        )
        saved.input(self.load, [saved], [*shown, kept, versions], **quiet)
        versions.input(self.back, [kept, versions], shown, **quiet)

    # -- choosing ----------------------------------------------------------------------------------

    def open(self, chosen: str | None, draft: Draft | None, request: gr.Request) -> Shown:
        """What there is to choose from; what was chosen or is open stays."""
        desk = self._assistant.drafts
        names = list(desk.covered)
        tones = list(desk.tones)
        listed = self._listed(request)
        return (
            gr.update(choices=names, value=chosen if chosen in names else next(iter(names), None)),
            gr.update(choices=tones, value=tones[0]),
            gr.update(choices=listed, visible=bool(listed), value=None),
            gr.update(visible=desk.rewords),
            gr.skip() if draft else draft_markup.HINT if names else draft_markup.NO_LIBRARY,
        )

    def years(self, department: str | None) -> object:
        """The years of the department, the newest chosen."""
        own = list(self._assistant.drafts.covered.get(department or "", ()))
        names = [f"{year}年" for year in reversed(own)]
        return gr.update(choices=names, value=next(iter(names), None))

    # -- writing -----------------------------------------------------------------------------------

    def write(
        self, department: str | None, year: str | None, section: str, tone: str, emphasis: str
    ) -> Shown:
        """The draft in our own words."""
        desk = self._assistant.drafts
        rest = ("", gr.update(choices=[], value=None, visible=False))
        try:
            made = desk.draft(
                SECTIONS[section],
                department=department or "",
                year=int(year.removesuffix("年")) if year else None,
                tone=tone or "",
                emphasis=emphasis,
                reword=False,
            )
        except (AssistantError, IngestError) as error:
            return (*_failed(error), *rest)
        return (*self._shown(made), *rest)

    def check(self, text: str, draft: Draft | None) -> Shown:
        """The edited text with what nothing shows marked."""
        if draft is None:
            return _skipped()
        made = self._checked(text, draft)
        doubtful = made.text.count("【待核实】")
        return self._shown(made, f"已核对，{f'有{doubtful}处待核实' if doubtful else '没有问题'}。")

    def polish(self, text: str, draft: Draft | None) -> Iterator[Shown]:
        """The edited draft in a language model's words, paragraph by paragraph, where they stand.

        It is not to be edited meanwhile, and says so.
        """
        if draft is None:
            yield _skipped()
            return
        wait = draft_markup.told("语言模型正在逐段改写并核对，请稍候，先不要修改……")
        yield (gr.skip(), gr.skip(), wait, gr.skip())
        before = self._checked(text, draft)
        made = self._assistant.drafts.reword(before)
        old = [paragraph.text for paragraph in before.paragraphs]
        changed = sum(p.text not in old for p in made.paragraphs)
        yield self._shown(made, f"已改写{changed}段，其余保持原文；数字均已核对。")

    def renew(self, text: str, number: int | None, draft: Draft | None) -> Shown:
        """The paragraph with the cursor written afresh; the edits of all others stay."""
        if draft is None:
            return _skipped()
        if not number:
            return (gr.skip(), gr.skip(), draft_markup.told("请先点一下要重写的段落。"), gr.skip())
        try:
            made = self._assistant.drafts.renew(self._checked(text, draft), int(number))
        except AssistantError as error:
            return _failed(error)
        return self._shown(made, f"已重写第{int(number)}段。")

    def export(self, text: str, draft: Draft | None) -> Shown:
        """The edited draft as a Word file, which the page then downloads."""
        if draft is None:
            return (*_skipped(), gr.skip())
        made = self._checked(text, draft)
        data = b64encode(self._assistant.docx(made)).decode()
        name = "".join(c for c in made.title if c.isalnum()) + ".docx"
        return (*self._shown(made, f"已导出 {name}。"), draft_markup.download(name, data))

    # -- keeping -----------------------------------------------------------------------------------

    def save(self, text: str, draft: Draft | None, kept: str, request: gr.Request) -> Shown:
        """Keeps the edited draft, as the next version of itself."""
        if draft is None:
            return (*_skipped(), gr.skip(), gr.skip(), gr.skip())
        made = self._checked(text, draft)
        try:
            saved = self._assistant.drafts.save(made, user=user(request), id=kept)
        except AssistantError as error:
            return (*_failed(error), gr.skip(), gr.skip(), gr.skip())
        listed = self._listed(request)
        return (
            *self._shown(made, f"已保存为第{saved.version}版。"),
            saved.id,
            self._versions(saved.id, request),
            gr.update(choices=listed, visible=True),
        )

    def load(self, id: str, request: gr.Request) -> Shown:
        """A saved draft, its newest version."""
        newest = next(iter(self._assistant.drafts.versions(id, user=user(request))), None)
        if newest is None:
            return (*_skipped(), gr.skip(), gr.skip())
        return (*self._shown(newest.draft), newest.id, self._versions(newest.id, request))

    def back(self, kept: str, version: int | None, request: gr.Request) -> Shown:
        """An earlier version of the open draft; saving it makes it the newest."""
        found = self._assistant.drafts.versions(kept, user=user(request))
        chosen = next((s for s in found if s.version == version), None)
        return _skipped() if chosen is None else self._shown(chosen.draft)

    def _versions(self, id: str, request: gr.Request) -> object:
        found = self._assistant.drafts.versions(id, user=user(request))
        names = [(f"第{s.version}版", s.version) for s in found]
        newest = found[0].version if found else None
        return gr.update(choices=names, value=newest, visible=len(names) > 1)

    def _listed(self, request: gr.Request) -> list[tuple[str, str]]:
        found: tuple[SavedDraft, ...] = self._assistant.drafts.saved(user=user(request))
        return [(draft_markup.saved_name(s), s.id) for s in found]

    # -- showing -----------------------------------------------------------------------------------

    def _checked(self, text: str, draft: Draft) -> Draft:
        return self._assistant.recheck(draft, text[:LONGEST]) if text.strip() else draft

    def _shown(self, draft: Draft, message: str = "") -> Shown:
        blocks = cache(self._assistant.blocks)

        def excerpt_of(citation: Citation) -> str:
            return excerpt(blocks(citation.document_id), citation.location, citation.quote)

        html = draft_markup.sheet(draft, key=f"draft-{uuid4().hex}", excerpt_of=excerpt_of)
        note = draft_markup.told(message) if message else ""
        return (draft, html, note, gr.update(visible=True))


def _failed(error: Exception) -> Shown:
    return (gr.skip(), gr.skip(), draft_markup.failed(str(error)), gr.skip())


def _skipped() -> Shown:
    return (gr.skip(), gr.skip(), gr.skip(), gr.skip())
