"""The public page of a credential: what it said at issue beside what it is worth today."""

from flask import Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.credentials.certificate import render_certificate
from app.credentials.issuing import ID_LENGTH
from app.credentials.register import (
    NoSuchCredential,
    credential_and_successor,
    credential_by_code,
    credential_by_id,
    credential_of_attempt,
)
from app.credentials.validity import State
from app.refusal import Refusal
from app.transaction import reading
from app.web import language
from app.web.guessing import guesses_counted
from app.web.lists import asked_text
from app.web.wording import lazy_gettext as _l

PRINTABLE = (State.VALID, State.EXPIRED)  # paper cannot be called back: what was taken back is printed no more


class CertificateTakenBack(Refusal):
    """The credential was revoked, replaced or withdrawn."""

    status = 410
    title = _l("This certificate can no longer be printed")
    detail = _l("It was revoked, replaced or withdrawn. Its page says when and why.")


def verify() -> str | BaseResponse | tuple[str, int]:
    """Take an id, a short code or the link of a credential, and go to its page."""
    asked = asked_text()
    if not asked:
        return render_template("public/verify.html", asked="")
    try:
        typed = id_in(asked)
        with guesses_counted(guessable=len(typed) < ID_LENGTH), reading():
            found = credential_by_code(typed)
    except NoSuchCredential as refusal:
        return render_template("public/verify.html", asked=asked, refusal=refusal), 404
    return redirect(url_for("public.credential", public_id=found.public_id))


def credential(public_id: str) -> str:
    """Name, level, dates and organisation as frozen, and the verdict of this moment."""
    with guesses_counted(), reading() as at:
        found, successor = credential_and_successor(public_id)
        state = found.state(at)
        return render_template(
            "public/credential.html",
            credential=found,
            record=found.data,
            state=state.value,
            checked_at=at,
            printable=state in PRINTABLE,
            successor=successor,
            replacement=credential_of_attempt(found.attempt_id) if state is State.SUPERSEDED else None,
        )


def certificate(public_id: str) -> Response:
    """The PDF, in the language asked for or the page's own."""
    with guesses_counted(), reading() as at:
        found = credential_by_id(public_id)
    if found.state(at) not in PRINTABLE:
        raise CertificateTakenBack
    asked = request.args.get("language", "")
    spoken = asked if asked in language.LANGUAGES else language.current()
    url = f"{current_app.config['BASE_URL']}/c/{public_id}"
    pdf = render_certificate(found.data, language=spoken, url=url)
    name = f"acredita-{found.code}.pdf"
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


def id_in(text: str) -> str:
    """The id in the link of a credential or of its files; a bare id or code as it is."""
    path = text.partition("?")[0].partition("#")[0].rstrip("/")
    return path.rpartition("/")[2].partition(".")[0]
