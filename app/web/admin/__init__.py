"""Pages of the vendor's administrators."""

from flask import Blueprint

blueprint = Blueprint("admin", __name__)
