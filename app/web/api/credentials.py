"""Endpoints of credentials: your own, and the public check of any."""

from datetime import datetime
from typing import Any

from flask import current_app
from flask_smorest.fields import Upload
from marshmallow import Schema

from app.credentials.issuing import Credential
from app.credentials.register import credential_by_id, credentials_of
from app.transaction import reading
from app.web.api.parsing import Endpoints
from app.web.checking import take_a_document, verified
from app.web.guessing import guesses_counted
from app.web.identity import visitor

NAMES = ("name", "latin_name")
PUBLIC = ("id", "code", "level", *NAMES, "title", "organisation", "issuer", "issued_on", "expires_on")

blueprint = Endpoints("api_credentials", __name__, description="Credentials")
blueprint.url_value_preprocessor(take_a_document)


class DocumentSchema(Schema):
    """A certificate or a badge, as `multipart/form-data`."""

    file = Upload(required=True)


@blueprint.get("/credentials")
@blueprint.response(200)
def list_credentials() -> dict[str, Any]:
    """Your credentials, newest first."""
    with reading() as at:
        own = credentials_of([visitor().id])
        return {"credentials": [credential_view(credential, at, named=True) for credential in own]}


@blueprint.get("/credentials/<public_id>")
@blueprint.response(200)
def get_credential(public_id: str) -> dict[str, Any]:
    """What a credential says and what it is worth now; open to everyone who knows the id."""
    with guesses_counted(), reading() as at:
        found = credential_by_id(public_id)
        return credential_view(found, at, named=found.hidden_at is None)


@blueprint.post("/verify")
@blueprint.arguments(DocumentSchema(), location="files")
@blueprint.response(200)
def verify_document(files: dict[str, Any]) -> dict[str, Any]:
    """Check a PDF, or a badge as JSON, JWT, PNG or SVG; no sign-in. It `holds` when every single check does."""
    report = verified(files["file"].read())
    return {
        "holds": report.holds,
        "credential": report.credential.public_id if report.credential else None,
        "checks": [check.as_json() for check in report.checks],
    }


def credential_view(credential: Credential, at: datetime, *, named: bool) -> dict[str, Any]:
    """The frozen record beside today's state; the score is the holder's own and stays out, as does a hidden name."""
    public = PUBLIC if named else [name for name in PUBLIC if name not in NAMES]
    return {
        "id": credential.public_id,
        "url": f"{current_app.config['BASE_URL']}/c/{credential.public_id}",
        "state": credential.state(at).value,
        "checked_at": at.isoformat(),
        "revoked_reason": credential.revoked_reason,
        "name_hidden": credential.hidden_at is not None,
        "record": {name: value for name, value in credential.data.items() if name in public},
    }
