"""Grounded sentences of a draft joined into connected prose by a language model (连缀).

The model may add joining words and choose the punctuation, over sentence borders too; names,
numbers, findings and sources must all be there, in their order, and nothing else. A run of
sentences in which anything else would change keeps its grounded words.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from assistant import time_limit
from assistant.drafting.verification import BLANK
from assistant.errors import LanguageModelError
from assistant.grounding.verification import MARKER
from assistant.llm.model import LanguageModel
from assistant.llm.rewording import THOUGHT, Likeness, attachment
from assistant.llm.vocabulary import RewordingVocabulary
from assistant.types import Calculation
from ingest.language.lexicon import any_of

MAX_RUN_LENGTH = 400
"""Maximum number of characters joined at once; a failed check discards no more than that."""
_LEAD = re.compile(r"^\d{1,3}\.\s?")
_SENTENCE = re.compile(r"[^。！？]+[。！？]*")
_log = logging.getLogger(__name__)


class Joiner:
    """Joins the sentences of a paragraph; each run of them is checked before it is used."""

    def __init__(self, model: LanguageModel, vocabulary: RewordingVocabulary) -> None:
        self._model = model
        glue = (*vocabulary.glue, *vocabulary.joining)
        self._likeness = Likeness(replace(vocabulary, glue=glue))
        self._awkward = any_of(vocabulary.awkward)

    def joined(self, text: str, calculations: Sequence[Calculation]) -> str:
        """The paragraph in connected prose; runs that fail a check keep their wording."""
        lead = match.group() if (match := _LEAD.match(text)) else ""
        return lead + "".join(
            self._joined_run(run, calculations) if len(_SENTENCE.findall(run)) > 1 else run
            for run in _runs(text[len(lead) :])
        )

    def _joined_run(self, run: str, calculations: Sequence[Calculation]) -> str:
        """The run in connected prose, unchanged where the model's wording fails a check."""
        attachments: list[str] = []

        def mark(match: re.Match[str]) -> str:
            attachments.append(match.group())
            return f"[{len(attachments)}]"

        shown = attachment(calculations).sub(mark, run)
        wording = self._model_wording(shown)
        awkward = len(self._awkward.findall(wording)) > len(self._awkward.findall(shown))
        if not wording or awkward or not self._likeness.holds(wording, shown):
            return run
        return MARKER.sub(lambda m: attachments[int(m[1]) - 1], wording)

    def _model_wording(self, shown: str) -> str:
        """The model's wording of the sentences, on one line; "" where it fails or runs too long."""
        text = ""
        try:
            with closing(self._model.join(shown)) as chunks:
                for chunk in chunks:
                    time_limit.check()
                    text += chunk
                    if len(THOUGHT.sub("", text)) > 2 * len(shown):
                        return ""
        except LanguageModelError as error:
            _log.warning("%s", error)
            return ""
        return "".join(THOUGHT.sub("", text).split("\n")).strip()


def _runs(text: str) -> Iterator[str]:
    """The paragraph cut into runs of whole sentences; joined again, they are the whole text.

    A sentence with a blank is a run by itself, so that it is not reworded: people look for it.
    """
    run = ""
    for sentence in _SENTENCE.findall(text):
        if BLANK.search(sentence):
            yield from (run, sentence)
            run = ""
        elif len(run) + len(sentence) > MAX_RUN_LENGTH:
            yield run
            run = sentence
        else:
            run += sentence
    yield run
