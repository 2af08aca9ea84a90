"""Sections: which one is present, what it leaves open, and until when; and that the server holds to it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app.exams.attempts import Attempt, attempt_of
from app.exams.blueprint import section_lengths
from app.exams.finishing import NoNextSection, finish_section
from app.exams.responses import SectionClosed, responses_of, save_response
from app.exams.sections import Clock, Present, present_section
from app.exams.timing import GRACE
from app.extensions import db
from app.journeys.invariants import verify_all
from app.people.persons import Person
from app.transaction import now, reading, snapshot, writing
from tests.factories import bearer, both, make_exam, make_person, sign_in, start

BEGUN = datetime(2026, 3, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
TIMED = {"duration_min": 10, "back": True}
FREE = {"duration_min": None, "back": True}
FORWARD = {"duration_min": None, "back": False}
ROWS = [{"domain": "all", "items": 2}]


def present(rules: list[dict[str, Any]], after: timedelta, ends: tuple[int, ...] = (), percent: int = 100) -> Present:
    """The section of an attempt of an hour, two items in each section, so long after its start."""
    exam = {"duration_min": 60, "sections": rules}
    clock = Clock(BEGUN, BEGUN + 60 * MINUTE * percent / 100, percent)
    return present_section(exam, [2] * len(rules), ends, clock, BEGUN + after)


def test_a_form_that_is_not_divided_is_one_section() -> None:
    deadline = BEGUN + 60 * MINUTE
    only = present_section({"duration_min": 60}, [5], [], Clock(BEGUN, deadline), BEGUN + 20 * MINUTE)
    assert (only.number, only.open_positions, only.deadline, only.is_last) == (0, range(5), deadline, True)


def test_a_section_with_its_own_time_is_followed_by_the_next_after_the_grace() -> None:
    rules = [TIMED, TIMED, FREE]
    assert present(rules, timedelta(0)).deadline == BEGUN + 10 * MINUTE
    assert present(rules, 10 * MINUTE + GRACE).number == 0
    second = present(rules, 10 * MINUTE + GRACE + SECOND)
    assert (second.number, second.open_positions) == (1, range(2, 4))
    assert second.deadline == BEGUN + 20 * MINUTE + GRACE, "its own ten minutes begin when it can be seen"
    last = present(rules, 40 * MINUTE)
    assert (last.number, last.open_positions, last.deadline) == (2, range(4, 6), BEGUN + 60 * MINUTE)


def test_finishing_early_gives_the_time_to_the_last_one() -> None:
    second = present([TIMED, TIMED, FREE], 5 * MINUTE, ends=(4 * 60_000,))
    assert (second.number, second.deadline) == (1, BEGUN + 14 * MINUTE)


def test_extra_time_is_extra_time_for_each_section() -> None:
    assert present([TIMED, FREE], timedelta(0), percent=150).deadline == BEGUN + 15 * MINUTE


@pytest.mark.parametrize(
    ("rules", "open_positions"),
    [
        ([FREE, FREE, FREE], range(6)),
        ([FREE, FORWARD, FREE], range(2, 6)),
        ([FREE, FREE, FORWARD], range(4, 6)),
        ([TIMED, FREE, FREE], range(2, 6)),
        ([FREE, TIMED, FREE], range(4, 6)),
    ],
)
def test_what_may_be_gone_back_to(rules: list[dict[str, Any]], open_positions: range) -> None:
    assert present(rules, 5 * MINUTE, ends=(60_000, 120_000)).open_positions == open_positions


rules_of = st.lists(st.sampled_from([TIMED, FREE, FORWARD]), min_size=1, max_size=4).map(lambda rules: [*rules, FREE])


@given(rules_of, st.lists(st.integers(0, 5400), min_size=2, max_size=6))
def test_time_only_leads_forward(rules: list[dict[str, Any]], seconds: list[int]) -> None:
    sections = [present(rules, second * SECOND) for second in sorted(seconds)]
    assert [one.number for one in sections] == sorted(one.number for one in sections)
    for one in sections:
        assert one.open_positions.stop == one.positions.stop
        assert one.deadline <= BEGUN + 60 * MINUTE
        assert one.is_last == (one.number == len(rules) - 1)


def test_pilots_are_in_the_last_section() -> None:
    rows = [{"items": 2, "section": 0}, {"items": 3, "section": 1}, {"items": 1, "section": 1}]
    assert section_lengths(rows, 8) == [2, 6]
    assert section_lengths([{"items": 2}], 3) == [3]


@pytest.fixture
def divided(app: Flask, tmp_path: Path) -> Attempt:
    """An attempt of half an hour: ten minutes for two items, then three more without a way back, then the last two."""
    sections = [
        {"title": both("First"), "duration_min": 10, "blueprint": ROWS},
        {"title": both("Second"), "back": False, "blueprint": [{"domain": "all", "items": 3}]},
        {"title": both("Third"), "blueprint": ROWS},
    ]
    make_exam(tmp_path, sections=sections, blueprint=None)
    return start(make_person(language="en"), language="en")


def save(attempt: Attempt, position: int, at: datetime) -> datetime:
    with writing():
        deadline, _ = save_response(attempt.id, attempt.person_id, position, None, revision=0, flagged=True, at=at)
    return deadline


def finish(attempt: Attempt, number: int, at: datetime) -> Present:
    with writing():
        return finish_section(attempt.id, attempt.person_id, number, at=at)


def test_the_form_is_divided_as_the_exam_says(divided: Attempt) -> None:
    assert divided.section_lengths == [2, 3, 2]
    assert len({item["id"] for item in divided.items}) == 7


def test_a_save_belongs_to_a_section_that_is_open(divided: Attempt) -> None:
    begun = divided.started_at
    assert save(divided, 0, begun) == begun + 10 * MINUTE
    for closed in (2, 6):
        with pytest.raises(SectionClosed):
            save(divided, closed, begun)
    save(divided, 1, begun + 10 * MINUTE + GRACE)
    with pytest.raises(SectionClosed):
        save(divided, 0, begun + 10 * MINUTE + GRACE + SECOND)
    save(divided, 2, begun + 10 * MINUTE + GRACE + SECOND)
    finish(divided, 1, begun + 12 * MINUTE)
    assert save(divided, 3, begun + 13 * MINUTE) == divided.deadline_at
    save(divided, 6, begun + 13 * MINUTE)
    with snapshot():
        assert list(verify_all(now())) == []


def test_going_on_is_done_once_and_in_order(divided: Attempt) -> None:
    begun = divided.started_at
    with pytest.raises(SectionClosed):
        finish(divided, 1, begun)
    assert finish(divided, 0, begun + MINUTE).number == 1
    assert finish(divided, 0, begun + 2 * MINUTE).number == 1
    assert finish(divided, 1, begun + 3 * MINUTE).number == 2
    with pytest.raises(NoNextSection):
        finish(divided, 2, begun + 4 * MINUTE)
    with reading():
        assert attempt_of(divided.id, divided.person_id).section_ends == [60_000, 180_000]


def test_finished_by_many_at_once_it_is_finished_once(app: Flask, divided: Attempt) -> None:
    def finish_beside(_: int) -> int:
        with app.app_context(), writing() as at:
            return finish_section(divided.id, divided.person_id, 0, at=at).number

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(finish_beside, range(16))) == {1}
    with reading():
        assert len(attempt_of(divided.id, divided.person_id).section_ends) == 1


def test_a_save_beside_the_finish_is_kept_or_refused(app: Flask, divided: Attempt) -> None:
    def save_beside(position: int) -> bool:
        with app.app_context():
            try:
                save(divided, position, divided.started_at + MINUTE)
            except SectionClosed:
                return False
            return True

    with ThreadPoolExecutor(3) as pool:
        kept = [pool.submit(save_beside, position) for position in (0, 1)]
        finish(divided, 0, divided.started_at + MINUTE)
        acknowledged = {position for position, done in enumerate(kept) if done.result()}
    with reading():
        assert set(responses_of(divided.id)) == acknowledged


def test_the_api_shows_what_is_open_and_nothing_else(client: FlaskClient, divided: Attempt) -> None:
    by = bearer(divided_person(divided))
    path = f"/api/v1/attempts/{divided.id}"
    before = client.get(path, headers=by).json
    assert (before["section"], before["open"]) == (1, [0, 2])
    assert [item["position"] for item in before["items"] if "stem" in item] == [0, 1]
    assert client.put(f"{path}/responses/2", json={"answer": None, "revision": 0}, headers=by).status_code == 409
    after = client.post(f"{path}/sections/1/finish", headers=by)
    assert (after.status_code, after.json["section"], after.json["open"]) == (200, 2, [2, 5])
    assert client.put(f"{path}/responses/2", json={"answer": None, "revision": 0}, headers=by).status_code == 200
    assert client.put(f"{path}/responses/0", json={"answer": None, "revision": 0}, headers=by).status_code == 409
    assert client.post(f"{path}/sections/3/finish", headers=by).status_code == 409


def test_nobody_finishes_a_section_of_someone_else(client: FlaskClient, divided: Attempt) -> None:
    stranger = bearer(make_person())
    assert client.post(f"/api/v1/attempts/{divided.id}/sections/1/finish", headers=stranger).status_code == 404
    with reading():
        assert attempt_of(divided.id, divided.person_id).section_ends == []


def test_the_pages_lead_from_section_to_section(client: FlaskClient, divided: Attempt) -> None:
    sign_in(client, divided_person(divided))
    path = f"/attempts/{divided.id}"
    page = client.get(path).text
    assert "First" in page
    assert "Item 1 of 7" in page
    assert "Section 1 of 3" in page
    assert client.get(f"{path}?item=6").text.count("Item 2 of 7") >= 1
    assert client.get(f"{path}?item=all").text.count("<form") == 2
    review = client.get(f"{path}/review").text
    assert "You cannot come back to these items." in review
    assert f'action="{path}/sections/1/finish"' in review
    assert "Submit the exam" not in review
    late = client.post(f"{path}/items/5", data={"answer": "0", "revision": "0"}, follow_redirects=True).text
    assert "That section is closed." in late
    client.post(f"{path}/sections/1/finish")
    second = client.post(f"{path}/sections/2/finish", follow_redirects=True).text
    assert "Third" in second
    assert "Item 6 of 7" in second
    assert "Item 5 of 7" in client.get(f"{path}?item=5").text
    last = client.get(f"{path}/review").text
    assert f'action="{path}/submit"' in last
    assert client.post(f"{path}/submit", follow_redirects=True).status_code == 200
    assert client.post(f"{path}/sections/3/finish").location.endswith("/result")


def divided_person(attempt: Attempt) -> Any:
    with reading():
        return db.session.get_one(Person, attempt.person_id)
