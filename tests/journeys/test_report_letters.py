"""Reports by letter: to whoever asked, once for each period that is over, and to nobody who may not read them."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import time_machine
from flask import Flask, current_app
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app import worker
from app.extensions import db
from app.journeys.erasing import erase
from app.journeys.report_letters import put_reports, report_letter
from app.mail.outbox import Task
from app.partners.programmes import programme_by_slug
from app.partners.subscriptions import subscribe, subscribed, unsubscribe
from app.people.persons import Person, PersonRole
from app.transaction import reading, writing
from tests.factories import make_staff
from tests.vendor import certified, note, write_vendor_content

MARCH = datetime(2027, 3, 10, 9, tzinfo=UTC)


@pytest.fixture
def reader(app: Flask, tmp_path: Path) -> Person:
    """An administrator who asks for the monthly report on the tenth of March."""
    with time_machine.travel(MARCH):
        write_vendor_content(tmp_path / "content")
        note(certified(name="Andes"), "revenue", 123400, "USD")
        person = make_staff(PersonRole.ADMIN, language="en", name="Adriana Luna")
        with writing() as at:
            subscribe(person.id, programme_by_slug("small").id, "monthly", at=at)
        return person


def asked() -> list[str]:
    """The periods of the letters in the outbox."""
    with reading():
        tasks = db.session.scalars(select(Task).where(Task.kind == "report_mail").order_by(Task.id))
        return [task.payload["period"] for task in tasks]


def put_on(day: datetime) -> None:
    with time_machine.travel(day), writing() as at:
        put_reports(at)


def test_a_letter_for_each_period_from_the_one_under_way_on(reader: Person) -> None:
    put_on(MARCH.replace(day=31, hour=23))
    assert asked() == []
    for hour in (0, 1, 5):
        put_on(datetime(2027, 4, 1, hour, tzinfo=UTC))
    assert asked() == ["2027-03"]
    put_on(datetime(2027, 7, 20, tzinfo=UTC))  # nobody worked for a while: the last one alone
    assert asked() == ["2027-03", "2027-06"]


def test_whoever_ended_it_or_may_not_read_it_gets_none(reader: Person) -> None:
    with writing():
        db.session.get_one(Person, reader.id).role = PersonRole.TRAINER
    put_on(datetime(2027, 4, 2, tzinfo=UTC))
    with writing():
        db.session.get_one(Person, reader.id).role = PersonRole.ADMIN
        unsubscribe(reader.id, programme_by_slug("small").id, "monthly")
    put_on(datetime(2027, 4, 2, tzinfo=UTC))
    assert asked() == []


def test_the_letter_says_the_figures_and_where_the_rest_is(reader: Person) -> None:
    with time_machine.travel(datetime(2027, 4, 2, tzinfo=UTC)):
        worker.run(once=True)
        [path] = [path for path in (current_app.config["DATA_DIR"] / "mail").iterdir() if "Report" in path.read_text()]
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (message["To"], message["Subject"]) == (
        reader.email,
        "Report of Programme small: March 1, 2027 to March 31, 2027",
    )
    body = message.get_body()
    assert body
    said = body.get_content()
    for line in (
        "Active partners: 1 (0 when it began)",
        "Partners that rose: 1, that fell: 0",
        "Certificates issued: 1",
    ):
        assert line in said
    assert "/admin/reports/small/monthly/2027-03" in said


def test_the_letter_is_in_the_readers_language(reader: Person) -> None:
    with writing():
        db.session.get_one(Person, reader.id).language = "es"
    about = {"person_id": reader.id, "cadence": "monthly", "period": "2027-03"}
    with time_machine.travel(datetime(2027, 4, 2, tzinfo=UTC)), reading():
        letter = report_letter(about | {"programme_id": programme_by_slug("small").id}, "https://x.example")
    assert letter.subject == "Informe de Programme small: del 1 de marzo de 2027 al 31 de marzo de 2027"


def test_an_erased_reader_is_no_reader(reader: Person) -> None:
    make_staff(PersonRole.ADMIN)
    with writing() as at:
        erase(reader.id, reason="request 9", by=None, at=at)
    with reading():
        assert subscribed(reader.id, programme_by_slug("small").id) == []


def spent(**changes: str) -> str:
    """SQL that writes an investment down past every rule of ours."""
    row = {"amount": "1", "starts_at": "'2026-01-01'", "ends_at": "'2026-02-01'", "source": "'x'"}
    row |= {"programme_id": "programme_id", "currency": "'USD'", "recorded_at": "'2026-03-01'"}
    row |= {"recorded_by": "person_id"} | changes
    return f"INSERT INTO investments ({', '.join(row)}) SELECT {', '.join(row.values())} FROM report_subscriptions"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE report_subscriptions SET cadence = 'hourly'",
        "INSERT INTO report_subscriptions SELECT * FROM report_subscriptions",
        spent(amount="0"),
        spent(currency="'US'"),
        spent(ends_at="'2026-01-01'"),
        spent(source="''"),
        spent(withdrawn_at="'2026-04-01'"),
        spent(withdrawn_at="'2026-02-01'", withdrawn_by="person_id", withdrawn_reason="'x'"),
    ],
)
def test_what_the_database_refuses(reader: Person, change: str) -> None:
    with pytest.raises(IntegrityError), writing():
        db.session.execute(text(change))


def test_what_the_database_takes(reader: Person) -> None:
    with writing():
        assert db.session.execute(text(spent())).rowcount == 1  # type: ignore[attr-defined]
