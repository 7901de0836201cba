"""What an answer covers, as chips above it (范围): whose, of when, which forms."""

from collections.abc import Iterator
from html import escape

from assistant.language.wording import year_name
from assistant.types import Answer, AskedFiles, State

CARRIED = "承接上文"
CONTEXT = "context"
"""What is left out of a question that is asked again by itself, without the turns before it."""
MAX_NAMED = 4
"""Maximum number of bodies, and of years, that have a chip each."""


FILES_TOLD = {
    AskedFiles.NONE: "",
    AskedFiles.ANSWERED: "<li>依据本对话的文件</li>",
    AskedFiles.SILENT: "<li>本对话的文件里没有，答自资料库</li>",
}
"""What a chip says of the files of the conversation."""


def scope_chips(answer: Answer) -> str:
    """The chips of an answer; what the question does not say itself has a button to lift it."""
    if answer.state is State.HELPED:
        return ""
    every = "" if answer.asked_files is AskedFiles.ANSWERED else _chip("全部资料")
    chips = FILES_TOLD[answer.asked_files] + ("".join(_chips(answer)) or every)
    return f'<ul class="scope" aria-label="回答的范围">{chips}</ul>'


def _chips(answer: Answer) -> Iterator[str]:
    scope, question = answer.scope, answer.question
    for names, carried, kind in (
        ([*scope.departments], scope.carried, "department"),
        ([*map(year_name, scope.years)], scope.years_carried, "year"),
        ([form.value for form in scope.forms], False, "form"),
    ):
        said = any(_is_said(name, question) for name in names)
        lifted = CONTEXT if carried else "" if said else kind
        for name in names[:MAX_NAMED]:
            yield _chip(name, lifted, carried=carried)
        if len(names) > MAX_NAMED:
            yield _chip(f"等{len(names)}个", lifted, carried=carried)


def _is_said(name: str, question: str) -> bool:
    """Whether a question has a name, or any part of it that two characters make."""
    return any(name[at : at + 2] in question for at in range(max(len(name) - 1, 1)))


def _chip(name: str, lifted: str = "", *, carried: bool = False) -> str:
    note = f"<small>{CARRIED}</small>" if carried else ""
    told = escape(f"不限“{name}”，再问一次", quote=True)
    lift = (
        f'<button type="button" data-ask-again data-without="{lifted}" title="{told}"'
        f' aria-label="{told}">×</button>'
        if lifted
        else ""
    )
    return f"<li>{escape(name)}{note}{lift}</li>"
