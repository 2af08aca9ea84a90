"""The public page of a credential: what it said at issue beside what it is worth today."""

from datetime import timedelta

from flask import Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.credentials.certificate import render_certificate
from app.credentials.issuing import Credential
from app.credentials.register import NoSuchCredential, credential_by_code, credential_by_id, successor_of
from app.people.throttling import note_try, refuse_if_spent
from app.transaction import reading, writing
from app.web import language
from app.web.identity import address

TRIES, WINDOW = 60, timedelta(minutes=1)


def verify() -> str | BaseResponse | tuple[str, int]:
    """Take an id or a short code, and go to the credential."""
    asked = request.args.get("q", "").strip()
    if not asked:
        return render_template("public/verify.html")
    asked = asked.rstrip("/").rpartition("/")[2].removesuffix(".pdf")
    try:
        with reading():
            found = credential_by_code(asked)
    except NoSuchCredential as refusal:
        _note_unknown()
        return render_template("public/verify.html", refusal=refusal), 404
    return redirect(url_for("public.credential", public_id=found.public_id))


def credential(public_id: str) -> str:
    """Name, level, dates and organisation as frozen, and the verdict of this moment."""
    found = _find(public_id)
    with reading() as at:
        return render_template(
            "public/credential.html",
            credential=found,
            record=found.data,
            state=found.state(at),
            checked_at=at,
            successor=successor_of(found),
        )


def certificate(public_id: str) -> Response:
    """The PDF, in the language asked for or the page's own."""
    found = _find(public_id)
    asked = request.args.get("language", "")
    spoken = asked if asked in language.LANGUAGES else language.current()
    url = f"{current_app.config['BASE_URL']}/c/{public_id}"
    pdf = render_certificate(found.data, language=spoken, url=url)
    name = f"acredita-{found.code}.pdf"
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


def _find(public_id: str) -> Credential:
    """Unknown ids answer alike, and guessing them is slow; a valid id answers whatever was guessed before."""
    try:
        with reading():
            return credential_by_id(public_id)
    except NoSuchCredential:
        _note_unknown()
        raise


def _note_unknown() -> None:
    key = f"unknown-id:{address()}"
    with reading() as at:
        refuse_if_spent(key, limit=TRIES, window=WINDOW, at=at)
    with writing() as at:
        note_try(key, window=WINDOW, at=at)
