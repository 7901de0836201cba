"""The 文档 tab: files taken in, listed, replaced and deleted; the facts of each beside its page.

What was misread is corrected there by hand, and what the columns of a form mean is taught. The tab
works over REST, file by file, so that each can be followed and cancelled: see documents.js,
library_list.js, document_facts.js and templates.js.
"""

from collections.abc import Iterable, Mapping
from html import escape

import gradio as gr

from assistant.web.html_panel import panel
from ingest.corrections.types import ROLE_NAMES
from ingest.templates.types import IGNORED, KIND_NAMES, ROLE_GROUPS
from ingest.types.blocks import Form
from ingest.types.tables import ColumnRole

BODY = """
<section class="intake" aria-label="收入文件">
  <label class="drop" tabindex="0">
    <input type="file" multiple class="visually-hidden">
    <b>把文件拖到这里，或点这里选择</b>
    <span>PDF、扫描件、Word、Excel、网页、文本、压缩包都可以，一次可以放很多个</span>
  </label>
  <p class="tally" role="status" hidden><span></span>
    <button type="button" class="stop">全部取消</button>
    <button type="button" class="clear" hidden>收起结果</button></p>
  <ul class="queue" aria-live="polite"></ul>
  <details class="done-files" hidden><summary></summary><ul class="queue"></ul></details>
</section>
<section class="layouts" aria-label="表样"></section>
<section class="held" aria-label="资料库里的文件">
  <h2 class="title">资料库里的文件</h2>
  <p class="needs" role="group" aria-label="需要处理的文件"></p>
  <div class="tools" role="search" hidden></div>
  <div class="bulk" role="group" aria-label="选中的文件"></div>
  <div class="rows"></div>
  <nav class="pages" aria-label="翻页"></nav>
</section>
<section class="extracted" aria-label="识别结果" hidden></section>
<section class="teaching" aria-label="确认表头" hidden></section>
<template id="column-choices"><option value="">{ignored}</option>{columns}</template>
<template id="kind-choices"><option value="">请选择</option>{kinds}</template>
<template id="role-choices">{roles}</template>
<template id="form-choices">{forms}</template>
"""


class Documents:
    """What the library holds, how files come into it and go, and what was made of them."""

    def build(self, page: gr.Blocks, tab: gr.Tab) -> None:
        """Lays the tab out; documents.js fills it."""
        roles = ((role.value, name) for role, name in ROLE_NAMES.items())
        forms = ((form.value, form.value) for form in Form)
        kinds = ((kind.value, name) for kind, name in KIND_NAMES.items())
        body = BODY.format(
            roles=_choices(roles),
            forms=_choices(forms),
            kinds=_choices(kinds),
            columns="".join(_group(name, roles) for name, roles in ROLE_GROUPS.items()),
            ignored=IGNORED,
        )
        panel("documents", body)


def _group(name: str, roles: Mapping[ColumnRole, str]) -> str:
    """The roles of columns in one sort of table, under its name."""
    choices = _choices((role.value, words) for role, words in roles.items())
    return f'<optgroup label="{escape(name, quote=True)}">{choices}</optgroup>'


def _choices(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f'<option value="{escape(value, quote=True)}">{escape(words)}</option>'
        for value, words in pairs
    )
