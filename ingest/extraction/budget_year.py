"""Which year a document is about (年度): of the budget, not of its date or of a law quoted."""

from collections import Counter
from collections.abc import Sequence

from ingest.extraction.labelled_facts import LabelledFact, role_shares
from ingest.language.normalise import squeeze
from ingest.language.vocabulary import Vocabulary
from ingest.language.years import YEAR_ALONE, dated_months, find_years, without_dates
from ingest.types.blocks import Form

MAX_YEAR_LINE_LENGTH = 40
"""Maximum number of characters of a line that gives the year."""
MAX_HEAD_LINES = 12
"""Maximum number of lines among which the title and the year of a form stand."""
SURE = 0.5
"""How probable it must be that a label announces the year."""
YEARLY = (
    Form.SELF_EVALUATION,
    Form.PROJECT_SELF_EVALUATION,
    Form.REPORT,
    Form.SUMMARY,
)
"""Forms made, as a rule, in another year than that which they are about: a date tells nothing."""

EARLY = 9
"""The last month in which a plan is made for the same year."""


def budget_year(
    lines: Sequence[str],
    title: str,
    facts: Sequence[LabelledFact],
    form: Form,
    vocabulary: Vocabulary,
) -> int | None:
    """The year of the title, of a label or of a line near the title, else the one named most often;
    of a paper that is made within its year, else that of its date."""
    if year := _titled(title):
        return year
    if year := _labelled(facts, vocabulary):
        return year
    undated = [without_dates(squeeze(line)) for line in lines]
    for line in undated[:MAX_HEAD_LINES]:
        if len(line) < MAX_YEAR_LINE_LENGTH and (years := find_years(line)):
            return years[0].year
    counted = Counter(named.year for line in undated for named in find_years(line))
    if not counted and form not in YEARLY:
        dates = (date for line in lines for date in dated_months(squeeze(line)))
        last = EARLY if form is Form.TARGET else 12
        counted = Counter(year for year, month in dates if month <= last)
    return counted.most_common(1)[0][0] if counted else None


def _titled(title: str) -> int | None:
    """The year of a title, of several the one that is called a budget year (年度)."""
    key = without_dates(squeeze(title))
    years = find_years(key)
    if len(years) > 1 and key[years[0].end : years[1].start] in _TO:
        years = years[1:]  # of several years the last is reported
    called = [named for named in years if key.startswith("度", named.end)]
    return (called or years)[0].year if years else None


_TO = ("至", "到", "-", "—", "～", "~")


def _labelled(facts: Sequence[LabelledFact], vocabulary: Vocabulary) -> int | None:
    """The year behind a label of the period (评价年度：2022)."""
    told = [(fact, year) for fact in facts if (year := YEAR_ALONE.fullmatch(squeeze(fact.value)))]
    shares = role_shares([fact for fact, _ in told], vocabulary)
    sure = (
        year
        for (_, year), share in zip(told, shares, strict=True)
        if share.get("period", 0.0) > SURE
    )
    return next((int(year[1]) for year in sure), None)
