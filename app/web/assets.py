"""What browsers fetch beside a page: addresses that change with the content, so that they are kept for a year."""

import hashlib
from functools import lru_cache
from pathlib import Path

import flask_bootstrap
from flask import Flask, Response, request, send_from_directory
from markupsafe import Markup

from app.extensions import compress

FOLDER = Path(__file__).parent / "static"
BOOTSTRAP = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5" / "css"
BOOTSTRAP_CSS = "bootstrap.min.css"
YEAR_S = 365 * 24 * 3600


def register(app: Flask) -> None:
    """Give templates `asset` and `icon`, and serve what they name."""
    app.jinja_env.globals.update(asset=asset, icon=icon)
    app.add_url_rule("/static/<version>/<path:filename>", "static", serve)
    app.after_request(compressed)


def asset(filename: str) -> str:
    """The address of a file of static/: `{{ asset('css/base.css') }}`. What the file refers to shares its version."""
    return f"{request._get_current_object().root_path}/static/{VERSION}/{filename}"  # type: ignore[attr-defined]


def icon(name: str, label: str | None = None) -> Markup:
    """An icon of img/icons.svg; one that stands alone has a label."""
    return _icon(asset("img/icons.svg"), name, label)


def serve(version: str, filename: str) -> Response:
    """The file as this process has it; not to be kept under the version of another, as while processes are replaced."""
    folder = BOOTSTRAP if filename == BOOTSTRAP_CSS else FOLDER
    answer = send_from_directory(folder, filename, max_age=YEAR_S if version == VERSION else 0)
    answer.cache_control.immutable = version == VERSION
    return answer


def compressed(answer: Response) -> Response:
    """Style sheets, scripts and drawings go compressed; a page with a secret of its reader never does."""
    return compress.after_request(answer) if answer.mimetype in compress.compress_mimetypes_set else answer


@lru_cache(1024)
def _icon(sprite: str, name: str, label: str | None) -> Markup:
    spoken = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon" width="20" height="20" {}><use href="{}#{}"/></svg>').format(spoken, sprite, name)


def _version() -> str:
    contents = hashlib.sha256()
    for path in (BOOTSTRAP / BOOTSTRAP_CSS, *sorted(FOLDER.rglob("*.*"))):
        contents.update(path.name.encode() + b"\0" + path.read_bytes())
    return contents.hexdigest()[:8]


VERSION = _version()
