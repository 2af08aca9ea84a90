"""Statistics of items: each closed attempt counts once, in any of an item's texts, whoever counts beside whom."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from app import worker
from app.exams.attempts import Attempt
from app.exams.counting import BATCH, count, uncounted
from app.exams.item_statistics import ItemStatistic, usage_of
from app.exams.offers import Usage
from app.exams.responses import save_response
from app.extensions import db
from app.journeys.demo import right_answer
from app.journeys.invariants import verify_all
from app.journeys.sitting import submit_attempt
from app.transaction import now, reading, snapshot, writing
from tests.factories import ITEMS, make_exam, make_person, publish, sit, start, write_exam


def counted(exam_id: int) -> dict[str, Usage]:
    """What is known once the worker was there."""
    worker.run(once=True)
    with reading():
        return usage_of(exam_id)


def test_an_attempt_counts_when_it_is_closed_and_once(app: Flask, tmp_path: Path) -> None:
    exam = make_exam(tmp_path, copies=1)
    start(make_person())
    assert counted(exam.id) == {}
    sit(make_person())
    sit(make_person(), passes=False)
    for _ in range(2):
        with writing():
            db.session.execute(text("UPDATE outbox SET due_at = '2020-01-01' WHERE kind = 'count_items'"))
        usage = counted(exam.id)
        assert len(usage) == 5
        assert set(usage.values()) == {Usage(given=2, answered=1, earned=1000)}


def test_a_part_of_the_points_counts_as_a_part(app: Flask, tmp_path: Path) -> None:
    exam = make_exam(tmp_path, copies=1)
    person = make_person()
    attempt = start(person)
    position = next(place for place, item in enumerate(attempt.items) if item["id"] == "all-1")
    right = right_answer(attempt.items[position], attempt.option_orders[position])
    with writing() as at:
        save_response(attempt.id, person.id, position, right[:1], revision=0, flagged=None, at=at)
        submit_attempt(attempt.id, person.id, at=at)
    assert counted(exam.id)["all-1"] == Usage(given=1, answered=1, earned=500)


def test_another_text_of_an_item_is_the_same_item(app: Flask, tmp_path: Path) -> None:
    exam = make_exam(tmp_path, copies=1)
    person = make_person()
    sit(person, passes=False)
    write_exam(tmp_path, copies=1, items=ITEMS.replace("## Name it", "## Now name it"))
    publish(tmp_path)
    sit(make_person())
    assert counted(exam.id)["name-1"] == Usage(given=2, answered=1, earned=1000)


def test_two_who_count_at_once_count_once(app: Flask, tmp_path: Path) -> None:
    exam = make_exam(tmp_path, copies=1)
    for _ in range(4):
        sit(make_person())

    def count_beside(_: int) -> None:
        with app.app_context():
            with reading():
                tallies = uncounted()
            with writing():
                count(tallies)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_beside, range(8)))
    with reading():
        assert {usage.given for usage in usage_of(exam.id).values()} == {4}


def test_more_than_a_batch_is_counted_in_one_turn(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exam = make_exam(tmp_path, copies=1)
    for _ in range(3):
        sit(make_person())
    with reading():
        assert len(uncounted()) == 3 < BATCH
    monkeypatch.setattr("app.exams.counting._UNCOUNTED", db.select(Attempt).where(Attempt.counted.is_(False)).limit(1))
    assert {usage.given for usage in counted(exam.id).values()} == {3}


def test_a_start_draws_what_was_given_least(app: Flask, tmp_path: Path) -> None:
    exam = make_exam(tmp_path, copies=2)
    first = {item["id"] for item in start(make_person(), rng=Random(3)).items}
    with writing():
        db.session.execute(update(Attempt).values(state="closed", closed_at=now(), closing="deadline"))
    counted(exam.id)
    second = {item["id"] for item in start(make_person(), rng=Random(4)).items}
    assert first.isdisjoint(second)


def test_statistics_that_are_no_sum_are_seen(app: Flask, tmp_path: Path) -> None:
    exam = make_exam(tmp_path, copies=1)
    sit(make_person())
    counted(exam.id)
    with snapshot():
        assert list(verify_all(now())) == []
    with writing():
        db.session.execute(update(ItemStatistic).where(ItemStatistic.item_id == "name-1").values(given=7))
    with snapshot():
        [breach] = verify_all(now())
    assert breach == f"item name-1 of exam {exam.id}: its statistics are not the sum of what was counted"


@pytest.mark.parametrize(("given", "answered", "earned"), [(1, 2, 0), (1, 1, 1001), (1, -1, 0), (1, 0, -1)])
def test_the_database_refuses_counts_that_cannot_be(
    app: Flask, tmp_path: Path, given: int, answered: int, earned: int
) -> None:
    exam = make_exam(tmp_path, copies=1)
    row = {"exam_id": exam.id, "item_id": "a", "given": given, "answered": answered, "earned": earned}
    with pytest.raises(IntegrityError), writing():
        db.session.execute(
            text("INSERT INTO item_statistics VALUES (:exam_id, :item_id, :given, :answered, :earned)"), row
        )
