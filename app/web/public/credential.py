"""The public page of a credential: what it said at issue beside what it is worth today."""

from flask import Response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.credentials.authority import as_pem, roots
from app.credentials.issuing import ID_LENGTH, Credential
from app.credentials.published import published
from app.credentials.register import (
    NoSuchCredential,
    credential_by_code,
    credential_by_id,
    credential_of_attempt,
)
from app.credentials.validity import State
from app.people.logos import logo_with
from app.refusal import NotFound, Refusal
from app.transaction import reading
from app.web import language
from app.web.access import may
from app.web.guessing import guesses_counted
from app.web.keeping import kept_certificate, present_chain
from app.web.lists import asked_text
from app.web.wording import lazy_gettext as _l

PEM = "application/x-pem-file"
PRINTABLE = (State.VALID, State.EXPIRED)  # paper cannot be called back: what was taken back is printed no more


class CertificateTakenBack(Refusal):
    """The credential was revoked, replaced or withdrawn."""

    status = 410
    title = _l("This certificate can no longer be printed")
    detail = _l("It was revoked, replaced or withdrawn. Its page says when and why.")


class NameHidden(Refusal):
    """The holder wants the name to be read by nobody else, and the certificate says it."""

    status = 403
    title = _l("The holder hides the name on this certificate")
    detail = _l("Ask the holder for the PDF. The public page says whether the certificate is valid.")


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
        found = published(public_id)
        state = found.state(at)
        return render_template(
            "public/credential.html",
            credential=found,
            record=found.record,
            name=found.holder if found.hidden_at is None else None,
            state=state.value,
            checked_at=at,
            printable=state in PRINTABLE,
            replacement=credential_of_attempt(found.attempt_id) if state is State.SUPERSEDED else None,
        )


def certificate(public_id: str) -> BaseResponse:
    """The PDF, in the language asked for or the page's own: the same bytes for everyone and ever after."""
    with guesses_counted(), reading() as at:
        found = credential_by_id(public_id)
    if found.state(at) not in PRINTABLE:
        raise CertificateTakenBack
    require_name(found)
    if request.method == "HEAD":
        return Response(mimetype="application/pdf")  # looking makes nothing
    asked = request.args.get("language", "")
    kept = kept_certificate(found, asked if asked in language.LANGUAGES else language.current())
    if kept is None or kept.pdf is None:
        raise CertificateTakenBack
    name = f"acredita-{found.code}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-cache"}
    response = Response(kept.pdf, mimetype="application/pdf", headers=headers)
    response.set_etag(kept.sha256)
    return response.make_conditional(request)


def logo(sha256: str) -> Response:
    """A logo that certificates show; its address is its hash, so it never changes."""
    with reading():
        png = logo_with(sha256)
    if png is None:
        raise NotFound
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Content-Security-Policy": "default-src 'none'"}
    return Response(png, mimetype="image/png", headers=headers)


def root_certificate() -> Response:
    """The root of the signed PDFs, for whoever wants to trust it; those before it follow."""
    if request.method == "HEAD":
        return Response(mimetype=PEM)  # looking makes nothing
    present = present_chain().root
    with reading():
        earlier = [root for root in roots() if root != present]
    return Response(as_pem([present, *earlier]), mimetype=PEM)


def require_name(found: Credential) -> None:
    """Raises NameHidden for whoever may not read the name: anyone but the holder and the office, while it is hidden."""
    is_own = current_user.is_authenticated and current_user.id == found.person_id
    if found.hidden_at and not is_own and not may("admin.credential"):
        raise NameHidden


def id_in(text: str) -> str:
    """The id in the link of a credential or of its files; a bare id or code as it is."""
    path = text.partition("?")[0].partition("#")[0].rstrip("/")
    return path.rpartition("/")[2].partition(".")[0]
