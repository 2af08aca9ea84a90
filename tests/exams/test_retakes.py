"""The retake policy, at its edges."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exams.retakes import HeldCredential, Policy, Verdict, add_months, next_start

POLICY = Policy()
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FREE = Verdict(True, "free")


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def test_a_first_start_is_free() -> None:
    assert next_start(POLICY, [], None, NOW) == FREE


def test_a_day_after_the_first_failure() -> None:
    over = NOW + timedelta(hours=24)
    assert next_start(POLICY, [NOW], None, over - SECOND) == Verdict(False, "waiting", over)
    assert next_start(POLICY, [NOW], None, over) == FREE


def test_two_weeks_after_a_later_failure() -> None:
    over = NOW + timedelta(days=14)
    assert next_start(POLICY, [NOW, ago(20)], None, over - SECOND) == Verdict(False, "waiting", over)
    assert next_start(POLICY, [NOW, ago(20)], None, over) == FREE


def test_a_failure_of_years_ago_does_not_make_the_next_one_a_later_one() -> None:
    assert next_start(POLICY, [ago(800), ago(2)], None, NOW) == FREE


def test_the_wait_does_not_shrink_while_the_first_failure_leaves_the_window() -> None:
    failures = [ago(364), ago(1)]
    assert next_start(POLICY, failures, None, NOW + timedelta(days=3)).from_when == ago(1) + timedelta(days=14)


def test_five_failures_in_a_rolling_year() -> None:
    failures = [ago(days) for days in (300, 250, 200, 150, 100)]
    over = add_months(ago(300), 12)
    assert next_start(POLICY, failures, None, over - SECOND) == Verdict(False, "limit_reached", over)
    assert next_start(POLICY, failures, None, over) == FREE
    assert next_start(POLICY, failures[1:], None, NOW) == FREE


def test_a_sixth_failure_waits_for_the_second_to_leave() -> None:
    failures = [ago(days) for days in (364, 250, 200, 150, 100, 20)]
    assert next_start(POLICY, failures, None, NOW).from_when == add_months(ago(250), 12)


def test_a_held_credential_until_its_renewal_window() -> None:
    opens = datetime(2026, 9, 30, tzinfo=UTC)
    held = HeldCredential(expires_at=datetime(2027, 3, 31, tzinfo=UTC))
    assert next_start(POLICY, [], held, opens - SECOND) == Verdict(False, "credential_held", opens)
    assert next_start(POLICY, [], held, opens) == FREE


def test_the_reason_told_is_the_one_that_holds_longest() -> None:
    held = HeldCredential(expires_at=add_months(NOW, 7))
    assert next_start(POLICY, [NOW], held, NOW).reason == "credential_held"
    assert next_start(POLICY, [NOW, ago(20), ago(40), ago(60), ago(350)], None, NOW).reason == "limit_reached"


COACHED = Policy(coached_wait_hours=4)
HOUR = timedelta(hours=1)


def test_a_coached_wait_ends_when_the_lessons_are_read_and_not_before_its_hours() -> None:
    assert next_start(COACHED, [NOW], None, NOW + HOUR).from_when == NOW + 24 * HOUR
    early = Verdict(False, "waiting", NOW + 4 * HOUR)
    assert next_start(COACHED, [NOW], None, NOW + 4 * HOUR - SECOND, NOW + HOUR) == early
    assert next_start(COACHED, [NOW], None, NOW + 4 * HOUR, NOW + HOUR) == FREE
    assert next_start(COACHED, [NOW], None, NOW + 6 * HOUR, NOW + 6 * HOUR) == FREE
    assert next_start(COACHED, [NOW, ago(20)], None, NOW + 4 * HOUR, NOW + HOUR) == FREE


def test_reading_shortens_nothing_where_it_is_not_offered_or_was_done_before_the_failure() -> None:
    plain = Verdict(False, "waiting", NOW + 24 * HOUR)
    assert next_start(POLICY, [NOW], None, NOW + 5 * HOUR, NOW + HOUR) == plain
    assert next_start(COACHED, [NOW], None, NOW + 5 * HOUR, NOW - SECOND) == plain


def test_reading_after_the_wait_does_not_lengthen_it() -> None:
    assert next_start(COACHED, [NOW], None, NOW + 24 * HOUR, NOW + 24 * HOUR + SECOND) == FREE


def test_reading_moves_neither_the_limit_nor_a_credential() -> None:
    failures = [NOW, *(ago(days) for days in (20, 40, 60, 350))]
    verdict = next_start(COACHED, failures, None, NOW + 5 * HOUR, NOW + HOUR)
    assert verdict == Verdict(False, "limit_reached", add_months(ago(350), 12))
    held = HeldCredential(add_months(NOW, 7))
    assert next_start(COACHED, [NOW], held, NOW + 5 * HOUR, NOW + HOUR).reason == "credential_held"


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-08-31", -6, "2026-02-28"),
        ("2026-05-05", 24, "2028-05-05"),
    ],
)
def test_calendar_months(day: str, months: int, then: str) -> None:
    assert add_months(datetime.fromisoformat(day), months) == datetime.fromisoformat(then)


instants = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1))


@given(
    st.sampled_from([POLICY, Policy(coached_wait_hours=4)]),
    st.lists(instants, max_size=12),
    st.none() | st.builds(HeldCredential, instants),
    instants,
    st.none() | instants,
)
def test_what_is_told_is_the_first_allowed_instant(
    policy: Policy, failures: list[datetime], held: HeldCredential | None, at: datetime, coached_at: datetime | None
) -> None:
    verdict = next_start(policy, failures, held, at, coached_at)
    if verdict.from_when is None:
        assert verdict == FREE
        return
    assert verdict.from_when > at
    assert next_start(policy, failures, held, verdict.from_when, coached_at) == FREE
    assert not next_start(policy, failures, held, verdict.from_when - timedelta(microseconds=1), coached_at).allowed
