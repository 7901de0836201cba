"""The 问答 page: earlier conversations, the one at hand with its sources, the question box."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Literal
from uuid import uuid4

import gradio as gr
from typing_extensions import TypedDict

from assistant.accounts.permissions import Right
from assistant.conversation_files import Order, Where
from assistant.errors import AssistantError, HistoryError, RequestError
from assistant.history.types import Feedback, FeedbackKind, Turn
from assistant.server.permitted import PermittedAssistant
from assistant.server.work_lanes import Lane, in_lane
from assistant.sources.cell_heads import CellHeads, cell_heads
from assistant.sources.excerpt import excerpt
from assistant.text_limits import NOTE, QUESTION, SEARCH, TITLE, latest_turns
from assistant.types import Answer, AskedFiles, Citation
from assistant.web.current_visitor import user
from assistant.web.downloads import MARKDOWN_TYPE, WORD_TYPE, BrowserFile, saved_file
from assistant.web.filters import form_of, year_of
from assistant.web.html import answers, conversations, feedback, library
from assistant.web.html.own_files import ATTACHING, FILE_EVENTS, own_files
from assistant.web.html.scope_chips import CONTEXT
from assistant.web.html_panel import QUIET, panel
from assistant.web.page_blocks import sent_with
from assistant.web.tabs.suggestions import MAX_SUGGESTIONS, suggest
from ingest.errors import IngestError
from ingest.types.blocks import Block, Form
from ingest.types.library import DocumentRecord

ALL_DEPARTMENTS = "全部部门"
ALL_YEARS = "全部年度"
ALL_FORMS = "全部表种"
FILTERS = {ALL_DEPARTMENTS: "部门", ALL_YEARS: "年度", ALL_FORMS: "表种"}
"""What a question can be limited to: how each filter reads when it is free, and its label."""
LIFTED = ("department", "year", "form")
"""How a chip of an answer names these, to be lifted."""
MAX_TURNS = 30
"""Maximum number of turns shown of a conversation, the latest."""
MAX_TURNS_SEARCHED = 200
"""The same for a conversation that a search led to."""
MAX_RENDERED = 200
"""Maximum number of turns kept in memory as HTML, of all conversations together."""
STORAGE_KEY = "jiwen-conversation"
"""Where the browser keeps the id of its conversation, and nothing else: so no secret hides it."""
NO_CONVERSATION = "new"
"""No conversation yet; not "", which gradio would not write into the browser."""
EVENTS = """
window.jiwenRate = (feedback) => server.rate(feedback);
window.jiwenConversationFile = (wanted) => server.file(wanted);
window.jiwenAsk = (question, without = "") => trigger("asked", { question, without });
window.jiwenOpenConversation = (conversation, turn = "") => {
  window.jiwenSearchedTurn = turn;
  trigger("opened", { conversation, turn });
};
const confirmed = (name) => confirm(`确定删除对话“${name}”吗？里面的问答不能再找回。`);
element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const { conversation, turn, forget, name, pin, rename, value } = button?.dataset ?? {};
  if (conversation) window.jiwenOpenConversation(conversation, turn);
  if (forget && confirmed(name)) trigger("forgotten", { conversation: forget });
  if (pin) trigger("changed", { conversation: pin, pinned: value === "1", title: "" });
  if (!rename) return;
  const title = prompt("对话的新名称", name)?.trim();
  if (title && title !== name) trigger("changed", { conversation: rename, pinned: false, title });
});
"""
SHOW_TURN = "() => window.jiwenShowTurn()"
BEGIN_AGAIN = f"() => (window.jiwenConversationLeft(), ['{NO_CONVERSATION}', '', ''])"
"""In the browser: what is asked right after the click is asked in the new conversation."""
TOGGLE_DRAWER = "() => { document.body.classList.toggle('shelf-open'); }"


ADDRESSED = "(conversation) => [window.jiwenAddressedConversation() || conversation]"
"""The conversation that the page's address names, else the one that the browser was in."""
SHOW_FIRST = "(conversation) => window.jiwenShowConversation(conversation, true)"
SHOW_ADDRESS = "(conversation) => window.jiwenShowConversation(conversation)"
STOPPED = '<p class="notice">已停止，没有答完，也没有存入历史。</p>'
CAN_ASK: dict[str, Any] = {"submit_btn": "提问", "stop_btn": False}
CAN_STOP: dict[str, Any] = {"submit_btn": False, "stop_btn": "停止"}


class SentFeedback(TypedDict):
    """What a reader says of an answer, as the browser sends it."""

    turn: str
    kind: FeedbackKind
    note: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question is asked: in which conversation, with which filters.

    It `follows` the turns before it, or stands alone.
    """

    conversation: str
    search: str
    scope: tuple[str, ...]
    order: Order = Order.FILES_FIRST
    follows: bool = True


class WantedFile(TypedDict):
    """A conversation that is to be saved, as the browser asks for it."""

    conversation: str
    kind: Literal["docx", "md"]


class Chat:
    """The page's layout and events. The browser knows only the id of its conversation.

    Its turns are recorded by the assistant, so a reload or a restart brings them back.
    """

    def __init__(self, assistant: PermittedAssistant) -> None:
        self._assistant = assistant
        self._rendered = lru_cache(maxsize=MAX_RENDERED)(self._turn_html)

    def build(self, page: gr.Blocks, tab: gr.Tab) -> None:
        """Lays the page out inside the open `tab` and wires its events."""
        conversation = gr.BrowserState(NO_CONVERSATION, storage_key=STORAGE_KEY, secret=STORAGE_KEY)
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="shelf"):
                with gr.Column(elem_id="earlier"):
                    panel("earlier-head", "<h2>我的对话</h2>")
                    search = gr.Textbox(
                        elem_id="history-search",
                        label="搜索历史",
                        placeholder="搜索问过的内容",
                        show_label=False,
                        container=False,
                        max_lines=1,
                        max_length=SEARCH.length,
                    )
                    earlier = panel(
                        "conversations", events=EVENTS, functions=[self.rate, self.file]
                    )
                documents = panel("holdings")
            with gr.Column(elem_id="chat"):
                panel("conversation-tools", conversations.TOOLS)
                greeting = panel("greeting")
                past = panel("past")
                current = panel("current")
                with gr.Row(elem_id="suggestions"):
                    chips = [
                        gr.Button(elem_classes="chip", size="sm") for _ in range(MAX_SUGGESTIONS)
                    ]
                with gr.Column(elem_id="composer"):
                    attached = panel("own-files", events=FILE_EVENTS)
                    panel("attaching", ATTACHING)
                    question = gr.Textbox(
                        elem_id="question",
                        label="问题",
                        placeholder="输入问题，按回车提问",
                        show_label=False,
                        container=False,
                        lines=1,
                        max_lines=5,
                        max_length=QUESTION.length,
                        autofocus=True,
                        submit_btn="提问",
                    )
                    with gr.Row(elem_id="filters"):
                        scope = [
                            gr.Dropdown([free], value=free, label=label, container=False)
                            for free, label in FILTERS.items()
                        ]
                        order = gr.Dropdown(
                            list(Order),
                            value=Order.FILES_FIRST,
                            label="问谁",
                            container=False,
                            visible=False,
                        )
                        gr.Button("添加文件", elem_id="attach", size="sm")
                        drawer = gr.Button("历史", elem_id="drawer", size="sm")
                        again = gr.Button("新对话", elem_id="again", size="sm")

        conversation_parts: list[gr.Component] = [conversation, past, current, earlier]
        questions = [
            (question, question.submit, "always_last"),
            *((c, c.click, "once") for c in chips),
        ]
        asking: list[dict[str, Any]] = [
            event(
                self.ask,
                [asked, conversation, search, order, *scope],
                [*conversation_parts, question],
                trigger_mode=trigger_mode,
                concurrency_id="ask",
                **QUIET,
            )
            for asked, event, trigger_mode in questions
        ]
        asking.append(
            earlier.asked(
                self.ask_again,
                [conversation, search, order, *scope],
                [*conversation_parts, question, *scope],
                trigger_mode="always_last",
                concurrency_id="ask",
                **QUIET,
            )
        )
        question.stop(self.stop, None, [current, question], cancels=asking, **QUIET)
        again.click(None, None, [conversation, past, current], js=BEGIN_AGAIN, cancels=asking).then(
            self.find, [search, conversation], earlier, **QUIET
        )
        one_by_one = {"trigger_mode": "always_last", "concurrency_id": "files", **QUIET}
        files = [attached, order]
        attached.changed(self.attached, [search], [conversation, earlier, *files], **one_by_one)
        conversation.change(self.files, [conversation], files, **one_by_one)
        drawer.click(None, None, None, js=TOGGLE_DRAWER)
        # not `search.input`: an input method (IME) makes no such event
        search.change(self.find, [search, conversation], earlier, **QUIET)
        earlier.opened(self.reopen, [search], conversation_parts, cancels=asking, **QUIET).then(
            None, None, None, js=SHOW_TURN
        )
        earlier.changed(self.change, [search, conversation], earlier, **QUIET)
        earlier.forgotten(self.forget, [search, conversation], conversation_parts, **QUIET)
        library_parts = [documents, *scope, greeting, *chips]
        page.load(
            self.open,
            [conversation],
            [*library_parts, *conversation_parts],
            js=ADDRESSED,
            **QUIET,
        ).then(None, [conversation], None, js=SHOW_FIRST).then(None, None, None, js=SHOW_TURN)
        conversation.change(None, [conversation], None, js=SHOW_ADDRESS)
        tab.select(self.arrive, None, library_parts, **QUIET)

    def open(self, conversation: str, request: gr.Request) -> list[object]:
        """The page as it stands when it is opened: what the library holds, and the conversation."""
        *past, last = ["", *map(self._rendered, self._turns(conversation, request))]
        there = last or self._files(conversation, request)
        parts = [conversation if there else NO_CONVERSATION, "".join(past), last]
        return [*self.arrive(), *parts, self._listed("", conversation, request)]

    def arrive(self) -> list[object]:
        """What the library holds, what a question can be limited to, and what to ask.

        Files may have come or gone while another tab was open.
        """
        records = self._assistant.documents()
        departments = sorted({r.department for r in records if r.department})
        years = sorted({r.year for r in records if r.year is not None}, reverse=True)
        forms = {record.form for record in records}
        suggested = suggest(self._assistant, records)
        return [
            library.document_list(records),
            gr.update(choices=[ALL_DEPARTMENTS, *departments]),
            gr.update(choices=[ALL_YEARS, *(f"{year}年" for year in years)]),
            gr.update(choices=[ALL_FORMS, *(form.value for form in Form if form in forms)]),
            library.welcome(records),
            *(gr.update(value=words, visible=bool(words)) for words in suggested),
            *[gr.update(visible=False)] * (MAX_SUGGESTIONS - len(suggested)),
        ]

    def find(self, search: str, conversation: str, request: gr.Request) -> str:
        """The list beside the conversation, for what is searched."""
        return self._listed(search, conversation, request)

    def reopen(self, event: gr.EventData, search: str, request: gr.Request) -> list[object]:
        """An earlier conversation as it was, further back where a search led into it."""
        conversation = sent_with(event, "conversation", str)
        limit = MAX_TURNS_SEARCHED if sent_with(event, "turn", str) else MAX_TURNS
        turns = self._turns(conversation, request, limit=limit)
        if not turns and not self._files(conversation, request):  # deleted in another window
            return self._no_conversation(search, request)
        *past, last = ["", *map(self._rendered, turns)]
        return [conversation, "".join(past), last, self._listed(search, conversation, request)]

    def files(self, conversation: str, request: gr.Request) -> list[object]:
        """The files of the conversation at hand, and the choice of whom to ask where it has any."""
        records = self._files(conversation, request)
        return [own_files(records), gr.update(visible=bool(records))]

    def attached(self, event: gr.EventData, search: str, request: gr.Request) -> list[object]:
        """The conversation whose files have changed, which may have begun with them."""
        conversation = sent_with(event, "conversation", str)
        listed = self._listed(search, conversation, request)
        return [conversation or NO_CONVERSATION, listed, *self.files(conversation, request)]

    def _files(self, conversation: str, request: gr.Request) -> tuple[DocumentRecord, ...]:
        """The files of a conversation of the visitor; whatever else a browser sends has none."""
        if conversation == NO_CONVERSATION or not isinstance(conversation, str):
            return ()
        try:
            return self._assistant.files.of(conversation, user=user(request))
        except HistoryError:
            return ()

    def forget(
        self, event: gr.EventData, search: str, conversation: str, request: gr.Request
    ) -> list[object]:
        """Deletes a conversation; the page stays as it is unless it shows that one."""
        forgotten = sent_with(event, "conversation", str)
        if forgotten:  # none named would be all
            self._assistant.forget(user(request), forgotten)
        if forgotten == conversation:
            return self._no_conversation(search, request)
        return [*[gr.skip()] * 3, self._listed(search, conversation, request)]

    def _no_conversation(self, search: str, request: gr.Request) -> list[object]:
        return [NO_CONVERSATION, "", "", self._listed(search, NO_CONVERSATION, request)]

    def change(
        self, event: gr.EventData, search: str, conversation: str, request: gr.Request
    ) -> str:
        """Pins a conversation, or gives it another title."""
        changed, title = sent_with(event, "conversation", str), sent_with(event, "title", str)
        if title:
            self._assistant.rename(changed, title[: TITLE.length], user=user(request))
        else:
            pinned = sent_with(event, "pinned", bool)
            self._assistant.pin(changed, pinned=pinned, user=user(request))
        return self._listed(search, conversation, request)

    def file(self, sent: WantedFile, request: gr.Request) -> BrowserFile:
        """A conversation as a file; one that is not the visitor's has nothing in it."""
        turns = self._turns(sent["conversation"], request, limit=MAX_TURNS_SEARCHED)
        if not turns:
            raise RequestError("没有这个对话：可能已被删除，或者不是您的。")
        title = "".join(one for one in turns[0].answer.question if one.isalnum())[:30]
        name = f"问答 {title}.{sent['kind']}"
        if sent["kind"] == "docx":
            word = self._assistant.conversation_docx(sent["conversation"], user=user(request))
            return saved_file(name, word, WORD_TYPE)
        self._assistant.exported(Right.ASK, name)
        text = "\n\n".join(
            f"## {turn.answer.question}\n\n{feedback.copied_text(turn.answer)}" for turn in turns
        )
        return saved_file(name, text.encode(), MARKDOWN_TYPE)

    def rate(self, sent: SentFeedback, request: gr.Request) -> str:
        """Stores what the reader says of an answer; the buttons as they stand then, "" if not."""
        try:
            given = Feedback(sent["kind"], sent["note"][: NOTE.length])
            stored = self._assistant.feedback(
                sent["turn"], given.kind, given.note, user=user(request)
            )
        except HistoryError:
            return ""
        return feedback.rating(sent["turn"], given) if stored else ""

    @in_lane(Lane.QUESTION)
    def ask(
        self,
        words: str,
        conversation: str,
        search: str,
        order: Order,
        request: gr.Request,
        *scope: str,
    ) -> Iterator[list[object]]:
        """Streams one answer: the earlier turns stay, the newest grows below them.

        `scope` is the department, year and form that the filters say.
        """
        yield from self._asked(words, Place(conversation, search, scope, order), request)

    @in_lane(Lane.QUESTION)
    def ask_again(
        self,
        event: gr.EventData,
        conversation: str,
        search: str,
        order: Order,
        request: gr.Request,
        *scope: str,
    ) -> Iterator[list[object]]:
        """The same for a question of the page: again, another one, or without a part of its scope.

        Without its `context` it does not follow the turns before it.
        """
        without = sent_with(event, "without", str)
        free = [
            value if name != without else every
            for value, every, name in zip(scope, FILTERS, LIFTED, strict=True)
        ]
        place = Place(conversation, search, tuple(free), order, follows=without != CONTEXT)
        for step in self._asked(sent_with(event, "question", str), place, request):
            yield [*step, *(gr.update(value=value) for value in free)]

    def stop(self) -> list[object]:
        """What stands where an answer was to come."""
        return [STOPPED, gr.update(**CAN_ASK)]

    def _asked(self, words: str, at: Place, request: gr.Request) -> Iterator[list[object]]:
        words, conversation = words.strip(), at.conversation
        if not words:
            yield [gr.skip()] * 5
            return
        department, year, form = at.scope
        turns = self._turns(conversation, request)
        past = "".join(map(self._rendered, turns))
        yield [gr.skip(), past, answers.pending(words), gr.skip(), gr.update(value="", **CAN_STOP)]
        html = ""
        earlier = latest_turns([turn.answer.question for turn in turns]) if at.follows else ()
        try:
            for piece in self._assistant.files.stream(
                words,
                Where(str(conversation), user(request), Order(at.order)),
                turns=earlier,
                department="" if department == ALL_DEPARTMENTS else department,
                year=year_of(year),
                form=form_of(form),
            ):
                if isinstance(piece, Answer):
                    conversation, html = self._recorded(piece, conversation, request)
                else:
                    yield [
                        gr.skip(),
                        gr.skip(),
                        answers.growing(words, piece),
                        gr.skip(),
                        gr.skip(),
                    ]
        except (AssistantError, IngestError) as error:
            html = answers.failed(words, str(error))
        listed = self._listed(at.search, conversation, request)
        yield [conversation, gr.skip(), html, listed, gr.update(**CAN_ASK)]

    def _listed(self, search: str, conversation: str, request: gr.Request) -> str:
        """The earlier conversations, or those that say what is searched."""
        now = datetime.now().astimezone()
        words = search.strip()
        try:
            if words:
                turns = self._assistant.search_history(
                    user(request), words, limit=conversations.MAX_LISTED
                )
                return conversations.search_results(turns, words, current=conversation, now=now)
            latest = self._assistant.conversations(user(request), limit=conversations.MAX_LISTED)
        except HistoryError as error:
            return answers.notice(str(error))
        return conversations.listing(latest, current=conversation, now=now)

    def _turns(
        self, conversation: str, request: gr.Request, *, limit: int = MAX_TURNS
    ) -> tuple[Turn, ...]:
        """The latest turns; whatever else a browser sends for an id is no conversation.

        Without its history the page still answers, and says so when it cannot record an answer.
        """
        if conversation == NO_CONVERSATION or not isinstance(conversation, str):
            return ()
        try:
            return self._assistant.turns(conversation, user=user(request), limit=limit)
        except HistoryError:
            return ()

    def _recorded(self, answer: Answer, conversation: str, request: gr.Request) -> tuple[str, str]:
        """The conversation with the answer in it, and the answer as HTML.

        An answer that cannot be recorded is shown all the same, with a word about it.
        """
        try:
            turn = self._assistant.record(
                answer, user=user(request), conversation=str(conversation)
            )
        except HistoryError as error:
            tools = feedback.answer_tools(answer)
            key, owner = f"source-{uuid4().hex}", user(request)
            html = self._html(answer, key=key, tools=tools, owner=owner)
            return conversation, f"{html}{answers.notice(f'这一问没有存入历史：{error}')}"
        return turn.conversation, self._rendered(turn)

    def _turn_html(self, turn: Turn) -> str:
        tools = feedback.answer_tools(turn.answer, turn=turn.id, feedback=turn.feedback)
        return self._html(turn.answer, key=f"source-{turn.id}", tools=tools, owner=turn.user)

    def _html(self, answer: Answer, *, key: str, tools: str, owner: str) -> str:
        """An answer to the `owner` of its conversation, with the places in files around it."""

        @cache
        def blocks(document_id: str) -> tuple[Block, ...]:
            if answer.asked_files is not AskedFiles.ANSWERED:
                return self._assistant.blocks(document_id)
            own = self._assistant.files.blocks(document_id, user=owner)
            return own or self._assistant.blocks(document_id)

        def excerpt_of(citation: Citation) -> str:
            return excerpt(blocks(citation.document_id), citation.location, citation.quote)

        def heads_of(citation: Citation) -> CellHeads | None:
            return cell_heads(blocks(citation.document_id), citation.location)

        return answers.finished(
            answer, key=key, excerpt_of=excerpt_of, heads_of=heads_of, tools=tools
        )
