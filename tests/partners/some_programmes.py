"""Made-up programmes for property tests: every kind of requirement, nested, on two ladders that refer to each other."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from app.partners.rules import Programme
from tests.partners.making import ladder, side_ladder, text

Asked = dict[str, Any]
Rung = tuple[str | None, str]
RATES = [
    {"from": "EUR", "to": "USD", "on": "2024-01-01", "rate": "1.085"},
    {"from": "EUR", "to": "USD", "on": "2026-02-10", "rate": "0.995"},
]
GRADES = [{"value": number, "name": text(f"Grade {number}")} for number in (1, 2, 3)]


def _bounds(scale: int) -> st.SearchStrategy[Asked]:
    """A lower bound, an upper one, or both with something between them."""
    low, high = st.sampled_from(["at_least", "more_than"]), st.sampled_from(["at_most", "below"])
    lower = st.builds(lambda name, figure: {name: figure}, low, st.integers(0, 5))
    upper = st.builds(lambda name, figure: {name: figure}, high, st.integers(2, 6))
    both = st.builds(
        lambda low, high, start, width: {low: start, high: start + width},
        low,
        high,
        st.integers(0, 4),
        st.integers(2, 4),
    )
    return st.one_of(lower, upper, both).map(lambda stated: {name: value * scale for name, value in stated.items()})


def _of_persons() -> st.SearchStrategy[Asked]:
    return st.builds(
        lambda level, exactly, role, region: {
            "kind": "persons",
            "level": level,
            "job_role": role,
            "region": region,
            "exactly": exactly and level is not None,
        },
        st.sampled_from([None, "fundamentals", "advanced", "expert"]),
        st.booleans(),
        st.sampled_from([None, "sales", "technical"]),
        st.sampled_from([None, None, "latam"]),
    )


def _persons() -> st.SearchStrategy[Asked]:
    return st.builds(lambda of, number: of | {"at_least": number}, _of_persons(), st.integers(1, 3))


def _of_training() -> st.SearchStrategy[Asked]:
    return st.builds(
        lambda track, course: {"kind": "training", "track": track, "course": course},
        st.sampled_from(["fundamentals", "advanced", "expert"]),
        st.sampled_from([None, None, "a", "c"]),
    )


def _training() -> st.SearchStrategy[Asked]:
    shares = st.sampled_from(["1", "33.3", "50", "66.666667", "99"])
    bound = st.one_of(
        st.integers(1, 2).map(lambda number: {"at_least": number}),
        shares.map(lambda share: {"share_percent": share}),
        shares.map(lambda share: {"more_than_percent": share}),
        st.just({"share_percent": "100"}),
    )
    return st.builds(lambda of, stated: of | stated, _of_training(), bound)


OF_METRIC = {"kind": "metric", "metric": "customers"}
OF_MONEY = {"kind": "money", "metric": "revenue", "window_months": 3, "currency": "USD"}


def _part() -> st.SearchStrategy[Asked]:
    counted = st.one_of(_of_persons(), _of_training(), st.just(OF_METRIC), st.just(OF_MONEY))
    return st.builds(
        lambda of, per, points, cap, minimum: {
            "of": of,
            "per": per,
            "points": points,
            "at_most": cap,
            "minimum": min(minimum, cap or minimum),
        },
        counted,
        st.integers(1, 3),
        st.integers(1, 5),
        st.none() | st.integers(1, 6),
        st.integers(0, 3),
    )


def _leaves(below: Sequence[Rung]) -> st.SearchStrategy[Asked]:
    """`below` are the tiers that may be asked for: a ladder (None: the same) and a tier's id."""
    kinds = [
        _persons(),
        _training(),
        _bounds(1).map(lambda stated: OF_METRIC | stated),
        _bounds(1).map(lambda stated: OF_MONEY | stated),
        st.just({"kind": "agreement", "metric": "signed"}),
        st.sampled_from([1, 2, 3]).map(
            lambda grade: {"kind": "attestation", "metric": "mark", "grade": grade, "grades": GRADES}
        ),
        st.integers(1, 40).map(lambda months: {"kind": "tenure", "months": months}),
        st.builds(
            lambda parts, total: {"kind": "points", "parts": parts, "at_least": total},
            st.lists(_part(), min_size=1, max_size=3),
            st.integers(1, 12),
        ),
        st.lists(_persons(), min_size=1, max_size=3).map(lambda parts: {"kind": "team", "requirements": parts}),
    ]
    if below:
        kinds.append(st.sampled_from(below).map(lambda rung: {"kind": "previous", "ladder": rung[0], "tier": rung[1]}))
    return st.one_of(kinds)


def _requirements(below: Sequence[Rung]) -> st.SearchStrategy[list[Asked]]:
    return st.lists(st.recursive(_leaves(below), _groups, max_leaves=4), min_size=1, max_size=2)


def _groups(inner: st.SearchStrategy[Asked]) -> st.SearchStrategy[Asked]:
    return st.builds(_group, st.lists(inner, min_size=1, max_size=3), st.integers(0, 3))


def _group(parts: list[Asked], least: int) -> Asked:
    """All of them (0), one of them (more than there are), or so many."""
    if 0 < least <= len(parts):
        return {"kind": "some_of", "requirements": parts, "at_least": least}
    return {"kind": "any_of" if least else "all_of", "requirements": parts}


def some_programmes() -> st.SearchStrategy[Programme]:
    """Two tiers beside a ladder of two; a tier may ask for one below it, and the main ladder for the other."""
    levels = [("levels", "t1"), ("levels", "t2")]
    return st.builds(
        lambda t1, t2, l1, l2: ladder(t1, t2, ladders=[side_ladder(l1, l2)], rates=RATES),
        _requirements(levels),
        _requirements([*levels, (None, "t1")]),
        _requirements([]),
        _requirements([(None, "t1")]),
    )
