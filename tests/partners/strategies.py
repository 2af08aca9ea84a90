"""Made-up records for property tests: a few people, credentials and facts on the days of six years."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st

from app.content.levels import LEVELS
from app.partners.records import Fact, Records
from tests.partners.making import START, completion, fact, holding, ladder, member

DAYS = 6 * 365
steady = settings(deadline=None)  # a busy machine is no failure
CERTIFIED = {"kind": "persons", "level": "fundamentals", "at_least": 1, "job_role": "sales"}
CUSTOMERS = {"kind": "metric", "metric": "customers", "at_least": 3}
REVENUE = {"kind": "money", "metric": "revenue", "window_months": 3, "currency": "USD", "at_least": "2.00"}
SIGNED = {"kind": "agreement", "metric": "signed"}
COURSES: Mapping[str, frozenset[str]] = {"fundamentals": frozenset("ab"), "advanced": frozenset("c")}
PROGRAMME = ladder(
    [{"kind": "any_of", "requirements": [CERTIFIED, CUSTOMERS]}],
    [CERTIFIED, {"kind": "all_of", "requirements": [CUSTOMERS, REVENUE]}],
    [{**CERTIFIED, "level": "expert"}, SIGNED],
    every_months=7,
)


def _days(low: int = 0) -> st.SearchStrategy[datetime]:
    return st.integers(low, DAYS).map(lambda number: START + timedelta(days=number))


def moments() -> st.SearchStrategy[datetime]:
    """Any instant of the six years, and often the very start of a day, where the edges are."""
    return st.one_of(_days(), st.timedeltas(timedelta(), timedelta(days=DAYS)).map(START.__add__))


def _spans() -> st.SearchStrategy[tuple[datetime, datetime | None]]:
    lengths = st.none() | st.integers(1, 500).map(lambda number: timedelta(days=number))
    return st.tuples(_days(), lengths).map(lambda pair: (pair[0], pair[0] + pair[1] if pair[1] else None))


def some_records(most: int = 5) -> st.SearchStrategy[Records]:
    """At most so many memberships and credentials, of half as many people."""
    people = st.integers(1, most // 2 + 1)
    roles = st.sampled_from(["sales", "sales", "technical"])
    regions = st.sampled_from([None, "latam", "europe"])
    members = st.builds(
        lambda who, role, span, where: member(who, role, *span, where), people, roles, _spans(), regions
    )
    holdings = st.builds(lambda *parts: holding(*parts[:2], *parts[2]), people, st.sampled_from(LEVELS), _spans())
    completions = st.builds(completion, people, st.sampled_from("abc"), _days(), st.sampled_from(LEVELS[:2]))
    return st.builds(
        Records,
        st.lists(members, max_size=most),
        st.lists(holdings, max_size=most),
        st.lists(some_facts(), max_size=8),
        st.lists(completions, max_size=8),
        st.just(COURSES),
        st.none() | _days(),
    )


def some_facts() -> st.SearchStrategy[Fact]:
    plain = [(name, None) for name in ("customers", "signed", "mark")]
    metrics = st.sampled_from([*plain, *(("revenue", currency) for currency in ("USD", "EUR", "GBP"))])
    return st.builds(
        lambda metric, value, span, evidence: fact(
            metric[0], value * (100 if metric[1] else 1), metric[1], *span, evidence
        ),
        metrics,
        st.integers(0, 3),
        _spans(),
        st.sampled_from([None, "minutes.pdf"]),
    )
