"""The 文档 tab: files taken in one by one with their progress, listed, replaced and deleted.

It works over REST, file by file, so that each can be followed and cancelled: see documents.js.
"""

import gradio as gr

from assistant.web.panel import panel

BODY = """
<section class="intake" aria-label="收入文件">
  <label class="drop" tabindex="0">
    <input type="file" multiple class="visually-hidden">
    <b>把文件拖到这里，或点这里选择</b>
    <span>PDF、扫描件、Word、Excel、网页、文本、压缩包都可以，一次可以放很多个</span>
  </label>
  <ul class="queue" aria-live="polite"></ul>
</section>
<section class="held" aria-label="资料库里的文件">
  <h2>资料库里的文件</h2>
  <div class="rows"></div>
</section>
"""


class Documents:
    """What the library holds, and how files come into it and go."""

    def build(self, page: gr.Blocks, tab: gr.Tab) -> None:
        panel("documents", BODY)
