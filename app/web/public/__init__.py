"""Pages for anyone: checking a certificate, and the service's health."""

from flask import Blueprint

from app.web.checking import take_a_document
from app.web.public import badges, credential, document, health, partners

blueprint = Blueprint("public", __name__)
blueprint.url_value_preprocessor(take_a_document)
blueprint.add_url_rule("/verify", view_func=credential.verify)
blueprint.add_url_rule("/verify", view_func=document.verify_document, methods=["POST"])
blueprint.add_url_rule("/c/<public_id>.pdf", view_func=credential.certificate)
blueprint.add_url_rule("/c/<public_id>", view_func=credential.credential)
blueprint.add_url_rule("/logos/<sha256>.png", view_func=credential.logo)
blueprint.add_url_rule("/keys/root.pem", view_func=credential.root_certificate)
blueprint.add_url_rule("/c/<public_id>.<any(json, jwt, png, svg):form>", view_func=badges.badge)
blueprint.add_url_rule("/status/<int:number>", view_func=badges.status_list)
blueprint.add_url_rule("/.well-known/did.json", view_func=badges.did_document)
blueprint.add_url_rule("/achievements/<slug>", view_func=badges.achievement)
blueprint.add_url_rule("/achievements/<slug>.json", view_func=badges.achievement_json)
blueprint.add_url_rule("/achievements/<slug>/badge.<any(svg, png):form>", view_func=badges.picture)
blueprint.add_url_rule("/partners", view_func=partners.partners)
blueprint.add_url_rule("/partners/<slug>", view_func=partners.partner)
blueprint.add_url_rule("/healthz", view_func=health.healthz)
blueprint.add_url_rule("/readyz", view_func=health.readyz)
