"""Pages of an attempt: one item at a time, the review before submitting, and the result."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any, NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from werkzeug.wrappers import Response

from app.exams.attempts import Attempt, AttemptClosed, AttemptState
from app.exams.breaks import break_left_s, is_on_break
from app.exams.finishing import finish_section as finish
from app.exams.kinds.kind import GAP, BadAnswer
from app.exams.reports import reported_positions
from app.exams.responses import (
    NoSuchPosition,
    OnBreak,
    Saved,
    SectionClosed,
    StaleRevision,
    response_at,
    responses_of,
    save_response,
)
from app.exams.sections import Present
from app.exams.timing import GRACE
from app.journeys.sitting import submit_attempt
from app.transaction import reading, writing
from app.web.candidate.breaks import break_page
from app.web.candidate.forms import ItemReply, read_reply
from app.web.candidate.reports import file_report
from app.web.candidate.words import script_words
from app.web.identity import device, visitor
from app.web.settling import settled_attempt
from app.web.wording import gettext as _

Page = str | Response | tuple[str, int]
Responses = Mapping[int, Saved]


@dataclass(frozen=True)
class ItemView:
    """What the page shows of an item: its public view and the response. The first line of the stem is the heading."""

    position: int
    public: dict[str, Any]
    saved: Saved
    answer: Any
    wrong: bool = False
    stale: bool = False

    @property
    def number(self) -> int:
        """Items count from 1 for people."""
        return self.position + 1

    @property
    def heading(self) -> str:
        """Safe HTML of one line."""
        return str(self.public["stem"]).removeprefix("<p>").partition("</p>")[0]

    @property
    def rest(self) -> str:
        """Safe HTML of the paragraphs, tables and code below the heading."""
        return str(self.public["stem"]).partition("</p>")[2]

    @property
    def pieces(self) -> list[str]:
        """What stands below the heading, cut where a kind has its own fields or pictures to show."""
        return self.rest.split(GAP)

    def part(self, place: int) -> Any:
        """One part of an answer that has several, whatever was sent."""
        return self.answer[place] if isinstance(self.answer, list) and place < len(self.answer) else None


class Cell(NamedTuple):
    """An item's place in the navigator."""

    number: int
    answered: bool
    flagged: bool
    current: bool


def attempt(attempt_id: int) -> Page:
    """The item asked for, else the first without an answer; `item=all` gives all of them to the page's script."""
    sitting = settled_attempt(attempt_id, visitor().id)
    if sitting.state is AttemptState.CLOSED:
        return redirect(url_for("candidate.result", attempt_id=attempt_id))
    with reading() as at, force_locale(sitting.language):
        if is_on_break(sitting, at):
            return break_page(sitting)
        saved = responses_of(attempt_id)
        if request.args.get("item") == "all":
            return render_template(
                "candidate/items.html", **_frame(sitting, saved, at), views=_views(sitting, saved, at)
            )
        position = _asked_position(sitting.present(at), saved)
        return _item_page(sitting, item_view(sitting, position, saved), saved, at)


def save_item(attempt_id: int, position: int) -> Page:
    """Save what the form of an item sends, and go where its button says."""
    sitting = settled_attempt(attempt_id, visitor().id)
    if sitting.state is AttemptState.CLOSED:
        return _too_late(attempt_id)
    if position >= len(sitting.item_ids):
        raise NoSuchPosition
    with reading():
        shape = sitting.public_item(position)["shape"]
        before = response_at(attempt_id, position)
    reply = read_reply(request.form, shape)
    try:
        if "report" in request.form:
            file_report(attempt_id, position)
        if reply.answer != before.answer or reply.flagged not in (None, before.flagged):
            _save(attempt_id, position, reply)
    except AttemptClosed:
        return _too_late(attempt_id)
    except (OnBreak, SectionClosed) as refusal:
        return _not_now(attempt_id, refusal)
    except (BadAnswer, StaleRevision) as refusal:
        return _refused_page(sitting, position, reply, refusal), refusal.status
    return redirect(_target(attempt_id, position, reply.go), 303)


def review(attempt_id: int) -> Page:
    """What is answered, what is not and what is flagged, before the attempt is submitted."""
    sitting = settled_attempt(attempt_id, visitor().id)
    if sitting.state is AttemptState.CLOSED:
        return redirect(url_for("candidate.result", attempt_id=attempt_id))
    with reading() as at, force_locale(sitting.language):
        if is_on_break(sitting, at):
            return break_page(sitting)
        saved = responses_of(attempt_id)
        return render_template("candidate/review.html", views=_views(sitting, saved, at), **_frame(sitting, saved, at))


def finish_section(attempt_id: int, number: int) -> Page:
    """Go on to the next section; the review of this one was the confirmation."""
    if settled_attempt(attempt_id, visitor().id).state is AttemptState.CLOSED:
        return _too_late(attempt_id)
    with suppress(OnBreak), writing() as at:  # the page of the break says it
        finish(attempt_id, visitor().id, number - 1, at=at)
    return redirect(url_for("candidate.attempt", attempt_id=attempt_id), 303)


def submit(attempt_id: int) -> Response:
    """Close the attempt and show its result."""
    with writing() as at:
        submit_attempt(attempt_id, visitor().id, at=at)
    return redirect(url_for("candidate.result", attempt_id=attempt_id), 303)


def item_view(sitting: Attempt, position: int, saved: Responses) -> ItemView:
    """An item with its current response."""
    response = saved.get(position) or Saved(position, 0, None, False, None)
    return ItemView(position, sitting.public_item(position), response, response.answer)


def clock_text(left: timedelta) -> str:
    """`37:42`, or `1:07:42` with more than an hour left."""
    seconds = max(0, int(left.total_seconds()))
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


def _views(sitting: Attempt, saved: Responses, at: datetime) -> list[ItemView]:
    """The items that may be seen now, with their responses."""
    return [item_view(sitting, position, saved) for position in sitting.present(at).open_positions]


def _asked_position(section: Present, saved: Responses) -> int:
    """The one asked for or the nearest to it, else the first without an answer, of the present section first."""
    positions = section.open_positions
    number = request.args.get("item", type=int)
    if number is not None:
        return min(max(number - 1, positions.start), positions.stop - 1)
    in_turn = [*section.positions, *positions]
    empty = (position for position in in_turn if position not in saved or saved[position].answer is None)
    return next(empty, section.positions.start)


def _save(attempt_id: int, position: int, reply: ItemReply) -> None:
    with writing() as at:
        save_response(
            attempt_id,
            visitor().id,
            position,
            reply.answer,
            revision=reply.revision,
            flagged=reply.flagged,
            at=at,
            seen=device(),
        )


def _refused_page(sitting: Attempt, position: int, reply: ItemReply, refusal: BadAnswer | StaleRevision) -> str:
    """The item again: with what was typed and why it was not kept, or with the newer answer of another window."""
    with reading() as at, force_locale(sitting.language):
        saved = responses_of(sitting.id)
        current = item_view(sitting, position, saved)
        stale = isinstance(refusal, StaleRevision)
        answer = current.answer if stale else reply.answer
        view = ItemView(position, current.public, current.saved, answer, wrong=not stale, stale=stale)
        return _item_page(sitting, view, saved, at)


def _item_page(sitting: Attempt, view: ItemView, saved: Responses, at: datetime) -> str:
    return render_template(
        "candidate/attempt.html",
        view=view,
        reported=reported_positions(sitting.id),
        **_frame(sitting, saved, at, view.position),
    )


def _frame(sitting: Attempt, saved: Responses, at: datetime, here: int | None = None) -> dict[str, Any]:
    """What surrounds the item: the section and its clock, the last save, and the cells of the navigator."""
    section = sitting.present(at)
    cells = [
        Cell(
            number=position + 1,
            answered=position in saved and saved[position].answer is not None,
            flagged=position in saved and saved[position].flagged,
            current=position == here,
        )
        for position in section.open_positions
    ]
    sections = sitting.exam.get("sections")
    return {
        "attempt": sitting,
        "exam": sitting.exam,
        "cells": cells,
        "section": section,
        "section_title": sections[section.number]["title"] if sections else None,
        "section_count": len(sections) if sections else 1,
        "deadline_at": section.deadline,
        "last_saved": max((response.received_at for response in saved.values() if response.received_at), default=None),
        "left": clock_text(section.deadline - at),
        "words": script_words(sitting.language),
        "break_left_min": break_left_s(sitting) // 60,
        "closes_in_s": max(1, ceil((section.deadline + GRACE - at).total_seconds()) + 1),
        "at": at,
    }


def _target(attempt_id: int, position: int, go: str) -> str:
    if go == "review":
        return url_for("candidate.review", attempt_id=attempt_id)
    number = int(go) if go.isascii() and go.isdecimal() else position + 1
    return url_for("candidate.attempt", attempt_id=attempt_id, item=number)


def _not_now(attempt_id: int, refusal: OnBreak | SectionClosed) -> Response:
    """To the page that is open: the section's, or that of the break, which says so itself."""
    if isinstance(refusal, SectionClosed):
        flash(_("That section is closed. What was saved before its end is kept; go on with this one."), "warning")
    return redirect(url_for("candidate.attempt", attempt_id=attempt_id), 303)


def _too_late(attempt_id: int) -> Response:
    flash(_("The attempt was over before this answer arrived. What was saved before has been graded."), "warning")
    return redirect(url_for("candidate.result", attempt_id=attempt_id), 303)
