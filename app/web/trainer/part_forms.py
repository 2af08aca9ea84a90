"""Forms of the studio about parts of courses: the points of a practical, what is sent back, who attended a session."""

from collections.abc import Sequence
from datetime import date

from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, IntegerField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from app.journeys.confirming import LONGEST_REASON
from app.learning.hand_ins import LONGEST_WORDS
from app.web.wording import gettext as _
from app.web.wording import lazy_gettext as _l


class PointsForm(FlaskForm):  # type: ignore[misc]
    """The points of a practical, a field for each line of its rubric (`points_form`), and what the page showed."""

    lines: Sequence[str] = ()
    words = TextAreaField(
        _l("Your words"),
        [Length(max=LONGEST_WORDS, message=_l("Say it in fewer words"))],
        description=_l("The person reads them beside the points."),
        render_kw={"rows": 4, "maxlength": LONGEST_WORDS},
    )
    revision = HiddenField()
    version = HiddenField()

    @property
    def point_fields(self) -> list[IntegerField]:
        """The fields of the points, in the order of the rubric."""
        return [self[name] for name in self.lines]

    @property
    def marks(self) -> list[int]:
        """The points that each line was given."""
        return [field.data for field in self.point_fields]


class SendBackForm(FlaskForm):  # type: ignore[misc]
    """Why a practical goes back to whoever handed it in."""

    reason = TextAreaField(
        _l("What is missing"),
        [DataRequired(_l("Say what is missing")), Length(max=LONGEST_WORDS, message=_l("Say it in fewer words"))],
        description=_l("The person reads it and hands the practical in again."),
        render_kw={"rows": 4, "maxlength": LONGEST_WORDS},
    )
    shown = HiddenField()


class AttendanceForm(FlaskForm):  # type: ignore[misc]
    """The day of a session; the people are ticked beside it."""

    held_on = DateField(_l("Day of the session"), [DataRequired(_l("Give the day of the session"))])


class TakeBackForm(FlaskForm):  # type: ignore[misc]
    """Why somebody did not attend after all."""

    reason = TextAreaField(
        _l("Reason"),
        [DataRequired(_l("Say why")), Length(max=LONGEST_REASON, message=_l("Say it in fewer words"))],
        description=_l("The person reads it, and it stays in the ledger."),
        render_kw={"rows": 3, "maxlength": LONGEST_REASON},
    )


def points_form(worth: Sequence[int]) -> PointsForm:
    """The form for a rubric whose lines are worth so many points each."""
    names = [f"line_{number}" for number in range(1, len(worth) + 1)]
    fields = {
        name: IntegerField(
            _("Points of line %(number)s", number=number),
            [
                InputRequired(_("Give line %(number)s its points", number=number)),
                NumberRange(0, points, _("Line %(number)s gives 0 to %(points)s points", number=number, points=points)),
            ],
            render_kw={"min": 0, "max": points, "inputmode": "numeric"},
        )
        for number, (name, points) in enumerate(zip(names, worth, strict=True), start=1)
    }
    form: PointsForm = type("PointsForm", (PointsForm,), {"lines": names, **fields})()
    return form


def today_at_most(form: AttendanceForm, today: date) -> AttendanceForm:
    """The field offers no day ahead, and begins with today."""
    form.held_on.render_kw = {"max": today.isoformat()}
    if form.held_on.data is None and not form.errors:
        form.held_on.data = today
    return form
