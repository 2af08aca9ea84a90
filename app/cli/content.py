"""The commands of the content: checking and publishing it."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.saying import Failure, words
from app.journeys.publishing import publish_content, read_content
from app.refusal import Refusal
from app.transaction import writing

content = AppGroup("content", help="Check and publish courses, exams and programmes.")


@content.command("check")
@click.argument("path", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def check_content(path: Path | None) -> None:
    """Lint everything; exit 1 on any error (a note is none). PATH holds courses/, exams/ and programmes/."""
    root = path or current_app.config["CONTENT_DIR"]
    found = read_content(root)
    for line in (*found.complaints, *(notice for programme in found.programmes for notice in programme.notices)):
        click.echo(str(line))
    if found.complaints:
        raise Failure(f"{len(found.complaints)} errors")
    items = sum(len(exam.items) for exam in found.exams)
    click.echo(
        f"{len(found.courses)} courses, {len(found.exams)} exams with {items} items, {len(found.programmes)} programmes"
    )


@content.command("publish")
def publish() -> None:
    """Publish what changed; nothing at all while anything is wrong."""
    found = read_content(current_app.config["CONTENT_DIR"])
    for complaint in found.complaints:
        click.echo(str(complaint))
    if found.complaints:
        raise Failure(f"{len(found.complaints)} errors; nothing was published")
    try:
        with writing() as at:
            published = publish_content(found, at=at)
    except Refusal as refusal:
        raise Failure(words(refusal)) from refusal
    names = [*published.courses, *published.exams, *published.programmes]
    click.echo(f"published: {', '.join(names)}" if names else "nothing has changed")
