"""The subscriptions under the board's filters (订阅与消息): each user's own."""

from collections.abc import Callable
from typing import Literal

import gradio as gr
from typing_extensions import TypedDict

from assistant.dashboard.board import Choice
from assistant.errors import SubscriptionError, TextTooLong
from assistant.server.permitted import PermittedAssistant
from assistant.subscriptions.types import Channel
from assistant.web.current_visitor import user
from assistant.web.html import subscriptions
from assistant.web.html.board import choice_name
from assistant.web.html_panel import panel

EVENTS = "window.jiwenSubscriptions = (sent) => server.subscriptions(sent);"
FRAME = '<details class="subscriptions"><summary>订阅与消息</summary></details>'


class SentSubscription(TypedDict):
    """What is done with the subscriptions; what is not needed is empty or 0."""

    act: Literal["list", "add", "drop", "read"]
    choice: dict[str, str | int]
    channel: Channel
    address: str
    number: int


class SubscriptionPanel:
    """The panel; its script is subscriptions.js. `choice_of` makes a choice of filters' fields."""

    def __init__(
        self,
        assistant: PermittedAssistant,
        choice_of: Callable[[dict[str, str | int]], Choice],
    ) -> None:
        self._assistant = assistant
        self._choice_of = choice_of

    def build(self) -> None:
        """Lays the panel out where it is called."""
        panel("subscriptions", FRAME, events=EVENTS, functions=[self.subscriptions])

    def subscriptions(self, sent: SentSubscription, request: gr.Request) -> str:
        """What is subscribed and told after what was done."""
        whose, own, problem = user(request), self._assistant.subscriptions, ""
        try:
            match sent["act"]:
                case "add":
                    choice = self._choice_of(sent["choice"])
                    name = choice_name(self._assistant.board(choice))
                    own.subscribe(
                        name,
                        choice,
                        channel=sent["channel"],
                        address=sent["address"],
                        user=whose,
                    )
                case "drop":
                    own.unsubscribe(sent["number"], user=whose)
                case "read":
                    own.read(user=whose)
                case _:
                    pass
        except (SubscriptionError, TextTooLong) as error:
            problem = str(error)
        made, notices = own.all(user=whose), own.notices(user=whose)
        return subscriptions.subscriptions(made, notices, own.channels(), problem=problem)
