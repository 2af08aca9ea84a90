"""Pages of an attempt: one item at a time, the review before submitting, and the result."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from werkzeug.wrappers import Response

from app.exams.attempts import Attempt, AttemptClosed, AttemptState
from app.exams.breaks import is_on_break
from app.exams.finishing import finish_section as finish
from app.exams.kinds.file_types import BadFile
from app.exams.kinds.kind import BadAnswer
from app.exams.languages import show_in
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
from app.exams.uploading import FileTooLarge, TooManyUploads, keep_upload
from app.exams.uploads import Sent
from app.journeys.sitting import submit_attempt
from app.refusal import N_, Refusal
from app.transaction import reading, writing
from app.web.candidate.breaks import break_page
from app.web.candidate.forms import ItemReply, read_reply, with_file
from app.web.candidate.item_views import ItemView, Responses, frame_of, item_view, item_views
from app.web.candidate.reports import file_report
from app.web.errors import said
from app.web.files import looked_at
from app.web.identity import device, visitor
from app.web.settling import settled_attempt
from app.web.wording import gettext as _

TOO_LATE = N_("That section is closed. What was saved before its end is kept; go on with this one.")
Page = str | Response | tuple[str, int]


def attempt(attempt_id: int) -> Page:
    """The item asked for, else the first without an answer; `item=all` gives all of them to the page's script."""
    sitting = settled_attempt(attempt_id, visitor().id)
    if sitting.state is AttemptState.CLOSED:
        return redirect(url_for("candidate.result", attempt_id=attempt_id))
    with reading() as at, force_locale(sitting.spoken):
        if is_on_break(sitting, at):
            return break_page(sitting)
        if "late" in request.args:
            flash(_(TOO_LATE), "warning")
        saved = responses_of(attempt_id)
        if request.args.get("item") == "all":
            return render_template(
                "candidate/items.html", **frame_of(sitting, saved, at), views=item_views(sitting, saved, at)
            )
        position = _asked_position(sitting.present(at), saved)
        return _item_page(sitting, item_view(sitting, position, saved), saved, at)


def save_item(attempt_id: int, position: int) -> Page:
    """Save what the form of an item sends, and go where its button says, or read on in the language it names."""
    sitting = settled_attempt(attempt_id, visitor().id)
    if sitting.state is AttemptState.CLOSED:
        return _too_late(attempt_id)
    if position >= len(sitting.item_ids):
        raise NoSuchPosition
    with reading():
        shape = sitting.public_item(position)["shape"]
        before = response_at(attempt_id, position)
    reply, chosen = read_reply(request.form, shape), request.files.get("file") if shape["input"] == "files" else None
    try:
        if "report" in request.form:
            file_report(attempt_id, position)
        if reply.language:
            _show_in(sitting, reply.language)
        _save(attempt_id, before, reply, looked_at(chosen) if chosen else None)
    except AttemptClosed:
        return _too_late(attempt_id)
    except (OnBreak, SectionClosed) as refusal:
        return _not_now(attempt_id, refusal)
    except (BadAnswer, BadFile, FileTooLarge, TooManyUploads, StaleRevision) as refusal:
        return _refused_page(sitting, position, reply, refusal), refusal.status
    return redirect(_target(attempt_id, position, reply.go), 303)


def show_attempt_in(attempt_id: int) -> Response:
    """Read the review in another language."""
    _show_in(settled_attempt(attempt_id, visitor().id), request.form.get("language", ""))
    return redirect(url_for("candidate.review", attempt_id=attempt_id), 303)


def review(attempt_id: int) -> Page:
    """What is answered, what is not and what is flagged, before the attempt is submitted."""
    sitting = settled_attempt(attempt_id, visitor().id)
    if sitting.state is AttemptState.CLOSED:
        return redirect(url_for("candidate.result", attempt_id=attempt_id))
    with reading() as at, force_locale(sitting.spoken):
        if is_on_break(sitting, at):
            return break_page(sitting)
        saved = responses_of(attempt_id)
        return render_template(
            "candidate/review.html", views=item_views(sitting, saved, at), **frame_of(sitting, saved, at)
        )


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


def _asked_position(section: Present, saved: Responses) -> int:
    """The one asked for or the nearest to it, else the first without an answer, of the present section first."""
    positions = section.open_positions
    number = request.args.get("item", type=int)
    if number is not None:
        return min(max(number - 1, positions.start), positions.stop - 1)
    in_turn = [*section.positions, *positions]
    empty = (position for position in in_turn if position not in saved or saved[position].answer is None)
    return next(empty, section.positions.start)


def _show_in(sitting: Attempt, language: str) -> None:
    with writing():
        show_in(sitting, language)


def _save(attempt_id: int, before: Saved, reply: ItemReply, file: Sent | None) -> None:
    """Keep what differs from before; the file that came with the form joins the answer, or neither is kept."""
    if not file and reply.answer == before.answer and reply.flagged in (None, before.flagged):
        return
    person_id, position, answer = visitor().id, before.position, reply.answer
    with writing() as at:
        if file:
            answer = with_file(answer, keep_upload(attempt_id, person_id, position, file, at=at))
        save_response(
            attempt_id,
            person_id,
            position,
            answer,
            revision=reply.revision,
            flagged=reply.flagged,
            at=at,
            seen=device(),
        )


def _refused_page(sitting: Attempt, position: int, reply: ItemReply, refusal: Refusal) -> str:
    """The item again: with what was typed and why it was not kept, or with the newer answer of another window."""
    with reading() as at, force_locale(sitting.spoken):
        saved = responses_of(sitting.id)
        current = item_view(sitting, position, saved)
        if isinstance(refusal, StaleRevision):
            view = replace(current, stale=True)
        else:
            view = replace(current, answer=reply.answer, wrong=True, trouble=said(refusal.detail or refusal.title))
        return _item_page(sitting, view, saved, at)


def _item_page(sitting: Attempt, view: ItemView, saved: Responses, at: datetime) -> str:
    return render_template(
        "candidate/attempt.html",
        view=view,
        reported=reported_positions(sitting.id),
        **frame_of(sitting, saved, at, view.position),
    )


def _target(attempt_id: int, position: int, go: str) -> str:
    if go == "review":
        return url_for("candidate.review", attempt_id=attempt_id)
    number = int(go) if go.isascii() and go.isdecimal() else position + 1
    return url_for("candidate.attempt", attempt_id=attempt_id, item=number)


def _not_now(attempt_id: int, refusal: OnBreak | SectionClosed) -> Response:
    """To the page that is open: the section's, or that of the break, which says so itself."""
    if isinstance(refusal, SectionClosed):
        flash(_(TOO_LATE), "warning")
    return redirect(url_for("candidate.attempt", attempt_id=attempt_id), 303)


def _too_late(attempt_id: int) -> Response:
    flash(_("The attempt was over before this answer arrived. What was saved before has been graded."), "warning")
    return redirect(url_for("candidate.result", attempt_id=attempt_id), 303)
