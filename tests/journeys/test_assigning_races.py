"""Assigning in real threads: two sends of one form assign once, and of two workers one writes."""

from pathlib import Path

import pytest
from flask import Flask

from app.journeys.assigning import NothingToAssign, remind_of_assignments
from app.people.organisations import PartnerRole
from app.transaction import writing
from tests.assigning import NOON, OVER, ask, letters, lines, member
from tests.exams.test_sitting_races import at_once
from tests.factories import make_organisation, publish, write_course

THREADS = 6


@pytest.fixture(autouse=True)
def content(app: Flask, tmp_path: Path) -> None:
    for slug in ("basics", "more"):
        write_course(tmp_path, slug=slug)
    publish(tmp_path)


def test_one_form_sent_often_assigns_once_and_the_night_writes_once(app: Flask) -> None:
    andes = make_organisation(at=NOON)
    boss = member(andes, partner_role=PartnerRole.ADMIN)
    people = [member(andes) for _ in range(3)]

    def send() -> bool:
        with app.app_context():
            try:
                ask(andes, boss, *people, what="track:fundamentals")
            except NothingToAssign:
                return False
            return True

    def night() -> bool:
        with app.app_context(), writing():
            return remind_of_assignments(OVER, 100)

    assert sum(at_once([send] * THREADS)) == 1
    assert len(lines(andes)) == 6
    before = len(letters())
    at_once([night] * THREADS)
    assert [kind for kind, _ in letters()[before:]] == ["late"] * 3
