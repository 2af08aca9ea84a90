"""Forms of the account pages."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, ValidationError
from wtforms.widgets import PasswordInput

from app.people.passwords import PasswordUnfit, refuse_unfit
from app.people.persons import NameInvalid, clean_name
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


def is_fit(_form: FlaskForm, field: PasswordField) -> None:
    """The rules of passwords, as a validator."""
    try:
        refuse_unfit(field.data or "")
    except PasswordUnfit as refusal:
        raise ValidationError(f"{refusal.title}. {refusal.detail}" if refusal.detail else refusal.title) from refusal


def _new_password(label: object) -> PasswordField:
    return PasswordField(
        label,
        [DataRequired(_l("Write a new password")), is_fit],
        description=_l("At least 15 characters. A few words in a row are easy to remember and hard to guess."),
        render_kw={"autocomplete": "new-password"},
    )


def _again(label: object) -> PasswordField:
    return PasswordField(
        label,
        [DataRequired(_l("Write the new password again")), EqualTo("new", _l("The two new passwords differ"))],
        render_kw={"autocomplete": "new-password"},
    )


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password, confirmed by the present one."""

    current = PasswordField(
        _l("Present password"),
        [DataRequired(_l("Write your present password"))],
        render_kw={"autocomplete": "current-password"},
    )
    new = _new_password(_l("New password"))
    again = _again(_l("New password again"))


class ConsentForm(FlaskForm):  # type: ignore[misc]
    """That one agrees to what the organisation sees."""

    agreed = BooleanField(
        _l("I agree that the organisation sees this."), [DataRequired(_l("Agree, or do not join the organisation"))]
    )


class AcceptForm(ConsentForm):
    """An invitation, accepted with the account there is."""

    leaves = BooleanField(_l("Yes, end my present membership today."))


class NewcomerForm(ConsentForm):
    """An invitation, accepted by whoever has no account yet."""

    name = StringField(
        _l("Full name"),
        [DataRequired(_l("Write your full name, in 2 to 120 characters"))],
        description=_l("As it will stand on your certificates."),
        render_kw={"autocomplete": "name", "maxlength": 120},
    )
    new = _new_password(_l("Password"))
    again = _again(_l("Password again"))

    def validate_name(self, field: StringField) -> None:
        """A legal name on one line."""
        try:
            field.data = clean_name(field.data or "")
        except NameInvalid as refusal:
            raise ValidationError(refusal.title) from refusal


class AskErasureForm(FlaskForm):  # type: ignore[misc]
    """That one wants to be erased."""

    confirmed = BooleanField(
        _l("Yes, I want my data to be erased."), [DataRequired(_l("Confirm that you want your data to be erased"))]
    )
