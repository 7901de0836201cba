"""Errors of answering. Every message is one Chinese sentence: what failed, where, what to do.

Where on the machine is only in `error.in_full`: see `ingest.errors.place`.

AssistantError
├── SettingsError      a setting is missing or has a value that cannot be used
├── RulesError         a rule pack cannot be read or lacks a value
├── QuestionsError     a file of questions cannot be read
├── TextTooLong        a text that was handed in is longer than its kind may be
├── UnknownDocument    no stored document has the id or file name given
├── UnknownFinding     the audit has no such finding
├── MarkError          the marks of findings cannot be read or written
├── TagError           a document cannot have the tags as asked
├── HistoryError       the conversations kept cannot be read or written
├── DraftError         nothing can be drafted for what was asked, or no such draft is kept
│   └── DraftConflict  a draft was stored by somebody else after it was opened
├── ViewError          a board cannot be kept under a name as asked
├── SubscriptionError  what changes cannot be told as asked, or a message did not go out
├── AccountError       a user, password or token cannot be set up as asked
│   ├── NotSignedIn    the name, password, session or token is not valid
│   ├── UnknownDepartment  neither the library nor the list has the department
│   └── TooManyTries   too many wrong passwords in a short time
├── RequestError       what was sent to a door is not what that door takes
├── SiteError          the web app stopped because a part of it cannot be built
├── AccessDenied       the user's role does not allow it
├── OutOfTime          a question took longer than it may
├── WorkAbandoned      nobody waits for the answer any more
├── TooBusy            a user, or all together, asked for more at once than is taken on
└── LanguageModelError the configured language model cannot be used (never fatal to an answer)
"""

from ingest.errors import MessageError


class AssistantError(MessageError):
    """Base of all answering errors."""


class SettingsError(AssistantError):
    """A setting cannot be used (设置有误)."""


class RulesError(AssistantError):
    """A rule pack is wrong (规则包有误)."""


class QuestionsError(AssistantError):
    """A file of questions cannot be read (问题文件无法读取)."""


class TextTooLong(AssistantError):
    """A text that was handed in is too long (文字过长)."""


class UnknownDocument(AssistantError):
    """No such document in the library (资料库中没有该文件)."""


class UnknownFinding(AssistantError):
    """No such finding of the audit (没有这条校核发现)."""


class MarkError(AssistantError):
    """The marks of findings cannot be read or written (处理标记无法读写)."""


class TagError(AssistantError):
    """The tags of documents cannot be read or changed as asked (标签)."""


class HistoryError(AssistantError):
    """Conversations cannot be read or written (问答历史无法读写)."""


class DraftError(AssistantError):
    """Nothing can be drafted for this, or no such draft is kept (无法起草)."""


class DraftConflict(DraftError):
    """The draft was stored elsewhere after it was opened, and is left as it is (初稿冲突)."""


class ViewError(AssistantError):
    """The filters of a board cannot be kept or read as asked (已存视图)."""


class SubscriptionError(AssistantError):
    """What changes cannot be told as asked, or a message did not go out (订阅)."""


class AccountError(AssistantError):
    """A user or token cannot be set up as asked (用户或令牌有误)."""


class UnknownDepartment(AccountError):
    """Neither the library nor the list beside it has the department (没有这个部门)."""


class NotSignedIn(AccountError):
    """Nobody is signed in (未登录)."""


class TooManyTries(AccountError):
    """Too many wrong passwords (登录过于频繁)."""


class RequestError(AssistantError):
    """What was sent cannot be used (请求内容有误)."""


class SiteError(AssistantError):
    """The web app stopped by itself (网页无法建成)."""


class AccessDenied(AssistantError):
    """The user's role does not allow it (没有权限)."""


class OutOfTime(AssistantError):
    """A question took longer than it may (超过时限)."""


class WorkAbandoned(AssistantError):
    """Nobody waits for the answer any more (提问方已离开)."""


class TooBusy(AssistantError):
    """More was asked for at once than is taken on (同时提问过多)."""


class LanguageModelError(AssistantError):
    """The language model cannot be used (语言模型不可用)."""
