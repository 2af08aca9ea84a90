"""One item of a bank, with its key: what a candidate never reaches."""

from flask import render_template

from app.exams.catalogue import live_exam
from app.exams.item_statistics import usage_of
from app.exams.offers import ENOUGH, Usage
from app.refusal import NotFound
from app.transaction import reading
from app.web.item_texts import numeric_answer, with_gaps
from app.web.trainer.bank_lines import BankLine, bank_lines
from app.web.trainer.editions import editions_of
from app.web.wording import lazy_gettext as _l


class NoSuchItem(NotFound):
    """The bank of the exam holds no such item."""

    title = _l("There is no such item")


def item(slug: str, item_id: str) -> str:
    """The item in every language side by side, and its neighbours."""
    with reading() as at:
        exam = live_exam(slug)
        lines = bank_lines(exam.version_id, exam.body["domains"])
        place = place_of(lines, item_id)
        line = lines[place]
        return render_template(
            "trainer/item.html",
            exam=exam,
            body=exam.body,
            line=line,
            item=line.item,
            numeric_answer=numeric_answer,
            with_gaps=with_gaps,
            before=lines[place - 1] if place else None,
            after=lines[place + 1] if place + 1 < len(lines) else None,
            usage=usage_of(exam.id).get(item_id, Usage()),
            editions=editions_of("item", f"{slug}/{item_id}"),
            enough=ENOUGH,
            at=at,
        )


def place_of(lines: list[BankLine], item_id: str) -> int:
    """Where the item stands in the bank, or NoSuchItem."""
    for place, line in enumerate(lines):
        if line.item["id"] == item_id:
            return place
    raise NoSuchItem
