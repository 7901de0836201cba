"""What a click opens beside the page: places in documents, with a formula over them (出处)."""

from html import escape

import gradio as gr

from assistant.errors import AssistantError
from assistant.server.permitted import PermittedAssistant
from assistant.sources.excerpt import excerpt
from assistant.types import Citation
from assistant.web.html import sources
from assistant.web.html.source_link import NOT_IN_LIBRARY, QuotedPlace, place_of, read_link
from assistant.web.html_panel import panel
from ingest.errors import IngestError
from ingest.types.library import DocumentRecord

EVENTS = "window.jiwenOpenPlace = (link) => server.open(link);"


class SourcePanel:
    """Shows what is clicked, out of the library as it is now."""

    def __init__(self, assistant: PermittedAssistant) -> None:
        self._assistant = assistant

    def panel(self) -> gr.HTML:
        """The panel beside the page, which asks the server for each place that is opened."""
        return panel("beside", sources.empty_panel(), events=EVENTS, functions=[self.open])

    def open(self, text: str) -> str:
        """The panel's content for one `data-open`; what cannot be opened is said."""
        try:
            link = read_link(text)
        except ValueError:
            return NOT_IN_LIBRARY
        try:
            records = {record.id: record for record in self._assistant.documents()}
            figures = self._assistant.figures_by_id(link.figures)
            places = [*map(place_of, figures), *link.places]
            parts = [self._part(place, records) for place in places if place.document_id in records]
        except (AssistantError, IngestError) as error:
            return f'<p class="failure">{escape(str(error))}</p>'
        formula = f'<p class="formula">{escape(link.formula)}</p>' if link.formula else ""
        title = f"<h3>{escape(link.title)}</h3>" if link.title else ""
        return title + formula + ("".join(parts) or NOT_IN_LIBRARY)

    def _part(self, place: QuotedPlace, records: dict[str, DocumentRecord]) -> str:
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
        around = excerpt(self._assistant.source(record.id), place.location, place.quote)
        return f"<section>{sources.details(citation, around)}</section>"
