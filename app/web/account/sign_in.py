"""Signing in and out."""

from urllib.parse import urlsplit

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.journeys.demo_cast import DEMO_PASSWORD, DEMO_SIGN_INS
from app.people.persons import Person
from app.people.sessions import close_session
from app.people.sign_in import SignInFailed, account_for, check_password, note_failed_sign_in
from app.people.sign_in import sign_in as open_session_for
from app.people.throttling import TooManyTries
from app.transaction import reading, writing
from app.web import language
from app.web.account.forms import SignInForm, fill_in
from app.web.identity import COOKIE_KEY, address
from app.web.wording import gettext as _

Page = str | Response | tuple[str, int]


def sign_in() -> Page:
    """Ask for e-mail and password; then on to where the visitor wanted to go. `as` names a sign-in of the demo."""
    form = SignInForm(next=request.args.get("next", ""))
    if current_app.config["DEMO"] and request.args.get("as") in DEMO_SIGN_INS:
        fill_in(form, f"{request.args['as']}@demo.example", DEMO_PASSWORD)
    if current_user.is_authenticated and request.method == "GET":
        return redirect(local_target(form.next.data))
    if not form.validate_on_submit():
        return render_template("account/sign_in.html", form=form), 422 if form.is_submitted() else 200
    try:
        person = _check(form.email.data, form.password.data)
    except (SignInFailed, TooManyTries) as refusal:
        page = render_template("account/sign_in.html", form=form, refusal=refusal)
        return page, refusal.status
    begin(person)
    return redirect(local_target(form.next.data))


def sign_out() -> Response:
    """End the session on the server, and forget it in the browser."""
    token = session.get(COOKIE_KEY)
    if token:
        with writing():
            close_session(token)
    renew_cookie()
    flash(_("You are signed out."), "success")
    return redirect(url_for("account.sign_in"))


def local_target(target: str | None) -> str:
    """The place to go to, if it lies within this site; browsers read backslashes and bare schemes as hosts."""
    home = url_for("candidate.home")
    if not target or not target.startswith("/") or target[1:2] in ("/", "\\") or "\\" in target:
        return home
    parts = urlsplit(target)
    return home if parts.scheme or parts.netloc or not target.isprintable() else target


def _check(email: str, password: str) -> Person:
    try:
        with reading() as at:
            person = account_for(email, address(), at)
        return check_password(person, password)
    except SignInFailed:
        with writing() as at:
            note_failed_sign_in(email, address(), at=at)
        raise


def begin(person: Person) -> None:
    """Sign the person in, with a cookie that nobody could have set before."""
    with writing() as at:
        token = open_session_for(person, address(), at=at)
    renew_cookie()
    session[COOKIE_KEY] = token
    session.permanent = True


def renew_cookie() -> None:
    """Nothing that was in the cookie before survives but the chosen language."""
    chosen = session.get(language.COOKIE_KEY)
    session.clear()
    if chosen:
        session[language.COOKIE_KEY] = chosen
