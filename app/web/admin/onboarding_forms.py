"""Forms of the steps of an onboarding."""

from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, StringField
from wtforms.validators import DataRequired, Length, Optional

from app.partners.onboarding import LONGEST
from app.web.wording import lazy_gettext as _l

TOO_LONG = _l("Say it in up to 500 characters")


class _SeenForm(FlaskForm):  # type: ignore[misc]
    """`seen` is how often something had been said of the step when the page was made."""

    seen = HiddenField(filters=[lambda text: int(text) if str(text).isdecimal() and len(str(text)) < 9 else 0])


class TickForm(_SeenForm):
    """Since when a step is done."""

    done_on = DateField(_l("Done on"), [DataRequired(_l("Choose a day"))])
    note = StringField(
        _l("Note"),
        [Optional(), Length(max=LONGEST, message=TOO_LONG)],
        description=_l("The partner reads it. Name no person: it stays."),
        render_kw={"maxlength": LONGEST},
    )


class StepBackForm(_SeenForm):
    """Why a step is not done after all."""

    reason = StringField(
        _l("Reason"),
        [DataRequired(_l("Say why")), Length(max=LONGEST, message=TOO_LONG)],
        description=_l("The partner reads it. Name no person: it stays."),
        render_kw={"maxlength": LONGEST},
    )
