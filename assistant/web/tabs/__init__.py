"""The tabs of the page, in gradio."""
