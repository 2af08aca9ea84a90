"""Onboarding as the vendor follows it: who is on the way in, the late ones first, and the steps of each to tick."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask_wtf import FlaskForm

from app.journeys.welcoming import take_step_back
from app.journeys.welcoming import tick_step as tick
from app.partners.checklists import Checklist
from app.partners.onboarding import checklist_in, checklists_in, records_of_steps
from app.partners.programmes import NoSuchProgramme, Participation, Programme, live_programmes, participations_of
from app.people.organisations import organisation_by_slug
from app.transaction import reading
from app.web.access import may
from app.web.admin.attempt import names_of
from app.web.admin.onboarding_forms import StepBackForm, TickForm
from app.web.csv_export import csv_response
from app.web.identity import visitor
from app.web.inviting import Answer, Wrong, do
from app.web.layout import in_language
from app.web.lists import asked_choice, asked_text, matches, page_of_rows
from app.web.onboarding_words import clock, words
from app.web.partner.places import Place
from app.web.partner.scorecard import chosen_participation, programme_tabs
from app.web.wording import gettext as _

STATES = ("late", "finished")
Row = tuple[Participation, Checklist]


def onboardings() -> str:
    """A page of the partners of one programme that are on the way in, or have arrived."""
    with reading() as at:
        asking = _asking()
        chosen = _chosen(asking)
        everybody = checklists_in(chosen.id, at) if chosen else []
        return render_template(
            "admin/onboardings.html",
            tabs=[_tab(one, chosen) for one in asking],
            page=page_of_rows(_found(everybody, at)),
            counts=_counts(everybody, at),
            **words(at),
        )


def onboardings_export() -> Response:
    """All that was searched for, as CSV."""
    with reading() as at:
        chosen = _chosen(_asking())
        found = _found(checklists_in(chosen.id, at) if chosen else [], at)
        header = [_("Organisation"), _("Programme"), _("Joined on"), _("Last day"), _("State")]
        header += [_("Steps done"), _("Steps"), _("Next step"), _("Finished on")]
        return csv_response(f"onboarding-{at:%Y-%m-%d}", header, [_csv_row(*row, at) for row in found])


def onboarding(slug: str) -> str:
    """The checklist of one partner in one programme."""
    return _show(slug, None, None)


def tick_step(slug: str, step: str) -> Answer:
    """A step is done."""
    form = TickForm(prefix=f"{step}-")

    def deed(part: Participation, at: datetime) -> str:
        tick(part, step, form.done_on.data, form.note.data or "", form.seen.data, by=visitor().id, at=at)
        return _("The step is ticked.")

    return _deed(slug, step, form, deed)


def untick_step(slug: str, step: str) -> Answer:
    """A step is not done after all."""
    form = StepBackForm(prefix=f"{step}-")

    def deed(part: Participation, at: datetime) -> str:
        take_step_back(part, step, form.reason.data, form.seen.data, by=visitor().id, at=at)
        return _("The step is open again. What was recorded before stays in the history.")

    return _deed(slug, step, form, deed)


def _deed(slug: str, step: str, form: FlaskForm, deed: Any) -> Answer:
    page = url_for("admin.onboarding", slug=slug, programme=request.args.get("programme"))
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(page)
    return do(form, lambda at: deed(_part(slug), at), lambda wrong: _show(slug, step, wrong), page)


def _part(slug: str) -> Participation:
    parts = participations_of(organisation_by_slug(slug).id)
    if not parts:
        raise NoSuchProgramme
    return chosen_participation(parts)


def _show(slug: str, step: str | None, wrong: Wrong | None) -> str:
    """The page, with the form of the step that was refused."""
    with reading() as at:
        part = _part(slug)
        checklist, records = checklist_in(part, at), records_of_steps(part)
        forms = _forms(checklist, at.date()) if checklist and may("admin.tick_step") else {}
        if wrong and wrong.refusal is None and step in forms:
            forms[step] = wrong.form
        return render_template(
            "admin/onboarding.html",
            place=Place(part.organisation.name, slug, part, False),
            tabs=programme_tabs(participations_of(part.organisation_id), part, "admin.onboarding", slug),
            checklist=checklist,
            forms=forms,
            records=records,
            names=names_of({one.recorded_by for one in records}),
            steps=_names(part, checklist),
            wrong=wrong,
            wrong_step=step,
            **words(at),
        )


def _forms(checklist: Checklist, today: date) -> dict[str, FlaskForm]:
    """A form for each step: to tick it, or to take it back."""
    return {
        step.id: (StepBackForm if step.done_on else TickForm)(
            None, prefix=f"{step.id}-", data={"done_on": today, "seen": step.number}
        )
        for phase in checklist.phases
        for step in phase.steps
    }


def _names(part: Participation, checklist: Checklist | None) -> Mapping[str, str]:
    phases = checklist.phases if checklist else ()
    return {step.id: in_language(step.name) for phase in phases for step in phase.steps}


def _asking() -> list[Programme]:
    """The programmes that name steps."""
    return [one for one in live_programmes() if one.rules.onboarding]


def _csv_row(part: Participation, checklist: Checklist, at: datetime) -> list[object]:
    ahead = checklist.open_steps
    return [
        part.organisation.slug,
        part.programme.slug,
        checklist.joined_on,
        checklist.last_day,
        clock(checklist, at).label,
        checklist.done,
        checklist.total,
        in_language(ahead[0].name) if ahead else None,
        checklist.finished_on,
    ]


def _chosen(programmes: Sequence[Programme]) -> Programme | None:
    slug = asked_choice("programme", [one.slug for one in programmes])
    return next((one for one in programmes if one.slug == slug), programmes[0] if programmes else None)


def _tab(programme: Programme, chosen: Programme | None) -> tuple[str, str, bool]:
    address = url_for("admin.onboardings", programme=programme.slug)
    return in_language(programme.rules.title), address, programme is chosen


def _found(everybody: Sequence[Row], at: datetime) -> list[Row]:
    """Those asked for: late ones first, the latest of them before the others, then by the day they have left."""
    text, state = asked_text(), asked_choice("state", STATES)
    wanted = [row for row in everybody if matches(text, row[0].organisation.name) and _is(row[1], state, at)]
    return sorted(wanted, key=lambda row: (row[1].due or date.max, row[0].organisation.name.casefold()))


def _is(checklist: Checklist, state: str, at: datetime) -> bool:
    if state == "late":
        return checklist.is_late(at)
    return (checklist.finished_on is not None) == (state == "finished")


def _counts(everybody: Sequence[Row], at: datetime) -> dict[str, int]:
    return {
        "open": sum(one.finished_on is None for _, one in everybody),
        "late": sum(one.is_late(at) for _, one in everybody),
        "finished": sum(one.finished_on is not None for _, one in everybody),
    }
