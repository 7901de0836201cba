"""绩问 JiWen: settings → Assistant → web app."""

import os
import sys
from contextlib import closing

from assistant.config import Settings
from assistant.errors import AssistantError
from assistant.serve import serve
from assistant.service import Assistant
from ingest.errors import IngestError


def main() -> None:
    """Serves the chat until it is stopped."""
    try:
        settings = Settings.from_environment(os.environ)
        with closing(Assistant(settings)) as assistant:
            serve(assistant, settings)
    except (AssistantError, IngestError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
