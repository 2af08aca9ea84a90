"""The commands of the exams: receipts, replays and corrections."""

import json
import sys
from typing import TextIO

import click
from flask.cli import AppGroup

from app.cli.saying import Failure, words
from app.exams.attempts import Attempt
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
