"""Versions: what follows from one is worked out once, and forgotten with it."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from app.content.versions import body_of, derived, publish_version
from app.transaction import reading, writing

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_what_follows_from_a_version_is_worked_out_once(app: Flask) -> None:
    one, other = published("one", 1), published("other", 2)
    read: list[int] = []

    def double(version_id: int) -> int:
        read.append(version_id)
        return 2 * int(body_of(version_id)["number"])

    with reading():
        assert [derived(one, double), derived(other, double), derived(one, double)] == [2, 4, 2]
        assert [derived(one, triple), derived(one, double)] == [3, 2]
    assert read == [one, other]


def test_an_id_that_comes_back_after_a_rollback_stands_for_the_new_version(app: Flask) -> None:
    def lose() -> None:
        with writing():
            lost = publish_version("exam", "lost", {"number": 1}, at=NOON)[0].id
            assert (body_of(lost), derived(lost, triple)) == ({"number": 1}, 3)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        lose()
    kept = published("kept", 5)
    with reading():
        assert (body_of(kept), derived(kept, triple)) == ({"number": 5}, 15)


def published(name: str, number: int) -> int:
    with writing():
        return publish_version("exam", name, {"number": number}, at=NOON)[0].id


def triple(version_id: int) -> int:
    return 3 * int(body_of(version_id)["number"])
