"""A figure of a programme against what there is: at its bound, around it, before and after its last day."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.partners.counting import came_in, recorded
from app.partners.figures import BOUNDS
from app.partners.particulars import Figure, Series, return_of
from app.partners.records import Fact
from app.partners.rules import Rate
from app.partners.targets import judge, judged, mean

pytestmark = pytest.mark.once
PERIOD = {"es": "Año", "en": "Year"}
NAME = {"es": "Meta", "en": "Target"}
AT = datetime(2026, 7, 1, tzinfo=UTC)


def figure(**bounds: object) -> Figure:
    exact = {name: Decimal(str(value)) if name in BOUNDS else value for name, value in bounds.items()}
    return Figure.model_validate({"period": PERIOD} | exact)


def series(*values: Figure, **fields: object) -> Series:
    given = {"id": "target", "name": NAME, "values": values}
    return Series.model_validate(given | fields)


def fact(value: int, start: str, end: str | None = None, currency: str | None = None, number: int = 1) -> Fact:
    first = datetime.fromisoformat(start).replace(tzinfo=UTC)
    last = datetime.fromisoformat(end).replace(tzinfo=UTC) if end else None
    return Fact(number, "metric", value, currency, first, last, first, "test")


@pytest.mark.parametrize(
    ("bounds", "have", "over", "status", "percent"),
    [
        ({"at_least": 10}, 10, False, "met", None),
        ({"at_least": 10}, 9, False, "under_way", 90),
        ({"at_least": 10}, 9, True, "missed", 90),
        ({"at_least": 10}, None, True, "unmeasured", None),
        ({"at_least": 0}, 0, False, "met", None),
        ({"more_than": 95}, 95, False, "under_way", 99),
        ({"more_than": 95}, Decimal("95.1"), True, "met", None),
        ({"below": 30}, 30, False, "under_way", None),
        ({"below": 30}, 29, False, "met", None),
        ({"at_most": 30}, 31, True, "missed", None),
        ({"at_least": 5, "at_most": 10}, 4, False, "under_way", 80),
        ({"at_least": 5, "at_most": 10}, 10, False, "met", None),
        ({"at_least": 5, "at_most": 10}, 11, False, "beyond", None),
        ({"at_least": 200}, -5, False, "under_way", 0),
    ],
)
def test_a_figure_against_what_there_is(
    bounds: dict[str, int], have: int | Decimal | None, over: bool, status: str, percent: int | None
) -> None:
    there = None if have is None else Decimal(have)
    assert judge(figure(**bounds), there, is_over=over) == (status, percent)


def test_a_date_that_is_past_is_looked_at_on_its_last_day_and_the_next_one_is_marked() -> None:
    past, coming, later = (figure(by=date(year, 6, 30), at_least=10) for year in (2026, 2027, 2029))
    seen: list[datetime] = []

    def measured(_figure: Figure, at: datetime) -> Decimal:
        seen.append(at)
        return Decimal(8)

    found = judged(series(later, past, coming), measured, AT)
    assert [one.status for one in found] == ["under_way", "missed", "under_way"]
    assert [one.is_next for one in found] == [False, False, True]
    assert seen == [AT, AT, AT]  # the first of July is the end of the thirtieth of June
    judged(series(past), measured, datetime(2026, 12, 1, tzinfo=UTC))
    assert seen[-1] == AT


def test_money_is_of_the_window_and_never_mixed() -> None:
    window = figure(by=date(2026, 6, 30), months=3, at_least=100)
    asked = series(window, metric="revenue", unit="money", currency="USD")
    facts = {
        1: [
            fact(1000, "2026-03-01", "2026-04-01", "USD"),  # over when the quarter begins: of the one before
            fact(2000, "2026-04-01", "2026-05-01", "USD"),
            fact(4000, "2026-06-01", "2026-07-01", "USD"),
            fact(8000, "2026-07-01", "2026-08-01", "USD"),  # not over yet
        ],
        2: [fact(1000, "2026-05-01", "2026-06-01", "EUR"), fact(99, "2026-05-01", "2026-06-01", "MXN")],
        3: [fact(5, "2026-05-01", "2026-06-01", "MXN")],
    }
    without = recorded(facts, asked, window, (), AT)
    assert (dict(without.values), without.left_out) == ({1: Decimal(60)}, 3)
    rate = Rate.model_validate({"from": "EUR", "to": "USD", "on": date(2026, 1, 1), "rate": Decimal("1.1")})
    converted = recorded(facts, asked, window, [rate], AT)
    assert (dict(converted.values), converted.left_out) == ({1: Decimal(60), 2: Decimal(11)}, 2)
    assert converted.total(asked) == Decimal(71)
    assert recorded({}, asked, window, (), AT).total(asked) is None


def test_counts_add_up_and_scores_are_the_average_of_each_partners_latest() -> None:
    aim = figure(at_least=8)
    facts = {
        1: [fact(6, "2026-01-01"), fact(9, "2026-02-01", number=2)],
        2: [fact(4, "2026-01-01")],
        3: [fact(10, "2026-08-01")],
        4: [fact(10, "2026-01-01", "2026-07-01")],
    }
    scores, counts = series(aim, metric="metric", unit="score"), series(aim, metric="metric")
    assert recorded(facts, scores, aim, (), AT).total(scores) == Decimal("6.5")
    assert recorded(facts, counts, aim, (), AT).total(counts) == Decimal(19)


def test_what_came_in_during_some_days() -> None:
    start, end = datetime(2026, 4, 1, tzinfo=UTC), AT
    facts = [fact(100, "2026-03-01", "2026-04-01", "USD"), fact(200, "2026-06-01", "2026-07-01", "USD")]
    assert came_in(facts, "USD", (), start, end) == (Decimal(2), 0)
    assert came_in([fact(1, "2026-05-01", None, "EUR")], "USD", (), start, end) == (Decimal(0), 1)


def test_the_two_formulas_of_the_return() -> None:
    assert return_of("ratio", Decimal(500000), Decimal(700000)).quantize(Decimal("0.1")) == Decimal("0.7")
    assert return_of("gain_percent", Decimal(200000), Decimal(50000)) == 300
    assert mean([]) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"metric": "revenue", "measure": "active_partners"},
        {"metric": "revenue", "unit": "money", "currency": "USD"},
    ],
)
def test_a_series_that_says_two_things_or_no_window(fields: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="must name"):
        series(figure(at_least=1), **fields)
    with pytest.raises(ValueError, match="must name"):
        series(figure(at_least=1, months=3))
