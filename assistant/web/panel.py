"""The parts of the page that we draw ourselves."""

import gradio as gr


def panel(name: str, html: str = "") -> gr.HTML:
    """HTML of our own in the page: none of gradio's styles or clicks."""
    return gr.HTML(html, elem_id=name, apply_default_css=False, js_on_load=None)
