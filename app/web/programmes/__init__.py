"""Pages of the programmes themselves: their rules and all that they hold, for whoever is signed in."""

from flask import Blueprint

from app.web.partner.amounts import percent
from app.web.programmes import figure_words, pages, requirement_words

blueprint = Blueprint("programmes", __name__)
blueprint.add_app_template_filter(requirement_words.lines, "requirement_lines")
blueprint.add_app_template_filter(figure_words.figure, "figure_words")
blueprint.add_app_template_filter(figure_words.cell, "cell_words")
blueprint.add_app_template_filter(figure_words.share, "share_words")
blueprint.add_app_template_filter(percent, "per_cent")
blueprint.add_app_template_filter(figure_words.clock, "clock_words")
blueprint.add_url_rule("/programmes", view_func=pages.programmes)
blueprint.add_url_rule("/programmes/<slug>", view_func=pages.programme)
