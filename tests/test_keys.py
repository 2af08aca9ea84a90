"""Signing keys: made at the first need, once, however many need them at the same instant."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask

from app.keys import key_id, signing_key

THREADS, ROUNDS = 20, 10


@pytest.mark.once
def test_many_threads_that_need_a_new_key_at_once_agree_on_one(app: Flask) -> None:
    for number in range(ROUNDS):
        barrier = Barrier(THREADS)

        def ask(_: int, use: str = f"use-{number}", barrier: Barrier = barrier) -> str:
            with app.app_context():
                barrier.wait()
                return key_id(signing_key(use).public_key())

        with ThreadPoolExecutor(THREADS) as pool:
            assert len(set(pool.map(ask, range(THREADS)))) == 1
    folder = app.config["DATA_DIR"] / "keys"
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"use-{n}.pem" for n in range(ROUNDS))
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
