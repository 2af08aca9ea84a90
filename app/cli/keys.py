"""The commands of the signing keys."""

from datetime import datetime

import click
from flask.cli import AppGroup

from app.canonical import fingerprint
from app.cli.saying import Failure
from app.keys import USES, KeysElsewhere, Public, algorithm, key_id, next_key, public_keys, raw, rotate, signing_key
from app.ledger.log import Kind, append, leaf_of
from app.transaction import reading, writing

keys = AppGroup("keys", help="The keys that the service signs with.")


@keys.command("init")
def init() -> None:
    """Make the keys that are missing; those there stay."""
    for use in USES:
        public = signing_key(use).public_key()
        click.echo(f"{use}\t{algorithm(public)}\t{key_id(public)}")


@keys.command("list")
def list_keys() -> None:
    """Every key by use, the present one first, then those that only check what they signed."""
    with reading():
        rows = [(use, public) for use in USES for public in public_keys(use)]
    seen: set[str] = set()
    for use, public in rows:
        state = "retired" if use in seen else "present"
        seen.add(use)
        click.echo(f"{use}\t{algorithm(public)}\t{key_id(public)}\t{state}")


@keys.command("rotate")
@click.argument("use", type=click.Choice(USES))
def rotate_key(use: str) -> None:
    """A new key for one USE; what the old one signed is still checked by it. If it was cut off, run it again."""
    try:
        next_key(use)  # made before the transaction, which others wait for
        with writing() as at:
            put_in_place = rotate(use, at=at)
            _log_once(use, put_in_place.public, at)
    except KeysElsewhere as refusal:
        raise Failure(f"the key for {use} is not kept here: rotate it where it is kept") from refusal
    click.echo(f"{use}\t{key_id(put_in_place())}\tpresent")


def _log_once(use: str, public: Public, at: datetime) -> None:
    """The leaf of a new key, unless a rotation that was cut off has written it."""
    if leaf_of(Kind.KEY, key_id(public)) is None:
        append({"kind": Kind.KEY, "id": key_id(public), "sha256": fingerprint(raw(public)), "subject": use}, at=at)
