"""JSON from strangers: one reading of it and no other, within limits of size and depth."""

import json
from collections.abc import Iterable
from typing import Any, NoReturn

LARGEST = 256 * 1024  # bytes
DEEPEST = 32


class Unreadable(ValueError):
    """What was sent cannot be read as what it should be; the text says why."""


def read_object(data: bytes) -> dict[str, Any]:
    """The JSON object in UTF-8 bytes. Raises Unreadable, for repeated keys, NaN and lone surrogates too."""
    if len(data) > LARGEST:
        raise Unreadable("it is too large")
    try:
        found = json.loads(data.decode(), object_pairs_hook=_once_each, parse_constant=_refuse)
        json.dumps(found, ensure_ascii=False).encode()
    except Unreadable:
        raise
    except (ValueError, RecursionError) as wrong:
        raise Unreadable("it is not JSON") from wrong
    if not isinstance(found, dict):
        raise Unreadable("it is not a JSON object")
    return limited(found)


def limited(found: dict[str, Any]) -> dict[str, Any]:
    """The object, if it is no deeper than any badge is; raises Unreadable."""
    level: list[Any] = [found]
    for _ in range(DEEPEST):
        level = [part for one in level for part in _parts(one)]
        if not level:
            return found
    raise Unreadable("it is too deep")


def _parts(one: object) -> Iterable[Any]:
    if isinstance(one, dict):
        return one.values()
    return one if isinstance(one, list) else ()


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("a key stands twice in one object")
    return found


def _refuse(_constant: str) -> NoReturn:
    raise Unreadable("it is not JSON")
