"""A browser for the tests of pages, whose requests know nothing of each other but by its cookies."""

from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import factories


class Browser(FlaskClient):
    """Each request has a context of its own, as on a server: within the test's own, Flask-Login would remember the
    visitor of the request before.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return Context().run(super().open, *args, **kwargs)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript that has not signed in; `app.test_client()` gives more of them."""
    app.test_client_class = Browser
    return app.test_client()


@pytest.fixture
def content(app: Flask, tmp_path: Path) -> Path:
    """A course and an exam of ten items, two of each kind."""
    root = tmp_path / "content"
    factories.write_course(root)
    factories.write_exam(root)
    factories.publish(root)
    return root
