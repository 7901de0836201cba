"""The comments beside a draft (批注): read and written by whoever may read the draft."""

from typing import Literal, assert_never

import gradio as gr
from typing_extensions import TypedDict

from assistant.accounts.permissions import acting
from assistant.errors import DraftError, TextTooLong
from assistant.server.permitted import PermittedAssistant
from assistant.web.current_visitor import user
from assistant.web.html import draft_comments
from assistant.web.html_panel import panel

EVENTS = "window.jiwenDraftComments = (sent) => server.comments(sent);"


class SentComment(TypedDict):
    """What is done with the comments of the draft of this id; what is not needed is "" or 0."""

    draft: str
    act: Literal["list", "add", "answer", "settle", "share"]
    words: str
    passage: str
    number: int
    """The paragraph from 1 to comment on, or the comment."""
    on: bool
    """Whether it is settled, or the draft shared."""


class DraftComments:
    """The panel; its script is draft_comments.js."""

    def __init__(self, assistant: PermittedAssistant) -> None:
        self._assistant = assistant

    def build(self) -> None:
        """Lays the panel out where it is called."""
        panel("draft-comments", events=EVENTS, functions=[self.comments])

    def comments(self, sent: SentComment, request: gr.Request) -> str:
        """The comments after what was done, or "" of a draft that may not be read.

        What could not be done is said over them.
        """
        problem = ""
        try:
            self._act(sent, user(request))
        except (DraftError, TextTooLong) as error:
            problem = str(error)
        return self._shown(sent["draft"], user(request), problem)

    def _act(self, sent: SentComment, whose: str) -> None:
        drafts, id, by = self._assistant.drafts, sent["draft"], acting().name
        match sent["act"]:
            case "list":
                pass
            case "add":
                place = (sent["number"], sent["passage"])
                drafts.comment(id, sent["words"], at=place, user=whose, by=by)
            case "answer":
                drafts.answer_comment(id, sent["number"], sent["words"], user=whose, by=by)
            case "settle":
                name = by if sent["on"] else ""
                drafts.settle_comment(id, sent["number"], user=whose, by=name)
            case "share":
                drafts.share(id, user=whose, by=by, shared=sent["on"])
            case unknown:
                assert_never(unknown)

    def _shown(self, id: str, whose: str, problem: str) -> str:
        drafts = self._assistant.drafts
        try:
            found = drafts.comments(id, user=whose)
        except DraftError:
            return ""
        own = bool(whose) and bool(drafts.versions(id, user=whose))
        shared = drafts.is_shared(id) if own else None
        return draft_comments.comments(found, shared=shared, problem=problem)
