"""Pages of trainers."""

from flask import Blueprint

blueprint = Blueprint("trainer", __name__)
