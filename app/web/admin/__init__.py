"""Pages of the vendor's administrators."""

from flask import Blueprint

from app.web.admin import credential, credentials, organisation, organisations, overview, people

blueprint = Blueprint("admin", __name__)
blueprint.add_url_rule("/admin", view_func=overview.overview)
blueprint.add_url_rule("/admin/credentials", view_func=credentials.credentials)
blueprint.add_url_rule("/admin/credentials.csv", view_func=credentials.credentials_export)
blueprint.add_url_rule("/admin/credentials/<public_id>", view_func=credential.credential)
blueprint.add_url_rule("/admin/credentials/<public_id>/revoke", view_func=credential.revoke, methods=["GET", "POST"])
blueprint.add_url_rule("/admin/people", view_func=people.people)
blueprint.add_url_rule("/admin/organisations", view_func=organisations.organisations)
blueprint.add_url_rule("/admin/organisations/<slug>", view_func=organisation.organisation)
