"""Forms of the administrators."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, Length

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
