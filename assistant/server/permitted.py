"""What a visitor may do with the Assistant (权限): every use by name, with the right it needs.

Closed by default: what is not listed here is refused, whoever asks, and mypy does not know it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from inspect import signature
from typing import TYPE_CHECKING, Any, Concatenate, Generic, NoReturn, ParamSpec, TypeVar, cast

from assistant.accounts.activity_log import Action
from assistant.accounts.permissions import Right, Visitor
from assistant.conversation_files import ConversationFiles
from assistant.drafting.service import DraftService
from assistant.drafting.types import Draft, SavedDraft
from assistant.errors import (
    AccessDenied,
    DraftError,
    UnknownDepartment,
    UnknownDocument,
    UnknownFinding,
)
from assistant.language.wording import outcome
from assistant.service import Assistant
from assistant.subscriptions.service import Subscriptions
from assistant.subscriptions.types import Subscription
from assistant.time_limit import going_on
from assistant.types import Finding
from ingest.corrections.types import Correction
from ingest.templates.types import FormTemplate
from ingest.types.library import DocumentRecord, FileReport

GOING_ON = "may_go_on"
Target = TypeVar("Target")
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

NOT_FOR_VISITORS = frozenset(
    {
        "backup",
        "close",
        "count",
        "deliver",
        "dossiers",
        "file_name",
        "look",
        "original",
        "passages",
        "rebuild",
        "restore",
        "seen_by",
        "sweep",
        "verify_store",
        "warm_up",
    }
)
"""Public names of the Assistant and its drafts that only the program itself uses, and `jiwen`."""
NOT_THERE = (UnknownDocument, UnknownFinding, UnknownDepartment, DraftError)
"""What says that there is nothing of this id or name."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks, and the library as they see it."""

    visitor: Callable[[], Visitor]
    """The present visitor; asked again at each use, because the page serves many."""
    view: Callable[[Visitor], Assistant]
    """The Assistant over the departments of a visitor."""
    note: Callable[[Action, str, Visitor], None]
    """Writes down action, subject and visitor."""


class Permitted(Generic[Target]):
    """An object of which a visitor may use what its class lists, each use with its right."""

    def __init__(self, visit: Visit, target: Callable[[Assistant], Target]) -> None:
        self._visit = visit
        self._target = target

    def enter(self, right: Right) -> tuple[Visitor, Target]:
        """The present visitor and the object as they see it; raises AccessDenied."""
        visitor = self.require(right)
        return visitor, self._target(self._visit.view(visitor))

    def require(self, right: Right) -> Visitor:
        """The present visitor, who has the right; raises AccessDenied, and that is written down."""
        visitor = self._visit.visitor()
        if not visitor.may(right):
            self._visit.note(Action.REFUSED, right.value, visitor)
        visitor.must(right)
        return visitor

    def note(self, action: Action, subject: str, visitor: Visitor) -> None:
        """Writes down what the visitor did."""
        self._visit.note(action, subject, visitor)

    def exported(self, right: Right, file: str) -> None:
        """Writes down that the present visitor was given a file made of what was read.

        Raises AccessDenied without the right.
        """
        self.note(Action.EXPORTED, file, self.require(right))

    if not TYPE_CHECKING:  # to mypy a name that is not listed does not exist

        def __getattr__(self, name: str) -> NoReturn:
            """Refuses what no rule lists; raises AccessDenied."""
            if name.startswith("_"):
                raise AttributeError(name)
            raise AccessDenied(f"“{name}”没有列入用户可以使用的功能，从网页和接口都不能使用。")


class Use(Generic[Target, Arguments, Result]):
    """One method of the object, with the same signature, for those who have the right.

    The right is asked for when the method is looked up. `action` is what each call is written down
    as, None for nothing: before it, with the `subject` that what it is given says (by default its
    texts and numbers), or after it, with what `told` says of its result, of each one of several.
    What has to be `found` is written down once it is; ids that somebody made up are summed up. A
    method with a parameter `may_go_on` asks again, before it changes anything and as long as it
    takes, whether the visitor is still let in and waits for it.
    """

    def __init__(
        self,
        method: Callable[Concatenate[Target, Arguments], Result],
        right: Right,
        *,
        action: Action | None = None,
        subject: Callable[Concatenate[Target, Arguments], str] | None = None,
        told: Callable[[Any], str] | None = None,
        found: bool = False,
    ) -> None:
        self._method = method
        self._right = right
        self._action = action
        self._found = found
        self._subject = subject or _texts
        self._told = told
        self._lasting = GOING_ON in signature(method).parameters

    def __get__(
        self, permitted: Permitted[Target], owner: type | None = None
    ) -> Callable[Arguments, Result]:
        """The method for the present visitor; raises AccessDenied without the right."""
        visitor, target = permitted.enter(self._right)
        asked_again: Any = {GOING_ON: partial(_goes_on, visitor)} if self._lasting else {}
        method = partial(self._method, **asked_again)

        def use(*arguments: Arguments.args, **options: Arguments.kwargs) -> Result:
            subject = self._subject(target, *arguments, **options) if self._action else ""
            if self._action and self._told is None and not self._found:
                permitted.note(self._action, subject, visitor)
            try:
                result = method(target, *arguments, **options)
            except NOT_THERE:
                self._missed(permitted, visitor)
                raise
            if self._action and self._found:
                if result:
                    permitted.note(self._action, subject, visitor)
                else:
                    self._missed(permitted, visitor)
            return self._noted(permitted, visitor, result) if self._told else result

        return use

    def _missed(self, permitted: Permitted[Target], visitor: Visitor) -> None:
        """Counts that what was asked for is not there, or is not for this visitor."""
        if self._action:
            permitted.note(Action.REFUSED, f"{self._action.value}：没有或看不到", visitor)

    def _noted(self, permitted: Permitted[Target], visitor: Visitor, result: Result) -> Result:
        """The result, written down; where it comes one by one, each as it comes."""
        assert self._action
        assert self._told
        action, told = self._action, self._told

        def one_by_one(results: Iterator[Any]) -> Iterator[Any]:
            for one in results:
                permitted.note(action, told(one), visitor)
                yield one

        if isinstance(result, Iterator):
            return cast(Result, one_by_one(result))
        permitted.note(action, told(result), visitor)
        return result


def _goes_on(visitor: Visitor) -> bool:
    return visitor.unchanged() and going_on()


def _reading(
    method: Callable[Concatenate[Target, Arguments], Result], right: Right, what: str
) -> Use[Target, Arguments, Result]:
    """A list that may be read, with what the log calls it."""
    return Use(method, right, action=Action.READ, subject=lambda *_, **__: what)


def _texts(_: object, *given: object, **named: object) -> str:
    """The texts and numbers among what a method is given."""
    return " ".join(
        str(one) for one in (*given, *named.values()) if isinstance(one, str | int) and one != ""
    )


def _file(assistant: Assistant, document_id: str) -> str:
    return assistant.file_name(document_id) or document_id


def _page(assistant: Assistant, document_id: str, page: int) -> str:
    return f"{_file(assistant, document_id)} 第{page}页"


def _conversation(_: Assistant, user: str, conversation: str = "", **__: object) -> str:
    return conversation or "全部对话"


def _word_file(_: object, draft: Draft, **__: object) -> str:
    return f"{draft.title}（Word）"


def _draft(_: DraftService, id: str, *, user: str = "") -> str:
    return id


def _commented(read: SavedDraft) -> str:
    return read.draft.title


def _report(report: FileReport) -> str:
    return f"{report.file}（{outcome(report)}）"


def _own_report(report: FileReport) -> str:
    return f"对话里的{_report(report)}"


def _own_file(record: DocumentRecord) -> str:
    return f"对话里的{record.file}"


def _correction(correction: Correction) -> str:
    return f"{correction.file}：{correction.words}"


def _marked(finding: Finding) -> str:
    what = finding.mark.handling.value if finding.mark else "取消标记"
    return f"{finding.code}（{what}）：{finding.message}"


def _template(template: FormTemplate) -> str:
    whose = "、".join(template.departments) or "全部部门"
    return f"表样{template.number}（{whose}）：{template.words}"


class PermittedDrafts(Permitted[DraftService]):
    """The drafts, for a visitor."""

    draft = Use(DraftService.draft, Right.DRAFT, action=Action.DRAFTED, found=True)
    reword = Use(DraftService.reword, Right.DRAFT)
    renew = Use(DraftService.renew, Right.DRAFT)
    opened = Use(DraftService.opened, Right.DRAFT)
    recheck = Use(DraftService.recheck, Right.DRAFT)
    docx = Use(
        DraftService.docx,
        Right.DRAFT,
        action=Action.EXPORTED,
        subject=_word_file,
    )
    save = Use(DraftService.save, Right.DRAFT)
    saved = Use(DraftService.saved, Right.DRAFT)
    versions = Use(DraftService.versions, Right.DRAFT)
    forget = Use(
        DraftService.forget,
        Right.DRAFT,
        action=Action.DRAFT_FORGOTTEN,
        subject=_draft,
        found=True,
    )
    share = Use(
        DraftService.share,
        Right.DRAFT,
        action=Action.DRAFT_SHARED,
        told=str,
    )
    shared = Use(DraftService.shared, Right.DRAFT)
    is_shared = Use(DraftService.is_shared, Right.DRAFT)
    readable = Use(DraftService.readable, Right.DRAFT)
    comments = Use(DraftService.comments, Right.DRAFT)
    comment = Use(DraftService.comment, Right.DRAFT, action=Action.COMMENTED, told=_commented)
    answer_comment = Use(
        DraftService.answer_comment, Right.DRAFT, action=Action.COMMENTED, told=_commented
    )
    settle_comment = Use(
        DraftService.settle_comment, Right.DRAFT, action=Action.COMMENTED, told=_commented
    )

    @property
    def tones(self) -> tuple[str, ...]:
        """The tones a draft may be written in."""
        return self.enter(Right.DRAFT)[1].tones

    @property
    def templates(self) -> tuple[str, ...]:
        """The names of the office's own Word templates."""
        return self.enter(Right.DRAFT)[1].templates

    @property
    def covered(self) -> Mapping[str, Sequence[int]]:
        """The departments that can be drafted for, each with its years in order."""
        return self.enter(Right.DRAFT)[1].covered

    @property
    def rewords(self) -> bool:
        """Whether a language model may say paragraphs anew."""
        return self.enter(Right.DRAFT)[1].rewords


class PermittedFiles(Permitted[ConversationFiles]):
    """The files of single conversations, for a visitor."""

    begin = Use(ConversationFiles.begin, Right.UPLOAD)
    add = Use(ConversationFiles.add, Right.UPLOAD, action=Action.TAKEN_IN, told=_own_report)
    of = Use(ConversationFiles.of, Right.ASK)
    remove = Use(ConversationFiles.remove, Right.UPLOAD, action=Action.REMOVED, told=_own_file)
    keep = Use(ConversationFiles.keep, Right.UPLOAD, action=Action.TAKEN_IN, told=_report)
    stream = Use(
        ConversationFiles.stream,
        Right.ASK,
        action=Action.ASKED,
        subject=lambda _, question, *__, **___: question,
    )
    blocks = Use(ConversationFiles.blocks, Right.ASK)
    page_image = Use(ConversationFiles.page_image, Right.ASK)


def _subscribed(made: Subscription) -> str:
    return f"{made.name}（{made.channel.value}）"


class PermittedSubscriptions(Permitted[Subscriptions]):
    """The subscriptions, for a visitor."""

    channels = Use(Subscriptions.channels, Right.AUDIT)
    subscribe = Use(
        Subscriptions.subscribe, Right.AUDIT, action=Action.SUBSCRIBED, told=_subscribed
    )
    all = Use(Subscriptions.all, Right.AUDIT)
    unsubscribe = Use(Subscriptions.unsubscribe, Right.AUDIT)
    notices = Use(Subscriptions.notices, Right.AUDIT)
    read = Use(Subscriptions.read, Right.AUDIT)


class PermittedAssistant(Permitted[Assistant]):
    """The Assistant, for a visitor."""

    documents = Use(Assistant.documents, Right.ASK)
    add = Use(Assistant.add, Right.UPLOAD, action=Action.TAKEN_IN, told=_report)
    remove = Use(
        Assistant.remove, Right.REMOVE, action=Action.REMOVED, told=lambda record: str(record.file)
    )
    tags = Use(Assistant.tags, Right.ASK)
    tag = Use(Assistant.tag, Right.CORRECT, action=Action.TAGGED, told="、".join)
    corrections = _reading(Assistant.corrections, Right.ASK, "更正记录")
    correct = Use(Assistant.correct, Right.CORRECT, action=Action.CORRECTED, told=_correction)
    withdraw = Use(Assistant.withdraw, Right.CORRECT, action=Action.WITHDRAWN, told=_correction)

    layouts = _reading(Assistant.layouts, Right.ASK, "表样")
    templates = _reading(Assistant.templates, Right.ASK, "表样")
    confirm_layout = Use(
        Assistant.confirm_layout, Right.CORRECT, action=Action.TEMPLATE_CONFIRMED, told=_template
    )
    forget_template = Use(
        Assistant.forget_template, Right.CORRECT, action=Action.TEMPLATE_FORGOTTEN, told=_template
    )
    read_waiting = Use(Assistant.read_waiting, Right.CORRECT)

    blocks = Use(Assistant.blocks, Right.ASK)
    source = Use(Assistant.source, Right.ASK, action=Action.OPENED, subject=_file, found=True)
    page_image = Use(
        Assistant.page_image, Right.ASK, action=Action.OPENED, subject=_page, found=True
    )
    figures = _reading(Assistant.figures, Right.ASK, "数据")
    figures_by_id = Use(Assistant.figures_by_id, Right.ASK)
    indicators = _reading(Assistant.indicators, Right.ASK, "指标")
    audit = _reading(Assistant.audit, Right.AUDIT, "校核结果")
    mark = Use(Assistant.mark, Right.AUDIT, action=Action.MARKED, told=_marked)
    totals = _reading(Assistant.totals, Right.AUDIT, "部门汇总")
    board = _reading(Assistant.board, Right.AUDIT, "看板")
    views = Use(Assistant.views, Right.AUDIT)
    keep_view = Use(Assistant.keep_view, Right.AUDIT)
    forget_view = Use(Assistant.forget_view, Right.AUDIT)

    ask = Use(Assistant.ask, Right.ASK, action=Action.ASKED)
    stream = Use(Assistant.stream, Right.ASK, action=Action.ASKED)
    record = Use(Assistant.record, Right.ASK)
    conversations = Use(Assistant.conversations, Right.ASK)
    turns = Use(Assistant.turns, Right.ASK)
    rename = Use(Assistant.rename, Right.ASK)
    pin = Use(Assistant.pin, Right.ASK)
    conversation_docx = Use(
        Assistant.conversation_docx,
        Right.ASK,
        action=Action.EXPORTED,
        subject=lambda *_, **__: "对话（Word）",
    )
    search_history = Use(Assistant.search_history, Right.ASK)
    forget = Use(
        Assistant.forget, Right.ASK, action=Action.FORGOTTEN, subject=_conversation, found=True
    )
    feedback = Use(Assistant.feedback, Right.ASK)
    feedback_given = Use(Assistant.feedback_given, Right.ADMINISTER)

    draft = Use(Assistant.draft, Right.DRAFT, action=Action.DRAFTED, found=True)
    recheck = Use(Assistant.recheck, Right.DRAFT)
    docx = Use(
        Assistant.docx,
        Right.DRAFT,
        action=Action.EXPORTED,
        subject=_word_file,
    )

    condition = Use(Assistant.condition, Right.ADMINISTER)
    choosable_departments = Use(Assistant.choosable_departments, Right.ADMINISTER)
    withheld_departments = Use(Assistant.withheld_departments, Right.ADMINISTER)
    choose_departments = Use(Assistant.choose_departments, Right.ADMINISTER)
    rules_in_force = Use(Assistant.rules_in_force, Right.ADMINISTER)

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit, lambda assistant: assistant)
        self.drafts = PermittedDrafts(visit, lambda assistant: assistant.drafts)
        self.subscriptions = PermittedSubscriptions(
            visit, lambda assistant: assistant.subscriptions
        )
        self.files = PermittedFiles(visit, lambda assistant: assistant.files)
