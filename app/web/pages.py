"""The blueprints of the pages, one for each audience."""

from flask import Flask

from app.web.account import blueprint as account
from app.web.admin import blueprint as admin
from app.web.candidate import blueprint as candidate
from app.web.partner import blueprint as partner
from app.web.programmes import blueprint as programmes
from app.web.public import blueprint as public
from app.web.public.log import blueprint as log
from app.web.trainer import blueprint as trainer


def register(app: Flask) -> None:
    """Hang them on the app."""
    for blueprint in (public, log, account, candidate, partner, programmes, trainer, admin):
        app.register_blueprint(blueprint)
