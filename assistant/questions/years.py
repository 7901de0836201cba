"""Which years a question is about (年度): named, relative to today or to what was talked about."""

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
        self._all = tuple(sorted({year for own in covered.values() for year in own}))
        self._today = today
        self._vocabulary = vocabulary

    def named(
        self, found: Entities, before: Sequence[int], departments: Sequence[str]
    ) -> tuple[int, ...]:
        """The years named; 去年 counts from the year talked about (`before`), else from today.

        Where the calendar's year is not there, the last year reported is what people mean.
        """
        if len(found.years) == 1 and found.year_shift is not None and found.year_shift < 0:
            return (found.years[0], found.years[0] + found.year_shift)
        if found.years:
            return found.years
        if _WHICH_YEAR.search(found.text) and departments:
            return self._reported(departments)
        if found.last_years:
            return (self._reported(departments) or self._all)[-found.last_years :]
        if found.year_shift is None:
            if before and self._vocabulary.next_year.search(found.text):
                return (before[-1] + 1,)
            return ()
        if before and found.year_shift < 0:
            return (before[-1] + found.year_shift,)
        return self._relative(found, self._reported(departments) or self._all)

    def absent(self, years: Sequence[int]) -> tuple[str, ...]:
        """The years asked for that no document reports on, as they are told."""
        return tuple(f"{year}年" for year in years if self._all and year not in self._all)

    def last_two(self, departments: Sequence[str], years: Sequence[int]) -> tuple[int, ...]:
        """A year and the one before it as the department reports them, the later one first.

        The last two if none is named; () where there is nothing to compare with.
        """
        own = self._reported(departments) if len(departments) == 1 else self._all
        if len(years) > 1 or len(own) < 2:
            return tuple(years)
        last = years[0] if years else own[-1]
        earlier = [year for year in own if year < last]
        return (last, earlier[-1]) if earlier and last in own else tuple(years)

    def _relative(self, found: Entities, own: Sequence[int]) -> tuple[int, ...]:
        shift = found.year_shift or 0
        year = self._today.year + shift
        if shift <= 0 and own and self._vocabulary.against_last_year.search(found.text):
            return (own[-1], own[-1] + (shift or -1))  # 比上年 is said of the last year reported
        if year in own or not own:
            return (year,)
        past = [y for y in own if y <= self._today.year] or list(own)
        return (max(past) + (shift if shift < -1 else 0),)

    def _reported(self, departments: Sequence[str]) -> tuple[int, ...]:
        return tuple(sorted({y for name in departments for y in self._covered.get(name, ())}))
