"""Plans: each is enough when it is carried out, and no cheaper one is, as trying every other one shows."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain, combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.content.levels import LEVELS
from app.partners.plan_model import Growth, amounts
from app.partners.planner import Path, Plan, Ways, cheapest_path
from app.partners.records import Completion, Member, Records
from app.partners.requirements import every_requirement
from app.partners.rules import Programme
from app.partners.tiers import qualify
from app.partners.timeline import timeline
from tests.partners.making import START, day, fact, holding, ladder, member, published

NOW = day(2026, 1, 1)
WAYS = Ways(
    gates=dict(zip(LEVELS, [None, *LEVELS], strict=False)),
    courses={level: {f"{level}-course": 60 * (n + 1)} for n, level in enumerate(LEVELS)},
)
# The brute force knows two levels, so that it ends.
SHORT = Ways(
    gates={"fundamentals": None, "advanced": "fundamentals"},
    courses=WAYS.courses,
    fees={"fundamentals": ("USD", 5000), "advanced": ("MXN", 9000)},
)
COURSES = {level: frozenset({f"{level}-course"}) for level in LEVELS}
SALES = {"kind": "persons", "level": "fundamentals", "job_role": "sales", "at_least": 1}
ADVANCED = {"kind": "persons", "level": "advanced", "at_least": 1}
CUSTOMERS = {"kind": "metric", "metric": "customers", "at_least": 3}
FEW = {"kind": "metric", "metric": "customers", "at_least": 1, "at_most": 2}
REVENUE = {"kind": "money", "metric": "revenue", "window_months": 12, "currency": "USD", "more_than": "2.00"}
SIGNED = {"kind": "agreement", "metric": "signed"}
TENURE = {"kind": "tenure", "months": 30}
TRAINED = {"kind": "training", "track": "fundamentals", "more_than_percent": 50}
VALUE = {
    "kind": "attestation",
    "metric": "value",
    "grade": 2,
    "grades": [{"value": n, "name": {"es": str(n), "en": str(n)}} for n in (1, 2, 3)],
}
TEAM = {"kind": "team", "requirements": [SALES, ADVANCED]}


def test_a_date_is_not_met_by_waiting() -> None:
    """The participation has to be older: another way is found even where it costs more, or none."""
    records = Records([member(1)], joined_at=NOW)
    programme = ladder(
        [{"kind": "any_of", "requirements": [TENURE, {"kind": "all_of", "requirements": [SIGNED, CUSTOMERS]}]}]
    )
    waiting = cheapest_path(programme, records, NOW, "t1", WAYS)
    done = cheapest_path(programme, records, NOW, "t1", WAYS, may_wait=False)
    assert waiting and (waiting.growth, waiting.wait_until) == ((), day(2028, 7, 1))
    assert done and ({one.metric for one in done.growth}, done.wait_until) == ({"signed", "customers"}, None)
    assert cheapest_path(ladder([TENURE]), records, NOW, "t1", WAYS, may_wait=False) is None


def points(*parts: tuple[dict[str, Any], int, int], at_least: int) -> dict[str, Any]:
    """Parts of what is counted, the points of each and its minimum."""
    named = [
        {"id": f"p{n}", "name": {"es": "p", "en": "p"}, "of": of, "per": 1, "points": each, "minimum": minimum}
        for n, (of, each, minimum) in enumerate(parts)
    ]
    return {"kind": "points", "at_least": at_least, "parts": named}


SCORE = points(
    ({"kind": "persons", "level": "fundamentals"}, 2, 2), ({"kind": "metric", "metric": "customers"}, 1, 0), at_least=4
)
PROGRAMMES = [
    ladder([SALES, CUSTOMERS]),
    ladder([TEAM, REVENUE]),
    ladder([{"kind": "any_of", "requirements": [ADVANCED, CUSTOMERS, SIGNED]}]),
    ladder([{"kind": "some_of", "at_least": 2, "requirements": [TRAINED, FEW, VALUE, TENURE]}]),
    ladder([SALES], [{"kind": "previous", "tier": "t1"}, {**ADVANCED, "exactly": True}]),
    ladder([SCORE]),
    ladder([SCORE, FEW, TRAINED]),
]


def some_cases() -> st.SearchStrategy[Records]:
    """Up to three people and what little they hold, and a few facts; the participation is two years old."""
    people = st.integers(1, 3)
    roles = st.sampled_from(["sales", "technical"])
    holdings = st.builds(holding, people, st.sampled_from(LEVELS[:3]))
    facts = st.builds(
        lambda kind, value: fact(kind[0], value * (100 if kind[1] else 1), kind[1], valid_from=day(2025, 6, 1)),
        st.sampled_from([("customers", None), ("revenue", "USD"), ("signed", None), ("value", None)]),
        st.integers(0, 2),
    )
    done = st.builds(lambda person: Completion(person, "fundamentals", "fundamentals-course", START), people)
    return st.builds(
        lambda *parts: Records(*parts, courses=COURSES, joined_at=START),
        st.lists(st.builds(member, people, roles), max_size=3, unique_by=lambda one: one.person_id),
        st.lists(holdings, max_size=2),
        st.lists(facts, max_size=3),
        st.lists(done, max_size=2),
    )


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(PROGRAMMES), some_cases())
def test_a_plan_is_enough_and_no_other_is_cheaper(programme: Programme, records: Records) -> None:
    tier = programme.tiers[-1].id
    plan = cheapest_path(programme, records, NOW, tier, SHORT)
    best = min((cost(one, programme, records) for one in every_plan(programme, records, tier)), default=None)
    if plan is None:
        assert best is None
        return
    assert is_met(programme, carried_out(records, plan), tier)
    if any(path.person_id is None for path in plan.people):
        assert best is None, "nobody joins where the present members are enough"
    else:
        assert cost(plan, programme, records) == best


def every_plan(programme: Programme, records: Records, tier: str) -> Iterator[Plan]:
    """Every plan without newcomers that is enough."""
    ways = [list(every_path(records, one)) for one in records.members]
    for paths in product(*ways):
        for growth, wait in every_growth(programme, records):
            plan = Plan(tier, tuple(path for path in paths if path), growth, wait)
            if is_met(programme, carried_out(records, plan), tier):
                yield plan


def every_path(records: Records, one: Member) -> Iterator[Path | None]:
    """Every choice of courses, and of exams whose courses and gates they open."""
    levels = ("fundamentals", "advanced")
    done = {completion.track for completion in records.completions if completion.person_id == one.person_id}
    held = {credential.level for credential in records.holdings if credential.person_id == one.person_id}
    todo = [level for level in levels if level not in done]
    for studied, sat in product(subsets(todo), subsets(level for level in levels if level not in held)):
        gated = "advanced" not in sat or held or "fundamentals" in sat
        if gated and done.union(studied).issuperset(sat):
            courses = tuple((level, f"{level}-course") for level in studied)
            yield path(one, courses, sat) if courses or sat else None


def path(one: Member, courses: Sequence[tuple[str, str]], exams: Sequence[str]) -> Path:
    minutes = sum(SHORT.courses[track][course] for track, course in courses)
    return Path(one.person_id, one.name, one.job_role, None, tuple(courses), tuple(exams), minutes, SHORT.cost(exams))


def every_growth(programme: Programme, records: Records) -> Iterator[tuple[tuple[Growth, ...], datetime | None]]:
    choices = [
        [None, *(Growth(*thing, amount) for amount in steps)] for thing, steps in steps_of(programme, records).items()
    ]
    for chosen in product(*choices):
        grown = tuple(one for one in chosen if one and one.kind != "wait")
        waits = [one.amount for one in chosen if one and one.kind == "wait"]
        yield grown, datetime.fromtimestamp(waits[0], NOW.tzinfo) if waits else None


def steps_of(programme: Programme, records: Records) -> dict[Any, list[int]]:
    moment = timeline(programme, records).moment("tiers", NOW)
    asked = every_requirement(one for tier in programme.tiers for one in tier.requirements)
    found: dict[Any, set[int]] = {}
    for thing, amount in amounts(asked, moment):
        found.setdefault(thing, set()).add(amount)
    return {thing: sorted(steps) for thing, steps in found.items()}


def cost(plan: Plan, programme: Programme, records: Records) -> tuple[int, ...]:
    """What is made least, the most important first."""
    steps = steps_of(programme, records)
    wait = int(plan.wait_until.timestamp()) if plan.wait_until else None
    ranks = [steps[one.kind, one.metric, one.currency].index(one.amount) for one in plan.growth]
    ranks += [steps["wait", "", None].index(wait)] if wait else []
    steps_taken = sum(len(one.exams) + len(one.courses) for one in plan.people)
    return len(ranks), sum(ranks), plan.minutes, plan.fees.get("MXN", 0), plan.fees.get("USD", 0), steps_taken


def carried_out(records: Records, plan: Plan) -> Records:
    """What will be known once the plan is done, at the same instant: waiting is having begun long before."""
    people = [(path.person_id or 1000 + n, path) for n, path in enumerate(plan.people)]
    waited = timedelta(days=3650) if plan.wait_until else timedelta()
    return replace(
        records,
        members=[*records.members, *(joined(number, one) for number, one in people if one.person_id is None)],
        holdings=[*records.holdings, *(holding(number, level) for number, one in people for level in one.exams)],
        completions=[*records.completions, *(Completion(n, *c, NOW) for n, one in people for c in one.courses)],
        facts=[*records.facts, *(grown(one) for one in plan.growth)],
        joined_at=(records.joined_at or NOW) - waited,
    )


def joined(number: int, one: Path) -> Member:
    return replace(member(number, one.job_role or "management"), region=one.region)


def grown(one: Growth) -> Any:
    proven = "seen" if one.kind == "attestation" else None
    return replace(fact(one.metric, one.amount, one.currency, valid_from=NOW), evidence=proven)


def is_met(programme: Programme, records: Records, tier: str) -> bool:
    proof = qualify(programme, records, NOW).proof(tier)
    return proof is not None and proof.met


def subsets(things: Any) -> Iterator[tuple[Any, ...]]:
    every = list(things)
    return chain.from_iterable(combinations(every, size) for size in range(len(every) + 1))


def test_the_one_with_the_least_left_to_study_takes_the_exam() -> None:
    records = Records([member(1), member(2)], joined_at=START)
    ways = replace(WAYS, left={(2, "fundamentals-course"): 10})
    plan = cheapest_path(ladder([SALES]), records, NOW, "t1", ways)
    assert plan and [(one.person_id, one.exams, one.minutes) for one in plan.people] == [(2, ("fundamentals",), 10)]


def test_of_two_exams_with_nothing_to_study_the_cheaper_one_is_sat() -> None:
    either = [
        {**ADVANCED, "exactly": True},
        {"kind": "persons", "level": "fundamentals", "exactly": True, "at_least": 1},
    ]
    for cheaper, dearer in (("advanced", "fundamentals"), ("fundamentals", "advanced")):
        ways = Ways({"fundamentals": None, "advanced": None}, fees={cheaper: ("USD", 3000), dearer: ("USD", 5000)})
        programme = ladder([{"kind": "any_of", "requirements": either}])
        plan = cheapest_path(programme, Records([member(1)], joined_at=START), NOW, "t1", ways)
        assert plan and [one.exams for one in plan.people] == [(cheaper,)]
        assert plan.fees == {"USD": 3000}


def test_whoever_is_missing_joins_with_the_work_that_is_asked_for() -> None:
    records = Records([member(1, "technical")], joined_at=START)
    plan = cheapest_path(ladder([{**SALES, "at_least": 2, "region": "mx"}]), records, NOW, "t1", WAYS)
    assert plan and [(one.person_id, one.job_role, one.region) for one in plan.people] == [(None, "sales", "mx")] * 2


def test_nothing_can_be_done_for_a_tier_that_asks_for_itself_or_for_an_exam_that_there_is_not() -> None:
    records = Records([member(1)], joined_at=START)
    circle = ladder([{"kind": "previous", "tier": "t1"}])
    assert cheapest_path(circle, records, NOW, "t1", WAYS) is None
    master = ladder([{**SALES, "level": "master"}])
    assert cheapest_path(master, records, NOW, "t1", SHORT) is None
    assert cheapest_path(ladder([FEW]), replace(records, facts=[fact("customers", 5)]), NOW, "t1", WAYS) is None
    assert cheapest_path(ladder([CUSTOMERS, FEW]), records, NOW, "t1", WAYS) is None, "three are more than two"


def test_a_tier_that_is_met_asks_for_nothing() -> None:
    records = Records([member(1)], [holding(1)], joined_at=START)
    assert cheapest_path(ladder([SALES]), records, NOW, "t1", WAYS) == Plan("t1", (), (), None)


def test_time_cannot_be_bought() -> None:
    plan = cheapest_path(ladder([TENURE]), Records(joined_at=START), NOW, "t1", WAYS)
    assert plan == Plan("t1", (), (), day(2026, 7, 1))
    assert cheapest_path(ladder([TENURE]), Records(), NOW, "t1", WAYS) is None


@pytest.mark.parametrize("tier", ["gold", "platinum"])
def test_on_a_large_team_it_is_never_worse_than_taking_whoever_comes_first(tier: str) -> None:
    programme = published("email-reengagement")
    team = [member(n, "sales" if n % 2 else "technical") for n in range(1, 101)]
    left = {(n, "fundamentals-course"): 1 + n * 37 % 59 for n in range(1, 101)}
    records = Records(team, [holding(7), holding(8, "expert")], joined_at=START)
    plan = cheapest_path(programme, records, NOW, tier, replace(WAYS, left=left))
    assert plan and is_met(programme, carried_out(records, plan), tier)
    need = {"gold": 4, "platinum": 9}[tier]
    greedy = sorted(left[n, "fundamentals-course"] for n in range(1, 101) if n % 2 and n != 7)[:need]
    assert plan.minutes == sum(greedy), "here taking the shortest ways one after another is the best"
