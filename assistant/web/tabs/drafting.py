"""The 起草 tab: choose, draft, edit in place, check again, keep, export."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import uuid4

import gradio as gr

from assistant.drafting.service import NO_DRAFT
from assistant.drafting.types import Draft, Length, SavedDraft, Section
from assistant.errors import AssistantError
from assistant.server.permitted import PermittedAssistant
from assistant.sources.excerpt import excerpt
from assistant.text_limits import EMPHASIS
from assistant.types import Citation
from assistant.web.current_visitor import user
from assistant.web.filters import year_of
from assistant.web.html import draft_changes, drafts
from assistant.web.html_panel import QUIET, panel
from assistant.web.page_blocks import sent_with
from assistant.web.tabs.draft_comments import DraftComments
from ingest.errors import IngestError

SECTIONS = {
    "自评报告全文": Section.REPORT,
    "基本情况与预算执行": Section.OVERVIEW,
    "绩效目标完成情况": Section.COMPLETION,
    "存在问题": Section.PROBLEMS,
    "改进措施": Section.MEASURES,
    "核对清单": Section.CHECKLIST,
}
OPEN_DRAFT_SECONDS = 6 * 3600
"""Seconds that the server remembers a draft that a page has open and not saved."""
MAX_TEXT = 200_000
"""Characters of an edited draft."""
EDITED_TEXT = "(text, ...rest) => [window.jiwenDraft.text(), ...rest]"
"""The edited text, a paragraph a line, taken from the page."""
TEXT_AND_PARAGRAPH = (
    "(text, number, ...rest) => [window.jiwenDraft.text(), window.jiwenDraft.current(), ...rest]"
)
SHEET_EVENTS = """
window.jiwenShowDraft = (draft) => trigger("addressed", { draft });
window.jiwenDraftEdited = () => trigger("edited");
window.jiwenDraftBeside = () => trigger("beside");
"""
TOUCHED = "() => window.jiwenDraft.touched()"
"""What the server wrote anew is kept like what is typed."""
COMPARING = "() => window.jiwenDraft.compare()"
IN_TURN = {"concurrency_id": "draft", **QUIET}
"""What opens or stores a draft happens in the order in which it was asked for, or it would be in
conflict with itself."""
CAN_BE_EDITED = "点任意一段就可以直接修改，改动会自动保存。"
TO_READ = "这是别人的初稿：您可以看，选中文字写批注，不能改。"
CLICK_LINK = "() => document.getElementById('draft-link')?.click()"
STANDARD = "公文版式"
LOOKS = {STANDARD: True, "公文版式（不带脚注、批注）": False}
"""How a Word file may look beside the office's templates, and whether it has notes."""
Updates = tuple[object, ...]
"""New values of components, in the order in which the event lists them."""


@dataclass(slots=True)
class Opened:
    """The saved draft that a page has open, and when the version that it shows was `saved`.

    It changes in place: an event that waits behind another one has to see what that stored.
    """

    id: str
    saved: datetime

    @classmethod
    def of(cls, saved: SavedDraft) -> "Opened":
        """The page's draft from now on."""
        return cls(saved.id, saved.saved)


class Drafting:
    """The tab's layout and events. The open draft is remembered by the server for some hours."""

    def __init__(self, assistant: PermittedAssistant) -> None:
        self._assistant = assistant

    def build(self, page: gr.Blocks, tab: gr.Tab) -> None:
        """Lays the tab out inside the open `tab` and wires its events."""
        draft = gr.State(None, time_to_live=OPEN_DRAFT_SECONDS)
        opened = gr.State(None, time_to_live=OPEN_DRAFT_SECONDS)
        with gr.Row(elem_id="draft-choice"):
            department = gr.Dropdown([], label="部门", elem_id="draft-department")
            year = gr.Dropdown([], label="年度")
            section = gr.Dropdown(list(SECTIONS), value="自评报告全文", label="内容")
            tone = gr.Dropdown([], label="口吻")
            length = gr.Dropdown(list(Length), value=Length.MEDIUM, label="篇幅")
            emphasis = gr.Textbox(
                label="突出", placeholder="任务或指标，用顿号隔开", max_length=EMPHASIS.length
            )
            write = gr.Button("起草", variant="primary", elem_id="draft-write")
        saved = gr.Dropdown([], label="打开已存初稿", elem_id="draft-saved", visible=False)
        with gr.Column(elem_id="draft-bar"):  # stays in sight
            with gr.Column(visible=False) as tools:
                with gr.Row(elem_id="draft-tools"):
                    check = gr.Button("核对数字", elem_id="draft-check", size="sm")
                    renew = gr.Button("重写本段", elem_id="draft-renew", size="sm")
                    polish = gr.Button("模型改写", elem_id="draft-polish", size="sm", visible=False)
                    save = gr.Button("保存", elem_id="draft-save", size="sm")
                    export = gr.Button("导出 Word", elem_id="draft-export", size="sm")
                    compare = gr.Button(
                        "比较版本", elem_id="draft-compare", size="sm", visible=False
                    )
                    look = gr.Dropdown(
                        list(LOOKS),
                        value=STANDARD,
                        label="版式",
                        elem_id="draft-look",
                        container=False,
                    )
                    versions = gr.Dropdown([], label="版本", container=False, visible=False)
                panel("draft-editing", drafts.EDITING)
                autosaved = panel("draft-autosaved")
            note = panel("draft-note")
        with gr.Row(elem_id="draft-comparison"):
            older = gr.Dropdown([], label="旧版")
            newer = gr.Dropdown([], label="新版")
            changes = panel("draft-changes")
        empty = panel("draft-empty")
        with gr.Row(elem_id="draft-paper"):
            sheet = panel("draft-sheet", drafts.HINT, events=SHEET_EVENTS)
            DraftComments(self._assistant).build()
        link = panel("draft-file")
        text = gr.Textbox(visible=False)
        number = gr.Number(visible=False, precision=0)

        shown = [draft, sheet, note, tools, autosaved]
        kept = [opened, versions, compare]
        choice = [department, year, section, tone, emphasis, length]
        compared = [older, newer, changes]
        tab.select(
            self.offer,
            [department],
            [department, tone, saved, polish, empty, look],
            **QUIET,
        )
        department.change(self.years, [department], [year], **QUIET)
        write.click(self.write, choice, [*shown, *kept, saved], **IN_TURN)
        sheet.edited(
            self.keep,
            [text, draft, opened],
            [autosaved, saved],
            js=EDITED_TEXT,
            trigger_mode="always_last",
            **IN_TURN,
        )
        sheet.addressed(self.go_to, None, [*shown, *kept], **IN_TURN)
        for event in (
            check.click(self.check, [text, draft], shown, js=EDITED_TEXT, **QUIET),
            renew.click(self.renew, [text, number, draft], shown, js=TEXT_AND_PARAGRAPH, **QUIET),
            polish.click(self.polish, [text, draft], shown, js=EDITED_TEXT, **QUIET),
        ):
            event.then(None, None, None, js=TOUCHED)
        for saving, stored in ((save.click, self.save), (sheet.beside, self.save_beside)):
            saving(
                stored,
                [text, draft, opened],
                [*shown, *kept, saved],
                js=EDITED_TEXT,
                **IN_TURN,
            )
        export.click(
            self.export, [text, draft, look, opened], [*shown, link], js=EDITED_TEXT, **QUIET
        ).then(None, None, None, js=CLICK_LINK)
        saved.input(self.load, [saved], [*shown, *kept], **IN_TURN)
        versions.input(self.back, [opened, versions], shown, **QUIET)
        asked = compare.click(self.compare, [opened], compared, **QUIET)
        asked.then(None, None, None, js=COMPARING)
        for chosen in (older, newer):
            chosen.input(self.changes, [opened, older, newer], [changes], **QUIET)

    # -- choosing ----------------------------------------------------------------------------------

    def offer(self, chosen: str | None, request: gr.Request) -> Updates:
        """What there is to choose from; what was chosen stays."""
        service = self._assistant.drafts
        names = list(service.covered)
        tones = list(service.tones)
        listed = self._listed(request)
        return (
            gr.update(choices=names, value=chosen if chosen in names else next(iter(names), None)),
            gr.update(choices=tones, value=tones[0]),
            gr.update(choices=listed, visible=bool(listed), value=None),
            gr.update(visible=service.rewords),
            "" if names else drafts.NO_LIBRARY,
            gr.update(choices=[*LOOKS, *service.templates]),
        )

    def years(self, department: str | None) -> object:
        """The years of the department, the newest chosen."""
        years = list(self._assistant.drafts.covered.get(department or "", ()))
        names = [f"{year}年" for year in reversed(years)]
        return gr.update(choices=names, value=next(iter(names), None))

    # -- writing -----------------------------------------------------------------------------------

    def write(
        self,
        department: str | None,
        year: str | None,
        section: str,
        request: gr.Request,
        *manner: str,
    ) -> Updates:
        """The draft in our own words, kept from the beginning.

        `manner` is its tone, what it stresses and its length.
        """
        tone, emphasis, length = manner
        service = self._assistant.drafts
        try:
            draft = service.draft(
                SECTIONS[section],
                department=department or "",
                year=year_of(year),
                tone=tone or "",
                emphasis=emphasis,
                length=Length(length),
                reword=False,
            )
        except (AssistantError, IngestError) as error:
            return (*_failed(error), *[gr.skip()] * 4)
        kept = service.save(draft, user=user(request), automatic=True)
        shown = self._shown(draft, CAN_BE_EDITED, kept.id, another=True)
        listed = gr.update(choices=self._listed(request), visible=True)
        return (*shown, Opened.of(kept), *_offered([kept]), listed)

    def keep(
        self, text: str, draft: Draft | None, opened: Opened | None, request: gr.Request
    ) -> Updates:
        """Keeps what was edited, while it goes on being edited."""
        if draft is None or opened is None:
            return (gr.skip(), gr.skip())
        try:
            checked = self._checked(text, draft)
            kept = self._store(checked, opened, request, automatic=True)
        except AssistantError as error:
            return (drafts.complaint(error, opened.id), gr.skip())
        told = drafts.note(f"{datetime.now():%H:%M:%S} 已自动保存。", kept.id)
        return (told, gr.update(choices=self._listed(request), visible=True))

    def check(self, text: str, draft: Draft | None) -> Updates:
        """The edited text with what nothing shows marked."""
        if draft is None:
            return _unchanged()
        checked = self._checked(text, draft)
        doubtful = checked.text.count("【待核实】")
        return self._shown(
            checked, f"已核对，{f'有{doubtful}处待核实' if doubtful else '没有问题'}。"
        )

    def polish(self, text: str, draft: Draft | None) -> Iterator[Updates]:
        """The edited draft in a language model's words, paragraph by paragraph, where they stand.

        It is not to be edited meanwhile, and says so.
        """
        if draft is None:
            yield _unchanged()
            return
        before = self._checked(text, draft)
        wait = drafts.note("语言模型正在逐段改写并核对，请稍候，先不要修改……")
        yield _told(wait)
        reworded = self._assistant.drafts.reword(before)
        old = [paragraph.text for paragraph in before.paragraphs]
        changed = sum(p.text not in old for p in reworded.paragraphs)
        yield self._shown(reworded, f"已改写{changed}段，其余保持原文；数字均已核对。")

    def renew(self, text: str, number: int | None, draft: Draft | None) -> Updates:
        """The paragraph with the cursor written afresh; the edits of all others stay."""
        if draft is None:
            return _unchanged()
        if not number:
            return _told(drafts.note("请先点一下要重写的段落。"))
        try:
            renewed = self._assistant.drafts.renew(self._checked(text, draft), int(number))
        except AssistantError as error:
            return _failed(error)
        return self._shown(renewed, f"已重写第{int(number)}段。")

    def export(
        self,
        text: str,
        draft: Draft | None,
        look: str | None,
        opened: Opened | None,
        request: gr.Request,
    ) -> Updates:
        """The edited draft with its comments as a Word file in the look chosen, to download."""
        if draft is None:
            return (*_unchanged(), gr.skip())
        checked = self._checked(text, draft)
        template = "" if look is None or look in LOOKS else look
        notes = LOOKS.get(look or STANDARD, True)
        try:
            service, whose = self._assistant.drafts, user(request)
            comments = service.comments(opened.id, user=whose) if opened and notes else ()
            word = self._assistant.docx(checked, template=template, notes=notes, comments=comments)
        except AssistantError as error:
            return (*_failed(error), gr.skip())
        data = b64encode(word).decode()
        name = "".join(c for c in checked.title if c.isalnum()) + ".docx"
        return (*self._shown(checked, f"已导出 {name}。"), drafts.download_link(name, data))

    # -- keeping -----------------------------------------------------------------------------------

    def save(
        self, text: str, draft: Draft | None, opened: Opened | None, request: gr.Request
    ) -> Updates:
        """Keeps the edited draft, as the next version of itself."""
        return self._save(text, draft, opened, request)

    def save_beside(
        self, text: str, draft: Draft | None, opened: Opened | None, request: gr.Request
    ) -> Updates:
        """Keeps the edited draft as a version of its own, over nobody's."""
        return self._save(text, draft, opened, request, beside=True)

    def _save(
        self,
        text: str,
        draft: Draft | None,
        opened: Opened | None,
        request: gr.Request,
        *,
        beside: bool = False,
    ) -> Updates:
        if draft is None or opened is None:
            return (*_unchanged(), *[gr.skip()] * 4)
        checked = self._checked(text, draft)
        try:
            saved = self._store(checked, opened, request, beside=beside)
        except AssistantError as error:
            return (*_told(drafts.complaint(error, opened.id)), *[gr.skip()] * 4)
        return (
            *self._shown(checked, f"已保存为第{saved.version}版。", saved.id),
            opened,
            *_offered(self._versions(saved.id, request)),
            gr.update(choices=self._listed(request), visible=True),
        )

    def _store(
        self,
        draft: Draft,
        opened: Opened,
        request: gr.Request,
        *,
        automatic: bool = False,
        beside: bool = False,
    ) -> SavedDraft:
        """The page's draft, stored over the version that it has open or `beside` whatever is there.

        Raises DraftConflict.
        """
        kept = self._assistant.drafts.save(
            draft,
            user=user(request),
            id=opened.id,
            automatic=automatic,
            over=None if beside else opened.saved,
        )
        opened.id, opened.saved = kept.id, kept.saved
        return kept

    def load(self, id: str, request: gr.Request) -> Updates:
        """A saved draft, its newest version."""
        return self._newest(id, request) or (*_unchanged(), *[gr.skip()] * 3)

    def go_to(self, event: gr.EventData, request: gr.Request) -> Updates:
        """The saved draft that an address names."""
        told = drafts.failed(NO_DRAFT)
        absent = (*_told(told), *[gr.skip()] * 3)
        return self._newest(sent_with(event, "draft", str), request) or absent

    def _newest(self, id: str, request: gr.Request) -> Updates | None:
        """The newest version of a draft of the visitor, with its others to choose from."""
        versions = self._versions(id, request)
        if not versions:
            return self._to_read(id, request)
        newest = versions[0]
        shown = self._shown(newest.draft, CAN_BE_EDITED, newest.id, another=True)
        return (*shown, Opened.of(newest), *_offered(versions))

    def _to_read(self, id: str, request: gr.Request) -> Updates | None:
        """What somebody else shared, to be read and commented on; the page edits none meanwhile."""
        try:
            saved = self._assistant.drafts.readable(id, user=user(request))
        except AssistantError:
            return None
        shown = self._shown(saved.draft, TO_READ, saved.id, another=True, editable=False)
        return (None, *shown[1:3], gr.update(visible=False), "", None, *_offered([saved]))

    def back(self, opened: Opened | None, version: int | None, request: gr.Request) -> Updates:
        """An earlier version of the open draft; saving it makes it the newest."""
        chosen = self._version(opened, version, request)
        return _unchanged() if chosen is None else self._shown(chosen.draft)

    def compare(self, opened: Opened | None, request: gr.Request) -> Updates:
        """The newest version of the open draft against the one before, and what else there is."""
        versions = self._versions(opened.id, request) if opened else ()
        if not versions[1:]:
            return (gr.skip(), gr.skip(), drafts.note("只有一个版本，没有可比较的。"))
        newest, before, *_ = versions
        names = [(drafts.version_name(s), s.version) for s in versions]
        return (
            gr.update(choices=names, value=before.version),
            gr.update(choices=names, value=newest.version),
            draft_changes.changes(before, newest),
        )

    def changes(
        self,
        opened: Opened | None,
        older: int | None,
        newer: int | None,
        request: gr.Request,
    ) -> object:
        """What changed from one version of the open draft to another."""
        chosen = [self._version(opened, number, request) for number in (older, newer)]
        old, new = chosen
        return gr.skip() if old is None or new is None else draft_changes.changes(old, new)

    def _version(
        self, opened: Opened | None, version: int | None, request: gr.Request
    ) -> SavedDraft | None:
        versions = self._versions(opened.id, request) if opened else ()
        return next((s for s in versions if s.version == version), None)

    def _versions(self, id: str, request: gr.Request) -> tuple[SavedDraft, ...]:
        versions: tuple[SavedDraft, ...] = self._assistant.drafts.versions(id, user=user(request))
        return versions

    def _listed(self, request: gr.Request) -> list[tuple[str, str]]:
        saved: tuple[SavedDraft, ...] = self._assistant.drafts.saved(user=user(request))
        theirs = self._assistant.drafts.shared(user=user(request))
        named = [(f"{drafts.saved_name(s)} · {by}请您批注", s.id) for s, by in theirs]
        return [*((drafts.saved_name(s), s.id) for s in saved), *named]

    # -- showing -----------------------------------------------------------------------------------

    def _checked(self, text: str, draft: Draft) -> Draft:
        """The draft as edited; who works on it must have the right, and the draft in scope, now."""
        opened = self._assistant.drafts.opened(draft)
        return self._assistant.recheck(opened, text[:MAX_TEXT]) if text.strip() else opened

    def _shown(
        self,
        draft: Draft,
        message: str = "",
        id: str = "",
        *,
        another: bool = False,
        editable: bool = True,
    ) -> Updates:
        blocks = cache(self._assistant.blocks)

        def excerpt_of(citation: Citation) -> str:
            return excerpt(blocks(citation.document_id), citation.location, citation.quote)

        key = f"draft-{uuid4().hex}"
        html = drafts.sheet(
            draft, key=key, excerpt_of=excerpt_of, id=id if another else "", editable=editable
        )
        note = drafts.note(message, id) if message else ""
        return (draft, html, note, gr.update(visible=True), "")


def _offered(versions: Sequence[SavedDraft]) -> Updates:
    """The versions to choose from, the newest chosen, and whether there are some to compare."""
    names = [(f"第{s.version}版", s.version) for s in versions]
    several = len(names) > 1
    chosen = gr.update(choices=names, value=versions[0].version, visible=several)
    return (chosen, gr.update(visible=several))


def _failed(error: Exception) -> Updates:
    return _told(drafts.failed(str(error)))


def _told(html: str) -> Updates:
    """The page as it is, with what is to be said."""
    return (gr.skip(), gr.skip(), html, gr.skip(), "")


def _unchanged() -> Updates:
    return (gr.skip(),) * 5
