"""What the tests of pages read of a page, and when."""

import html
import re
from datetime import datetime, timedelta

from flask.testing import FlaskClient

from app.transaction import now

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1"/></svg>'


def read(client: FlaskClient, path: str) -> str:
    """The text of a page: one line, without tags, with ordinary spaces."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def links(client: FlaskClient, path: str) -> list[str]:
    """Where the links of a page's content lead."""
    main = client.get(path).text.partition("<main")[2].partition("</main>")[0]
    return [html.unescape(found) for found in re.findall(r'<a[^>]* href="([^"]+)"', main)]


def months_ago(months: int) -> datetime:
    return now() - timedelta(days=30.5 * months)
