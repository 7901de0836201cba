"""What the page draws, as HTML; knows no gradio."""
