"""Rotating a key by its command: one deed, which goes on where it was cut off, whatever was cut off."""

import json
import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import keys
from app.extensions import db
from app.keys import LOG, Rotation, key_id, public_keys, signing_key
from app.ledger.log import Kind, Leaf
from app.transaction import reading, writing

Rotate = Callable[[], str]
MAKE = keys._make


class Killed(BaseException):
    """The process ends here: no handler of errors gets to see it."""


@pytest.fixture
def rotate(app: Flask) -> Rotate:
    """The command, which tells the key that is in its place at its end."""

    def run() -> str:
        told = app.test_cli_runner().invoke(args=["keys", "rotate", LOG], catch_exceptions=False)
        assert told.exit_code == 0
        return str(told.output.split("\t")[1])

    return run


def present() -> str:
    return key_id(signing_key(LOG).public_key())


def all_keys() -> list[str]:
    with reading():
        return [key_id(public) for public in public_keys(LOG)]


def logged() -> list[str]:
    """The keys that the log tells of."""
    with reading():
        rows = db.session.scalars(select(Leaf).where(Leaf.kind == Kind.KEY).order_by(Leaf.id))
        return [json.loads(leaf.data)["id"] for leaf in rows]


def killed(*_: object, **__: object) -> None:
    raise Killed


def make_and_die(path: Path, use: str, passphrase: str | None) -> None:
    MAKE(path, use, passphrase)
    raise Killed


def test_a_rotation_logs_the_new_key_and_leaves_nothing_behind(app: Flask, rotate: Rotate) -> None:
    before = present()
    after = rotate()
    assert (present(), logged(), all_keys()) == (after, [after], [after, before])
    assert [path.name for path in (app.config["DATA_DIR"] / "keys").iterdir()] == ["log.pem"]
    assert rotate() not in (before, after)


CUTS = {
    "before the new key is made": (keys, "_make", killed),
    "when the new key is made": (keys, "_make", make_and_die),
    "before the old key is retired": (keys, "insert_or_ignore", killed),
    "before the leaf": (import_module("app.cli.keys"), "append", killed),
    "before the new key is in its place": (os, "replace", killed),
}


@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
def test_a_rotation_that_was_killed_is_ended_by_the_next(
    cut: tuple[object, str, object], rotate: Rotate, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = present()
    with monkeypatch.context() as patch:
        patch.setattr(*cut)
        with pytest.raises(Killed):
            rotate()
    announced = logged()
    assert (present(), all_keys()) == (before, [before])
    after = rotate()
    assert after != before
    assert announced in ([], [after])
    assert (present(), logged(), all_keys()) == (after, [after], [after, before])


def test_two_that_rotate_at_once_put_one_key_in_its_place(app: Flask, rotate: Rotate) -> None:
    before = present()
    with writing() as at:
        slow: Rotation = keys.rotate(LOG, at=at)
    after = rotate()
    assert key_id(slow()) == present() == after
    newest = rotate()
    assert key_id(slow()) == after
    assert (present(), logged(), all_keys()) == (newest, [after, newest], [newest, after, before])


def test_whoever_is_slow_does_not_put_in_place_the_key_that_comes_after(rotate: Rotate) -> None:
    with writing() as at:
        slow = keys.rotate(LOG, at=at)
    after = rotate()
    keys.next_key(LOG)  # a third begins
    slow()
    assert present() == after
