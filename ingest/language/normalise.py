"""Normalised text beside the raw text, character for character: offsets stay valid.

Full-width letters and digits, CJK radical code points that PDF fonts leave behind, look-alike
comparators, and characters that stores or tokenizers choke on. Nothing is inserted or removed, so
a span found in the normalised text cuts the same span out of the raw text.
"""

import re
import unicodedata
from functools import cache, lru_cache

# CJK radicals supplement (U+2E80–U+2EF3): NFKC maps only two of them, so the simplified forms that
# fonts really use are listed. Source: Unicode chart U+2E80, simplified radical names.
_RADICALS = dict(
    zip(
        "⺁⺄⺈⺊⺌⺍⺕⺗⺘⺝⺟⺠⺡⺣⺤⺥⺧⺩⺫⺬⺮⺯⺱⺲⺳⺶⺷⺹⺻⺼⺽⻃⻄⻅⻆⻉⻋⻌⻍⻎⻓⻔⻖⻘⻙⻚⻛⻜⻝⻞⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
        "厂乙勹卜小小彐忄扌月母民氵灬爫爫牛王罒示竹糸罓罒罓羊羊耂聿月臼西西见角贝车辶辶辶长门阝青韦页风飞食食饣饣马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
        strict=True,
    )
)
_SAME = {
    "≧": "≥", "≦": "≤", "⩾": "≥", "⩽": "≤", "﹥": ">", "﹤": "<", "﹦": "=", "−": "-", "–": "-",
    "﹣": "-", "﹪": "%", "∶": ":", "﹒": ".", "〔": "(", "〕": ")", "⁄": "/", "∕": "/",
    "\u00a0": " ", "\u3000": " ", "\u2002": " ", "\u2003": " ", "\u2009": " ", "\u202f": " ",
    "\ufeff": " ", "\u200b": " ", "\u200c": " ", "\u200d": " ", "\t": " ", "\r": " ", "\n": " ",
}  # fmt: skip
# Kept as they are: half-width forms would change the meaning or the look of Chinese punctuation.
_KEEP = set("，。；：？！（）“”‘’、《》〈〉【】…—～·")


@cache
def _table() -> dict[int, str]:
    table: dict[int, str] = {}
    for code in (*range(0xFF01, 0xFF5F), *range(0x2F00, 0x2FD6), *range(0xF900, 0xFB00)):
        char = chr(code)
        folded = unicodedata.normalize("NFKC", char)
        if len(folded) == 1 and char not in _KEEP:
            table[code] = folded
    for char, plain in (_RADICALS | _SAME).items():
        table[ord(char)] = plain
    # Control characters, surrogates and private-use marks: unreadable, and poison for tokenizers.
    for code in (*range(0x20), 0x7F, *range(0x200E, 0x2010), *range(0x202A, 0x202F), 0xFDFA):
        table.setdefault(code, " ")
    return table


_SURROGATE = re.compile("[\ud800-\udfff]")
REMEMBERED = 16_384
"""How many texts are kept with what was found in them: a form's cells are asked about again and
again, by every step of its reading."""


@cache
def _odd() -> re.Pattern[str]:
    """Any character that is not left as it is: most texts have none, and searching is quick."""
    return re.compile("[\ud800-\udfff" + "".join(re.escape(chr(c)) for c in _table()) + "]")


@lru_cache(maxsize=REMEMBERED)
def normalise(text: str) -> str:
    """The text with look-alikes folded; always as long as `text`.

    >>> normalise("⻩埔 ９８．５％")
    '黄埔 98.5%'
    """
    if not _odd().search(text):
        return text
    return _SURROGATE.sub(" ", text.translate(_table()))


_SPACE = re.compile(r"\s+")


@lru_cache(maxsize=REMEMBERED)
def squeeze(text: str) -> str:
    """The normalised text without any white space: for comparing labels and finding quotes."""
    return "".join(normalise(text).split())


_HAN = re.compile("[一-龥]")


def one_line(text: str) -> str:
    """The text on one line: Chinese without white space, other text with single spaces."""
    return _SPACE.sub("", text) if _HAN.search(text) else " ".join(text.split())
