"""The web app (网页): one gradio page with a tab for each thing that is done."""
