"""What a visitor may do with the Assistant (权限): every use by name, with the right it needs.

Closed by default: what is not listed here is refused, whoever asks, and mypy does not know it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Concatenate, Generic, NoReturn, ParamSpec, TypeVar

from assistant.accounts.permissions import Right, Visitor
from assistant.drafting.service import DraftService
from assistant.errors import AccessDenied
from assistant.service import Assistant

Target = TypeVar("Target")
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

NOT_FOR_VISITORS = frozenset(
    {
        "backup",
        "close",
        "count",
        "dossiers",
        "rebuild",
        "restore",
        "seen_by",
        "verify_store",
        "warm_up",
    }
)
"""Public names of the Assistant and its drafts that only the program itself uses, and `jiwen`."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks, and the library as they see it."""

    visitor: Callable[[], Visitor]
    """The present visitor; asked again at each use, because the page serves many."""
    view: Callable[[Visitor], Assistant]
    """The Assistant over the departments of a visitor."""
    note: Callable[[Visitor, str, str], None] | None = None
    """Writes down visitor, action and subject; None where the caller does that itself."""


class Permitted(Generic[Target]):
    """An object of which a visitor may use what its class lists, each use with its right."""

    def __init__(self, visit: Visit, target: Callable[[Assistant], Target]) -> None:
        self._visit = visit
        self._target = target

    def enter(self, right: Right) -> tuple[Visitor, Target]:
        """The present visitor and the object as they see it; raises AccessDenied."""
        visitor = self._visit.visitor()
        visitor.must(right)
        return visitor, self._target(self._visit.view(visitor))

    def note(self, visitor: Visitor, action: str, subject: str) -> None:
        """Writes down what the visitor did, unless the caller does that itself."""
        if self._visit.note is not None:
            self._visit.note(visitor, action, subject)

    if not TYPE_CHECKING:  # to mypy a name that is not listed does not exist

        def __getattr__(self, name: str) -> NoReturn:
            """Refuses what no rule lists; raises AccessDenied."""
            if name.startswith("_"):
                raise AttributeError(name)
            raise AccessDenied(f"“{name}”没有列入用户可以使用的功能，从网页和接口都不能使用。")


class Use(Generic[Target, Arguments, Result]):
    """One method of the object, with the same signature, for those who have the right.

    The right is asked for when the method is looked up. `action` is the word under which each
    call is written down, with the texts and numbers that it was given; "" for none.
    """

    def __init__(
        self,
        method: Callable[Concatenate[Target, Arguments], Result],
        right: Right,
        *,
        action: str = "",
    ) -> None:
        self._method = method
        self._right = right
        self._action = action

    def __get__(
        self, permitted: Permitted[Target], owner: type | None = None
    ) -> Callable[Arguments, Result]:
        """The method for the present visitor; raises AccessDenied without the right."""
        visitor, target = permitted.enter(self._right)

        def use(*arguments: Arguments.args, **options: Arguments.kwargs) -> Result:
            if self._action:
                given = (*arguments, *options.values())
                subject = " ".join(str(one) for one in given if isinstance(one, str | int))
                permitted.note(visitor, self._action, subject)
            return self._method(target, *arguments, **options)

        return use


class PermittedDrafts(Permitted[DraftService]):
    """The drafts, for a visitor."""

    draft = Use(DraftService.draft, Right.DRAFT, action="起草")
    reword = Use(DraftService.reword, Right.DRAFT)
    renew = Use(DraftService.renew, Right.DRAFT)
    recheck = Use(DraftService.recheck, Right.DRAFT)
    docx = Use(DraftService.docx, Right.DRAFT, action="导出")
    save = Use(DraftService.save, Right.DRAFT)
    saved = Use(DraftService.saved, Right.DRAFT)
    versions = Use(DraftService.versions, Right.DRAFT)
    forget = Use(DraftService.forget, Right.DRAFT)

    @property
    def tones(self) -> tuple[str, ...]:
        """The tones a draft may be written in."""
        return self.enter(Right.DRAFT)[1].tones

    @property
    def covered(self) -> Mapping[str, Sequence[int]]:
        """The departments that can be drafted for, each with its years in order."""
        return self.enter(Right.DRAFT)[1].covered

    @property
    def rewords(self) -> bool:
        """Whether a language model may say paragraphs anew."""
        return self.enter(Right.DRAFT)[1].rewords


class PermittedAssistant(Permitted[Assistant]):
    """The Assistant, for a visitor."""

    documents = Use(Assistant.documents, Right.ASK)
    add = Use(Assistant.add, Right.UPLOAD)
    remove = Use(Assistant.remove, Right.REMOVE)
    corrections = Use(Assistant.corrections, Right.ASK)
    correct = Use(Assistant.correct, Right.CORRECT)
    withdraw = Use(Assistant.withdraw, Right.CORRECT)

    blocks = Use(Assistant.blocks, Right.ASK)
    page_image = Use(Assistant.page_image, Right.ASK)
    figures = Use(Assistant.figures, Right.ASK)
    figures_by_id = Use(Assistant.figures_by_id, Right.ASK)
    indicators = Use(Assistant.indicators, Right.ASK)
    audit = Use(Assistant.audit, Right.AUDIT)
    totals = Use(Assistant.totals, Right.AUDIT)
    board = Use(Assistant.board, Right.AUDIT)

    ask = Use(Assistant.ask, Right.ASK, action="提问")
    stream = Use(Assistant.stream, Right.ASK, action="提问")
    record = Use(Assistant.record, Right.ASK)
    conversations = Use(Assistant.conversations, Right.ASK)
    turns = Use(Assistant.turns, Right.ASK)
    search_history = Use(Assistant.search_history, Right.ASK)
    forget = Use(Assistant.forget, Right.ASK)
    feedback = Use(Assistant.feedback, Right.ASK)
    feedback_given = Use(Assistant.feedback_given, Right.ADMINISTER)

    draft = Use(Assistant.draft, Right.DRAFT, action="起草")
    recheck = Use(Assistant.recheck, Right.DRAFT)
    docx = Use(Assistant.docx, Right.DRAFT, action="导出")

    condition = Use(Assistant.condition, Right.ADMINISTER)
    choosable_departments = Use(Assistant.choosable_departments, Right.ADMINISTER)
    choose_departments = Use(Assistant.choose_departments, Right.ADMINISTER)
    rules_in_force = Use(Assistant.rules_in_force, Right.ADMINISTER)

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit, lambda assistant: assistant)
        self.drafts = PermittedDrafts(visit, lambda assistant: assistant.drafts)
