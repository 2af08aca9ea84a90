"""Forms of the administrators."""

import re

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from app.people.logos import clean_logo
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
        _l("Yes, revoke this certificate."),
        [DataRequired(_l("Confirm that you want to revoke this certificate"))],
    )
    submit = SubmitField(_l("Revoke the certificate"))


class LabelForm(FlaskForm):  # type: ignore[misc]
    """The label of an organisation's certificates; without a name there is none."""

    name = StringField(
        _l("Name on the certificate"),
        [Optional(), Length(max=80, message=_l("Say it in up to 80 characters"))],
        description=_l("In place of our mark. The issuer is named below it all the same. Empty: no label."),
        render_kw={"maxlength": 80},
    )
    colour = StringField(
        _l("Colour"),
        [Optional()],
        description=_l("Like #1d4ed8, and dark enough to be read on white."),
        render_kw={"maxlength": 7, "pattern": "#[0-9a-fA-F]{6}"},
    )
    logo = FileField(
        _l("Logo"),
        description=_l("PNG or JPEG, 40 to 2000 pixels on each side, up to 512 KB. It is shown on white."),
        render_kw={"accept": "image/png,image/jpeg"},
    )
    without_logo = BooleanField(_l("Remove the logo"))

    def picture(self) -> bytes | None:
        """The logo that was sent, as we keep it; raises BadLogo."""
        return clean_logo(self.logo.data.read()) if self.logo.data else None


class BulkForm(FlaskForm):  # type: ignore[misc]
    """The ids and codes of certificates, typed or in a file."""

    typed = TextAreaField(
        _l("Ids or codes"), description=_l("One a line, or with commas between them."), render_kw={"rows": 6}
    )
    file = FileField(_l("Or a file with them"), description=_l("Text or CSV with one a line."))

    def names(self) -> list[str]:
        """What was typed and what the file holds, one by one."""
        text = self.file.data.read().decode("utf-8-sig", errors="replace") if self.file.data else ""
        return re.split(r"[\n\r,;\t]+", f"{self.typed.data or ''}\n{text}")


class BulkConfirmForm(FlaskForm):  # type: ignore[misc]
    """Why several credentials are revoked, and that it is meant."""

    reason = TextAreaField(
        _l("Reason"),
        [DataRequired(_l("Say why")), Length(max=LONGEST_REASON, message=_l("Say it in up to 200 characters"))],
        description=_l("In up to 200 characters. Everyone who checks the certificates reads it."),
        render_kw={"rows": 3, "maxlength": LONGEST_REASON},
    )
    confirmed = BooleanField(
        _l("Yes, revoke these certificates."), [DataRequired(_l("Confirm that you want to revoke these certificates"))]
    )


class ReinstateForm(FlaskForm):  # type: ignore[misc]
    """Why a revocation is taken back."""

    reason = TextAreaField(
        _l("Reason"),
        [DataRequired(_l("Say why")), Length(max=LONGEST_REASON, message=_l("Say it in up to 200 characters"))],
        description=_l("In up to 200 characters. The history keeps it beside the revocation."),
        render_kw={"rows": 3, "maxlength": LONGEST_REASON},
    )
    confirmed = BooleanField(
        _l("Yes, reinstate this certificate."),
        [DataRequired(_l("Confirm that you want to reinstate this certificate"))],
    )


class ReissueForm(FlaskForm):  # type: ignore[misc]
    """The name as it should be, and why."""

    name = StringField(
        _l("Correct name"),
        [DataRequired(_l("Write the name as it should stand")), Length(max=120)],
        render_kw={"maxlength": 120, "autocomplete": "off"},
    )
    latin_name = StringField(
        _l("Correct name in Latin letters"),
        [Length(max=120)],
        description=_l("Only for a name that is neither in Latin nor in Greek or Cyrillic letters. It is printed."),
        render_kw={"maxlength": 120, "autocomplete": "off"},
    )
    reason = TextAreaField(
        _l("Reason"),
        [DataRequired(_l("Say why")), Length(max=LONGEST_REASON, message=_l("Say it in up to 200 characters"))],
        description=_l("In up to 200 characters. Only the administration reads it."),
        render_kw={"rows": 3, "maxlength": LONGEST_REASON},
    )
    confirmed = BooleanField(
        _l("Yes, replace this certificate by one with this name."),
        [DataRequired(_l("Confirm that you want to replace this certificate"))],
    )


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


class DecideForm(FlaskForm):  # type: ignore[misc]
    """Until when an outside credential is accepted, and why it is or is not."""

    last_day = DateField(
        _l("Accepted until"), [Optional()], description=_l("The last day; needed to accept it, not to reject it.")
    )
    reason = _reason(_l("The person reads it."))


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why something is taken back."""

    reason = _reason(_l("The person reads it."))


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


class EraseForm(FlaskForm):  # type: ignore[misc]
    """The address of the person, typed, and why; `expected` is what has to be typed."""

    expected = ""
    email = StringField(
        _l("The person's e-mail"),
        [DataRequired(_l("Write the e-mail of the person"))],
        description=_l("Typed, so that it is nobody else."),
        render_kw={"autocomplete": "off", "maxlength": 254},
    )
    reason = _reason(_l("It stays, so name nobody: a reference to the request is enough."))

    def validate_email(self, field: StringField) -> None:
        if field.data.strip().lower() != self.expected:
            raise ValidationError(_l("This is not the e-mail of this person"))


class ExceptionForm(FlaskForm):  # type: ignore[misc]
    """Which tier an organisation is to hold, why, and until when."""

    tier = SelectField(_l("Tier"), [DataRequired(_l("Choose a tier"))], choices=[])
    last_day = DateField(
        _l("Last day"),
        [DataRequired(_l("Name the last day of the exception"))],
        description=_l("An exception always ends: then the tier is what is earned."),
    )
    reason = TextAreaField(
        _l("Reason"),
        [DataRequired(_l("Say why")), Length(max=500, message=_l("Say it in up to 500 characters"))],
        description=_l("In up to 500 characters. The partner reads it."),
        render_kw={"rows": 3, "maxlength": 500},
    )


class EndExceptionForm(FlaskForm):  # type: ignore[misc]
    """Why an exception ends before its last day."""

    end_reason = StringField(
        _l("Reason"),
        [DataRequired(_l("Say why")), Length(max=500, message=_l("Say it in up to 500 characters"))],
        render_kw={"maxlength": 500},
    )
