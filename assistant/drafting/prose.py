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

from assistant.drafting.verification import BLANK
from assistant.errors import LanguageModelError
from assistant.grounding.verification import MARKER
from assistant.llm.model import LanguageModel
from assistant.llm.rewording import THOUGHT, Likeness, attachment
from assistant.llm.vocabulary import RewordingVocabulary
from assistant.types import Calculation
from ingest.language.lexicon import any_of

MAX_RUN_LENGTH = 400
"""Maximum number of characters joined at once; what fails then costs no more than that."""
_LEAD = re.compile(r"^\d{1,3}\.\s?")
_SENTENCE = re.compile(r"[^。！？]+[。！？]*")
_log = logging.getLogger(__name__)


class Joiner:
    """Joins the sentences of a paragraph, each run of them checked before it is passed on."""

    def __init__(self, model: LanguageModel, vocabulary: RewordingVocabulary) -> None:
        self._model = model
        glue = (*vocabulary.glue, *vocabulary.joining)
        self._likeness = Likeness(replace(vocabulary, glue=glue))
        self._awkward = any_of(vocabulary.awkward)

    def joined(self, text: str, calculations: Sequence[Calculation]) -> str:
        """The paragraph in connected prose, as it was where nothing better stands."""
        lead = found.group() if (found := _LEAD.match(text)) else ""
        return lead + "".join(
            self._said(run, calculations) if len(_SENTENCE.findall(run)) > 1 else run
            for run in _runs(text[len(lead) :])
        )

    def _said(self, run: str, calculations: Sequence[Calculation]) -> str:
        places: list[str] = []

        def mark(match: re.Match[str]) -> str:
            places.append(match.group())
            return f"[{len(places)}]"

        shown = attachment(calculations).sub(mark, run)
        said = self._asked(shown)
        awkward = len(self._awkward.findall(said)) > len(self._awkward.findall(shown))
        if not said or awkward or not self._likeness.holds(said, shown):
            return run
        return MARKER.sub(lambda m: places[int(m[1]) - 1], said)

    def _asked(self, shown: str) -> str:
        """What the model makes of the sentences, on one line; "" where it fails or rambles."""
        text = ""
        try:
            with closing(self._model.join(shown)) as chunks:
                for chunk in chunks:
                    text += chunk
                    if len(THOUGHT.sub("", text)) > 2 * len(shown):
                        return ""
        except LanguageModelError as error:
            _log.warning("%s", error)
            return ""
        return "".join(THOUGHT.sub("", text).split("\n")).strip()


def _runs(text: str) -> Iterator[str]:
    """The paragraph cut into runs of whole sentences that may be joined, and into what may not.

    A sentence with a blank stays as it is: people look for it. Together they are the paragraph.
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
