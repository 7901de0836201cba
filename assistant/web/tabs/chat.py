"""The 问答 page: earlier conversations, the one at hand with its sources, the question box."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, TypedDict
from uuid import uuid4

import gradio as gr

from assistant.errors import AssistantError, HistoryError
from assistant.history.types import Feedback, FeedbackKind, Turn
from assistant.server.permitted import PermittedAssistant
from assistant.sources.excerpt import excerpt
from assistant.types import Answer, Citation
from assistant.web.current_visitor import user
from assistant.web.html import answers as markup
from assistant.web.html import conversations as talks
from assistant.web.html import feedback as replies
from assistant.web.html_panel import QUIET, panel
from assistant.web.tabs.suggestions import SHOWN, suggest
from ingest.errors import IngestError
from ingest.types.blocks import Form

ALL_DEPARTMENTS = "全部部门"
ALL_YEARS = "全部年度"
ALL_FORMS = "全部表种"
FILTERS = {ALL_DEPARTMENTS: "部门", ALL_YEARS: "年度", ALL_FORMS: "表种"}
"""What a question can be limited to: how each filter reads when it is free, and its label."""
LONGEST_QUESTION = 500
LONGEST_SEARCH = 80
ANSWERS_AT_ONCE = 4
TURNS_SHOWN = 30
TURNS_AT_MOST = 200
"""So many turns are shown of a conversation that a search led to."""
DRAWN = 200
"""So many turns are kept as drawn, of all conversations together."""
PLACE = "jiwen-conversation"
"""Where the browser keeps the id of its conversation, and nothing else: so no secret hides it."""
NEW = "new"
"""No conversation yet; not "", which gradio would not write into the browser."""
EVENTS = """
window.jiwenRate = (asked) => server.rate(asked);
const asked = (name) => confirm(`确定删除对话“${name}”吗？里面的问答不能再找回。`);
element.addEventListener("click", (event) => {
  const { talk, turn = "", forget, name } = event.target.closest("button")?.dataset ?? {};
  if (talk) {
    window.jiwenWanted = turn;
    trigger("opened", { talk, turn });
  }
  if (forget && asked(name)) trigger("forgotten", { talk: forget });
});
"""
TO_THE_TURN = "() => window.jiwenTurn()"
BEGIN_AGAIN = f"() => ['{NEW}', '', '']"
"""In the browser: what is asked right after the click is asked in the new conversation."""
DRAWER = "() => { document.body.classList.toggle('shelf-open'); }"


class Rated(TypedDict):
    """What a reader says of an answer, as the browser sends it."""

    turn: str
    kind: str
    note: str


class Chat:
    """The page's layout and events. The browser knows only the id of its conversation.

    What was said is kept by the assistant, so a reload or a restart brings it back.
    """

    def __init__(self, assistant: PermittedAssistant) -> None:
        self._assistant = assistant
        self._drawn = lru_cache(maxsize=DRAWN)(self._draw)

    def build(self, page: gr.Blocks, tab: gr.Tab) -> None:
        """Lays the page out inside the open `tab` and wires its events."""
        talk = gr.BrowserState(NEW, storage_key=PLACE, secret=PLACE)
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
                        max_length=LONGEST_SEARCH,
                    )
                    earlier = panel("talks", events=EVENTS, functions=[self.rate])
                library = panel("holdings")
            with gr.Column(elem_id="talk"):
                greeting = panel("greeting")
                past = panel("past")
                current = panel("current")
                with gr.Row(elem_id="suggestions"):
                    chips = [gr.Button(elem_classes="chip", size="sm") for _ in range(SHOWN)]
                with gr.Column(elem_id="composer"):
                    question = gr.Textbox(
                        elem_id="question",
                        label="问题",
                        placeholder="输入问题，按回车提问",
                        show_label=False,
                        container=False,
                        lines=1,
                        max_lines=5,
                        max_length=LONGEST_QUESTION,
                        autofocus=True,
                        submit_btn="提问",
                    )
                    with gr.Row(elem_id="filters"):
                        scope = [
                            gr.Dropdown([free], value=free, label=label, container=False)
                            for free, label in FILTERS.items()
                        ]
                        drawer = gr.Button("历史", elem_id="drawer", size="sm")
                        again = gr.Button("新对话", elem_id="again", size="sm")

        conversation: list[gr.Component] = [talk, past, current, earlier]
        ways = [(question, question.submit, "always_last"), *((c, c.click, "once") for c in chips)]
        asking: list[dict[str, Any]] = [
            event(
                self.ask,
                [asked, *scope, talk, search],
                [*conversation, question],
                trigger_mode=again_meanwhile,
                concurrency_limit=ANSWERS_AT_ONCE,
                concurrency_id="ask",
                **QUIET,
            )
            for asked, event, again_meanwhile in ways
        ]
        again.click(None, None, [talk, past, current], js=BEGIN_AGAIN, cancels=asking).then(
            self.find, [search, talk], earlier, **QUIET
        )
        drawer.click(None, None, None, js=DRAWER)
        search.change(self.find, [search, talk], earlier, **QUIET)  # an IME makes no input event
        earlier.opened(self.reopen, [search], conversation, cancels=asking, **QUIET).then(
            None, None, None, js=TO_THE_TURN
        )
        earlier.forgotten(self.forget, [search, talk], conversation, **QUIET)
        around = [library, *scope, greeting, *chips]
        page.load(self.open, [talk], [*around, *conversation], **QUIET)
        tab.select(self.arrive, None, around, **QUIET)

    def open(self, talk: str, request: gr.Request) -> list[object]:
        """The page as it stands when it is opened: what the library holds and what was said."""
        *past, last = ["", *self._said(talk, request)]
        said = [talk if last else NEW, "".join(past), last]
        return [*self.arrive(), *said, self._listed("", talk, request)]

    def arrive(self) -> list[object]:
        """What the library holds, what a question can be limited to, and what to ask.

        Files may have come or gone while another tab was open.
        """
        records = self._assistant.documents()
        departments = sorted({r.department for r in records if r.department})
        years = sorted({r.year for r in records if r.year is not None}, reverse=True)
        held = {record.form for record in records}
        asked = suggest(self._assistant, records)
        return [
            markup.library(records),
            gr.update(choices=[ALL_DEPARTMENTS, *departments]),
            gr.update(choices=[ALL_YEARS, *(f"{year}年" for year in years)]),
            gr.update(choices=[ALL_FORMS, *(form.value for form in Form if form in held)]),
            markup.welcome(records),
            *(gr.update(value=words, visible=bool(words)) for words in asked),
            *[gr.update(visible=False)] * (SHOWN - len(asked)),
        ]

    def find(self, search: str, talk: str, request: gr.Request) -> str:
        """The list beside the conversation, for what is searched."""
        return self._listed(search, talk, request)

    def reopen(self, event: gr.EventData, search: str, request: gr.Request) -> list[object]:
        """An earlier conversation as it was, further back where a search led into it."""
        talk = str(event.talk)
        limit = TURNS_AT_MOST if event.turn else TURNS_SHOWN
        drawn = [self._drawn(turn) for turn in self._turns(talk, request, limit=limit)]
        if not drawn:  # deleted in another window
            return self._emptied(search, request)
        return [talk, "".join(drawn[:-1]), drawn[-1], self._listed(search, talk, request)]

    def forget(
        self, event: gr.EventData, search: str, talk: str, request: gr.Request
    ) -> list[object]:
        """Deletes a conversation; the page stays as it is unless it shows that one."""
        gone = str(event.talk)
        if gone:  # none named would be all
            self._assistant.forget(user(request), gone)
        if gone == talk:
            return self._emptied(search, request)
        return [*[gr.skip()] * 3, self._listed(search, talk, request)]

    def _emptied(self, search: str, request: gr.Request) -> list[object]:
        return [NEW, "", "", self._listed(search, NEW, request)]

    def rate(self, rated: Rated, request: gr.Request) -> str:
        """Keeps what the reader says of an answer; the buttons as they stand then, "" if not."""
        try:
            given = Feedback(FeedbackKind(rated["kind"]), rated["note"][: replies.LONGEST_NOTE])
            kept = self._assistant.feedback(
                rated["turn"], given.kind, given.note, user=user(request)
            )
        except (ValueError, KeyError, TypeError, AssistantError):
            return ""
        return replies.rating(rated["turn"], given) if kept else ""

    def ask(
        self,
        words: str,
        department: str,
        year: str,
        form: str,
        talk: str,
        search: str,
        request: gr.Request,
    ) -> Iterator[list[object]]:
        """Streams one answer: the earlier turns stay, the newest grows below them."""
        words = words.strip()
        if not words:
            yield [gr.skip()] * 5
            return
        turns = self._turns(talk, request)
        past = "".join(map(self._drawn, turns))
        yield [gr.skip(), past, markup.pending(words), gr.skip(), ""]
        html = ""
        try:
            for piece in self._assistant.stream(
                words,
                turns=tuple(turn.answer.question for turn in turns),
                department="" if department == ALL_DEPARTMENTS else department,
                year=None if year == ALL_YEARS else int(year.removesuffix("年")),
                form=None if form == ALL_FORMS else Form(form),
            ):
                if isinstance(piece, Answer):
                    talk, html = self._kept(piece, talk, request)
                else:
                    yield [gr.skip(), gr.skip(), markup.growing(words, piece), gr.skip(), gr.skip()]
        except (AssistantError, IngestError) as error:
            html = markup.failed(words, str(error))
        yield [talk, gr.skip(), html, self._listed(search, talk, request), gr.skip()]

    def _listed(self, search: str, talk: str, request: gr.Request) -> str:
        """The earlier conversations, or those that say what is searched."""
        now = datetime.now().astimezone()
        words = search.strip()
        try:
            if words:
                turns = self._assistant.search_history(user(request), words, limit=talks.SHOWN)
                return talks.found(turns, words, current=talk, now=now)
            own = self._assistant.conversations(user(request), limit=talks.SHOWN)
        except HistoryError as error:
            return markup.notice(str(error))
        return talks.listed(own, current=talk, now=now)

    def _turns(
        self, talk: str, request: gr.Request, *, limit: int = TURNS_SHOWN
    ) -> tuple[Turn, ...]:
        """What was said; whatever else a browser sends for an id is no conversation.

        Without its history the page still answers, and says so when it cannot keep an answer.
        """
        if talk == NEW or not isinstance(talk, str):
            return ()
        try:
            return self._assistant.turns(talk, user=user(request), limit=limit)
        except HistoryError:
            return ()

    def _kept(self, answer: Answer, talk: str, request: gr.Request) -> tuple[str, str]:
        """The conversation with the answer in it, and the answer as drawn.

        An answer that cannot be kept is shown all the same, with a word about it.
        """
        try:
            turn = self._assistant.record(answer, user=user(request), conversation=str(talk))
        except HistoryError as error:
            bar = replies.bar(answer)
            drawn = self.render(answer, key=f"source-{uuid4().hex}", bar=bar)
            return talk, f"{drawn}{markup.notice(f'这一问没有存入历史：{error}')}"
        return turn.conversation, self._drawn(turn)

    def _said(self, talk: str, request: gr.Request) -> list[str]:
        return [self._drawn(turn) for turn in self._turns(talk, request)]

    def _draw(self, turn: Turn) -> str:
        bar = replies.bar(turn.answer, turn=turn.id, feedback=turn.feedback)
        return self.render(turn.answer, key=f"source-{turn.id}", bar=bar)

    def render(self, answer: Answer, *, key: str, bar: str) -> str:
        blocks = cache(self._assistant.blocks)

        def excerpt_of(citation: Citation) -> str:
            return excerpt(blocks(citation.document_id), citation.location, citation.quote)

        return markup.answer(answer, key=key, excerpt_of=excerpt_of, bar=bar)
