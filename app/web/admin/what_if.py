"""What if: a draft of a programme's rules shown against every partner of it, on a page and as CSV; nothing is kept."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from flask import render_template
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import DateField, HiddenField, SubmitField
from wtforms.validators import Optional, ValidationError

from app.content.complaints import Complaint
from app.content.files import TEXT_LIMIT
from app.journeys.trying_rules import check_draft, instant_from, programme_of
from app.partners.programmes import Programme
from app.partners.rules import Programme as Rules
from app.partners.what_if import CHANGES, Change, Standpoint, Tried, count_changes, count_partners, try_draft
from app.refusal import Refusal
from app.transaction import reading
from app.web.csv_export import csv_response
from app.web.layout import in_language
from app.web.partner.foretold import missing
from app.web.wording import gettext as _
from app.web.wording import lazy_gettext as _l
from app.web.wording import number_text

Page = Response | str | tuple[str, int]
MOST = 500  # partners of one page: four seconds of a processor
TITLES = {
    "lost": _l("Lose the tier at once"),
    "at_risk": _l("Become at risk"),
    "falls": _l("Earn less"),
    "rises": _l("Earn more"),
    "recovers": _l("Are at risk no longer"),
    "same": _l("Stay as they are"),
}
OF_ONE = {
    "lost": _l("Loses the tier at once"),
    "at_risk": _l("Becomes at risk"),
    "falls": _l("Earns less"),
    "rises": _l("Earns more"),
    "recovers": _l("Is at risk no longer"),
    "same": _l("Stays as it is"),
}
TONES = {"lost": "danger", "at_risk": "caution", "falls": "caution", "rises": "ok", "recovers": "ok", "same": "neutral"}


def _chosen(form: FlaskForm, field: FileField) -> None:
    if not field.data and not form.text.data:
        raise ValidationError(_("Choose a file"))


_chosen.field_flags = {"required": True}  # type: ignore[attr-defined]


class DraftForm(FlaskForm):  # type: ignore[misc]
    """The draft, as a file or, the second time, as it was read; and from when it would be in force."""

    file = FileField(
        _l("File of the programme"),
        [_chosen],
        description=_l("A YAML file such as those in the folder of programmes."),
    )
    text = HiddenField()
    name = HiddenField()
    day = DateField(_l("In force from"), [Optional()], description=_l("Empty: from today."))
    csv = SubmitField(_l("Download as CSV"))


class TooManyPartners(Refusal):
    """A page is not kept waiting for minutes."""

    status = 422
    title = _l("This programme has too many partners for a page")


class Line(NamedTuple):
    """A partner on a ladder, in words."""

    name: str
    slug: str
    ladder: str
    change: Change
    earned: str
    then: str
    held: str
    kept_until: datetime | None
    missing: Sequence[str]


class Result(NamedTuple):
    """What the draft would do to a programme's partners from an instant on; the changed ones come first."""

    title: str
    slug: str
    takes_effect: datetime
    totals: Sequence[tuple[str, int]]
    lines: Sequence[Line]


def what_if() -> Page:
    """Choose a draft and a day, and see what it would do."""
    form = DraftForm()
    if not form.is_submitted():
        return _show(form)
    if not form.validate():
        return _show(form), 422
    data, name = _draft(form)
    try:
        found = _try(data, name, form.day.data)
    except Refusal as refusal:
        return _show(form, refusal=refusal), refusal.status
    if not isinstance(found, Result):
        return _show(form, complaints=found), 422
    if form.csv.data:
        return _export(found)
    return _show(form, found, text=data.decode("utf-8-sig"), name=name)


def _draft(form: DraftForm) -> tuple[bytes, str]:
    """What was uploaded, or what was read the time before."""
    if form.file.data:
        return form.file.data.read(TEXT_LIMIT + 1), Path(form.file.data.filename or "").name or "draft.yml"
    return (form.text.data or "").encode(), Path(form.name.data or "").name or "draft.yml"


def _try(data: bytes, name: str, day: date | None) -> Result | Sequence[Complaint]:
    with reading() as at:
        draft, complaints = check_draft(data, Path(name))
        if draft is None:
            return complaints
        programme, takes_effect = programme_of(draft), instant_from(day, at)
        partners = count_partners(programme)
        if partners > MOST:
            command = f"flask --app wsgi tiers what-if {name}"
            raise TooManyPartners(
                _(
                    "It has %(partners)s, and a page looks at %(most)s at most. This command looks at all: %(command)s",
                    partners=number_text(partners),
                    most=number_text(MOST),
                    command=command,
                )
            )
        rows = list(try_draft(programme, draft.spec, takes_effect=takes_effect, at=at))
        return _result(rows, programme, draft.spec, takes_effect)


def _result(rows: Sequence[Tried], programme: Programme, draft: Rules, takes_effect: datetime) -> Result:
    counts = count_changes(row.change for row in rows)
    lines = sorted((_line(row, draft) for row in rows), key=lambda line: (CHANGES.index(line.change), line.name))
    shown = [(change, counts[change]) for change in CHANGES]
    return Result(in_language(draft.title), programme.slug, takes_effect, shown, lines)


def _line(row: Tried, draft: Rules) -> Line:
    ladder = row.then.qualification.ladder_name or row.now.qualification.ladder_name
    return Line(
        name=row.name,
        slug=row.slug,
        ladder=in_language(ladder) if ladder else "",
        change=row.change,
        earned=_tier(row.now.earned, row.now),
        then=_tier(row.then.earned, row.then),
        held=_tier(row.then.held, row.then) or _tier(row.then.held, row.now),
        kept_until=row.kept_until,
        missing=[*missing(row.unmet)],
    )


def _tier(tier: str | None, standpoint: Standpoint) -> str:
    proof = standpoint.qualification.proof(tier)
    return in_language(proof.name) if proof else tier or ""


def _export(found: Result) -> Response:
    header = [_("Organisation"), _("Id"), _("Ladder"), _("What becomes of it"), _("Earned by the rules of now")]
    header += [_("Earned by the draft"), _("Held by the draft"), _("Kept until"), _("What is missing")]
    rows = [
        (
            line.name,
            line.slug,
            line.ladder,
            OF_ONE[line.change],
            line.earned,
            line.then,
            line.held,
            line.kept_until,
            "; ".join(line.missing),
        )
        for line in found.lines
    ]
    return csv_response(f"what-if-{found.slug}", header, rows)


def _show(
    form: DraftForm,
    found: Result | None = None,
    complaints: Sequence[Complaint] = (),
    refusal: Refusal | None = None,
    text: str = "",
    name: str = "",
) -> str:
    return render_template(
        "admin/what_if.html",
        form=form,
        found=found,
        complaints=complaints,
        refusal=refusal,
        text=text,
        name=name,
        titles=TITLES,
        of_one=OF_ONE,
        tones=TONES,
    )
