"""An event loop of one's own: pyHanko starts one for each call, which the thread of the caller may have running."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def aside(deed: Callable[[], T]) -> T:
    """Do it in a thread of its own, and wait."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(deed).result()
