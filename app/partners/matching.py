"""Matching, purely: as many persons as possible in places of several kinds, each person in one place at most."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

Fits = Mapping[int, Sequence[int]]


def assign(needs: Sequence[int], fits: Fits) -> dict[int, int]:
    """The place of each person who gets one: no other way of placing them fills more places.

    `needs[n]` is how many places there are of kind n, `fits[person]` the kinds that the person may take. Persons and
    kinds are tried in the order given, by augmenting paths: who comes later may move the earlier to another kind. The
    kinds that a failed attempt went through cannot take anyone any more, so that no later attempt enters them.
    """
    taken: list[dict[int, None]] = [{} for _ in needs]
    closed: set[int] = set()
    for person in fits:
        seen = set(closed)
        if not _place(person, needs, fits, taken, seen):
            closed = seen
    return {person: kind for kind, persons in enumerate(taken) for person in persons}


def _place(person: int, needs: Sequence[int], fits: Fits, taken: Sequence[dict[int, None]], seen: set[int]) -> bool:
    for kind in fits[person]:
        if kind in seen:
            continue
        seen.add(kind)
        if len(taken[kind]) < needs[kind] or _makes_room(kind, needs, fits, taken, seen):
            taken[kind][person] = None
            return True
    return False


def _makes_room(kind: int, needs: Sequence[int], fits: Fits, taken: Sequence[dict[int, None]], seen: set[int]) -> bool:
    for other in taken[kind]:
        if _place(other, needs, fits, taken, seen):
            del taken[kind][other]
            return True
    return False


def open_kinds(needs: Sequence[int], fits: Fits, placed: Mapping[int, int]) -> set[int]:
    """The kinds of which one more fitting person would raise the number placed, if need be by moving others."""
    filled = list(placed.values())
    found = {kind for kind, need in enumerate(needs) if filled.count(kind) < need}
    return _spread(found, ((kind, fits[person]) for person, kind in placed.items()))


def _spread(found: set[int], moves: Iterable[tuple[int, Sequence[int]]]) -> set[int]:
    """A kind joins once someone placed in it could move to one of those found."""
    ways = list(moves)
    while more := {kind for kind, others in ways if kind not in found and not found.isdisjoint(others)}:
        found |= more
    return found


def free_persons(fits: Fits, placed: Mapping[int, int]) -> Iterator[int]:
    """Who has no place, and who could leave theirs to one of these: they could take a further place."""
    within = {kind for person, kinds in fits.items() if person not in placed for kind in kinds}
    while more := {
        other for person, kind in placed.items() if kind in within for other in fits[person] if other not in within
    }:
        within |= more
    return (person for person in fits if person not in placed or placed[person] in within)
