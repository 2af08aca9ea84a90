"""Pages of the vendor's administrators."""

from typing import Any

from flask import Blueprint

from app.web.admin import (
    attempt,
    bulk,
    credential,
    credentials,
    erasure,
    exceptions,
    facts,
    imports,
    investments,
    inviting,
    kpis,
    listing,
    onboarding,
    organisation,
    organisations,
    overview,
    partners,
    people,
    person,
    recognitions,
    reports,
    targets,
    what_if,
)
from app.web.files import take_a_file

blueprint = Blueprint("admin", __name__)
blueprint.add_url_rule("/admin", view_func=overview.overview)
blueprint.add_url_rule("/admin/credentials", view_func=credentials.credentials)
blueprint.add_url_rule("/admin/credentials.csv", view_func=credentials.credentials_export)
blueprint.add_url_rule("/admin/credentials/<public_id>", view_func=credential.credential)
blueprint.add_url_rule("/admin/credentials/<public_id>/revoke", view_func=credential.revoke, methods=["GET", "POST"])
blueprint.add_url_rule(
    "/admin/credentials/<public_id>/reinstate", view_func=credential.reinstate, methods=["GET", "POST"]
)
blueprint.add_url_rule("/admin/credentials/<public_id>/reissue", view_func=credential.reissue, methods=["GET", "POST"])
blueprint.add_url_rule("/admin/people", view_func=people.people)
blueprint.add_url_rule("/admin/people/<int:person_id>", view_func=person.person)
blueprint.add_url_rule(
    "/admin/people/<int:person_id>/membership/end", view_func=person.end_membership, methods=["GET", "POST"]
)
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
blueprint.add_url_rule("/admin/people/<int:person_id>/erase", view_func=erasure.erase_person, methods=["GET", "POST"])
blueprint.add_url_rule("/admin/erasures", view_func=erasure.erasures)
blueprint.add_url_rule("/admin/attempts/<int:attempt_id>", view_func=attempt.attempt)
blueprint.add_url_rule("/admin/attempts/<int:attempt_id>/void", view_func=attempt.propose_void, methods=["GET", "POST"])
blueprint.add_url_rule("/admin/voids/<int:void_id>/approve", view_func=attempt.approve_void, methods=["GET", "POST"])
blueprint.add_url_rule("/admin/voids/<int:void_id>/reject", view_func=attempt.reject_void, methods=["GET", "POST"])
blueprint.add_url_rule("/admin/bulk-revocations", view_func=bulk.bulk, methods=["GET", "POST"])
blueprint.add_url_rule("/admin/bulk-revocations/<int:batch_id>", view_func=bulk.bulk_revocation)
blueprint.add_url_rule(
    "/admin/bulk-revocations/<int:batch_id>/confirm", view_func=bulk.confirm_bulk, methods=["GET", "POST"]
)
blueprint.add_url_rule("/admin/recognitions", view_func=recognitions.recognitions)
blueprint.add_url_rule("/admin/recognitions/<int:recognition_id>", view_func=recognitions.recognition)
blueprint.add_url_rule("/admin/recognitions/<int:recognition_id>/evidence", view_func=recognitions.evidence)
blueprint.add_url_rule(
    "/admin/recognitions/<int:recognition_id>/decide",
    view_func=recognitions.decide_recognition,
    methods=["GET", "POST"],
)
blueprint.add_url_rule(
    "/admin/recognitions/<int:recognition_id>/revoke",
    view_func=recognitions.revoke_recognition,
    methods=["GET", "POST"],
)
blueprint.add_url_rule(
    "/admin/people/<int:person_id>/recognitions",
    view_func=recognitions.propose_recognition,
    methods=["GET", "POST"],
)
blueprint.add_url_rule("/admin/organisations", view_func=organisations.organisations)
blueprint.add_url_rule("/admin/organisations/<slug>", view_func=organisation.organisation)
blueprint.add_url_rule("/admin/organisations/<slug>/label", view_func=organisation.label, methods=["GET", "POST"])
blueprint.add_url_rule("/admin/organisations/<slug>/facts", view_func=facts.facts)
blueprint.add_url_rule("/admin/organisations/<slug>/facts.csv", view_func=facts.facts_export)
blueprint.add_url_rule("/admin/organisations/<slug>/facts/new", view_func=facts.record_fact, methods=["GET", "POST"])
blueprint.add_url_rule("/admin/organisations/<slug>/facts/<int:fact_id>", view_func=facts.fact)
blueprint.add_url_rule(
    "/admin/organisations/<slug>/facts/<int:fact_id>/correct", view_func=facts.correct_fact, methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/admin/organisations/<slug>/facts/<int:fact_id>/withdraw", view_func=facts.withdraw_fact, methods=["GET", "POST"]
)
blueprint.add_url_rule("/admin/organisations/<slug>/account", view_func=facts.account, methods=["GET", "POST"])
blueprint.add_url_rule("/admin/facts", view_func=imports.imports)
blueprint.add_url_rule("/admin/facts/new", view_func=imports.upload_import, methods=["GET", "POST"])
blueprint.add_url_rule("/admin/facts/<int:import_id>", view_func=imports.fact_import)
blueprint.add_url_rule("/admin/facts/<int:import_id>/columns", view_func=imports.map_import, methods=["GET", "POST"])
blueprint.add_url_rule(
    "/admin/facts/<int:import_id>/confirm", view_func=imports.confirm_import, methods=["GET", "POST"]
)

blueprint.add_url_rule("/admin/what-if", view_func=what_if.what_if, methods=["GET", "POST"])
blueprint.add_url_rule("/admin/organisations/<slug>/as-of", view_func=exceptions.as_of)
blueprint.add_url_rule("/admin/organisations/<slug>/plan", view_func=exceptions.plan)
blueprint.add_url_rule("/admin/organisations/<slug>/forecast", view_func=exceptions.forecast)
blueprint.add_url_rule("/admin/organisations/<slug>/standings/<int:standing_id>", view_func=exceptions.standing)
blueprint.add_url_rule("/admin/organisations/<slug>/exceptions", view_func=exceptions.exceptions)
blueprint.add_url_rule(
    "/admin/organisations/<slug>/exceptions/propose", view_func=exceptions.propose_exception, methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/admin/exceptions/<int:exception_id>/approve", view_func=exceptions.approve_exception, methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/admin/exceptions/<int:exception_id>/reject", view_func=exceptions.reject_exception, methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/admin/exceptions/<int:exception_id>/revoke", view_func=exceptions.revoke_exception, methods=["GET", "POST"]
)
blueprint.add_url_rule("/admin/onboarding", view_func=onboarding.onboardings)
blueprint.add_url_rule("/admin/onboarding.csv", view_func=onboarding.onboardings_export)
blueprint.add_url_rule("/admin/organisations/<slug>/onboarding", view_func=onboarding.onboarding)
blueprint.add_url_rule(
    "/admin/organisations/<slug>/onboarding/<step>/tick", view_func=onboarding.tick_step, methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/admin/organisations/<slug>/onboarding/<step>/take-back", view_func=onboarding.untick_step, methods=["GET", "POST"]
)
blueprint.add_url_rule("/admin/organisations/<slug>/listing", view_func=listing.listing)
blueprint.add_url_rule(
    "/admin/organisations/<slug>/listing/hide", "hide_listing", view_func=listing.hide, methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/admin/organisations/<slug>/listing/show", "show_listing", view_func=listing.unhide, methods=["GET", "POST"]
)
blueprint.add_url_rule("/admin/organisations/<slug>/invitations", view_func=inviting.invitations)
blueprint.add_url_rule(
    "/admin/organisations/<slug>/invitations/send", view_func=inviting.invite, methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/admin/organisations/<slug>/invitations/<int:invitation_id>/send",
    view_func=inviting.send_invitation,
    methods=["GET", "POST"],
)
blueprint.add_url_rule(
    "/admin/organisations/<slug>/invitations/<int:invitation_id>/revoke",
    view_func=inviting.revoke_invitation,
    methods=["GET", "POST"],
)
blueprint.add_url_rule(
    "/admin/organisations/<slug>/domains/verify", view_func=inviting.verify_domain, methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/admin/organisations/<slug>/domains/withdraw", view_func=inviting.withdraw_domain, methods=["GET", "POST"]
)
blueprint.add_url_rule("/admin/partners", view_func=partners.partners)
blueprint.add_url_rule("/admin/partners.csv", view_func=partners.partners_export)
blueprint.add_url_rule("/admin/targets/<programme>", view_func=targets.targets)
blueprint.add_url_rule("/admin/targets/<programme>.csv", view_func=targets.targets_export)
blueprint.add_url_rule("/admin/targets/<programme>/<tier>", view_func=targets.target_tier)
blueprint.add_url_rule("/admin/targets/<programme>/<tier>.csv", view_func=targets.target_tier_export)
blueprint.add_url_rule("/admin/kpis/<programme>", view_func=kpis.kpis)
blueprint.add_url_rule("/admin/kpis/<programme>.csv", view_func=kpis.kpis_export)
blueprint.add_url_rule("/admin/return/<programme>", view_func=investments.investments)
blueprint.add_url_rule(
    "/admin/return/<programme>/investments", view_func=investments.add_investment, methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/admin/return/<programme>/investments/<int:investment_id>/withdraw",
    view_func=investments.end_investment,
    methods=["GET", "POST"],
)
blueprint.add_url_rule("/admin/reports/<programme>", view_func=reports.reports)
blueprint.add_url_rule("/admin/reports/<programme>/<cadence>/<period>", view_func=reports.show_report)
blueprint.add_url_rule("/admin/reports/<programme>/<cadence>/<period>.csv", view_func=reports.report_export)
blueprint.add_url_rule(
    "/admin/reports/<programme>/<cadence>/subscribe", view_func=reports.subscribe_to, methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/admin/reports/<programme>/<cadence>/unsubscribe", view_func=reports.unsubscribe_from, methods=["GET", "POST"]
)


@blueprint.url_value_preprocessor
def _take_files(endpoint: str | None, values: dict[str, Any] | None) -> None:
    if endpoint in ("admin.propose_recognition", "admin.upload_import"):
        take_a_file(endpoint, values)
