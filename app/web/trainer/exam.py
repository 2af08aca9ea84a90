"""An exam as its trainers see it: the policy, what is drawn from what, and the bank with its keys a click away."""

from flask import render_template

from app.exams.assembly import shortfalls
from app.exams.catalogue import bank_of, live_exam
from app.transaction import reading
from app.web.lists import asked_sort, page_of_rows
from app.web.trainer.bank_lines import SORTS, bank_lines, chosen
from app.web.trainer.coverage import coverage
from app.web.trainer.editions import editions_of


def exam(slug: str) -> str:
    """The standing version of an exam, and a page of its bank."""
    with reading() as at:
        found = live_exam(slug)
        body, bank = found.body, bank_of(found.version_id)
        lines = bank_lines(found.version_id, body["domains"])
        return render_template(
            "trainer/exam.html",
            exam=found,
            body=body,
            size=len(lines),
            page=page_of_rows(chosen(lines, list(body["domains"]))),
            sort=asked_sort(SORTS, "place"),
            rows=coverage(list(body["domains"]), bank, body["blueprint"]),
            shortfalls=shortfalls(bank, body["blueprint"]),
            editions=editions_of("exam", slug),
            at=at,
        )
