"""Pages of partner companies."""

from flask import Blueprint

from app.web.partner import explained, scorecard, team

blueprint = Blueprint("partner", __name__)
blueprint.add_url_rule("/scorecard", view_func=scorecard.scorecard)
blueprint.add_url_rule("/scorecard/as-of", view_func=explained.as_of)
blueprint.add_url_rule("/scorecard/standings/<int:standing_id>", view_func=explained.standing)
blueprint.add_url_rule("/team", view_func=team.team)
blueprint.add_url_rule("/team.csv", view_func=team.team_export)
