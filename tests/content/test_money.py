"""Amounts: exact between decimals and minor units, by the currency's own decimals."""

from decimal import Decimal

import pytest
from babel.numbers import is_currency

from app.content.money import EXPONENTS, from_minor, to_minor

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("10000.50", "USD", 1_000_050),
        ("10000", "USD", 1_000_000),
        ("-0.01", "EUR", -1),
        ("5000", "CLP", 5_000),
        ("1.005", "KWD", 1_005),
        ("1.0001", "CLF", 10_001),
    ],
)
def test_an_amount_and_its_minor_units_are_one(amount: str, currency: str, minor: int) -> None:
    assert to_minor(Decimal(amount), currency) == minor
    assert from_minor(minor, currency) == Decimal(amount)


@pytest.mark.parametrize(("amount", "currency"), [("0.001", "USD"), ("0.5", "CLP"), ("1.00001", "CLF")])
def test_what_the_currency_cannot_hold_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match="more decimals"):
        to_minor(Decimal(amount), currency)


def test_the_exceptions_are_currencies() -> None:
    assert [code for code in EXPONENTS if not is_currency(code)] == []
