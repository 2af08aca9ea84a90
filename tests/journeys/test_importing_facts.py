"""Importing facts: all or nothing, once however often and however many at once, and the standings follow."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.journeys import importing_facts
from app.journeys.invariants import verify_all
from app.journeys.recording_facts import correct_fact
from app.ledger.deeds import Deed
from app.partners.accounts import add_account
from app.partners.fact_effects import effects_of
from app.partners.fact_mapping import FactMapping
from app.partners.fact_rows import read_facts
from app.partners.facts import Fact, facts_about
from app.partners.imports import save_mapping
from app.partners.recording import plan
from app.partners.standing import standing_lines
from app.people.organisations import organisation_by_slug
from app.people.persons import PersonRole
from app.transaction import now, reading, snapshot, writing
from tests.factories import make_organisation, make_staff
from tests.facts import make_partners, recorded, row, rows, tier

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def partners(app: Flask, tmp_path: Path) -> None:
    make_partners(tmp_path)


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> Run:
    """`facts import` of a text as a file."""
    file = tmp_path / "facts.csv"

    def call(content: str, *options: str) -> Result:
        file.write_text(content, "utf-8")
        return app.test_cli_runner().invoke(args=["facts", "import", str(file), *options])

    return call


def said(result: Result) -> list[str]:
    return [line.rpartition("facts.csv:")[2] for line in result.output.splitlines()]


def test_a_file_is_recorded_and_the_standings_follow(run: Run) -> None:
    assert tier() is None
    told = run(rows(row(), row("norte", "9999.99")))
    assert (told.exit_code, said(told)) == (0, ["2: recorded", "3: recorded", "2 rows: 2 recorded"])
    assert (tier("andes"), tier("norte")) == ("t1", None)
    with reading():
        assert "facts_imported" in db.session.scalars(select(Deed.deed)).all()
    with snapshot() as at:
        assert list(verify_all(at)) == []


def test_a_dry_run_says_the_same_and_records_nothing(run: Run) -> None:
    told = run(rows(row()), "--dry-run")
    assert said(told) == [
        "2: recorded",
        "standing\tandes\tsmall\ttiers\t- -> t1",
        "1 rows: 1 recorded (dry run: nothing was recorded)",
    ]
    assert recorded() == []
    assert tier() is None


def test_the_standings_that_a_file_would_change_are_those_that_it_changes(run: Run) -> None:
    more = ",external_id"
    run(rows(row() + ",A-1", row("norte") + ",N-1", more=more))
    stood = standings()
    lines = [row(value="9999.99") + ",A-1", row("sur", "10000") + ",S-1", row("norte", "20000") + ",N-1"]
    make_organisation("small", slug="sur", name="Sur")
    told = run(rows(*lines, more=more), "--dry-run")
    assert [line for line in said(told) if line.startswith("standing")] == [
        "standing\tandes\tsmall\ttiers\tt1 -> t1 (at risk)",
        "standing\tsur\tsmall\ttiers\t- -> t1",
    ]
    assert standings() == stood | {"sur": (None, False)}
    run(rows(*lines, more=more))
    assert standings() == {"andes": ("t1", True), "norte": ("t1", False), "sur": ("t1", False)}
    told = run(rows(row("norte", "30000") + ",A-1", more=more), "--dry-run")  # it moves, and nothing is left in andes
    assert [line for line in said(told) if line.startswith("standing")] == []


def test_a_record_that_is_no_longer_won_would_put_the_tier_at_risk(run: Run) -> None:
    run(rows(row() + ",A-1", more=",external_id"))
    stage = {"stage": "stage", "stages": ("Won",), "external_id": "external_id"}
    mapping = FactMapping(**{part: part for part in rows().strip().split(",")}, **stage)  # type: ignore[arg-type]
    lost = read_facts(rows(row() + ",A-1,Lost", more=",external_id,stage").encode(), mapping)
    with reading() as at:
        (effect,) = effects_of(plan(lost, mapping), [organisation_by_slug("andes").id], at=at)
        assert (effect.now.held, effect.now.at_risk, effect.then.held, effect.then.at_risk) == ("t1", False, "t1", True)


def test_one_wrong_row_leaves_nothing(run: Run) -> None:
    lines = [
        row(),
        row("sur"),
        row(metric="revenu"),
        row(programme="large"),
        row(currency=""),
        row(metric="customers", value="5", currency="USD"),
        row(value="1,5"),
    ]
    make_organisation(slug="oeste", name="Oeste")
    told = run(rows(*lines, row("oeste")))
    assert told.exit_code == 1
    assert said(told) == [
        "2: recorded",
        "3: organisation: No organisation has the id sur. Write it as in the address of its page.",
        "4: metric: The programme has no metric revenu. Those it has: customers, revenue.",
        "5: programme: There is no programme with the id large. Those there are: small.",
        "6: currency: revenue is money: write its currency.",
        "7: currency: customers is not money: leave the currency empty.",
        "8: value: The comma could part thousands or decimals: write 1234.50",
        "9: organisation: oeste takes no part in this programme.",
        "Error: 7 of 8 rows are wrong; nothing was recorded",
    ]
    assert recorded() == []


def test_the_same_file_again_says_nothing_new(run: Run) -> None:
    lines = [row(value="4000"), row(value="4000"), row(value="2000")]
    run(rows(*lines))
    assert tier() == "t1"
    told = run(rows(*lines))
    assert said(told)[-1] == "3 rows: 3 known"
    assert len(recorded()) == 3


def test_a_record_that_changed_is_corrected_and_both_are_kept(run: Run) -> None:
    more = ",external_id"
    before = now()
    run(rows(row() + ",A-1", more=more))
    between = now()
    told = run(rows(row(value="500") + ",A-1", more=more))
    assert said(told) == ["2: corrected", "1 rows: 1 corrected"]
    assert recorded() == [("CRM", 1000000, False), ("CRM", 50000, False)]
    assert [counted(at) for at in (before, between, now())] == [[], [1000000], [50000]]
    with reading():
        assert [fact.corrects for fact in known(now())] == [1]
    assert said(run(rows(row(value="500") + ",A-1", more=more)))[-1] == "1 rows: 1 known"


def test_a_record_that_moves_leaves_the_organisation_where_it_was(run: Run) -> None:
    more = ",external_id"
    run(rows(row() + ",A-1", more=more))
    assert said(run(rows(row("norte") + ",A-1", more=more)))[0] == "2: moved"
    assert (tier("norte"), counted(now())) == ("t1", [])
    assert said(run(rows(row() + ",A-1", more=more)))[0] == "2: moved"
    assert counted(now()) == [1000000]
    assert counted(now(), "norte") == []


def test_what_somebody_corrected_by_hand_stays_until_the_source_says_something_new(run: Run) -> None:
    more, admin = ",external_id", make_staff(PersonRole.ADMIN)
    run(rows(row() + ",A-1", more=more))
    with writing() as at:
        parts = {"value": "1", "currency": "USD", "valid_from": "2026-10-01"}
        correct_fact(organisation_by_slug("andes"), 1, parts, reason="A slip", by=admin.id, at=at)
    assert said(run(rows(row() + ",A-1", more=more)))[0] == "2: known"
    assert counted(now()) == [100]
    assert said(run(rows(row(value="7") + ",A-1", more=more)))[0] == "2: corrected"
    assert counted(now()) == [700]


def test_a_record_twice_in_a_file_counts_once_or_is_refused(run: Run) -> None:
    more = ",external_id"
    told = run(rows(row() + ",A-1", row() + ",A-1", more=more))
    assert said(told)[:2] == ["2: recorded", "3: repeated"]
    told = run(rows(row() + ",A-2", row(value="1") + ",A-2", more=more))
    assert "3: external_id: The record stands in line 2 too, and says something else there." in said(told)
    assert len(recorded()) == 1


def test_a_saved_mapping_by_account_and_stage(run: Run) -> None:
    admin = make_staff(PersonRole.ADMIN)
    mapping = FactMapping(
        organisation="Account ID",
        organisation_by="account",
        always_programme="small",
        always_metric="revenue",
        value="Amount",
        always_currency="USD",
        valid_from="Close Date",
        always_source="Salesforce",
        external_id="Opportunity ID",
        stage="Stage",
        stages=("Closed Won",),
        decimals="point",
        dates="month_first",
    )
    with writing() as at:
        save_mapping("Deals", importing_facts.stored(mapping), by=admin.id, at=at)
        add_account(organisation_by_slug("andes").id, "Salesforce", "001A")
    head = "Account ID,Amount,Close Date,Stage,Opportunity ID\n"
    deals = head + '001A,"12,000.00",10/31/2026,Closed Won,006A\n001B,1,1/1/2026,Prospecting,006B\n'
    told = run(deals, "--mapping", "Deals")
    assert told.exception is None
    assert said(told) == ["2: recorded", "2 rows: 1 recorded"]
    assert tier() == "t1"
    told = run(deals.replace("Closed Won", "Closed Lost"), "--mapping", "Deals")
    assert said(told)[0] == "2: withdrawn"
    assert counted(now()) == []
    assert said(run(deals, "--mapping", "Deals"))[0] == "2: corrected"
    assert counted(now()) == [1200000]
    assert "There is no saved mapping" in run(deals, "--mapping", "None").output


def test_names_with_other_accents_are_found_and_two_alike_are_refused(run: Run) -> None:
    mapping = FactMapping(**{part: part for part in rows().strip().split(",")}, organisation_by="name")  # type: ignore[arg-type]
    with reading():
        reading_ = read_facts(rows(row("  NÓRTE s.a. ")).encode(), mapping)
        assert plan(reading_, mapping).complaints == []
    make_organisation("small", slug="norte-2", name="Norte S.A.")
    with reading():
        (complaint,) = plan(reading_, mapping).complaints
    assert "Several organisations are called" in str(complaint)


def test_the_database_refuses_a_correction_elsewhere_a_second_one_and_a_doubled_record(run: Run) -> None:
    more = ",external_id"
    run(rows(row() + ",A-1", row(metric="customers", value="1") + ",A-2", row(value="3") + ",A-3", more=more))
    run(rows(row(value="1") + ",A-1", more=more))
    copied = "organisation_id, programme_id, metric, value, currency, valid_from, valid_to, recorded_at, source"
    for values in (
        f"SELECT {copied}, NULL, 1, FALSE FROM facts WHERE id = 1",  # a second correction of the first
        f"SELECT {copied}, NULL, 3, FALSE FROM facts WHERE id = 2",  # another metric
        f"SELECT {copied.replace('organisation_id', '2', 1)}, NULL, 3, FALSE FROM facts WHERE id = 3",
        f"SELECT {copied}, NULL, NULL, TRUE FROM facts WHERE id = 3",  # withdraws nothing
        f"SELECT {copied}, 'A-3', NULL, FALSE FROM facts WHERE id = 3",  # the same record
    ):
        with pytest.raises(IntegrityError), db.engine.begin() as connection:
            connection.execute(text(f"INSERT INTO facts ({copied}, external_id, corrects_id, withdrawn) {values}"))


def standings() -> dict[str, tuple[str | None, bool]]:
    with reading():
        return {one.organisation: (one.tier, bool(one.at_risk_since)) for one in standing_lines()}


def known(at: object, organisation: str = "andes") -> list[Fact]:
    found = facts_about(organisation_by_slug(organisation).id, at)  # type: ignore[arg-type]
    return [fact for facts in found.values() for fact in facts]  # type: ignore[misc]


def counted(at: object, organisation: str = "andes") -> list[int]:
    with reading():
        return [fact.value for fact in known(at, organisation)]
