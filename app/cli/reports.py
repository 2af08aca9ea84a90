"""The commands of the reports."""

import csv
import json
import sys
from typing import Literal

import click
from flask.cli import AppGroup

from app.cli.saying import Failure, words
from app.partners.particulars import Cadence
from app.partners.periods import SHAPES
from app.partners.programmes import programme_by_slug
from app.partners.report_files import HEADER, report_json, report_rows
from app.partners.reports import last_over, period_asked, report
from app.refusal import Refusal
from app.transaction import reading
from app.web.csv_export import cell_text

reports = AppGroup("reports", help="What a period brought to a programme.")


@reports.command("print")
@click.argument("programme")
@click.option("--cadence", type=click.Choice(list(SHAPES)), required=True)
@click.option(
    "--period", help="Like 2026-10-12, 2026-W42, 2026-10, 2026-Q4 or 2026. Without it: the last one that is over."
)
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv")
def print_report(programme: str, cadence: Cadence, period: str | None, form: Literal["csv", "json"]) -> None:
    """The report of a PROGRAMME, as it was known when the period ended."""
    try:
        with reading() as now:
            asked = period_asked(cadence, period) if period else last_over(cadence, now)
            made = report(programme_by_slug(programme), asked, now=now)
            rows, data = list(report_rows(made)), report_json(made)
    except Refusal as refusal:
        raise Failure(words(refusal)) from refusal
    if form == "json":
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(HEADER)
    for row in rows:
        writer.writerow([cell_text(cell) for cell in row])
