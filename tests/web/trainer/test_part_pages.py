"""The pages of practicals and sessions: handing in, deciding, confirming attendance, and who sees what of it."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.learning.hand_ins import HandIn
from app.ledger.deeds import Deed
from app.mail.outbox import Task
from app.people.organisations import PartnerRole
from app.people.persons import Person, PersonRole
from app.transaction import reading
from tests.factories import make_member, make_organisation, make_person, make_staff, sign_in
from tests.parts import handed, how_far, publish_parts, read_lessons
from tests.web.trainer.test_correction_pages import seen

TASK, MEETING = "/courses/basics/task", "/courses/basics/meeting"
QUEUE, SESSION = "/studio/practicals", "/studio/sessions/basics/meeting"
DAY = "2026-11-02"


@pytest.fixture
def person(app: Flask, tmp_path: Path) -> Person:
    publish_parts(tmp_path)
    return make_member(make_organisation(), name="Nadia Vera", email="nadia@in.test", language="en")


@pytest.fixture
def nadia(app: Flask, client: FlaskClient, person: Person) -> FlaskClient:
    return sign_in(app.test_client(), person)


@pytest.fixture
def trainer(client: FlaskClient, person: Person) -> FlaskClient:
    return sign_in(client, make_staff(PersonRole.TRAINER, language="en", name="Teresa Prado"))


def test_from_the_first_word_to_the_confirmation(nadia: FlaskClient, trainer: FlaskClient, person: Person) -> None:
    read_lessons(person)
    course = seen(nadia, "/courses/basics")
    assert "Lessons 2 of 2" in course and "Practicals 0 of 1" in course and "Sessions 0 of 1" in course
    page = seen(nadia, TASK)
    for part in ("Not handed in", "Names both", "up to 3 points", "at least half of the 4 points"):
        assert part in page
    assert "is not written in" not in page
    assert hand_in(nadia, said="First <try>").status_code == 303
    assert "First &lt;try&gt;" in nadia.get(TASK).text and "A trainer looks at it next" in seen(nadia, TASK)
    assert "The task Nadia Vera" in seen(trainer, QUEUE)
    place = f"{QUEUE}/{latest().id}"
    assert "&lt;try&gt;" in trainer.get(place).text
    assert send_back(trainer, place, "Too <short>").status_code == 303
    told = nadia.get(TASK).text
    assert "Too &lt;short&gt;" in told and "Sent back by Teresa Prado" in told
    assert hand_in(nadia, said="Second try", link="https://docs.example.org/x").status_code == 303
    place = f"{QUEUE}/{latest().id}"
    assert "https://docs.example.org/x" in trainer.get(place).text and "Too &lt;short&gt;" in trainer.get(place).text
    assert confirm(trainer, place, line_1="2", line_2="1", words="Well done").status_code == 303
    told = seen(nadia, TASK)
    assert "Confirmed by Teresa Prado: 3 of 4 points Well done" in told and "2 of 3" in told
    assert 'name="said"' not in nadia.get(TASK).text
    assert how_far(person) == (3, 4, False)
    assert [task.payload["news"] for task in letters()] == ["sent_back", "confirmed"]


def test_what_a_practical_does_not_take_keeps_what_was_typed(nadia: FlaskClient) -> None:
    for said, link in (("", ""), ("Typed", "http://example.org"), ("x" * 20_001, "")):
        answer = hand_in(nadia, said=said, link=link)
        assert answer.status_code == 422
        assert said in answer.text and "Nothing was handed in" in answer.text
    assert hand_in(nadia, "nonsense", said="Typed").status_code == 409
    assert nadia.post("/courses/basics/meeting/hand-in", data={"said": "x"}).status_code == 404
    assert nadia.post("/courses/basics/nothing/hand-in", data={"said": "x"}).status_code == 404
    assert nadia.get(f"{TASK}/hand-in").location.endswith(TASK)


def test_of_two_tabs_the_second_is_shown_the_first(nadia: FlaskClient) -> None:
    shown = shown_in(nadia.get(TASK).text, "seen")
    assert hand_in(nadia, shown, said="From one tab").status_code == 303
    answer = hand_in(nadia, shown, said="From the other")
    assert answer.status_code == 409
    assert "From one tab" in answer.text and "From the other" in answer.text
    assert latest().text == "From one tab"
    assert hand_in(nadia, shown_in(answer.text, "seen"), said="From the other").status_code == 303


def test_a_trainer_decides_on_what_was_looked_at(trainer: FlaskClient, person: Person) -> None:
    handed(person)
    place = f"{QUEUE}/{latest().id}"
    old = trainer.get(place).text
    handed(person, "Changed since")
    answer = trainer.post(f"{place}/confirm", data=decision(old, line_1="3", line_2="1"))
    assert answer.status_code == 409 and "Changed since" in answer.text
    assert trainer.post(f"{place}/send-back", data=decision(old, reason="Why")).status_code == 409
    for marks in ({"line_1": "1", "line_2": "0"}, {"line_1": "3"}, {"line_1": "4", "line_2": "0"},
                  {"line_1": "x", "line_2": "1"}, {"line_1": "-1", "line_2": "1"}):  # fmt: skip
        assert confirm(trainer, place, **marks).status_code == 422
    assert send_back(trainer, place, " ").status_code == 422
    assert latest().state == "waiting"
    for deed in ("confirm", "send-back"):
        assert trainer.get(f"{place}/{deed}").location.endswith(place)
    assert trainer.get(f"{QUEUE}/999").status_code == 404
    assert trainer.post(f"{QUEUE}/999/confirm", data={}).status_code == 404


def test_a_confirmation_is_taken_back_on_its_page(trainer: FlaskClient, person: Person) -> None:
    handed(person)
    place = f"{QUEUE}/{latest().id}"
    confirm(trainer, place, line_1="3", line_2="1")
    assert "Take the confirmation back" in seen(trainer, place)
    assert send_back(trainer, place, "It was copied").status_code == 303
    assert latest().state == "sent_back" and how_far(person)[0] == 0
    assert "Sent back" in seen(trainer, QUEUE)


def test_nobody_decides_on_their_own(trainer: FlaskClient, person: Person) -> None:
    with reading():
        own = db.session.scalars(select(Person).where(Person.name == "Teresa Prado")).one()
    place = f"{QUEUE}/{handed(own).id}"
    assert "Somebody else has to confirm this" in seen(trainer, place)
    assert trainer.post(f"{place}/confirm", data=own_decision()).status_code == 403
    assert trainer.post(f"{place}/send-back", data={"reason": "x", "shown": "1"}).status_code == 403
    answer = trainer.post(f"{SESSION}/confirm", data={"person": [str(own.id)], "held_on": DAY})
    assert answer.status_code == 403
    with reading():
        assert len(db.session.scalars(select(Deed).where(Deed.deed == "access_refused")).all()) == 3


def test_what_is_handed_in_is_seen_by_trainers_alone(app: Flask, nadia: FlaskClient, person: Person) -> None:
    place = f"{QUEUE}/{handed(person, 'A secret of mine').id}"
    boss = make_member(make_organisation(), partner_role=PartnerRole.ADMIN, language="en")
    for other in (person, boss, make_person(), make_staff(PersonRole.VIEWER)):
        client = sign_in(app.test_client(), other)
        for path in (place, QUEUE, "/studio/sessions", SESSION):
            assert client.get(path).status_code == 403
        for deed in (
            f"{place}/confirm",
            f"{place}/send-back",
            f"{SESSION}/confirm",
            f"{SESSION}/{person.id}/take-back",
        ):
            assert client.post(deed, data=own_decision()).status_code == 403
        assert ("A secret of mine" in client.get(TASK).text) == (other is person)
    assert latest().state == "waiting"


def test_attendance_is_confirmed_for_several_at_once(nadia: FlaskClient, trainer: FlaskClient, person: Person) -> None:
    other = make_person(name="Óscar Peña", email="oscar@in.test", language="en")
    assert "A trainer confirms that you were there" in seen(nadia, MEETING)
    assert "The meeting Workshop" in seen(trainer, "/studio/sessions")
    page = seen(trainer, SESSION)
    assert "Nadia Vera" in page and "Óscar" not in page
    assert "Óscar Peña" in seen(trainer, f"{SESSION}?q=oscar@") and "Nobody fits" in seen(trainer, f"{SESSION}?q=zzz")
    for data in ({}, {"held_on": DAY}, {"person": [str(person.id)]}, {"person": [str(person.id)], "held_on": "x"},
                 {"person": [str(person.id), "x"], "held_on": DAY}, {"person": ["9" * 30], "held_on": DAY},
                 {"person": [str(person.id)], "held_on": "2999-01-01"}):  # fmt: skip
        answer = trainer.post(f"{SESSION}/confirm", data=data)
        assert answer.status_code == 422 and "Nadia Vera" in answer.text
    assert how_far(person)[0] == 0
    both = {"person": [str(person.id), str(other.id)], "held_on": DAY}
    assert trainer.post(f"{SESSION}/confirm", data=both).status_code == 303
    assert (how_far(person)[0], how_far(other)[0]) == (1, 1)
    assert "You attended on November 2, 2026" in seen(nadia, MEETING)
    assert "Nadia Vera nadia@in.test Nov 2, 2026" in seen(trainer, SESSION)
    back = f"{SESSION}/{person.id}/take-back"
    assert trainer.post(back, data={"reason": " "}).status_code == 422
    assert trainer.post(back, data={"reason": "Was ill"}).status_code == 303
    assert "was taken back before" in seen(trainer, back)
    assert trainer.post(back, data={"reason": "Was ill"}).status_code == 409
    assert (how_far(person)[0], how_far(other)[0]) == (0, 1)
    assert [task.payload["news"] for task in letters()] == ["attended", "attended", "taken_back"]


def test_nobody_marks_a_practical_or_a_session_as_done(nadia: FlaskClient, person: Person) -> None:
    for place in (TASK, MEETING):
        assert "/finish" not in nadia.get(place).text
        for deed in ("finish", "reopen"):
            assert nadia.post(f"{place}/{deed}").status_code == 403
    assert how_far(person) == (0, 4, False)


def test_without_any_the_pages_say_so(trainer: FlaskClient, tmp_path: Path) -> None:
    publish_parts(tmp_path, duration_min=60, practicals=[], sessions=[])
    assert "No practical waits" in seen(trainer, QUEUE)
    assert "No course has a session yet" in seen(trainer, "/studio/sessions")
    assert trainer.get(SESSION).status_code == 404


def hand_in(client: FlaskClient, shown: str | None = None, **typed: str):  # type: ignore[no-untyped-def]
    page = client.get(TASK).text
    return client.post(f"{TASK}/hand-in", data={"seen": shown or shown_in(page, "seen"), "link": ""} | typed)


def confirm(client: FlaskClient, place: str, **typed: str):  # type: ignore[no-untyped-def]
    return client.post(f"{place}/confirm", data=decision(client.get(place).text, **typed))


def send_back(client: FlaskClient, place: str, reason: str):  # type: ignore[no-untyped-def]
    return client.post(f"{place}/send-back", data=decision(client.get(place).text, reason=reason))


def decision(page: str, **typed: str) -> dict[str, str]:
    """What the forms of a page send, with what it showed."""
    names = [name for name in ("revision", "version", "shown") if f'name="{name}"' in page]
    return {name: shown_in(page, name) for name in names} | typed


def own_decision() -> dict[str, str]:
    return {"line_1": "3", "line_2": "1", "words": "", "reason": "x", "revision": "1", "version": "1", "shown": "1"}


def shown_in(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" type="hidden" value="([^"]*)"', page)
    assert found, name
    return found.group(1)


def latest() -> HandIn:
    with reading():
        return db.session.scalars(select(HandIn).order_by(HandIn.id.desc()).limit(1)).one()


def letters() -> list[Task]:
    with reading():
        return list(db.session.scalars(select(Task).where(Task.kind == "part_mail").order_by(Task.id)))
