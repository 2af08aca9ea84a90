"""Pages for anyone: checking a certificate, and the service's health."""

from flask import Blueprint

from app.web.public import credential, health

blueprint = Blueprint("public", __name__)
blueprint.add_url_rule("/verify", view_func=credential.verify)
blueprint.add_url_rule("/c/<public_id>.pdf", view_func=credential.certificate)
blueprint.add_url_rule("/c/<public_id>", view_func=credential.credential)
blueprint.add_url_rule("/healthz", view_func=health.healthz)
blueprint.add_url_rule("/readyz", view_func=health.readyz)
