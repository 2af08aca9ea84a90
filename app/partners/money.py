"""Money: an amount is an integer of the currency's minor units beside the code; files and people use decimals."""

from decimal import Decimal

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
