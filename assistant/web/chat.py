"""The 问答 page: the conversation, the sources beside it, and the question box."""

from collections.abc import Iterator
from functools import cache

import gradio as gr

from assistant.errors import AssistantError
from assistant.service import Assistant
from assistant.types import Answer, Citation
from assistant.web import markup
from assistant.web.conversations import Conversations, Turn
from assistant.web.excerpt import excerpt
from assistant.web.panel import panel
from assistant.web.suggestions import SHOWN, suggest
from ingest.errors import IngestError

ALL_DEPARTMENTS = "全部部门"
ALL_YEARS = "全部年度"
LONGEST_QUESTION = 500
ANSWERS_AT_ONCE = 4


class Chat:
    """The page's layout and events. What was said lives in `conversations`, not in the browser."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._conversations = Conversations()

    def build(self, page: gr.Blocks, tab: gr.Tab) -> None:
        """Lays the page out inside the open `tab` and wires its events."""
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

        conversation: list[gr.Component] = [past, current, question, suggestions]
        for asked, event in [(question, question.submit), *((chip, chip.click) for chip in chips)]:
            event(
                self.ask,
                [asked, department, year],
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
            None,
            [library, department, year, *conversation, *chips],
            show_progress="hidden",
            api_visibility="private",
        )
        page.unload(self.leave)

    def open(self) -> list[object]:
        """The page as it stands when it is opened: what the library holds and what to ask."""
        records = self._assistant.documents()
        departments = sorted({r.department for r in records if r.department})
        years = sorted({r.year for r in records if r.year is not None}, reverse=True)
        asked = suggest(self._assistant, records)
        chips = [*asked, *[""] * (SHOWN - len(asked))]
        return [
            markup.library(records),
            gr.update(choices=[ALL_DEPARTMENTS, *departments]),
            gr.update(choices=[ALL_YEARS, *(f"{year}年" for year in years)]),
            markup.welcome(records),
            "",
            "",
            gr.update(visible=bool(asked)),
            *(gr.update(value=chip, visible=bool(chip)) for chip in chips),
        ]

    def begin_again(self, request: gr.Request) -> list[object]:
        self.leave(request)
        return [markup.welcome(self._assistant.documents()), "", "", gr.update(visible=True)]

    def leave(self, request: gr.Request) -> None:
        self._conversations.forget(session(request))

    def ask(
        self, words: str, department: str, year: str, request: gr.Request
    ) -> Iterator[list[object]]:
        """Streams one answer: the earlier turns stay, the newest grows below them."""
        words = words.strip()
        if not words:
            yield [gr.skip(), gr.skip(), gr.skip(), gr.skip()]
            return
        turns = self._conversations.turns(session(request))
        past = "".join(turn.html for turn in turns)
        yield [past, markup.pending(words), "", gr.update(visible=False)]
        rest = [gr.skip(), gr.skip()]  # the next question may be half typed by now
        html = ""
        try:
            for piece in self._assistant.stream(
                words,
                turns=tuple(turn.question for turn in turns),
                department="" if department == ALL_DEPARTMENTS else department,
                year=None if year == ALL_YEARS else int(year.removesuffix("年")),
            ):
                if isinstance(piece, Answer):
                    html = self.render(piece, key=f"source-{len(turns)}")
                else:
                    yield [gr.skip(), markup.growing(words, piece), *rest]
        except (AssistantError, IngestError) as error:
            html = markup.failed(words, str(error))
        self._conversations.append(session(request), Turn(words, html))
        yield [gr.skip(), html, *rest]

    def render(self, answer: Answer, *, key: str) -> str:
        blocks = cache(self._assistant.blocks)

        def excerpt_of(citation: Citation) -> str:
            return excerpt(blocks(citation.document_id), citation.location, citation.quote)

        return markup.answer(answer, key=key, excerpt_of=excerpt_of)


def session(request: gr.Request) -> str:
    return request.session_hash or ""
