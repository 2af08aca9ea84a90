"""Pages of consultants."""

from flask import Blueprint

blueprint = Blueprint("candidate", __name__)
