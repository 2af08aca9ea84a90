"""Pages of one's account: signing in and out, language, password."""

from flask import Blueprint

from app.web.account import erasure, invitation, membership, profile, sign_in

blueprint = Blueprint("account", __name__)
blueprint.add_url_rule("/sign-in", view_func=sign_in.sign_in, methods=["GET", "POST"])
blueprint.add_url_rule("/sign-out", view_func=sign_in.sign_out, methods=["POST"])
blueprint.add_url_rule("/language", view_func=profile.set_language, methods=["POST"])
blueprint.add_url_rule("/account", view_func=profile.profile, methods=["GET"])
blueprint.add_url_rule("/account/password", view_func=profile.change_password, methods=["GET", "POST"])
blueprint.add_url_rule("/account/erasure", view_func=erasure.erasure, methods=["GET", "POST"])
blueprint.add_url_rule("/account/erasure/take-back", view_func=erasure.keep_account, methods=["GET", "POST"])
blueprint.add_url_rule("/account/latin-name", view_func=profile.name_in_latin, methods=["GET", "POST"])
blueprint.add_url_rule("/invitations/<token>", view_func=invitation.invitation, methods=["GET", "POST"])
blueprint.add_url_rule("/account/organisation", view_func=membership.membership)
blueprint.add_url_rule("/account/organisation/consent", view_func=membership.consent, methods=["GET", "POST"])
blueprint.add_url_rule("/account/organisation/leave", view_func=membership.leave, methods=["GET", "POST"])
blueprint.add_url_rule("/account/organisation/stay", view_func=membership.stay, methods=["GET", "POST"])
