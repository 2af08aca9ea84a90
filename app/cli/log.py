"""The commands of the log: what it is now, that it only grew, and that it is what its rows say."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli.saying import Failure
from app.ledger.merkle import OutOfTree, verify_consistency
from app.ledger.notes import NotANote, Note, is_signed, read_note
from app.ledger.sealing import seal_breaches
from app.ledger.trees import LOG, TREES, Checkpoint, consistency_proof, latest_checkpoint, log_keys
from app.transaction import reading, snapshot

log = AppGroup("log", help="The log of credentials, and the tree that seals the ledger.")


@log.command("checkpoint")
@click.option("--tree", type=click.Choice(TREES), default=LOG, help="The ledger is sealed by the tree 'deeds'.")
def checkpoint(tree: str) -> None:
    """Print the newest checkpoint, to be kept elsewhere."""
    with reading():
        click.echo(_latest(tree).note, nl=False)


@log.command("prove-growth")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def prove_growth(file: Path) -> None:
    """Check that the present tree begins with that of the checkpoint kept in FILE; exit 1 if not."""
    try:
        kept = read_note(file.read_bytes().decode())
    except (NotANote, UnicodeDecodeError) as error:
        raise Failure(f"{file} is not a checkpoint") from error
    tree = kept.origin.rpartition("/")[2]
    with reading():
        if tree not in TREES or not is_signed(kept, log_keys()):
            raise Failure(f"{file} was not signed by a key of this log")
        latest = _latest(tree)
        if not is_signed(read_note(latest.note), log_keys()):
            raise Failure(f"the newest checkpoint of {tree} was not signed by a key of this log")
        if not _extends(tree, kept, latest):
            raise Failure(f"{tree} was rewritten: it is not an extension of the checkpoint of {kept.size}")
    click.echo(f"{tree} grew from {kept.size} to {latest.size} and is otherwise unchanged")


@log.command("verify")
def verify() -> None:
    """Compute both trees again from the rows; exit 1 if anything differs."""
    with snapshot():
        breaches = list(seal_breaches())
    for breach in breaches:
        click.echo(breach)
    if breaches:
        sys.exit(1)
    click.echo("both trees are what their rows say")


def _latest(tree: str) -> Checkpoint:
    latest = latest_checkpoint(tree)
    if latest is None:
        raise Failure(f"{tree} has no checkpoint yet: the worker signs the first")
    return latest


def _extends(tree: str, kept: Note, latest: Checkpoint) -> bool:
    """Proved as to a stranger, who has the two roots and the hashes between them."""
    try:
        proof = consistency_proof(tree, kept.size, latest.size)
    except (OutOfTree, KeyError):  # it has shrunk, or hashes are gone
        return False
    return verify_consistency(kept.size, latest.size, kept.root, latest.root, proof.hashes)
