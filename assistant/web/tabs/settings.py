"""The 设置 tab, for administrators: it works over REST, which knows who may: see settings.js."""

from html import escape

import gradio as gr

from assistant.accounts.permissions import ROLE_NAMES
from assistant.web.html_panel import panel

BODY = """
<section aria-label="用户"><h2>用户</h2><div class="users"></div></section>
<section aria-label="令牌"><h2>令牌</h2><div class="tokens"></div></section>
<section aria-label="反馈"><h2>反馈</h2><div class="feedback"></div></section>
<section aria-label="操作记录"><h2>操作记录</h2><div class="log"></div></section>
<section aria-label="规则包"><h2>生效的规则包</h2><div class="rules"></div></section>
<section aria-label="模型和资料库"><h2>模型和资料库</h2><div class="state"></div></section>
<template id="user-roles">{roles}</template>
"""


class SettingsTab:
    """Users and tokens, feedback, the activity log, rule packs, models and the library."""

    def build(self, page: gr.Blocks, tab: gr.Tab) -> None:
        """Lays the tab out; settings.js fills it."""
        roles = "".join(
            f'<option value="{role.value}">{escape(name)}</option>'
            for role, name in ROLE_NAMES.items()
        )
        panel("settings", BODY.format(roles=roles))
