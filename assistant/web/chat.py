"""The 问答 page: the conversation, the sources beside it, and the question box."""

from collections.abc import Iterator
from functools import cache, lru_cache
from uuid import uuid4

import gradio as gr

from assistant.errors import AssistantError, HistoryError
from assistant.service import Assistant
from assistant.types import Answer, Citation, Turn
from assistant.web import markup
from assistant.web.excerpt import excerpt
from assistant.web.panel import panel
from assistant.web.suggestions import SHOWN, suggest
from ingest.errors import IngestError

ALL_DEPARTMENTS = "全部部门"
ALL_YEARS = "全部年度"
LONGEST_QUESTION = 500
ANSWERS_AT_ONCE = 4
TURNS_SHOWN = 30
DRAWN = 200
"""So many turns are kept as drawn, of all conversations together."""
PLACE = "jiwen-conversation"
"""Where the browser keeps the id of its conversation, and nothing else: so no secret hides it."""
NEW = "new"
"""No conversation yet; not "", which gradio would not write into the browser."""


class Chat:
    """The page's layout and events. The browser knows only the id of its conversation.

    What was said is kept by the assistant, so a reload or a restart brings it back.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._drawn = lru_cache(maxsize=DRAWN)(self._draw)

    def build(self, page: gr.Blocks, tab: gr.Tab) -> None:
        """Lays the page out inside the open `tab` and wires its events."""
        talk = gr.BrowserState(NEW, storage_key=PLACE, secret=PLACE)
        with gr.Row(elem_id="desk"):
            library = panel("shelf")
            with gr.Column(elem_id="talk"):
                past = panel("past")
                current = panel("current")
                with gr.Row(elem_id="suggestions") as suggestions:
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
                        department = gr.Dropdown(
                            [ALL_DEPARTMENTS], value=ALL_DEPARTMENTS, label="部门", container=False
                        )
                        year = gr.Dropdown(
                            [ALL_YEARS], value=ALL_YEARS, label="年度", container=False
                        )
                        again = gr.Button("新对话", elem_id="again", size="sm")

        conversation: list[gr.Component] = [talk, past, current, question, suggestions]
        for asked, event in [(question, question.submit), *((chip, chip.click) for chip in chips)]:
            event(
                self.ask,
                [asked, department, year, talk],
                conversation,
                show_progress="hidden",
                concurrency_limit=ANSWERS_AT_ONCE,
                concurrency_id="ask",
                api_visibility="private",
            )
        again.click(
            self.begin_again,
            None,
            conversation,
            show_progress="hidden",
            api_visibility="private",
        )
        page.load(
            self.open,
            [talk],
            [library, department, year, *conversation, *chips],
            show_progress="hidden",
            api_visibility="private",
        )

    def open(self, talk: str, request: gr.Request) -> list[object]:
        """The page as it stands when it is opened: what the library holds and what to ask."""
        records = self._assistant.documents()
        departments = sorted({r.department for r in records if r.department})
        years = sorted({r.year for r in records if r.year is not None}, reverse=True)
        asked = suggest(self._assistant, records)
        chips = [*asked, *[""] * (SHOWN - len(asked))]
        *past, last = ["", *self._said(talk, request)]
        return [
            markup.library(records),
            gr.update(choices=[ALL_DEPARTMENTS, *departments]),
            gr.update(choices=[ALL_YEARS, *(f"{year}年" for year in years)]),
            talk if last else NEW,
            "".join(past) if last else markup.welcome(records),
            last,
            "",
            gr.update(visible=bool(asked) and not last),
            *(gr.update(value=chip, visible=bool(chip)) for chip in chips),
        ]

    def begin_again(self) -> list[object]:
        """An empty page; what was said is still in the history."""
        welcome = markup.welcome(self._assistant.documents())
        return [NEW, welcome, "", "", gr.update(visible=True)]

    def ask(
        self, words: str, department: str, year: str, talk: str, request: gr.Request
    ) -> Iterator[list[object]]:
        """Streams one answer: the earlier turns stay, the newest grows below them."""
        words = words.strip()
        if not words:
            yield [gr.skip()] * 5
            return
        turns = self._turns(talk, request)
        past = "".join(map(self._drawn, turns))
        yield [gr.skip(), past, markup.pending(words), "", gr.update(visible=False)]
        rest = [gr.skip(), gr.skip()]  # the next question may be half typed by now
        html = ""
        try:
            for piece in self._assistant.stream(
                words,
                turns=tuple(turn.answer.question for turn in turns),
                department="" if department == ALL_DEPARTMENTS else department,
                year=None if year == ALL_YEARS else int(year.removesuffix("年")),
            ):
                if isinstance(piece, Answer):
                    talk, html = self._kept(piece, talk, request)
                else:
                    yield [gr.skip(), gr.skip(), markup.growing(words, piece), *rest]
        except (AssistantError, IngestError) as error:
            html = markup.failed(words, str(error))
        yield [talk, gr.skip(), html, *rest]

    def _turns(self, talk: str, request: gr.Request) -> tuple[Turn, ...]:
        """What was said; whatever else a browser sends for an id is no conversation.

        Without its history the page still answers, and says so when it cannot keep an answer.
        """
        if talk == NEW or not isinstance(talk, str):
            return ()
        try:
            return self._assistant.turns(talk, user=user(request), limit=TURNS_SHOWN)
        except HistoryError:
            return ()

    def _kept(self, answer: Answer, talk: str, request: gr.Request) -> tuple[str, str]:
        """The conversation with the answer in it, and the answer as drawn.

        An answer that cannot be kept is shown all the same, with a word about it.
        """
        try:
            turn = self._assistant.record(answer, user=user(request), conversation=str(talk))
        except HistoryError as error:
            drawn = self.render(answer, key=f"source-{uuid4().hex}")
            return talk, f"{drawn}{markup.notice(f'这一问没有存入历史：{error}')}"
        return turn.conversation, self._drawn(turn)

    def _said(self, talk: str, request: gr.Request) -> list[str]:
        return [self._drawn(turn) for turn in self._turns(talk, request)]

    def _draw(self, turn: Turn) -> str:
        return self.render(turn.answer, key=f"source-{turn.id}")

    def render(self, answer: Answer, *, key: str) -> str:
        blocks = cache(self._assistant.blocks)

        def excerpt_of(citation: Citation) -> str:
            return excerpt(blocks(citation.document_id), citation.location, citation.quote)

        return markup.answer(answer, key=key, excerpt_of=excerpt_of)


def user(request: gr.Request) -> str:
    """Who asks, "" where nobody logs in."""
    return str(request.username or "")
