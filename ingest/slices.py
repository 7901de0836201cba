"""Much work in slices (分批): between two of them the machine and the locks are others'.

Chroma holds Python's own lock for as long as one call takes, and who writes to a database holds it
for one transaction: what is done with a large document in one go stops everybody.
"""

from collections.abc import Iterator, Sequence
from time import perf_counter, sleep
from typing import TypeVar

Item = TypeVar("Item")

MAX_REST_SECONDS = 0.5
"""Maximum time that others have between two slices."""


def slices(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """The items, `size` at a time; between two slices a rest of about as long as one took."""
    for start in range(0, len(items), size):
        began = perf_counter()
        yield items[start : start + size]
        if start + size < len(items):
            sleep(min(perf_counter() - began, MAX_REST_SECONDS))
