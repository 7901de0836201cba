"""The look of gradio's own parts: ink on paper, one green, system fonts only."""

from importlib.resources import files
from pathlib import Path

from gradio.themes import Base, Color, Font

STATIC = Path(str(files("assistant.web.static")))
ICON = STATIC / "favicon.svg"

STYLES = (
    "board.css",
    "subscriptions.css",
    "documents.css",
    "drafting.css",
    "draft_comments.css",
    "document_facts.css",
    "templates.css",
    "settings.css",
    "page.css",
    "conversations.css",
    "answers.css",
)
"""Our styles in the order in which the page has them: where two say the same, the later holds."""
SCRIPTS = (
    "connection.js",
    "elements.js",
    "busy_sign.js",
    "library_list.js",
    "documents.js",
    "drafting.js",
    "draft_undo.js",
    "draft_find.js",
    "draft_comments.js",
    "templates.js",
    "document_facts.js",
    "page.js",
    "settings.js",
    "conversations.js",
    "asking.js",
    "attaching.js",
    "previews.js",
    "addresses.js",
    "page_keys.js",
    "subscriptions.js",
)
"""Our scripts in the order in which they run: first what the others are made of."""

SANS = ("PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")
MONO = ("SFMono-Regular", "Consolas", "Noto Sans Mono CJK SC", "monospace")

PINE = Color(
    name="pine",
    c50="#eef5f2",
    c100="#d9e8e2",
    c200="#b5d2c7",
    c300="#86b5a5",
    c400="#559380",
    c500="#337663",
    c600="#235f4f",
    c700="#1d4d41",
    c800="#193e35",
    c900="#15332c",
    c950="#0b1d19",
)


def theme() -> Base:
    """Gradio's components in our colours and fonts, light and dark."""
    return Base(
        primary_hue=PINE,
        secondary_hue=PINE,
        neutral_hue="stone",
        font=[Font(name) for name in SANS],
        font_mono=[Font(name) for name in MONO],
        radius_size="md",
    ).set(
        body_background_fill="var(--paper)",
        body_background_fill_dark="var(--paper)",
        body_text_color="var(--ink)",
        body_text_color_dark="var(--ink)",
        input_background_fill="var(--card)",
        input_background_fill_dark="var(--card)",
        body_text_color_subdued="var(--soft)",
        body_text_color_subdued_dark="var(--soft)",
        input_placeholder_color="var(--soft)",
        input_placeholder_color_dark="var(--soft)",
        input_border_color="var(--line)",
        input_border_color_dark="var(--line)",
        button_primary_background_fill="var(--green)",
        button_primary_background_fill_dark="var(--green)",
        button_primary_background_fill_hover="var(--green)",
        button_primary_background_fill_hover_dark="var(--green)",
        button_primary_text_color="var(--on-green)",
        button_primary_text_color_dark="var(--on-green)",
        block_title_text_color="var(--soft)",
        block_title_text_color_dark="var(--soft)",
        block_label_text_color="var(--soft)",
        block_label_text_color_dark="var(--soft)",
        button_secondary_background_fill="var(--card)",
        button_secondary_background_fill_dark="var(--card)",
    )


def head() -> str:
    """Our styles and scripts. As plain tags: gradio would rewrite the selectors of `css=`."""
    return "".join(
        f"<{tag}>{(STATIC / name).read_text(encoding='utf-8')}</{tag}>"
        for tag, names in (("style", STYLES), ("script", SCRIPTS))
        for name in names
    )
