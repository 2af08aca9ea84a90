"""Reports: what a period brought, the same whenever one asks, and the measures that they rest on."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.cli.saying import words
from app.credentials.register import credential_of_attempt
from app.extensions import db
from app.journeys.amending import reinstate_credential
from app.journeys.moving import leave, revoke_credential
from app.partners.evaluating import reevaluate_organisation
from app.partners.facts import add_fact
from app.partners.key_figures import certified_by_month, exam_passes, expiries_ahead
from app.partners.measures import active_partners, certified_persons, partnership_months, trained_persons
from app.partners.periods import period_named
from app.partners.programmes import programme_by_slug
from app.partners.report_files import HEADER, report_json, report_rows
from app.partners.reports import PeriodNotOver, report
from app.partners.target_sheets import target_sheet
from app.people.organisations import Organisation
from app.people.persons import PersonRole
from app.transaction import reading, writing
from tests.factories import (
    both,
    finish_courses,
    make_member,
    make_organisation,
    make_staff,
    publish,
    sit,
    write_course,
    write_exam,
    write_programme,
)

CUSTOMERS = {"id": "customers", "kind": "metric", "metric": "customers", "at_least": 10, "name": both("Customers")}
PEOPLE = {"id": "people", "kind": "persons", "level": "fundamentals", "at_least": 1, "name": both("People")}
TIERS = [
    {"id": "t1", "rank": 1, "name": both("Tier 1"), "requirements": [PEOPLE]},
    {"id": "t2", "rank": 2, "name": both("Tier 2"), "requirements": [PEOPLE, CUSTOMERS]},
]
KPIS = [
    {"metric": "customers", "name": both("Customers")},
    {"metric": "revenue", "name": both("Revenue"), "unit": "money"},
]
TARGETS = [
    {"id": "people", "name": both("People"), "measure": "certified_persons",
     "values": [{"period": both("First half"), "by": "2027-06-30", "at_least": 2}]},
    {"id": "trained", "name": both("Trained"), "measure": "trained_persons",
     "values": [{"period": both("A year"), "at_least": 1}]},
    {"id": "active", "name": both("Active"), "measure": "active_partners",
     "values": [{"tier": "t1", "at_least": 1}, {"tier": "t2", "at_least": 1}]},
    {"id": "months", "name": both("Months"), "unit": "months", "measure": "partnership_months",
     "values": [{"period": both("Always"), "more_than": 12}]},
    {"id": "customers", "name": both("Customers"), "metric": "customers", "values": [{"tier": "t1", "at_least": 10}]},
]  # fmt: skip


@pytest.fixture
def programme(app: Flask, tmp_path: Path) -> Path:
    with on("2027-01-01"):
        write_course(tmp_path)
        write_exam(tmp_path)
        write_programme(tmp_path, tiers=TIERS, kpis=KPIS, targets=TARGETS)
        publish(tmp_path)
    return tmp_path


@contextmanager
def on(day: str) -> Iterator[datetime]:
    instant = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=12)
    with time_machine.travel(instant):
        yield instant


def made(name: str, cadence: str = "monthly") -> dict[str, Any]:
    """The report of a period, by section, as anybody asks for it now."""
    with reading() as at:
        period = period_named(cadence, name)  # type: ignore[arg-type]
        return report_json(report(programme_by_slug("small"), period, now=at))["sections"]  # type: ignore[no-any-return]


def figures(sections: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {one["subject"]: (one.get("before"), one.get("after")) for one in sections["figures"]}


def fact(company: Organisation, metric: str, value: int, since: str, until: str | None = None) -> None:
    """One written down now; what has an end is money."""
    first, last = (datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None for day in (since, until))
    currency = "USD" if until else None
    with writing() as at:
        programme_id = programme_by_slug("small").id
        add_fact(
            organisation_id=company.id, programme_id=programme_id, metric=metric, value=value,
            currency=currency, valid_from=first or at, valid_to=last, source="CRM", at=at,
        )  # fmt: skip
        reevaluate_organisation(company.id, at=at)


def lived(root: Path) -> tuple[Organisation, dict[str, dict[str, Any]]]:
    """A company's half year, each month's report asked for on the day after it."""
    reports = {}
    admin = make_staff(PersonRole.ADMIN)
    with on("2027-01-10"):
        company = make_organisation("small", slug="andes", name="Andes")
        person = make_member(company, name="Elena Vidal")
        sat = sit(person)
    with on("2027-02-01"):
        reports["2027-01"] = made("2027-01")
    with on("2027-02-05"):
        fact(company, "revenue", 150000, "2027-01-01", "2027-02-01")
        with writing() as at:
            credential = credential_of_attempt(sat.attempt.id)
            assert credential
            revoke_credential(credential, reason="In error", by=admin.id, at=at)
    with on("2027-03-01"):
        reports["2027-02"] = made("2027-02")
    with on("2027-03-03"), writing() as at:
        credential = credential_of_attempt(sat.attempt.id)
        assert credential
        reinstate_credential(credential.public_id, reason="It was right", by=admin.id, at=at)
    with on("2027-04-01"):
        reports["2027-03"] = made("2027-03")
    with on("2027-04-10"):
        fact(company, "customers", 12, "2027-03-01")
    with on("2027-05-01"):
        reports["2027-04"] = made("2027-04")
    with on("2027-05-20"):
        fact(company, "revenue", 990000, "2027-02-01", "2027-03-01")  # what came in in February, learnt in May
        with writing() as at:
            leave(person.id, by=None, at=at)
    return company, reports


def test_a_report_says_what_became_known_and_says_the_same_for_ever(programme: Path) -> None:
    _company, reports = lived(programme)
    january, february, march, april = (reports[f"2027-0{month}"] for month in range(1, 5))
    assert [(one["subject"], one.get("before")) for one in january["risen"]] == [("t1", None)]
    assert [one["who"] for one in january["issued"]] == ["Elena Vidal"]
    assert [one["partner"] for one in january["joined"]] == ["andes"]
    assert figures(january)["certified_persons"] == (0, 1)
    assert figures(january)["active_partners"] == (0, 1)
    assert [one["subject"] for one in february["at_risk"]] == ["t1"]
    assert [one["who"] for one in february["revoked"]] == ["Elena Vidal"]
    assert (figures(february)["certified_persons"], figures(february)["at_risk"]) == ((1, 0), (0, 1))
    assert "fallen" not in february  # it is kept until the review
    assert (figures(march)["certified_persons"], figures(march)["at_risk"]) == ((0, 1), (1, 0))
    assert [(one["subject"], one["before"]) for one in april["risen"]] == [("t2", "t1")]
    assert [(one["subject"], one["after"]) for one in april["facts"]] == [("customers", 12)]
    assert [one["after"] for one in april["tiers"]] == [0, 1]
    with on("2027-09-09"):
        for period, then in reports.items():
            assert made(period) == then, period
        [money] = made("2027-02")["money"]
        assert (money["before"], money["after"]) == ("1500.00", "0.00")  # what came in in February was learnt in May
        assert [one["after"] for one in made("2027-05")["facts"]] == ["9900.00"]


def test_money_of_a_period_is_what_was_known_of_it(programme: Path) -> None:
    lived(programme)
    with on("2027-09-09"):
        assert "money" not in made("2027-01")  # January's money was learnt on the fifth of February
        quarter = made("2027-Q1", "quarterly")
        [money] = quarter["money"]
        assert (money["subject"], money["currency"], money["before"], money["after"]) == (
            "revenue",
            "USD",
            "0.00",
            "1500.00",
        )
        [year] = [made("2027-Q2", "quarterly")["money"]]
        assert [(one["before"], one["after"]) for one in year] == [("11400.00", "0.00")]


def test_a_period_that_is_not_over_has_no_report(programme: Path) -> None:
    with on("2027-03-05"), pytest.raises(PeriodNotOver) as refusal:
        made("2027-03")
    assert words(refusal.value).startswith("This period is not over yet")


def test_the_measures_count_each_person_once_and_only_while_they_count(programme: Path) -> None:
    company, _reports = lived(programme)
    with on("2027-04-02"):
        other = make_organisation("small", slug="norte")
        colleague = make_member(other)
        sit(colleague)
        finish_courses(colleague)
    with on("2027-05-02"):
        make_member(make_organisation(slug="elsewhere"))  # of no programme
        sit(make_member(company, name="Bruno Salas"), passes=False)
    days = ["2027-01-09", "2027-02-01", "2027-02-20", "2027-03-10", "2027-04-20", "2027-05-30", "2030-01-01"]
    instants = [datetime.fromisoformat(day).replace(tzinfo=UTC) for day in days]
    with on("2027-07-07"), reading() as at:
        id = programme_by_slug("small").id
        assert certified_persons(id, instants) == [0, 1, 0, 1, 2, 1, 0]
        assert certified_persons(id, []) == []
        assert active_partners(id, instants[1]) == {"t1": 1}
        assert active_partners(id, instants[4]) == {"t2": 1, "t1": 1}
        assert sorted(partnership_months(id, at)) == [3, 5]
        assert [trained_persons(id, instant) for instant in (instants[1], at, instants[6])] == [0, 1, 0]
        months = certified_by_month(id, at)
        assert [(month.certified, month.issued) for month in months[-6:]] == [
            (1, 1),
            (0, 0),
            (1, 0),
            (2, 1),
            (1, 0),
            (1, 0),
        ]
        [exam] = exam_passes(id, instants[0], at)
        assert (exam.attempts, exam.passed) == (3, 2)
        assert [one.credentials for one in expiries_ahead(id, at)] == [0, 0, 0]
        soon = datetime(2029, 3, 1, tzinfo=UTC)
        assert [one.credentials for one in expiries_ahead(id, soon)] == [0, 1, 1]


def test_the_targets_of_a_programme_stand_against_what_there_is(programme: Path) -> None:
    company, _reports = lived(programme)
    with on("2027-07-07"), reading() as at:
        found = programme_by_slug("small")
        sheet = {one.series.id: one for one in target_sheet(found.id, found.rules, at=at, known_at=at)}
    [people] = sheet["people"].figures
    assert (people.have, people.status, people.percent) == (0, "missed", 0)
    assert [one.have for one in sheet["active"].figures] == [0, 1]
    assert [(one.have, one.status) for one in sheet["months"].figures] == [(5, "under_way")]
    assert sheet["customers"].tiers[0] == (0, 0, 0)
    with on("2027-07-08"):
        other = make_organisation("small", slug="norte")
        sit(make_member(other))
        fact(other, "customers", 4, "2027-07-01")
    with on("2027-07-09"), reading() as at:
        found = programme_by_slug("small")
        sheet = {one.series.id: one for one in target_sheet(found.id, found.rules, at=at, known_at=at)}
    assert sheet["customers"].tiers[0] == (1, 1, 0)
    assert [(one.status, one.percent) for one in sheet["customers"].figures] == [("under_way", 0)]
    assert company


def test_a_file_begins_with_its_header_and_is_guarded(app: Flask, programme: Path) -> None:
    with on("2027-01-10"):
        sit(make_member(make_organisation("small", slug="evil", name="=1+1"), name="@SUM(A1)"))
    with on("2027-02-02"):
        with reading() as at:
            rows = list(report_rows(report(programme_by_slug("small"), period_named("monthly", "2027-01"), now=at)))
        assert all(len(row) == len(HEADER) for row in rows)
        runner = app.test_cli_runner()
        printed = runner.invoke(args=["reports", "print", "small", "--cadence", "monthly"])
        assert printed.exit_code == 0
        lines = printed.output.splitlines()
        assert lines[0] == ",".join(HEADER)
        assert [line.split(",")[2] for line in lines if line.startswith("joined")] == ["'=1+1"]
        assert [line.split(",")[8] for line in lines if line.startswith("issued")] == ["'@SUM(A1)"]
        as_json = runner.invoke(args=["reports", "print", "small", "--cadence", "monthly", "--format", "json"])
        assert json.loads(as_json.output)["sections"]["joined"][0]["name"] == "=1+1"
        for wrong in (["none", "--cadence", "monthly"], ["small", "--cadence", "monthly", "--period", "2027-13"]):
            refused = runner.invoke(args=["reports", "print", *wrong])
            assert (refused.exit_code, len(refused.output.splitlines())) == (1, 1)
        ahead = runner.invoke(args=["reports", "print", "small", "--cadence", "annual", "--period", "2027"])
        assert (ahead.exit_code, "not over" in ahead.output) == (1, True)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ended_risks SET ended_at = recorded_at",
        "DELETE FROM ended_risks",
    ],
)
def test_what_is_kept_of_a_risk_is_kept(programme: Path, change: str) -> None:
    lived(programme)
    with pytest.raises(IntegrityError, match=r"append-only|refuse"), writing():
        db.session.execute(text(change))
    with reading():
        [(since, ended)] = db.session.execute(text("SELECT since, ended_at FROM ended_risks")).all()
        assert (str(since)[:10], str(ended)[:10]) == ("2027-02-05", "2027-03-03")
