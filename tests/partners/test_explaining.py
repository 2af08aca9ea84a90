"""The explanation holds the whole proof as plain data, and reads well in both languages."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from app.canonical import canonical
from app.partners.explaining import explain_lines, packed, unpacked, with_ladders
from app.partners.proofs import Check, Who
from app.partners.records import Records
from app.partners.rules import Programme
from app.partners.tiers import Held, Qualification, steps
from app.partners.words import WORDS
from tests.partners.making import NOW, completion, day, fact, holding, ladder, last_step, member, published, side_ladder
from tests.partners.some_programmes import GRADES, OF_METRIC, OF_MONEY, RATES, some_programmes
from tests.partners.strategies import PROGRAMME, moments, some_records, steady

pytestmark = pytest.mark.once

EMAIL = published("email-reengagement")
RECORDS = Records(
    members=[member(1), member(2), member(3, "technical")],
    holdings=[holding(1, valid_to=day(2025, 2, 1)), holding(3, "advanced")],
    facts=[
        fact("customers", 12),
        fact("revenue", 10_000_50, "USD", day(2024, 11, 1), day(2024, 12, 1)),
        fact("revenue", 900_00, "EUR", day(2024, 11, 1), day(2024, 12, 1)),
    ],
)


PEOPLE = {"kind": "persons", "level": "fundamentals"}
TRAINED = {"kind": "training", "track": "fundamentals"}
WORTH = OF_MONEY | {"at_least": "5.00"}
MARKED = {"kind": "attestation", "metric": "mark", "grades": GRADES}
POINTS = {
    "kind": "points",
    "at_least": 6,
    "parts": [
        {"of": OF_METRIC, "per": 2, "points": 4, "at_most": 20, "minimum": 5},
        {"of": OF_MONEY, "per": 1, "points": 1},
    ],
}
TOLD_OF = Records(
    members=[member(1), member(2)],
    holdings=[holding(1)],
    facts=[
        fact("customers", 3),
        fact("revenue", 2_00, "EUR", day(2025, 5, 1), NOW),
        fact("mark", 1, evidence="minutes.pdf"),
        fact("mark", 3),
    ],
    completions=[completion(1, "a")],
    courses={"fundamentals": frozenset("a")},
    joined_at=day(2025, 3, 1),
)


def explained(year: int, month: int, number: int) -> dict[str, Any]:
    held, qualification = last_step(EMAIL, RECORDS, day(year, month, number), date(2024, 1, 1))
    return shown(qualification, held)


def shown(qualification: Qualification, held: Held) -> dict[str, Any]:
    """The explanation as it comes back from where it is kept."""
    return unpacked(json.loads(canonical(packed(qualification, held))))


def test_the_data_names_what_is_held_earned_and_why() -> None:
    data = explained(2025, 1, 15)
    assert (data["programme"], data["held"]["id"], data["earned"]["id"]) == ("email-reengagement", "bronze", "bronze")
    assert data["since"] == "2024-12-01T00:00:00+00:00"
    assert data["next_change_at"] == "2025-02-01T00:00:00+00:00"
    assert [tier["id"] for tier in data["tiers"]] == ["bronze", "silver", "gold", "platinum"]


def test_a_requirement_names_persons_credentials_facts_and_gap() -> None:
    sales, customers, revenue, training = explained(2025, 1, 15)["tiers"][1]["requirements"]
    assert [who["credential"] for who in sales["people"]] == ["credential-1-fundamentals"]
    assert [who["name"] for who in sales["candidates"]] == ["Person 2"]
    assert (customers["have"], customers["need"], customers["gap"], customers["met"]) == (12, 15, 3, False)
    assert (revenue["currency"], revenue["gap"]) == ("USD", 39_999_50)
    assert [(row["value"], row["reason"]) for row in revenue["left_out"]] == [(900_00, "other_currency")]
    assert (training["met"], training["name"]) == (True, {"es": "Formación avanzada", "en": "Advanced training"})


def test_the_lines_say_it_in_english() -> None:
    lines = explain_lines(explained(2025, 1, 15), "en")
    assert lines[:3] == [
        "AI Email Re-engagement, 15 Jan 2025",
        "Tier: Bronze, since 1 Dec 2024",
        "Nothing changes by itself before 1 Feb 2025",
    ]
    assert "Silver: not met" in lines
    assert "  [ ] Certified salespeople: 1 of 2; 1 missing" in lines
    assert "      counts Person 1 (Fundamentals, credential-1-fundamentals, until 1 Feb 2025)" in lines
    assert "      could earn it: Person 2" in lines
    assert "  [ ] Annual revenue: $10,000.50 of $50,000.00; $39,999.50 missing" in lines
    assert "      not counted, other currency: €900.00, from 1 Nov 2024 to 1 Dec 2024, test" in lines


def test_the_lines_say_it_in_spanish() -> None:
    lines = explain_lines(explained(2025, 1, 15), "es")
    assert lines[1] == "Categoría: Bronze, desde el 1 dic 2024"
    assert "  [x] Clientes: 12 de 5" in lines
    assert "  [ ] Clientes: 12 de 15; falta: 3" in lines


def test_a_tier_at_risk_says_since_when_and_what_comes() -> None:
    at_risk = explain_lines(explained(2025, 3, 1), "en")
    assert at_risk[2:4] == ["At risk since 1 Feb 2025: today's data earn none", "Anniversary review: 1 Jan 2026"]
    in_grace = explain_lines(explained(2026, 1, 1), "en")
    assert in_grace[3:5] == ["Grace until 1 Apr 2026", "Nothing changes by itself before 1 Apr 2026"]
    lost = explain_lines(explained(2026, 4, 1), "en")
    assert lost[1:3] == ["Tier: none, since 1 Apr 2026", "Nothing changes by itself"]


TOLD = [
    ({"kind": "team", "requirements": [PEOPLE | {"at_least": 2}]}, "r1: 1 of 2; 1 missing"),
    (PEOPLE | {"at_least": 2}, "could earn it: Person 2"),
    (TRAINED | {"share_percent": "95"}, "r1: 1 of 2 (at least 95 % of the 2 people present); 1 missing"),
    (TRAINED | {"more_than_percent": "2.5"}, "r1: 1 of 1 (more than 2.5 % of the 2 people present)"),
    (TRAINED | {"at_least": 2}, "counts Person 1 (Fundamentals, credential-1-fundamentals), completed on 1 Jan 2024"),
    (TRAINED | {"at_least": 2}, "could complete it: Person 2"),
    (OF_METRIC | {"more_than": 3}, "r1: 3; asked for: more than 3; 1 missing"),
    (OF_METRIC | {"at_least": 1, "below": 3}, "r1: 3; asked for: at least 1 and below 3; 1 too much"),
    (OF_METRIC | {"at_most": 3}, "r1: 3; asked for: at most 3"),
    (WORTH, "r1: $2.17 of $5.00; $2.83 missing"),
    (WORTH, "€2.00 = $2.17 (rate 1.085 of 1 Jan 2024), from 1 May 2025 to 1 Jun 2025, test"),
    ({"kind": "tenure", "months": 6}, "r1: 6 months since 1 Mar 2025 are reached on 1 Sep 2025"),
    ({"kind": "tenure", "months": 3}, "r1: 3 months since 1 Mar 2025, reached on 1 Jun 2025"),
    (MARKED | {"grade": 2}, "r1: Grade 1; asked for: Grade 2"),
    (MARKED | {"grade": 2}, "Grade 1, since 1 Jan 2024, test, evidence: minutes.pdf"),
    (MARKED | {"grade": 2}, "not counted, without evidence: Grade 3, since 1 Jan 2024, test"),
    (MARKED | {"grade": 2, "metric": "other"}, "r1: none attested; asked for: Grade 2"),
    ({"kind": "agreement", "metric": "signed"}, "r1: none in force"),
    ({"kind": "agreement", "metric": "customers"}, "r1: in force"),
    ({"kind": "previous", "ladder": "levels", "tier": "t1"}, "r1: what Tier 1 asks for is not met"),
    (POINTS, "r1: 6 of 6; a part is below its minimum"),
    (POINTS, "r1-1: 4 points for 3: 4 for every 2, at most 20; 1 missing to the minimum of 5"),
    (POINTS, "r1-2: 2 points for $2.17: 1 for every $1.00"),
]


@pytest.mark.parametrize(("requirement", "line"), TOLD)
def test_each_kind_has_its_sentence(requirement: dict[str, Any], line: str) -> None:
    programme = ladder([requirement], rates=RATES, ladders=[side_ladder([OF_METRIC | {"at_least": 9}])])
    explanation = shown(*reversed(last_step(programme, TOLD_OF, NOW, NOW.date())))
    lines = [told.strip().removeprefix("[x] ").removeprefix("[ ] ") for told in explain_lines(explanation, "en")]
    assert line in lines
    assert len(explain_lines(explanation, "es")) == len(lines)


def test_the_other_ladders_the_rules_and_the_knowledge_are_told_too() -> None:
    programme = ladder([], ladders=[side_ladder([OF_METRIC | {"at_least": 1}])])
    main, other = (
        unpacked(packed(qualification, held, "abc123", NOW))
        for held, qualification in (
            [*steps([(NOW, programme)], TOLD_OF, NOW, NOW.date(), ladder=name)][-1] for name in ("tiers", "levels")
        )
    )
    whole = with_ladders(main, [other])
    assert (whole["held"]["id"], whole["ladders"]["levels"]["earned"]["id"]) == ("t1", "t1")
    assert whole["version"] == {"hash": "abc123", "effective_from": NOW.isoformat()}
    assert whole["known_at"] == NOW.isoformat()
    lines = explain_lines(whole, "en")
    assert "Rules in force since 1 Jun 2025, version abc123" in lines
    assert "As it was known on 1 Jun 2025" in lines
    assert "Small, Levels, 1 Jun 2025" in lines


def test_what_was_kept_before_there_were_more_kinds_is_told() -> None:
    kept = packed(*reversed(last_step(EMAIL, RECORDS, day(2025, 1, 15), date(2024, 1, 1))))
    old = {name: value for name, value in kept.items() if name not in ("ladder", "version", "known_at")}
    for tier in old["tiers"]:
        for check in tier["requirements"]:
            for name in ("terms", "excess", "converted"):
                del check[name]
    for one in old["shared"]:
        for name in {"region", "done_at", "evidence", "corrects"} & one.keys():
            del one[name]
    assert explain_lines(unpacked(old), "en") == explain_lines(explained(2025, 1, 15), "en")


def test_both_languages_say_the_same_things() -> None:
    assert WORDS["es"].keys() == WORDS["en"].keys()


@steady
@given(some_programmes(), some_records(), moments())
def test_any_explanation_is_plain_data_and_can_be_told(programme: Programme, records: Records, at: Any) -> None:
    held, qualification = last_step(programme, records, at, date(2024, 1, 1))
    data = shown(qualification, held)
    assert len(explain_lines(data, "es")) == len(explain_lines(data, "en")) >= 4


@steady
@given(some_records(), moments())
def test_any_explanation_has_everyone_and_everything_in_their_places(records: Records, at: Any) -> None:
    held, qualification = last_step(PROGRAMME, records, at, date(2024, 1, 1))
    for tier, proof in zip(shown(qualification, held)["tiers"], qualification.ladder, strict=True):
        for said, check in zip(tier["requirements"], proof.checks, strict=True):
            assert_says(said, check)


def assert_says(said: dict[str, Any], check: Check) -> None:
    assert [(who["person"], who["credential"]) for who in said["people"]] == named(check.people)
    assert [(who["person"], who["credential"]) for who in said["candidates"]] == named(check.candidates)
    assert [row["fact"] for row in said["facts"]] == [one.id for one in check.facts]
    assert [(row["fact"], row["reason"]) for row in said["left_out"]] == [(one.id, why) for one, why in check.left_out]
    for part, inner in zip(said["requirements"], check.checks, strict=True):
        assert_says(part, inner)


def named(people: Iterable[Who]) -> list[tuple[int, str | None]]:
    return [(who.person_id, who.public_id) for who in people]


def test_what_is_kept_names_each_person_and_each_fact_once() -> None:
    held, qualification = last_step(EMAIL, RECORDS, day(2025, 1, 15), date(2024, 1, 1))
    kept = canonical(packed(qualification, held)).decode()
    assert [kept.count(name) for name in ("Person 1", "Person 2", "Person 3")] == [1, 1, 1]
    assert kept.count('"recorded_at"') == len(RECORDS.facts)
    assert json.dumps(shown(qualification, held)).count("Person 1") > 1


def test_what_was_kept_whole_is_shown_as_it_is() -> None:
    whole = shown(*reversed(last_step(EMAIL, RECORDS, day(2025, 1, 15), date(2024, 1, 1))))
    assert "shared" not in whole
    assert unpacked(whole) == whole
