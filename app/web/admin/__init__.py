"""Pages of the vendor's administrators."""

from flask import Blueprint

from app.web.admin import attempt, credential, credentials, organisation, organisations, overview, people, person

blueprint = Blueprint("admin", __name__)
blueprint.add_url_rule("/admin", view_func=overview.overview)
blueprint.add_url_rule("/admin/credentials", view_func=credentials.credentials)
blueprint.add_url_rule("/admin/credentials.csv", view_func=credentials.credentials_export)
blueprint.add_url_rule("/admin/credentials/<public_id>", view_func=credential.credential)
blueprint.add_url_rule("/admin/credentials/<public_id>/revoke", view_func=credential.revoke, methods=["GET", "POST"])
blueprint.add_url_rule("/admin/people", view_func=people.people)
blueprint.add_url_rule("/admin/people/<int:person_id>", view_func=person.person)
blueprint.add_url_rule(
    "/admin/people/<int:person_id>/accommodation", view_func=person.accommodate, methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/admin/people/<int:person_id>/accommodation/end", view_func=person.end_accommodation, methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/admin/people/<int:person_id>/attempts/<int:attempt_id>/grants",
    view_func=person.grant_time,
    methods=["GET", "POST"],
)
blueprint.add_url_rule("/admin/attempts/<int:attempt_id>", view_func=attempt.attempt)
blueprint.add_url_rule("/admin/attempts/<int:attempt_id>/void", view_func=attempt.propose_void, methods=["GET", "POST"])
blueprint.add_url_rule("/admin/voids/<int:void_id>/approve", view_func=attempt.approve_void, methods=["GET", "POST"])
blueprint.add_url_rule("/admin/voids/<int:void_id>/reject", view_func=attempt.reject_void, methods=["GET", "POST"])
blueprint.add_url_rule("/admin/organisations", view_func=organisations.organisations)
blueprint.add_url_rule("/admin/organisations/<slug>", view_func=organisation.organisation)
