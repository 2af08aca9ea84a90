"""The answers are those of brute force, for any programme, records and instant, and they turn at the edges only."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given

from app.partners.proofs import Check
from app.partners.records import Records
from app.partners.requirements import every_requirement
from app.partners.rules import Programme
from app.partners.tiers import Qualification, qualify
from tests.partners.brute import Naive
from tests.partners.making import START
from tests.partners.some_programmes import some_programmes
from tests.partners.strategies import moments, some_records, steady

pytestmark = pytest.mark.once

LADDERS = ["tiers", "levels"]
SECOND = timedelta(seconds=1)


@steady
@given(some_programmes(), some_records(8), moments())
def test_every_check_is_what_brute_force_says(programme: Programme, records: Records, at: datetime) -> None:
    assert_agrees(programme, records, at)


def assert_agrees(programme: Programme, records: Records, at: datetime) -> None:
    naive = Naive(programme, records, at)
    for ladder in LADDERS:
        earned = qualify(programme, records, at, ladder)
        assert earned.tier == naive.earned(ladder)
        for proof, tier in zip(earned.ladder, naive.tiers(ladder), strict=True):
            for check, asked in zip(proof.checks, tier.requirements, strict=True):
                assert_check(check, asked, naive, ladder)


def assert_check(check: Check, asked: Any, naive: Naive, ladder: str) -> None:
    assert (check.id, check.kind, check.have) == (asked.id, asked.kind, naive.have(asked, ladder))
    assert check.met is naive.met(asked, ladder)
    assert (check.gap > 0) is (check.have < check.need)
    if asked.kind == "persons":
        assert_people(check, asked, naive)
    elif asked.kind == "team":
        assert_team(check, asked, naive)
    elif asked.kind == "training":
        assert {who.person_id for who in check.people} == naive.trained(asked)
    elif asked.kind == "points":
        assert [part.have for part in check.checks] == [naive.score(part) for part in asked.parts]
    elif asked.kind in ("all_of", "any_of", "some_of"):
        for part, inner in zip(check.checks, asked.requirements, strict=True):
            assert_check(part, inner, naive, ladder)


def assert_people(check: Check, asked: Any, naive: Naive) -> None:
    fitting = naive.fitting(asked)
    assert [who.person_id for who in check.people] == sorted(fitting)
    wanted = set() if check.met else naive.asked_of(asked) - fitting
    assert {who.person_id for who in check.candidates} == wanted


def assert_team(check: Check, asked: Any, naive: Naive) -> None:
    """Each part has fitting persons, nobody is in two, and whoever is named as candidate would fill a place."""
    placed = [who.person_id for part in check.checks for who in part.people]
    assert len(placed) == len(set(placed)) == check.have
    for n, (part, inner) in enumerate(zip(check.checks, asked.requirements, strict=True)):
        fitting = naive.fitting(inner)
        assert {who.person_id for who in part.people} <= fitting
        assert part.have == len(part.people) <= part.need == inner.at_least
        helping = {one for one in naive.asked_of(inner) - fitting if naive.would_help(asked, n, one)}
        assert {who.person_id for who in part.candidates} == helping


@steady
@given(some_programmes(), some_records())
def test_between_two_edges_nothing_turns(programme: Programme, records: Records) -> None:
    edges = list(edges_of(programme, records))
    for edge, following in pairwise(edges):
        for at in (edge - SECOND, edge, edge + SECOND):
            assert_earns(programme, records, at)
        assert answers(programme, records, edge) == answers(programme, records, following - timedelta(microseconds=1))


def edges_of(programme: Programme, records: Records) -> Iterator[datetime]:
    """From a year before the first records on."""
    edge: datetime | None = START - timedelta(days=365)
    while edge:
        yield edge
        edge = qualify(programme, records, edge).next_change_at


def assert_earns(programme: Programme, records: Records, at: datetime) -> None:
    naive = Naive(programme, records, at)
    assert [qualify(programme, records, at, one).tier for one in LADDERS] == [naive.earned(one) for one in LADDERS]


def answers(programme: Programme, records: Records, at: datetime) -> list[Any]:
    """What brute force counts for every requirement, and whether it is met."""
    naive = Naive(programme, records, at)
    return [
        (naive.have(one, ladder), naive.met(one, ladder))
        for ladder in LADDERS
        for tier in naive.tiers(ladder)
        for one in every_requirement(tier.requirements)
    ]


@steady
@given(some_programmes(), some_records(), moments())
def test_the_order_of_the_records_changes_no_proof(programme: Programme, records: Records, at: datetime) -> None:
    turned = Records(
        records.members[::-1],
        records.holdings[::-1],
        records.facts[::-1],
        records.completions[::-1],
        records.courses,
        records.joined_at,
    )
    for ladder in LADDERS:
        one, other = qualify(programme, turned, at, ladder), qualify(programme, records, at, ladder)
        assert replace(one, ladder=()) == replace(other, ladder=())
        assert [*map(counted, checks_in(one))] == [*map(counted, checks_in(other))]


def checks_in(earned: Qualification) -> Iterator[Check]:
    return (check for proof in earned.ladder for check in proof.checks)


def counted(check: Check) -> Any:
    """What and who counts, also in the parts: not as what, for a person may be a member twice at one time."""
    return check.have, [who.person_id for who in check.people], check.facts, [*map(counted, check.checks)]
