"""The commands of the exams: receipts, replays and corrections, and what keys give away."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, TextIO

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.saying import Failure, words
from app.exams.attempts import Attempt
from app.exams.bank import ExamFile, read_exams
from app.exams.key_statistics import SUSPECT, Lengths, Spread, lengths_of, spreads_of
from app.exams.receipts import check_receipt
from app.exams.regrading import approved_corrections, regrade_of
from app.exams.results import replays
from app.extensions import db
from app.journeys.regrading import go_on
from app.refusal import Refusal
from app.transaction import reading, snapshot, writing

exams = AppGroup("exams", help="Attempts and their results.")


@exams.command("receipt")
@click.argument("file", type=click.File(encoding="utf-8"))
def receipt(file: TextIO) -> None:
    """Check the receipt of a submission in FILE; exit 1 unless all that it promises holds."""
    try:
        given = json.load(file)
    except ValueError as error:
        raise Failure("that is not a receipt: the file is not JSON") from error
    if not isinstance(given, dict):
        raise Failure("that is not a receipt")
    with reading():
        verdicts = list(check_receipt(given))
    for promise, holds in verdicts:
        click.echo(f"{'yes' if holds else 'NO '}  {promise}")
    if not all(holds for _, holds in verdicts):
        raise Failure("the receipt does not hold")


@exams.command("replay")
@click.argument("attempt", type=int)
def replay(attempt: int) -> None:
    """Grade ATTEMPT again from what it was given, without any file; exit 1 unless each stored result comes out."""
    with snapshot():
        found = db.session.get(Attempt, attempt)
        if found is None or found.closed_at is None:
            raise Failure(f"there is no closed attempt {attempt}")
        if found.is_erased:
            raise Failure(f"the person of attempt {attempt} was erased, and what they wrote with them")
        results = list(replays(found, approved_corrections(found.exam_id)))
    for result, holds in results:
        verdict = "passed" if result.passed else "not passed"
        told = f"result {result.number}: {result.scaled}, {verdict}"
        click.echo(told if holds else f"{told}; graded again it is another")
    if not results or not all(holds for _, holds in results):
        sys.exit(1)


@exams.command("regrade")
@click.argument("correction", type=int)
def regrade(correction: int) -> None:
    """Go on with CORRECTION to the end of its dry run or of its batch, as the worker would: after a failure, say."""
    try:
        is_more_left = True
        while is_more_left:
            with writing() as at:
                is_more_left = go_on(correction, at=at)
        with reading():
            found = regrade_of(correction)
    except Refusal as refusal:
        raise Failure(words(refusal)) from refusal
    click.echo(f"correction {found.id} of {found.item_id}: {found.state}, {found.looked} attempts looked at")


@dataclass(frozen=True)
class Keys:
    """What the keys of an exam's files give away; `lengths` by language."""

    exam: str
    positions: list[Spread]
    lengths: dict[str, Lengths]

    @property
    def suspect(self) -> bool:
        """Whether chance alone would hardly bring one of them."""
        return min([one.p for one in self.positions] + [one.p for one in self.lengths.values()], default=1) < SUSPECT

    def lines(self) -> Iterator[str]:
        """For people."""
        yield self.exam
        for spread in self.positions:
            counts = " ".join(map(str, spread.counts))
            yield f"  right ones by position, of {len(spread.counts)} options: {counts}; p {spread.p:.3f}"
        for language, told in self.lengths.items():
            of = f"{told.longest} of {told.items} items, {told.expected:.1f} expected"
            yield f"  {language}: the right one is the longest in {of}; p {told.p:.3f}"
            for one in told.much_longer:
                yield f"    {one.item_id}: the right one has {one.right} characters, the longest wrong one {one.wrong}"


@exams.command("keys")
@click.argument("exam", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print it for a program.")
def keys(exam: str | None, as_json: bool) -> None:
    """Say whether right options give themselves away by place or length in EXAM's files, or in those of every exam.

    Exit 1 if a probability is below 0.01: then chance alone hardly put the keys there.
    """
    found, complaints = read_exams(current_app.config["CONTENT_DIR"])
    if complaints:
        raise Failure(f"{len(complaints)} errors: see `content check`")
    told = [_keys_of(file) for file in found if exam in (None, file.spec.id)]
    if exam and not told:
        raise Failure(f"there is no exam {exam}")
    if as_json:
        click.echo(json.dumps({"exams": [_as_json(one) for one in told]}, indent=2))
    else:
        for line in (line for one in told for line in one.lines()):
            click.echo(line)
    if any(one.suspect for one in told):
        sys.exit(1)


def _keys_of(file: ExamFile) -> Keys:
    lengths: dict[str, Lengths] = {language: lengths_of(file.items, language) for language in file.spec.languages}
    return Keys(file.spec.id, spreads_of(file.items), lengths)


def _as_json(told: Keys) -> dict[str, Any]:
    return asdict(told) | {"suspect": told.suspect}
