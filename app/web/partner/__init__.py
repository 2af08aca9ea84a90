"""Pages of partner companies."""

from flask import Blueprint

from app.web.partner import (
    assigned,
    assignments,
    explained,
    forecast,
    invitations,
    listing,
    member,
    money,
    onboarding,
    plan,
    resources,
    scorecard,
    team,
)

blueprint = Blueprint("partner", __name__)
blueprint.add_url_rule("/scorecard", view_func=scorecard.scorecard)
blueprint.add_url_rule("/scorecard/as-of", view_func=explained.as_of)
blueprint.add_url_rule("/scorecard/standings/<int:standing_id>", view_func=explained.standing)
blueprint.add_url_rule("/scorecard/plan", view_func=plan.plan)
blueprint.add_url_rule("/scorecard/forecast", view_func=forecast.forecast)
blueprint.add_url_rule("/scorecard/onboarding", view_func=onboarding.onboarding)
blueprint.add_url_rule("/scorecard/resources", view_func=resources.resources)
blueprint.add_url_rule("/scorecard/listing", view_func=listing.listing, methods=["GET", "POST"])
blueprint.add_url_rule(
    "/scorecard/listing/publish", "publish_listing", view_func=listing.publish, methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/scorecard/listing/take-down", "withdraw_listing", view_func=listing.withdraw, methods=["GET", "POST"]
)
blueprint.add_url_rule("/scorecard/money", view_func=money.money)
blueprint.add_url_rule("/scorecard/money.csv", view_func=money.money_export)
blueprint.add_url_rule("/scorecard/facts.csv", view_func=money.facts_export)
blueprint.add_url_rule("/scorecard/history.csv", view_func=money.history_export)
blueprint.add_url_rule("/team", view_func=team.team)
blueprint.add_url_rule("/team.csv", view_func=team.team_export)
blueprint.add_url_rule("/team/<int:person_id>", view_func=member.member)
blueprint.add_url_rule("/team/<int:person_id>/roles", view_func=member.change_member, methods=["GET", "POST"])
blueprint.add_url_rule("/team/<int:person_id>/end", view_func=member.end_member, methods=["GET", "POST"])
blueprint.add_url_rule("/team/<int:person_id>/keep", view_func=member.keep_member, methods=["GET", "POST"])
blueprint.add_url_rule("/team/invitations", view_func=invitations.invitations, methods=["GET", "POST"])
blueprint.add_url_rule(
    "/team/invitations/<int:invitation_id>/send", view_func=invitations.send_invitation, methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/team/invitations/<int:invitation_id>/revoke", view_func=invitations.revoke_invitation, methods=["GET", "POST"]
)
blueprint.add_url_rule("/team/assignments", view_func=assignments.assignments)
blueprint.add_url_rule("/team/assignments.csv", view_func=assignments.assignments_export)
blueprint.add_url_rule("/team/assignments/new", view_func=assignments.assign, methods=["GET", "POST"])
blueprint.add_url_rule("/team/assignments/<int:assignment_id>", view_func=assigned.assignment)
for deed in (assigned.move_assignment, assigned.withdraw_assignment, assigned.restore_assignment):
    path = f"/team/assignments/<int:assignment_id>/{deed.__name__.partition('_')[0]}"
    blueprint.add_url_rule(path, view_func=deed, methods=["GET", "POST"])
