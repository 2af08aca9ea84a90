"""Money: an amount is an integer of the currency's minor units beside the code; files and people use decimals."""

from decimal import Decimal
from typing import Annotated, Self

from babel.numbers import is_currency
from pydantic import AfterValidator, Field, model_validator

from app.content.schema import Number, Schema

# ISO 4217, where a unit is not cut into a hundred. Ours, not the locale data's: a stored amount may not change meaning.
_WHOLE = ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV"]
_WHOLE_REGIONAL = ["XAF", "XOF", "XPF"]
_THOUSANDTHS = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]
EXPONENTS = dict.fromkeys(_WHOLE + _WHOLE_REGIONAL, 0) | dict.fromkeys(_THOUSANDTHS, 3) | {"CLF": 4, "UYW": 4}


def exponent(currency: str) -> int:
    """How many decimals the currency has."""
    return EXPONENTS.get(currency, 2)


def to_minor(amount: Decimal, currency: str) -> int:
    """10000.50 USD is 1000050. ValueError when the amount has more decimals than its currency."""
    scaled = amount.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} has more decimals than {currency}")
    return int(scaled)


def from_minor(minor: int, currency: str) -> Decimal:
    """1000050 USD is 10000.50."""
    return Decimal(minor).scaleb(-exponent(currency))


def within_currency(amount: Decimal, currency: str | None) -> Decimal:
    """The amount, or ValueError when it has more decimals than its currency; None: any number of them."""
    if currency:
        to_minor(amount, currency)
    return amount


def _known(currency: str) -> str:
    if not is_currency(currency):
        raise ValueError("must be the three letters of a currency, such as USD")
    return currency


Amount = Annotated[Number, Field(ge=0, le=10**12)]
Currency = Annotated[str, AfterValidator(_known)]


class Price(Schema):
    """What something costs, as files say it."""

    amount: Amount
    currency: Currency

    @model_validator(mode="after")
    def _fits(self) -> Self:
        within_currency(self.amount, self.currency)
        return self
