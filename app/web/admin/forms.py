"""Forms of the administrators."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, HiddenField, IntegerField, StringField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app.web.wording import lazy_gettext as _l

LONGEST_REASON = 200


class RevokeForm(FlaskForm):  # type: ignore[misc]
    """Why a credential is revoked, and that it is meant."""

    reason = TextAreaField(
        _l("Reason"),
        [
            DataRequired(_l("Say why this certificate is revoked")),
            Length(max=LONGEST_REASON, message=_l("Say it in up to 200 characters")),
        ],
        description=_l("In up to 200 characters. Everyone who checks the certificate reads it."),
        render_kw={"rows": 3, "maxlength": LONGEST_REASON},
    )
    confirmed = BooleanField(
        _l("Yes, revoke this certificate. I know that this cannot be undone."),
        [DataRequired(_l("Confirm that you want to revoke this certificate"))],
    )
    submit = SubmitField(_l("Revoke the certificate"))


def _amount(label: object, most: int, help_text: object) -> IntegerField:
    wrong = _l("Write a whole number within the limits")
    limits = {"min": 0, "max": most, "inputmode": "numeric"}
    return IntegerField(label, [Optional(), NumberRange(0, most, wrong)], description=help_text, render_kw=limits)


def _reason(help_text: object) -> StringField:
    return StringField(
        _l("Reason"),
        [DataRequired(_l("Say why")), Length(max=LONGEST_REASON, message=_l("Say it in up to 200 characters"))],
        description=help_text,
        render_kw={"maxlength": LONGEST_REASON},
    )


class AccommodationForm(FlaskForm):  # type: ignore[misc]
    """What a person is given in every exam."""

    extra_time_percent = _amount(_l("Extra time, in percent"), 300, _l("50 makes 60 minutes 90."))
    extra_attempts = _amount(_l("Extra attempts"), 20, _l("On top of those of each exam, in its period."))
    break_min = _amount(
        _l("Minutes of breaks"), 240, _l("In each exam; the clock stands still and the items are hidden.")
    )
    fewer_options = BooleanField(_l("Fewer options: single choices show at most three"))
    last_day = DateField(_l("Last day"), [Optional()], description=_l("Empty: without end."))
    reason = _reason(_l("Kept in the ledger. Name no diagnosis: a reference to the request is enough."))


class GrantForm(FlaskForm):  # type: ignore[misc]
    """Minutes for one open attempt; `seen` is how many grants its page showed."""

    minutes = IntegerField(
        _l("Minutes"),
        [InputRequired(_l("Grant from 1 to 240 minutes")), NumberRange(1, 240, _l("Grant from 1 to 240 minutes"))],
        render_kw={"min": 1, "max": 240, "inputmode": "numeric"},
    )
    reason = _reason(_l("The candidate does not read it; the ledger keeps it."))
    seen = HiddenField(filters=[lambda text: int(text) if str(text).isdecimal() else -1])


class VoidForm(FlaskForm):  # type: ignore[misc]
    """Why a result is not to count."""

    reason = TextAreaField(
        _l("Reason"),
        [DataRequired(_l("Say why")), Length(max=500, message=_l("Say it in up to 500 characters"))],
        description=_l("In up to 500 characters. The candidate reads it if another administrator approves."),
        render_kw={"rows": 3, "maxlength": 500},
    )
