"""Forms of the account pages."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, PasswordField
from wtforms.validators import DataRequired, EqualTo, Length
from wtforms.widgets import PasswordInput

from app.people.passwords import LONGEST, SHORTEST
from app.web.latin_name import latin_name_field
from app.web.wording import lazy_gettext as _l


class SignInForm(FlaskForm):  # type: ignore[misc]
    """E-mail and password."""

    email = EmailField(
        _l("E-mail"),
        [DataRequired(_l("Write your e-mail"))],
        filters=[lambda text: (text or "").replace("\0", "")],  # which PostgreSQL takes in no text
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Password"), [DataRequired(_l("Write your password"))], render_kw={"autocomplete": "current-password"}
    )
    next = HiddenField()


def fill_in(form: SignInForm, email: str, password: str) -> None:
    """Show the form with both fields filled in: for the demonstration, whose password is no secret."""
    form.email.data, form.password.data = email, password
    form.password.widget = PasswordInput(hide_value=False)


class LatinNameForm(FlaskForm):  # type: ignore[misc]
    """The Latin form of a name in another script."""

    asks_latin = True
    latin_name = latin_name_field()


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password, confirmed by the present one."""

    current = PasswordField(
        _l("Present password"),
        [DataRequired(_l("Write your present password"))],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        _l("New password"),
        [
            DataRequired(_l("Write a new password")),
            Length(SHORTEST, LONGEST, _l("Choose a password of 15 to 1024 characters")),
        ],
        description=_l("At least 15 characters. A few words in a row are easy to remember and hard to guess."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("New password again"),
        [DataRequired(_l("Write the new password again")), EqualTo("new", _l("The two new passwords differ"))],
        render_kw={"autocomplete": "new-password"},
    )


class AskErasureForm(FlaskForm):  # type: ignore[misc]
    """That one wants to be erased."""

    confirmed = BooleanField(
        _l("Yes, I want my data to be erased."), [DataRequired(_l("Confirm that you want your data to be erased"))]
    )
