"""`jiwen templates`: what the columns of a form mean, taught once (表样), listed and taken back."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import assert_never

from assistant.accounts.permissions import LOCAL
from assistant.cli import output
from assistant.cli.arguments import Arguments, Command, ExitStatus, complain
from assistant.cli.operator import noted
from assistant.cli.output import print_result
from assistant.config import Settings
from assistant.schemas import templates as schemas
from assistant.schemas.selection import selection
from assistant.server.permitted import PermittedAssistant
from ingest.templates.types import (
    IGNORED,
    KIND_NAMES,
    ROLE_NAMES,
    FormTemplate,
    WantedTemplate,
    head_words,
    role_words,
)
from ingest.types.layouts import MetLayout, Roles

SEPARATOR = "、"


class TemplateAction(StrEnum):
    """What `jiwen templates` does."""

    LIST = "list"
    SHOW = "show"
    CONFIRM = "confirm"
    FORGET = "forget"


def add_commands(command: Command) -> None:
    """Adds `templates`."""
    templates = command("templates", run_templates, "表样：列出、确认、撤销表头每一列的含义")
    templates.add_argument(
        "action",
        nargs="?",
        choices=list(TemplateAction),
        metavar="动作",
        default="list",
        help="list 列出（默认）、show 看一种表头、confirm 确认、forget 撤销",
    )
    templates.add_argument(
        "target", nargs="?", metavar="特征或编号", help="list 列出的表头特征；撤销时是表样编号"
    )
    templates.add_argument("--document", metavar="编号或文件名", help="只看这个文件的表头")
    templates.add_argument("--kind", metavar="表类", help="、".join(KIND_NAMES.values()))
    templates.add_argument(
        "--roles",
        metavar="角色",
        help=f"从左到右每一列的角色，用顿号隔开，不读的列写{IGNORED}；不写就照识别的确认。可选："
        + SEPARATOR.join(ROLE_NAMES.values()),
    )


def run_templates(settings: Settings, arguments: Arguments) -> ExitStatus:
    """Lists layouts and templates, shows one, confirms one or takes one back."""
    with noted(settings) as assistant:
        match TemplateAction(arguments.action):
            case TemplateAction.LIST:
                return _list(assistant, arguments)
            case TemplateAction.SHOW:
                return _show(assistant, arguments)
            case TemplateAction.CONFIRM:
                return _confirm(assistant, arguments)
            case TemplateAction.FORGET:
                return _forget(assistant, arguments)
            case unknown:
                assert_never(unknown)


def _list(assistant: PermittedAssistant, arguments: Arguments) -> ExitStatus:
    templates = assistant.templates()
    ids = selection(assistant.documents(), document=arguments.document).document_ids
    listed = assistant.layouts(*ids)
    as_json = schemas.layouts(listed, templates)
    if arguments.json:
        both = {"layouts": as_json, "templates": list(map(schemas.template, templates))}
        print_result(both, "", json=True)
        return ExitStatus.DONE
    for layout, met in zip(as_json, listed, strict=True):
        doubt = f"，{met.unconfirmed}个未确认" if met.unconfirmed else ""
        heads = SEPARATOR.join(map(head_words, met.layout.heads))
        line = f"{met.layout.signature}  {len(met.documents)}个文件{doubt}  {heads}"
        print_result(layout, line, json=False)
    for template in templates:
        print_result(schemas.template(template), described(template), json=False)
    return ExitStatus.DONE


def _show(assistant: PermittedAssistant, arguments: Arguments) -> ExitStatus:
    met = _met(assistant.layouts(), arguments.target)
    if met is None:
        return ExitStatus.MISUSED
    (as_json,) = schemas.layouts([met], assistant.templates())
    print_result(as_json, "\n".join(_shown(met)), json=arguments.json)
    return ExitStatus.DONE


def _confirm(assistant: PermittedAssistant, arguments: Arguments) -> ExitStatus:
    met = _met(assistant.layouts(), arguments.target)
    if met is None:
        return ExitStatus.MISUSED
    roles = _roles(arguments.roles) if arguments.roles else met.layout.roles
    kinds = {name: kind for kind, name in KIND_NAMES.items()}
    kind = kinds.get(arguments.kind) if arguments.kind else met.layout.kind
    if roles is None or kind is None:
        if roles is not None:
            complain(f"请用 --kind 写出这张表是什么：{SEPARATOR.join(kinds)}")
        return ExitStatus.MISUSED
    wanted = WantedTemplate(met.layout.signature, kind, roles, LOCAL.name)
    template = assistant.confirm_layout(wanted)
    return _read_anew(assistant, arguments, template, f"已确认 {described(template)}")


def _forget(assistant: PermittedAssistant, arguments: Arguments) -> ExitStatus:
    if not (arguments.target or "").isdecimal():
        complain("请写出要撤销哪一个表样，如 jiwen templates forget 3")
        return ExitStatus.MISUSED
    template = assistant.forget_template(int(arguments.target))
    return _read_anew(assistant, arguments, template, f"已撤销 {described(template)}")


def _read_anew(
    assistant: PermittedAssistant, arguments: Arguments, template: FormTemplate, words: str
) -> ExitStatus:
    """Reads the documents anew that the template is about, and says what was done."""
    console = output.console(stderr=arguments.json)
    with output.progress(console, quiet=arguments.json) as show:
        assistant.read_waiting(show)
    print_result(schemas.template(template), words, json=arguments.json)
    return ExitStatus.DONE


def _met(listed: Sequence[MetLayout], target: str | None) -> MetLayout | None:
    """The layout whose signature begins so; complains where there is not exactly one."""
    found = [met for met in listed if target and met.layout.signature.startswith(target)]
    exact = [met for met in found if met.layout.signature == target] or found
    if len(exact) == 1:
        return exact[0]
    complain("请写出 jiwen templates 列出的一个表头特征")
    return None


def _roles(words: str) -> Roles | None:
    """The roles named; complains of a name that is none."""
    names = {name: role for role, name in ROLE_NAMES.items()}
    given = [word.strip() for word in words.replace(",", SEPARATOR).split(SEPARATOR)]
    for word in given:
        if word != IGNORED and word not in names:
            complain(f"没有“{word}”这个角色，可选：{SEPARATOR.join([*names, IGNORED])}")
            return None
    return tuple(names.get(word) for word in given)


def _shown(met: MetLayout) -> Iterator[str]:
    """A layout, one line a column: its head, its role and what stands first below it."""
    layout = met.layout
    kind = KIND_NAMES[layout.kind] if layout.kind else "未认出"
    yield f"{layout.signature}  {kind}  {len(met.documents)}个文件，{met.unconfirmed}个未确认"
    for place, (heads, role) in enumerate(zip(layout.heads, layout.roles, strict=True)):
        below = SEPARATOR.join(filter(None, (row[place] for row in layout.rows)))
        yield f"  {head_words(heads) or '（无表头）'}：{role_words(role)}    {below}"


def described(template: FormTemplate) -> str:
    """A template in one line."""
    whose = SEPARATOR.join(template.departments) or "全部部门"
    return (
        f"{template.number}  第{template.version}版  {KIND_NAMES[template.kind]}  {whose}  "
        f"{template.by} {template.at[:10]}  {template.words}"
    )
