"""The files of a credential's badge: JSON with a proof, a token, and its picture with the JSON baked in."""

from typing import Any

from flask import current_app

from app.credentials.badge import badge
from app.credentials.badge_art import png, svg
from app.credentials.badge_signing import as_token, with_proof
from app.credentials.baking import bake_png, bake_svg
from app.credentials.issuing import Credential


def badge_json(credential: Credential) -> bytes:
    """The badge with its proof, as of its issue."""
    document = badge_document(credential)
    return with_proof(document, created=document["validFrom"])


def badge_token(credential: Credential) -> str:
    """The badge as a token (VC-JWT)."""
    return as_token(badge_document(credential))


def badge_png(credential: Credential) -> bytes:
    """The picture of its level with the badge in it."""
    return bake_png(png(credential.level), badge_json(credential))


def badge_svg(credential: Credential) -> str:
    """The drawing of its level with the badge in it."""
    return bake_svg(svg(credential.level), badge_json(credential))


def badge_document(credential: Credential) -> dict[str, Any]:
    return badge(credential.data, base_url=current_app.config["BASE_URL"], number=credential.id)
