"""Segmentation (分词) for the lexical index and for questions: the only file that imports jieba.

Numbers, percentages, dates, document numbers and quoted names are taken whole before jieba sees
the text; only runs of Han characters reach it. Words are cut by the dictionary alone (no guessing
of new words), so a name unknown to it is cut alike in a document and in a question; its single
characters are indexed in pairs as well, so that a two-character word of it is found.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import accumulate
from pathlib import Path

from ingest.config import DATA

RULES = 1
"""Raised with every change below that changes what `cut` returns: stored indexes are rebuilt."""

LEXICON = DATA / "lexicon"
SUBWORDS = (2, 3)
"""Lengths of the dictionary words that are indexed inside a longer word, as jieba does."""
RUNS = 4096
"""How many runs of Han characters are kept with their words."""

HAN = "\u4e00-\u9fd5"
RARE_HAN = "\u3400-\u4dbf\u9fd6-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")

BLANKS = re.compile(f"(?<=[{HAN}])[ \\r\\n\u3000]+(?=[{HAN}])")
"""Blanks inside Chinese text: line ends of a cell, letter-spaced labels."""

TERM = re.compile(
    f"""
      《(?P<title>[^《》]{{1,40}})》
    | [“「『"](?P<name>[^“”「」『』"]{{1,30}})[”」』"]
    | [〔\\[(【](?P<issued>\\d{{4}})[〕\\])】]第?(?P<number>\\d+)号
    | (?P<year>[12]\\d{{3}}|[二一][〇零一二三四五六七八九]{{3}})年度?
        (?:(?P<month>\\d{{1,2}})月(?:(?P<day>\\d{{1,2}})日)?)?
    | (?P<figure>(?:(?<![0-9a-z.%])[-−])?\\d{{1,3}}(?:,\\d{{3}})+(?:\\.\\d+)?%?
              |(?:(?<![0-9a-z.%])[-−])?\\d+(?:\\.\\d+)?[%‰]?)
    | (?P<word>[a-z]+(?:[-_.+&][a-z0-9]+|[0-9]+)*)
    | (?P<han>[{HAN}]+)
    | (?P<rare>[{RARE_HAN}])
    """,
    re.VERBOSE,
)
"""What a text is cut into. A `year` may be any since 1000: here it is only a word."""
PLAIN = re.compile(f"[^0-9a-z{HAN}{RARE_HAN}]+")


class Tokenizer:
    """Cuts text into the words it is indexed and searched by, the same way on both sides.

    `accelerated` uses rjieba where it is installed: the same dictionary and the same words, faster.
    """

    def __init__(self, *, lexicon: Path = LEXICON, accelerated: bool = True) -> None:
        self._lexicon = lexicon
        self._accelerated = accelerated

    def cut(self, text: str) -> list[str]:
        """The index words of a text in reading order, with the words inside longer words.

        >>> Tokenizer().cut("预算完成率96.36%")
        ['预算', '完成', '完成率', '预算完成率', '96.36', '96.36%']
        """
        plain = BLANKS.sub("", unicodedata.normalize("NFKC", text).lower())
        return list(self._terms(plain))

    def cuts_at(self, text: str, at: int) -> bool:
        """Whether a text of Han characters is cut at a place, or that is inside a word.

        >>> Tokenizer().cuts_at("海澜的管理办法", 5), Tokenizer().cuts_at("黄埔区团委实际支出", 5)
        (False, True)
        """
        return at in accumulate(map(len, self._segmenter.pieces(text)))

    def query(self, text: str) -> list[str]:
        """The words a question is searched by, each once; stop words (停用词) go unless all are.

        >>> Tokenizer().query("请问预算执行率是多少？")
        ['预算', '执行', '执行率', '预算执行率']
        """
        words = list(dict.fromkeys(self.cut(text)))
        return [word for word in words if word not in self._stop_words] or words

    @cached_property
    def version(self) -> str:
        """Changes whenever the same text may be cut differently."""
        words = (self._lexicon / "jieba.txt").read_bytes()
        return sha256(words + f"\n{RULES}".encode()).hexdigest()[:12]

    def _terms(self, text: str) -> Iterator[str]:
        for match in TERM.finditer(text):
            kind = match.lastgroup
            if kind == "han":
                yield from self._segmenter.words(match[0])
            elif kind in ("title", "name"):
                yield from self._terms(match[kind])
                if len(whole := PLAIN.sub("", match[kind])) > 1:
                    yield f"“{whole}”"
            elif kind == "figure":
                yield from _figure(match[0])
            elif kind == "number":
                yield from (match["issued"], f"〔{match['issued']}〕{match['number']}号")
            elif kind in ("year", "month", "day"):
                yield from _date(match)
            else:
                yield match[0]

    @cached_property
    def _segmenter(self) -> "_Segmenter":
        lines = (self._lexicon / "jieba.txt").read_text(encoding="utf-8").splitlines()
        entries = [line.split() for line in lines if line.strip()]
        words = [(word, int(frequency), tag) for word, frequency, tag in entries]
        if self._accelerated:
            try:
                return _rjieba(words)
            except ImportError:
                pass  # an accelerator only: the same words come from jieba
        return _jieba(words)

    @cached_property
    def _stop_words(self) -> frozenset[str]:
        return frozenset((self._lexicon / "stopwords.txt").read_text(encoding="utf-8").split())


class _Segmenter:
    """One dictionary: cuts a run of Han characters; forms repeat the same runs again and again."""

    def __init__(self, cut: Callable[[str], list[str]], known: Callable[[str], bool]) -> None:
        self.pieces = cut
        self._known = known
        self._inside = lru_cache(maxsize=65536)(self._parts)
        self.words = lru_cache(maxsize=RUNS)(self._words)

    def _words(self, run: str) -> tuple[str, ...]:
        """Words of a run, those inside them first; neighbouring single characters also in pairs."""
        found: list[str] = []
        before = ""
        for word in self.pieces(run):
            if len(word) > 1:
                before = ""
                found += self._inside(word)
            else:
                if before:
                    found.append(before + word)
                before = word
            found.append(word)
        return tuple(found)

    def _parts(self, word: str) -> tuple[str, ...]:
        return tuple(
            part
            for size in SUBWORDS
            for start in range(len(word) - size + 1)
            if size < len(word) and self._known(part := word[start : start + size])
        )


def _rjieba(words: list[tuple[str, int, str]]) -> _Segmenter:
    from rjieba import Jieba

    dictionary = Jieba()
    for word, frequency, tag in words:
        dictionary.add_word(word, frequency, tag)
    return _Segmenter(lambda run: dictionary.cut(run, False), dictionary.has_word)


def _jieba(words: list[tuple[str, int, str]]) -> _Segmenter:
    import jieba  # type: ignore[import-untyped]

    dictionary = jieba.Tokenizer()
    # Filled here instead of by initialize(), which would keep a marshal file in the shared
    # temporary folder, where anyone could have put one.
    dictionary.FREQ, dictionary.total = dictionary.gen_pfdict(dictionary.get_dict_file())
    dictionary.initialized = True
    for word, frequency, tag in words:
        # jieba would count a word it already has twice; rjieba does not.
        dictionary.total -= dictionary.FREQ.get(word, 0)
        dictionary.add_word(word, frequency, tag)
    return _Segmenter(
        lambda run: list(dictionary.cut(run, HMM=False)),
        lambda word: bool(dictionary.FREQ.get(word)),
    )


def _figure(printed: str) -> Iterator[str]:
    """A number without its thousands separators: bare, then with its sign or percent sign.

    >>> list(_figure("-1,022.93%"))
    ['1022.93', '-1022.93%']
    """
    whole = printed.replace(",", "").replace("−", "-")
    bare = whole.strip("-%‰")
    yield bare
    if bare != whole:
        yield whole


def _date(match: re.Match[str]) -> Iterator[str]:
    """A date from the year down: 2022, 2022年, 2022年12月, 2022年12月31日."""
    year = match["year"].translate(DIGITS)
    date = f"{year}年"
    yield from (year, date)
    for part, unit in (("month", "月"), ("day", "日")):
        if match[part]:
            date += f"{int(match[part])}{unit}"
            yield date
