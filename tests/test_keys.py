"""Signing keys: made at the first need, once, however many need them; rotated, encrypted, or kept elsewhere."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from threading import Barrier

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask

from app.keys import (
    LOG,
    RECEIPTS,
    ROOT,
    TOKENS,
    USES,
    KeysElsewhere,
    LocalKey,
    algorithm,
    key_id,
    public_keys,
    rotate,
    signing_key,
)
from app.transaction import reading, writing

THREADS, ROUNDS = 20, 10
ELSEWHERE = LocalKey(Ed25519PrivateKey.generate())
OTHER_PROCESS = """
from app.factory import create_app
from app.keys import LOG, key_id, signing_key
with create_app().app_context():
    for _ in range(2):
        print(key_id(signing_key(LOG).public_key()), flush=True)
        input()
"""


def service(use: str) -> LocalKey:
    """A key service, as an operator would write one."""
    return ELSEWHERE


@pytest.mark.once
def test_many_threads_that_need_a_new_key_at_once_agree_on_one(app: Flask) -> None:
    folder = app.config["DATA_DIR"] / "keys"
    for _ in range(ROUNDS):
        barrier = Barrier(THREADS)

        def ask(_: int, barrier: Barrier = barrier) -> str:
            with app.app_context():
                barrier.wait()
                return key_id(signing_key(RECEIPTS).public_key())

        with ThreadPoolExecutor(THREADS) as pool:
            assert len(set(pool.map(ask, range(THREADS)))) == 1
        assert [path.name for path in folder.iterdir()] == ["receipts.pem"]
        assert (folder / "receipts.pem").stat().st_mode & 0o777 == 0o600
        (folder / "receipts.pem").unlink()


def test_each_use_has_its_own_key_and_signs(app: Flask) -> None:
    made = {use: signing_key(use) for use in USES}
    assert len({key_id(key.public_key()) for key in made.values()}) == len(USES)
    assert {algorithm(key.public_key()) for key in made.values()} == {"Ed25519", "RSA-2048", "P-256"}
    assert algorithm(made[TOKENS].public_key()) == "RSA-2048"
    assert algorithm(made[ROOT].public_key()) == "P-256"
    assert all(key.sign(b"data") for key in made.values())


def test_a_rotated_key_goes_on_checking(app: Flask) -> None:
    before = signing_key(LOG).public_key()
    with writing() as at:
        replace = rotate(LOG, at=at)
    after = replace()
    assert key_id(after) != key_id(before)
    assert key_id(signing_key(LOG).public_key()) == key_id(after)
    with reading():
        assert [key_id(public) for public in public_keys(LOG)] == [key_id(after), key_id(before)]


def test_a_rotation_that_was_cut_off_leaves_the_key_in_its_place(app: Flask) -> None:
    before = signing_key(LOG).public_key()
    with writing() as at:
        rotate(LOG, at=at)  # and the process dies
    with reading():
        assert [key_id(public) for public in public_keys(LOG)] == [key_id(before)]


def test_another_process_signs_with_the_new_key_at_once(app: Flask) -> None:
    before = key_id(signing_key(LOG).public_key())
    given = os.environ | {"DATA_DIR": str(app.config["DATA_DIR"])}
    command = [sys.executable, "-c", OTHER_PROCESS]
    with subprocess.Popen(command, env=given, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin
        assert other.stdout
        assert other.stdout.readline().strip() == before
        with writing() as at:
            replace = rotate(LOG, at=at)
        after = key_id(replace())
        other.stdin.write("\n\n")
        other.stdin.flush()
        assert other.stdout.readline().strip() == after


def test_keys_are_encrypted_with_a_passphrase_and_older_ones_still_read(app: Flask) -> None:
    plain = key_id(signing_key(RECEIPTS).public_key())
    app.config["KEYS_PASSPHRASE"] = "a long one"
    assert key_id(signing_key(RECEIPTS).public_key()) == plain
    made = key_id(signing_key(LOG).public_key())
    text = (app.config["DATA_DIR"] / "keys" / "log.pem").read_bytes()
    assert b"ENCRYPTED" in text
    app.config["KEYS_PASSPHRASE"] = "another"
    with pytest.raises(ValueError, match="password"):
        signing_key(LOG)
    app.config["KEYS_PASSPHRASE"] = "a long one"
    assert key_id(signing_key(LOG).public_key()) == made


def test_a_key_comes_from_the_environment_or_a_key_service(app: Flask) -> None:
    given = Ed25519PrivateKey.generate()
    app.config["KEYS"][LOG] = given.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    assert key_id(signing_key(LOG).public_key()) == key_id(given.public_key())
    with pytest.raises(KeysElsewhere), writing() as at:
        rotate(LOG, at=at)
    app.config["KEY_SERVICE"] = "tests.test_keys:service"
    elsewhere = import_module("tests.test_keys").ELSEWHERE
    assert key_id(signing_key(LOG).public_key()) == key_id(elsewhere.public_key())
    with pytest.raises(KeysElsewhere), writing() as at:
        rotate(RECEIPTS, at=at)
    assert not (app.config["DATA_DIR"] / "keys").exists()
