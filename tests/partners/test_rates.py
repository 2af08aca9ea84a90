"""Money in another currency is counted by the rate of its day, to the minor unit, or not at all."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.partners.records import Records
from tests.partners.making import START, day, fact, the_check
from tests.partners.some_programmes import RATES

pytestmark = pytest.mark.once

TICK = timedelta(microseconds=1)
REVENUE = {"kind": "money", "metric": "revenue", "window_months": 12, "currency": "USD"}


def rate(currency: str, to: str, rate: int | str, on: datetime = START) -> dict[str, Any]:
    return {"from": currency, "to": to, "on": on.date().isoformat(), "rate": rate}


def sold(cents: int, currency: str) -> Records:
    return Records(facts=[fact("revenue", cents, currency, day(2025, 1, 1), day(2025, 2, 1))])


@pytest.mark.parametrize(("cents", "worth"), [(1_00, 1_08), (3_00, 3_26), (5_00, 5_42), (7_00, 7_60)])
def test_half_a_cent_goes_to_the_even_one(cents: int, worth: int) -> None:
    """1.085 US dollars for a euro."""
    check = the_check(REVENUE | {"at_least": 1}, sold(cents, "EUR"), rates=RATES)
    assert check.have == worth
    (conversion,) = check.converted
    assert (conversion.worth, conversion.currency, conversion.rate) == (worth, "USD", Decimal("1.085"))


def test_the_rate_is_the_latest_of_the_day_the_period_ended_or_before() -> None:
    rates = [
        {"from": "EUR", "to": "USD", "on": on, "rate": rate} for on, rate in (("2025-01-01", 3), ("2025-02-01", 2))
    ]
    first, second = day(2025, 1, 1), day(2025, 2, 1)
    for end, have in ((first - TICK, 0), (first, 3), (second - TICK, 3), (second, 2)):
        records = Records(facts=[fact("revenue", 1, "EUR", START, end)])
        assert the_check(REVENUE | {"at_least": 1}, records, rates=rates).have == have


def test_no_rate_is_turned_round_and_none_reaches_another_currency() -> None:
    rates = [
        {"from": "USD", "to": "EUR", "on": "2024-01-01", "rate": 2},
        {"from": "GBP", "to": "USD", "on": "2024-01-01", "rate": 2},
    ]
    check = the_check(REVENUE | {"at_least": 1}, sold(100, "EUR"), rates=rates)
    assert (check.have, [why for _, why in check.left_out]) == (0, ["other_currency"])


def test_a_rate_between_currencies_of_other_decimals() -> None:
    rates = [rate("JPY", "KWD", "0.002055")]
    asked = REVENUE | {"currency": "KWD", "at_least": 1}
    assert the_check(asked, sold(1000, "JPY"), rates=rates).have == 2_055


def test_the_largest_amounts_are_converted_to_the_unit() -> None:
    rates = [rate("EUR", "USD", "123456789012.345678")]
    cents = 10**18 + 1
    check = the_check(REVENUE | {"at_least": 1}, sold(cents, "EUR"), rates=rates)
    assert check.have == round(Decimal("123456789012.345678") * 10**18) + 123456789012
