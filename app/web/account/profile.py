"""One's account: language, password, and the Latin form of a name that certificates cannot print."""

from flask import flash, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.credentials.names import clean_latin_name, is_printable
from app.credentials.typesetting import tidy
from app.people.passwords import hash_password, password_matches
from app.people.persons import change_language, set_latin_name
from app.people.sign_in import change_password as set_password
from app.transaction import writing
from app.web import language
from app.web.account.forms import LatinNameForm, PasswordForm
from app.web.account.sign_in import local_target, renew_cookie
from app.web.identity import visitor
from app.web.wording import gettext as _


def profile() -> str:
    """Who one is to the platform."""
    return _page()


def change_password() -> Response | tuple[str, int]:
    """Set a new password; every session ends, this one too."""
    form = PasswordForm()
    if not form.is_submitted():
        return redirect(url_for("account.profile"))
    person = visitor().person
    if form.validate() and not password_matches(person.password_hash, form.current.data):
        form.current.errors = [_("That is not your present password")]
    if form.errors:
        return _page(form), 422
    secret = hash_password(form.new.data)
    with writing() as at:
        set_password(person.id, secret, at=at)
    renew_cookie()
    flash(_("Your password is changed. Sign in with the new one."), "success")
    return redirect(url_for("account.sign_in"))


def name_in_latin() -> Response | tuple[str, int]:
    """Set the Latin form of one's name, where the name needs it."""
    form = LatinNameForm()
    if not form.is_submitted() or not _needs_latin():
        return redirect(url_for("account.profile"))
    if not form.validate():
        return _page(naming=form), 422
    with writing():
        set_latin_name(visitor().id, clean_latin_name(form.latin_name.data))
    flash(_("Your name in Latin letters is saved."), "success")
    return redirect(url_for("account.profile"))


def set_language() -> Response:
    """Speak another language from now on."""
    chosen = request.form.get("lang", "")
    if chosen in language.LANGUAGES:
        session[language.COOKIE_KEY] = chosen
        if current_user.is_authenticated and current_user.may_write:
            with writing():
                change_language(visitor().id, chosen)
    return redirect(local_target(request.form.get("next", "").rstrip("?")))


def _page(form: PasswordForm | None = None, naming: LatinNameForm | None = None) -> str:
    """The page, with the form that was sent as it was sent."""
    if naming is None and _needs_latin():
        naming = LatinNameForm(formdata=None, latin_name=visitor().person.latin_name)
    form = form or PasswordForm(formdata=None)
    return render_template("account/profile.html", form=form, naming=naming, visitor=visitor())


def _needs_latin() -> bool:
    return not is_printable(tidy(visitor().person.name))
