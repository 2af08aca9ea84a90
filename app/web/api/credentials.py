"""Endpoints of credentials: your own, and the public check of any."""

from datetime import datetime
from typing import Any

from flask import current_app

from app.credentials.issuing import Credential
from app.credentials.register import credential_by_id, credentials_of
from app.transaction import reading
from app.web.api.parsing import Endpoints
from app.web.guessing import guesses_counted
from app.web.identity import visitor

PUBLIC = ("id", "code", "level", "name", "title", "organisation", "issuer", "issued_on", "expires_on")

blueprint = Endpoints("api_credentials", __name__, description="Credentials")


@blueprint.get("/credentials")
@blueprint.response(200)
def list_credentials() -> dict[str, Any]:
    """Your credentials, newest first."""
    with reading() as at:
        return {"credentials": [credential_view(credential, at) for credential in credentials_of([visitor().id])]}


@blueprint.get("/credentials/<public_id>")
@blueprint.response(200)
def get_credential(public_id: str) -> dict[str, Any]:
    """What a credential says and what it is worth now; open to everyone who knows the id."""
    with guesses_counted(), reading() as at:
        return credential_view(credential_by_id(public_id), at)


def credential_view(credential: Credential, at: datetime) -> dict[str, Any]:
    """The frozen record beside today's state; the score is the holder's own and stays out."""
    return {
        "id": credential.public_id,
        "url": f"{current_app.config['BASE_URL']}/c/{credential.public_id}",
        "state": credential.state(at).value,
        "checked_at": at.isoformat(),
        "revoked_reason": credential.revoked_reason,
        "record": {name: value for name, value in credential.data.items() if name in PUBLIC},
    }
