"""The 文档 tab: files taken in, listed, replaced and deleted; the facts of each beside its page.

What was misread is corrected there by hand. The tab works over REST, file by file, so that each can
be followed and cancelled: see documents.js and document_facts.js.
"""

from collections.abc import Iterable
from html import escape

import gradio as gr

from assistant.web.html_panel import panel
from ingest.corrections.types import ROLE_NAMES
from ingest.types.blocks import Form

BODY = """
<section class="intake" aria-label="收入文件">
  <label class="drop" tabindex="0">
    <input type="file" multiple class="visually-hidden">
    <b>把文件拖到这里，或点这里选择</b>
    <span>PDF、扫描件、Word、Excel、网页、文本、压缩包都可以，一次可以放很多个</span>
  </label>
  <p class="tally" role="status" hidden><span></span><button type="button">全部取消</button></p>
  <ul class="queue" aria-live="polite"></ul>
</section>
<section class="held" aria-label="资料库里的文件">
  <h2>资料库里的文件</h2>
  <div class="rows"></div>
</section>
<section class="extracted" aria-label="识别结果" hidden></section>
<template id="role-choices">{roles}</template>
<template id="form-choices">{forms}</template>
"""


class Documents:
    """What the library holds, how files come into it and go, and what was made of them."""

    def build(self, page: gr.Blocks, tab: gr.Tab) -> None:
        """Lays the tab out; documents.js fills it."""
        roles = ((role.value, name) for role, name in ROLE_NAMES.items())
        forms = ((form.value, form.value) for form in Form)
        panel("documents", BODY.format(roles=_choices(roles), forms=_choices(forms)))


def _choices(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f'<option value="{escape(value, quote=True)}">{escape(words)}</option>'
        for value, words in pairs
    )
