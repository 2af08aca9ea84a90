"""Pages of partner companies."""

from flask import Blueprint

blueprint = Blueprint("partner", __name__)
