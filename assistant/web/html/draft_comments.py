"""Comments on a draft beside its sheet (批注): open ones first, each with what can be done."""

from collections.abc import Sequence
from html import escape

from assistant.drafting.comments import Comment, Remark
from assistant.text_limits import COMMENT

FORM = (
    f'<form data-comment="add"><label>针对<q></q><textarea name="words" rows="2" required'
    f' maxlength="{COMMENT.length}" placeholder="先在初稿里选中文字或点一段，再写批注"></textarea>'
    '</label><button type="submit" disabled>写批注</button></form>'
)


def comments(found: Sequence[Comment], *, shared: bool | None, problem: str = "") -> str:
    """All comments on a draft; `shared` is None where that is not theirs to say."""
    waiting = [comment for comment in found if not comment.settled]
    done = [comment for comment in found if comment.settled]
    settled = (
        f"<details><summary>已解决（{len(done)}条）</summary>"
        f"<ol>{''.join(map(_thread, done))}</ol></details>"
        if done
        else ""
    )
    told = f'<p class="failure" role="alert">{escape(problem)}</p>' if problem else ""
    return (
        '<section class="draft-comments" aria-label="批注"><header><h3>批注</h3>'
        f"<output>{len(waiting)}条待处理</output>"
        f"{_sharing(shared)}</header>{told}{FORM}"
        f"<ol>{''.join(map(_thread, waiting))}</ol>{settled}</section>"
    )


def _sharing(shared: bool | None) -> str:
    """The button by which others are let in, or no longer."""
    if shared is None:
        return ""
    words = "停止共享" if shared else "请同事批注"
    hint = (
        "看得到这些资料的起草人、审核人现在能看这份初稿并写批注"
        if shared
        else "让看得到这些资料的起草人、审核人看这份初稿并写批注"
    )
    wanted = "" if shared else "1"
    return f'<button type="button" data-share="{wanted}" title="{hint}">{words}</button>'


def _thread(comment: Comment) -> str:
    """A comment with its answers; `data-paragraph` and the quote say what it is about."""
    answers = "".join(map(_remark, comment.answers))
    settled = bool(comment.settled)
    state = f"<p class='by'>{escape(comment.settled)}已解决</p>" if settled else ""
    action = "重新打开" if settled else "解决"
    return (
        f'<li data-number="{comment.number}" data-paragraph="{comment.paragraph}">'
        f'<button type="button" class="passage" data-to-passage>{escape(comment.passage)}</button>'
        f"{_remark(comment.remark)}{answers}{state}"
        f'<form data-comment="answer"><input name="words" required maxlength="{COMMENT.length}"'
        ' autocomplete="off" aria-label="答复" placeholder="答复">'
        '<button type="submit">答复</button>'
        f'<button type="button" data-settle="{"" if settled else "1"}">{action}</button>'
        "</form></li>"
    )


def _remark(remark: Remark) -> str:
    when = remark.at.astimezone().strftime("%m-%d %H:%M")
    return (
        f'<p class="said"><b>{escape(remark.by)}</b> <time>{when}</time><br>'
        f"{escape(remark.words)}</p>"
    )
