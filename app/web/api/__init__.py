"""The API under /api/v1: the same deeds as the pages, for programs and for the pages' own scripts."""

from flask import Flask
from flask_smorest import Api

from app.web.api import attempts, credentials, events, facts, grading, onboarding, partners, standings, teams, uploads


def register(app: Flask) -> None:
    """Serve the endpoints and their OpenAPI document."""
    api = Api(app, spec_kwargs={"info": {"description": "Errors are problem documents as in RFC 9457."}})
    for module in (attempts, events, credentials, grading, standings, facts, teams, uploads, partners, onboarding):
        api.register_blueprint(module.blueprint, url_prefix="/api/v1")
