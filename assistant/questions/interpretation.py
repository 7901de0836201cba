"""One question by itself → ParsedQuestion, in a row of small steps (单句理解)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.language.numbers import find_numbers
from assistant.questions.entities import BLANK, Entities, Recogniser
from assistant.questions.open_questions import OpenQuestions
from assistant.questions.parsed_question import ParsedQuestion
from assistant.questions.vocabulary import QuestionVocabulary
from assistant.types import Dimension, Intent, RateKind, StatusFamily, Topic
from ingest.types.facts import Quantity, Role

RANKING = frozenset({Intent.SUM, Intent.AVERAGE, Intent.MAXIMUM, Intent.MINIMUM})
"""Intents over many values of one thing."""
_LISTING = frozenset({Intent.LIST, Intent.COUNT})
_TEXTS = frozenset({Intent.NARRATIVE, Intent.DRAFT})
_HOW_MANY = re.compile(r"多少|几")
_JOINED = re.compile(r"[、，]|和|与|及|以及")
_BETWEEN = re.compile(f"{BLANK}(?:{_JOINED.pattern}){BLANK}")
_SEVERAL = re.compile(r"分别|各是|各为|各多少|和.{1,16}(?:各|分别)")

Step = Callable[[ParsedQuestion], ParsedQuestion]


class Interpreter:
    """Reads a question by itself; each step sees what the steps before it understood."""

    def __init__(self, recogniser: Recogniser, vocabulary: QuestionVocabulary) -> None:
        self._recogniser = recogniser
        self._words = vocabulary
        open_questions = OpenQuestions(vocabulary, recogniser.content)
        # What is wanted comes first, as every later step depends on it; then over what and in which
        # values; then, of the words that no step has used, the subjects. The steps after `subjects`
        # may take subjects away again: a list of indicators, a rate over all of them or a text on a
        # topic has none. Open questions come last: they are those that name nothing.
        self.steps: tuple[Step, ...] = (
            self.intent,
            self.roles,
            self.dimension,
            self.status_family,
            self.units,
            self.levels,
            self.ranked_indicators,
            self.altogether,
            self.subjects,
            self.condition,
            self.catalogue,
            self.rate,
            self.check,
            self.topic,
            self.reason,
            self.without_subjects,
            self.terms,
            self.swap,
            open_questions.interpret,
        )

    def interpret(self, question: str) -> ParsedQuestion:
        """The question read without the turns before it."""
        entities = self._recogniser.recognise(question)
        parsed = ParsedQuestion(
            entities, departments=entities.departments, absent=entities.unknown_departments
        )
        for step in self.steps:
            parsed = step(parsed)
        return parsed

    # -- what is wanted ----------------------------------------------------------------------------

    def intent(self, parsed: ParsedQuestion) -> ParsedQuestion:
        """The first intent whose words are there; a lookup where there are none."""
        spoken = parsed.entities.spoken
        return replace(parsed, intent=next(c.intent for c in self._words.intents if c.fits(spoken)))

    def roles(self, parsed: ParsedQuestion) -> ParsedQuestion:
        """The roles asked for, such as targets, actual values or scores: 目标是多少."""
        rest = parsed.entities.rest
        roles = self._words.roles.all(rest)
        if len(_HOW_MANY.findall(rest)) > 1 and roles == (Role.TARGET,):
            roles = ()  # the value is asked for as well: …是多少，目标是多少
        if Role.PERIOD_TARGET in roles:
            roles = (Role.PERIOD_TARGET,)
        return replace(parsed, roles=roles)

    def dimension(self, parsed: ParsedQuestion) -> ParsedQuestion:
        """The dimension that the question ranges over: 各部门, 哪个片区."""
        cue = self._words.dimensions.match(parsed.entities.spoken)
        if cue is None:
            return parsed
        dimension, match = cue
        return replace(parsed, focus=dimension, area=match.groupdict().get("area") or "")

    def status_family(self, parsed: ParsedQuestion) -> ParsedQuestion:
        """The kind of indicators that a list or count is limited to: 未达标的指标有哪些."""
        grouped = parsed.focus in (Dimension.INDICATOR, Dimension.DEPARTMENT)
        if not grouped and parsed.intent not in _LISTING:
            return parsed
        return replace(parsed, status_family=self._status_family_named(parsed))

    def units(self, parsed: ParsedQuestion) -> ParsedQuestion:
        """The units that an answer may have: 几场, 多少人, 多大面积."""
        spoken = parsed.entities.spoken
        units = self._words.measures.first(spoken) or ()
        if not units and (counted := self._words.counted.search(spoken)):
            units = self._words.counters[counted[1]]
        return replace(parsed, units=units)

    def levels(self, parsed: ParsedQuestion) -> ParsedQuestion:
        """The family of indicators named: 满意度指标有哪些."""
        levels = tuple(dict.fromkeys(self._words.levels.findall(parsed.entities.spoken)))
        listed = bool(levels) and parsed.intent in _LISTING | {Intent.LOOKUP}
        return replace(parsed, levels=levels, focus=Dimension.INDICATOR if listed else parsed.focus)

    def ranked_indicators(self, parsed: ParsedQuestion) -> ParsedQuestion:
        """Indicators put in order by one of their values: 得分最低的指标."""
        if parsed.intent in RANKING and self._words.superlatives.search(parsed.entities.spoken):
            return replace(parsed, focus=Dimension.INDICATOR)
        return parsed

    def altogether(self, parsed: ParsedQuestion) -> ParsedQuestion:
        """A place named for all its departments, and one total wanted: 西江市总共支出多少."""
        entities = parsed.entities
        places = any(m.place_only and len(m.names) > 1 for m in entities.mentions)
        if (
            places
            and parsed.intent is Intent.LOOKUP
            and self._words.altogether.search(entities.text)
        ):
            return replace(parsed, intent=Intent.SUM, focus=Dimension.DEPARTMENT)
        return parsed

    # -- what it is about --------------------------------------------------------------------------

    def subjects(self, parsed: ParsedQuestion) -> ParsedQuestion:
        """The subjects, the task or section they belong to, and whether they are named verbatim."""
        sections, subjects, exact = self._sections_and_subjects(parsed.entities, parsed.intent)
        if parsed.focus is Dimension.INDICATOR and (parsed.levels or parsed.intent in RANKING):
            subjects, exact = (), False
        return replace(parsed, sections=sections, subjects=subjects, exact=exact)

    def catalogue(self, parsed: ParsedQuestion) -> ParsedQuestion:
        """What the library holds, where nothing of a document is named: 有哪些部门的资料."""
        entities = parsed.entities
        catalogue = self._words.catalogues.first(entities.spoken)
        named = entities.concepts or entities.quoted or entities.known
        if catalogue is None or named or parsed.condition:
            return parsed
        return replace(
            parsed,
            intent=Intent.LIST,
            focus=catalogue,
            subjects=(),
            status_family=None,
            exact=False,
        )

    def rate(self, parsed: ParsedQuestion) -> ParsedQuestion:
        """The rate to compute, which replaces the dimension as focus: 同比增长多少."""
        if parsed.intent is not Intent.RATE:
            return parsed
        rate = self._words.rates.first(parsed.entities.spoken)
        # The units are of what grew, not of the growth.
        units = () if rate is RateKind.GROWTH else parsed.units
        return replace(parsed, focus=rate, units=units)

    def check(self, parsed: ParsedQuestion) -> ParsedQuestion:
        """The check asked for, and the dimension of a sum to check: 各任务加起来对得上吗."""
        if parsed.intent is not Intent.CHECK:
            return parsed
        return replace(
            parsed,
            focus=self._words.checks.first(parsed.entities.spoken),
            summed_over=parsed.focus if isinstance(parsed.focus, Dimension) else None,
            area="",
        )

    def topic(self, parsed: ParsedQuestion) -> ParsedQuestion:
        """The topic of the text asked for, and the task named, if any: 存在的问题."""
        if parsed.intent not in _TEXTS:
            return parsed
        entities = parsed.entities
        topic = self._words.topics.first(entities.text)
        sections = parsed.sections
        if topic is not Topic.REASON:
            sections = tuple(dict.fromkeys((*sections, *entities.quoted, *entities.known)))
        return replace(parsed, focus=topic, sections=sections)

    def reason(self, parsed: ParsedQuestion) -> ParsedQuestion:
        """Why an indicator fell short, or a list of those that did where none is named."""
        if parsed.focus is not Topic.REASON:
            return parsed
        entities = parsed.entities
        family = self._status_family_named(parsed)
        left = tuple(s for subject in parsed.subjects if (s := self._without_reason(subject)))
        named = any(len(subject) > 3 and "指标" not in subject for subject in left)
        if family is None or entities.known or entities.quoted or named:
            return replace(parsed, subjects=left)
        return replace(
            parsed,
            intent=Intent.LIST,
            focus=Dimension.INDICATOR,
            status_family=family,
            subjects=(),
            exact=False,
        )

    def without_subjects(self, parsed: ParsedQuestion) -> ParsedQuestion:
        """A list of one kind of indicators, or the rate of those met, is over all of them."""
        if parsed.intent in _TEXTS:
            return parsed
        if parsed.focus is RateKind.MET_SHARE:
            return replace(parsed, subjects=(), exact=False)
        of_departments = parsed.focus is Dimension.DEPARTMENT and bool(parsed.subjects)
        if parsed.status_family and not (
            of_departments or parsed.exact or parsed.entities.concepts
        ):
            return replace(parsed, subjects=())
        return parsed

    # -- what limits it ----------------------------------------------------------------------------

    def condition(self, parsed: ParsedQuestion) -> ParsedQuestion:
        """The value that a list is limited by: 低于90%."""
        return replace(parsed, condition=self._condition(parsed.entities.spoken))

    def terms(self, parsed: ParsedQuestion) -> ParsedQuestion:
        """The subjects that are budget terms, and the words beside them: 低保 of 低保花了多少."""
        entities = parsed.entities
        return replace(
            parsed,
            terms=tuple(term for term in entities.concepts if term in parsed.subjects),
            about=self._recogniser.beside(entities.rest) if entities.concepts else "",
        )

    def swap(self, parsed: ParsedQuestion) -> ParsedQuestion:
        """The phrase that replaces one of an earlier turn: 那临港片区呢."""
        text = parsed.entities.text.strip("？。！")
        for pattern in self._words.swaps:
            if match := pattern.search(text):
                swap = re.sub(rf"[{BLANK}]", "", match["what"]).strip("的那么")
                return replace(parsed, swap=swap)
        return parsed

    # -- within ------------------------------------------------------------------------------------

    def _status_family_named(self, parsed: ParsedQuestion) -> StatusFamily | None:
        return self._words.status_families.first(parsed.entities.spoken)

    def _without_reason(self, subject: str) -> str:
        """The indicator a question of reasons is about: …没完成的原因 → the indicator."""
        cues = (self._words.topics.pattern(Topic.REASON), *self._words.status_families.patterns)
        for cue in cues:
            subject = cue.sub(BLANK, subject)
        return self._recogniser.content(subject)

    def _condition(self, text: str) -> Quantity | None:
        """低于90% as a quantity; the longest word of comparison wins."""
        for sign, cue in self._words.conditions.entries:
            if match := cue.search(text):
                number = next(find_numbers(text[match.end() :]), None)
                if number is not None and number.start == 0:
                    return Quantity(number.raw, (number.value,), sign, number.unit)
        return None

    def _sections_and_subjects(
        self, entities: Entities, intent: Intent
    ) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
        """Sections and subjects that the question names, and whether it names them verbatim."""
        named = [*entities.quoted, *entities.known]
        phrases = self._phrases(entities.rest, intent)
        sections: tuple[str, ...] = entities.tasks
        text, quoted = entities.text, entities.quoted
        if (len(named) > 1 and _names_section(text, named[0])) or (named and entities.concepts):
            sections, named = (named[0],), named[1:]
        elif quoted and not entities.known and _goes_on(text, quoted[0], phrases):
            # A quotation inside a longer name: “青年地带”服务站点.
            return (), (f"{quoted[0]}{''.join(phrases)}",), False
        if named or entities.concepts:
            return sections, (*dict.fromkeys(named), *entities.concepts), bool(named)
        return sections, tuple(phrases), False

    def _phrases(self, rest: str, intent: Intent) -> list[str]:
        """What is left of a question without cue words: the things it asks about."""
        text = rest
        if limit := self._condition(rest):
            text = text.replace(limit.raw, BLANK)
        for cue in self._cues_beside(intent):
            text = cue.sub(BLANK, text)
        if _SEVERAL.search(rest):
            text = _BETWEEN.sub(BLANK, text)  # 2021年和2022年 join years, not things asked
            text = _JOINED.sub("，", text)
            parts = [p for part in text.split("，") if (p := self._recogniser.content(part))]
            return list(dict.fromkeys(parts))
        whole = self._recogniser.content(text)
        return [whole] if whole else []

    def _cues_beside(self, intent: Intent) -> list[re.Pattern[str]]:
        """The cue words of questions of this intent, which are no part of their subjects."""
        words = self._words
        cues = list(words.dimensions.patterns)
        if intent is Intent.CHECK:
            cues += [cue.pattern for cue in words.intents if cue.intent is Intent.CHECK]
            cues += words.checks.patterns
        if intent in _LISTING:
            cues += words.status_families.patterns
        return cues


def _names_section(text: str, name: str) -> bool:
    """Whether a quoted name is what another thing belongs to: “X”中的, “X”项目的."""
    after = text[text.find(name) + len(name) :]
    return bool(
        re.match(r"[”\"》』」]*(?:项目|任务|专项|工作)?(?:中|里|内|下)?的?[“\u4e00-\u9fff]", after)
    )


def _goes_on(text: str, name: str, phrases: Sequence[str]) -> bool:
    """Whether the words right after a quoted name are part of the subject."""
    after = text[text.find(name) + len(name) + 1 :]
    return bool(phrases) and any(p[:2] == after[:2] or after[:2] in p for p in phrases if after)
