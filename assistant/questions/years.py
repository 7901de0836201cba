"""Which years a question is about (年度): named, or relative to today or to the turn before."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from assistant.questions.entities import Entities
from assistant.questions.vocabulary import QuestionVocabulary

_WHICH_YEAR = re.compile("哪一?年|哪个年度|历年|各年")


class Years:
    """The years that a library reports on, and how questions name them.

    `covered` gives the years of each department, `today` places 去年.
    """

    def __init__(
        self,
        covered: Mapping[str, Sequence[int]],
        *,
        today: date,
        vocabulary: QuestionVocabulary,
    ) -> None:
        self._covered = covered
        self._all = tuple(sorted({year for reported in covered.values() for year in reported}))
        self._today = today
        self._vocabulary = vocabulary

    def named(
        self, entities: Entities, before: Sequence[int], departments: Sequence[str]
    ) -> tuple[int, ...]:
        """The years named; 去年 counts from the turn before (years `before`), else from today.

        Where the library does not have the calendar's year, the last year reported is taken.
        """
        if len(entities.years) == 1 and entities.year_shift is not None and entities.year_shift < 0:
            return (entities.years[0], entities.years[0] + entities.year_shift)
        if entities.years:
            return entities.years
        if _WHICH_YEAR.search(entities.text) and departments:
            return self._reported(departments)
        if entities.last_years:
            return (self._reported(departments) or self._all)[-entities.last_years :]
        if entities.year_shift is None:
            if before and self._vocabulary.next_year.search(entities.text):
                return (before[-1] + 1,)
            return ()
        if before and entities.year_shift < 0:
            return (before[-1] + entities.year_shift,)
        return self._relative(entities, self._reported(departments) or self._all)

    def absent(self, years: Sequence[int]) -> tuple[str, ...]:
        """The years asked for that no document reports on, as an answer words them."""
        return tuple(f"{year}年" for year in years if self._all and year not in self._all)

    def reports(self, departments: Sequence[str], years: Sequence[int]) -> bool:
        """Whether the departments report on any of the years; so if none is named."""
        return not years or bool({*self._reported(departments)} & {*years})

    def last_two(self, departments: Sequence[str], years: Sequence[int]) -> tuple[int, ...]:
        """A year and the one before it as the department reports them, the later one first.

        The last two if none is named; () where there is nothing to compare with.
        """
        reported = self._reported(departments) if len(departments) == 1 else self._all
        if len(years) > 1 or len(reported) < 2:
            return tuple(years)
        last = years[0] if years else reported[-1]
        earlier = [year for year in reported if year < last]
        return (last, earlier[-1]) if earlier and last in reported else tuple(years)

    def _relative(self, entities: Entities, reported: Sequence[int]) -> tuple[int, ...]:
        """去年 counted from today, or from the last year reported where that is missing."""
        shift = entities.year_shift or 0
        year = self._today.year + shift
        if shift <= 0 and reported and self._vocabulary.against_last_year.search(entities.text):
            # 比上年 counts from the last year reported.
            return (reported[-1], reported[-1] + (shift or -1))
        if year in reported or not reported:
            return (year,)
        past = [y for y in reported if y <= self._today.year] or list(reported)
        return (max(past) + (shift if shift < -1 else 0),)

    def _reported(self, departments: Sequence[str]) -> tuple[int, ...]:
        return tuple(sorted({y for name in departments for y in self._covered.get(name, ())}))
