"""What the filters of the page stand for (筛选): a year, a form, or nothing where they are free."""

from assistant.errors import RequestError
from ingest.types.blocks import Form


def year_of(text: str | None) -> int | None:
    """The year that a filter names, None where it names none; raises RequestError.

    >>> year_of("2021年"), year_of("全部年度"), year_of(None)
    (2021, None, None)
    """
    if not text or text.startswith("全部"):
        return None
    digits = text.removesuffix("年")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 4):
        raise RequestError(f"年度“{text[:20]}”无法识别，请重新选择。")
    return int(digits)


def form_of(text: str | None) -> Form | None:
    """The form that a filter names, None where it names none; raises RequestError."""
    if not text or text.startswith("全部"):
        return None
    try:
        return Form(text)
    except ValueError:
        raise RequestError(f"表种“{text[:20]}”无法识别，请重新选择。") from None
