"""What a click opens beside the page: places in documents, with a formula over them (出处)."""

from html import escape

import gradio as gr

from assistant.errors import AssistantError
from assistant.server.permitted import PermittedAssistant
from assistant.sources.excerpt import excerpt
from assistant.types import Citation
from assistant.web.html import answers as markup
from assistant.web.html.source_link import GONE, Place, _of_figure, opening
from assistant.web.html_panel import panel
from ingest.errors import IngestError
from ingest.types.library import DocumentRecord

ON_LOAD = "window.jiwenOpen = (asked) => server.open(asked);"


class Openings:
    """Opens what is clicked, out of the library as it is now."""

    def __init__(self, assistant: PermittedAssistant) -> None:
        self._assistant = assistant

    def panel(self) -> gr.HTML:
        """The panel beside the page, which asks the server for each place that is opened."""
        return panel("beside", markup.source_panel(), events=ON_LOAD, functions=[self.open])

    def open(self, asked: str) -> str:
        """The panel's content for one `data-open`; what cannot be opened is said."""
        try:
            wanted = opening(asked)
        except (ValueError, TypeError):
            return GONE
        try:
            records = {record.id: record for record in self._assistant.documents()}
            figures = self._assistant.figures_by_id(wanted.figures)
            places = [*map(_of_figure, figures), *wanted.places]
            parts = [self._part(place, records) for place in places if place.document_id in records]
        except (AssistantError, IngestError) as error:
            return f'<p class="failure">{escape(str(error))}</p>'
        formula = f'<p class="formula">{escape(wanted.formula)}</p>' if wanted.formula else ""
        title = f"<h3>{escape(wanted.title)}</h3>" if wanted.title else ""
        return title + formula + ("".join(parts) or GONE)

    def _part(self, place: Place, records: dict[str, DocumentRecord]) -> str:
        record = records[place.document_id]
        citation = Citation(
            0,
            place.document_id,
            record.file,
            record.title,
            record.department,
            record.year,
            place.location,
            place.quote,
        )
        around = excerpt(self._assistant.blocks(record.id), place.location, place.quote)
        return f"<section>{markup.panel(citation, around)}</section>"
