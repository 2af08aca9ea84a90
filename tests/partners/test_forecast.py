"""Forecasts against a clock moved day by day, their first step, and that each step has a cause."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exams.retakes import add_months
from app.partners.forecast import Forecast, forecast
from app.partners.looks import Granted, Look, RulesOverTime, exception_over, with_edges
from app.partners.records import Records
from app.partners.rules import MAIN, Programme
from app.partners.tiers import Held, fold, qualify, steps
from tests.partners.making import NOW, START, day, fact, holding, ladder, member
from tests.partners.some_programmes import some_programmes
from tests.partners.strategies import PROGRAMME, moments, some_records, steady

pytestmark = pytest.mark.once

JOINED = START.date()
DAY = timedelta(days=1)
STRICTER = ladder(
    [{"kind": "persons", "level": "fundamentals", "at_least": 2}],
    [{"kind": "tenure", "months": 30}],
    [{"kind": "money", "metric": "revenue", "window_months": 5, "currency": "USD", "at_least": "1.00"}],
    every_months=5,
    grace_days=31,
)


def ahead(
    records: Records,
    at: datetime = NOW,
    rules: RulesOverTime = ((START, PROGRAMME),),
    granted: Sequence[Granted] = (),
    ladder: str = MAIN,
) -> Forecast:
    return forecast(
        rules,
        granted,
        records,
        at=at,
        until=add_months(at, 24),
        anniversary_from=JOINED,
        held=None,
        ladder=ladder,
    )


def some_rules() -> st.SearchStrategy[RulesOverTime]:
    """One version, or a second one from some day on."""
    one = st.just([(START, PROGRAMME)])
    return one | moments().map(lambda at: [(START, PROGRAMME), (max(at, START + DAY), STRICTER)])


def some_grants() -> st.SearchStrategy[list[Granted]]:
    def granted(id: int, since: datetime, days: int) -> Granted:
        return Granted(id, MAIN, f"t{id}", "Agreed", since, since + timedelta(days=days), None)

    return st.lists(st.builds(granted, st.integers(1, 3), moments(), st.integers(1, 500)), max_size=2)


@steady
@given(some_records(), moments(), some_rules())
def test_stepping_day_by_day_brings_what_was_foretold(records: Records, at: datetime, rules: RulesOverTime) -> None:
    """The records' edges and the rules' begin on whole days but for the instants that `moments` draws."""
    found = ahead(records, at, rules)
    held, instants = found.look.held, {event.at: event for event in found.events}
    days = [at + number * DAY for number in range(1, 731)]
    for instant in sorted({*days, *instants} - {one for one in days if one > found.until}):
        programme = [version for start, version in rules if start <= instant][-1:] or [rules[0][1]]
        held = fold(held, qualify(programme[0], records, instant), instant, JOINED, programme[0].review)
        if instant in instants:
            assert same(held, instants[instant].after.held), instant
        else:
            last = max((one for one in instants if one < instant), default=None)
            assert same(held, instants[last].after.held if last else found.look.held), instant


def same(one: Held, other: Held) -> bool:
    """But for the next look, which these rules alone do not know."""
    return (one.tier, one.since, one.at_risk_since, one.review_at, one.grace_until) == (
        other.tier,
        other.since,
        other.at_risk_since,
        other.review_at,
        other.grace_until,
    )


@steady
@given(some_records(), moments(), some_rules(), some_grants())
def test_it_is_the_fold_from_scratch_at_every_step_and_between(
    records: Records, at: datetime, rules: RulesOverTime, granted: list[Granted]
) -> None:
    found = ahead(records, at, rules, granted)
    edged = with_edges(rules, granted)
    looks = [(at, found.look), *((event.at, event.after) for event in found.events)]
    for number, (instant, look) in enumerate(looks):
        following = looks[number + 1][0] if number + 1 < len(looks) else max(found.until, instant)
        for between in (instant, instant + (following - instant) / 2):
            *_, (held, earned) = steps(edged, records, between, JOINED)
            assert Look(held, exception_over(granted, MAIN, held, earned)) == look


@steady
@given(some_records(), moments(), some_rules(), some_grants())
def test_each_step_is_the_next_change_of_the_one_before_and_has_a_cause(
    records: Records, at: datetime, rules: RulesOverTime, granted: list[Granted]
) -> None:
    found = ahead(records, at, rules, granted)
    looks = [found.look, *(event.after for event in found.events)]
    assert [event.at for event in found.events] == [look.held.next_change_at for look in looks[:-1]]
    last = looks[-1].held
    assert last.next_change_at is None or (last.next_change_at > found.until and not last.at_risk_since)
    for before, event in zip(looks, found.events, strict=False):
        assert event.before == before
        assert event.causes
        assert (event.before.tier != event.after.tier) <= bool(event.news)


@steady
@given(some_programmes(), some_records(), moments(), st.sampled_from([MAIN, "levels"]))
def test_every_kind_of_requirement_is_foretold(
    programme: Programme, records: Records, at: datetime, ladder: str
) -> None:
    found = ahead(records, at, [(START, programme)], ladder=ladder)
    for event in found.events:
        assert event.causes
        *_, (held, earned) = steps([(START, programme)], records, event.at, JOINED, ladder=ladder)
        assert (held, earned.tier) == (event.after.held, event.qualification.tier)


def test_the_next_two_years_of_one_consultant() -> None:
    """A tier of one Expert: at risk when it expires, kept until the review and its grace, then the tier below."""
    programme = ladder(
        [{"kind": "persons", "level": "fundamentals", "at_least": 1}],
        [{"kind": "persons", "level": "expert", "at_least": 1}],
    )
    expires = day(2026, 3, 12)
    records = Records(
        [member(1), member(2, to_at=day(2027, 1, 10))],
        [
            holding(1, "expert", START, expires),
            holding(2, "fundamentals"),
            holding(3, "master", START, day(2026, 5, 1)),
        ],
    )
    found = ahead(records, rules=[(START, programme)])
    told = [(event.at, event.after.tier, event.news, [one.what for one in event.causes]) for event in found.events]
    review, lost = day(2027, 1, 1), day(2027, 1, 1) + timedelta(days=90)
    assert told == [
        (expires, "t2", ("at_risk",), ["expires"]),
        (review, "t2", ("grace",), ["review"]),
        (day(2027, 1, 10), "t2", (), ["leaves"]),
        (lost, None, ("lost",), ["grace_ends"]),
    ]
    assert found.events[0].causes[0].member == records.members[0]
    assert [check.id for check in found.events[0].unmet] == ["r1"]
    assert found.loss is found.events[-1]


def test_a_risk_is_followed_beyond_the_horizon_to_its_end() -> None:
    programme = ladder([{"kind": "persons", "level": "expert", "at_least": 1}], every_months=36)
    records = Records(
        [member(1)], [holding(1, "expert", START, day(2027, 5, 1)), holding(1, "master", day(2028, 1, 1))]
    )
    found = ahead(records, rules=[(START, programme)])
    assert found.until == day(2027, 6, 1) < day(2028, 1, 1)
    recovered = found.events[-1]
    assert (recovered.at, recovered.news, recovered.causes[0].what) == (day(2028, 1, 1), ("recovered",), "issued")


def test_money_that_leaves_the_window_and_a_time_that_is_reached_are_named() -> None:
    programme = ladder(
        [
            {"kind": "money", "metric": "revenue", "window_months": 12, "currency": "USD", "at_least": "5.00"},
            {"kind": "tenure", "months": 20},
        ]
    )
    sale = fact("revenue", 500, "USD", day(2024, 10, 1), day(2025, 2, 1))
    records = Records(facts=[sale], joined_at=START)
    found = ahead(records, rules=[(START, programme)])
    assert [(event.at, event.news, event.causes[0].what, event.causes[0].fact) for event in found.events] == [
        (day(2025, 9, 1), ("upgrade",), "tenure", None),
        (day(2026, 2, 1), ("at_risk",), "fact_ends", sale),
        (day(2027, 1, 1), ("grace",), "review", None),
        (day(2027, 4, 1), ("lost",), "grace_ends", None),
    ]
