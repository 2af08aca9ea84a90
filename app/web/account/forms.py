"""Forms of the account pages."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, SubmitField
from wtforms.validators import DataRequired, EqualTo, Length

from app.people.passwords import LONGEST, SHORTEST


class SignInForm(FlaskForm):  # type: ignore[misc]
    """E-mail and password."""

    email = EmailField(_l("E-mail"), [DataRequired(_l("Write your e-mail"))], render_kw={"autocomplete": "username"})
    password = PasswordField(
        _l("Password"), [DataRequired(_l("Write your password"))], render_kw={"autocomplete": "current-password"}
    )
    next = HiddenField()
    submit = SubmitField(_l("Sign in"))


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password, confirmed by the present one."""

    current = PasswordField(
        _l("Present password"),
        [DataRequired(_l("Write your present password"))],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        _l("New password"),
        [Length(SHORTEST, LONGEST, _l("Choose a password of 15 to 1024 characters"))],
        description=_l("At least 15 characters. A few words in a row are easy to remember and hard to guess."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("New password again"),
        [EqualTo("new", _l("The two new passwords differ"))],
        render_kw={"autocomplete": "new-password"},
    )
    submit = SubmitField(_l("Change password"))
