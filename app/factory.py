"""create_app: the only room that knows all the others."""

from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import config
from app import cli
from app.extensions import babel, bootstrap, compress, csrf, db, login, migrate
from app.transaction import prepare
from app.web import access, api, assets, errors, headers, identity, language, layout, pages, pulse, wording


def create_app(settings: dict[str, Any] | None = None) -> Flask:
    """The application; `settings` overrides what the environment says."""
    app = Flask("app", static_folder=None, static_url_path="/static", template_folder="web/templates")
    app.config.update(config.load())
    app.config.update(settings or {})
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_environment = layout.Environment
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    _extend(app)
    for room in (identity, access, headers, assets, wording, layout, pages, api, errors, pulse, cli):
        room.register(app)
    if app.config["PROXIES"]:
        count = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    return app


def _extend(app: Flask) -> None:
    db.init_app(app)
    prepare(app)
    migrate.init_app(app, db, directory=str(config.HOME / "migrations"))
    login.init_app(app)
    csrf.init_app(app)
    bootstrap.init_app(app)
    compress.init_app(app)
    babel.init_app(app, locale_selector=language.choose)
