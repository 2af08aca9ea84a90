"""What may stand in an entry of the public directory: plain words of their length, and an address that leads there."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.people.listings import BadListing, Listing, clean_website
from app.people.organisations import PartnerRole
from app.transaction import reading
from tests.factories import make_member, make_organisation, sign_in

EVIL = [
    "http://example.com",
    "javascript:alert(1)",
    "https://",
    "https://localhost",
    "https://me:pw@example.com",
    "https://example.com@evil.example",
    "https://example.com:8443",
    "https://exa mple.com",
    "https://[::1]/",
    "https://127.0.0.1/",
    "https://-a.example.com",
    "https://example.com/\nSet-Cookie: a",
    "https://exämple.com",
    "https://example.com\\@evil.example",
    "https://example.com/" + "x" * 200,
    "//example.com",
    "https:example.com",
]


@pytest.fixture
def boss(app: Flask, client: FlaskClient) -> None:
    sign_in(client, make_member(make_organisation(), partner_role=PartnerRole.ADMIN))


def save(client: FlaskClient, **changes: str) -> int:
    return client.post("/scorecard/listing", data={"seen": "0"} | changes).status_code


def test_an_entry_may_be_empty(client: FlaskClient, boss: None) -> None:
    assert save(client, seen="nonsense") == 303


@pytest.mark.parametrize(
    "wrong",
    [
        {"text_es": "x" * 601},
        {"text_en": "a\x00b"},
        {"text_en": "a\u202eb"},
        {"country": "XX"},
        {"country": "mx"},
        {"region": "x" * 81},
        *({"website": address} for address in EVIL),
    ],
)
def test_bad_input_is_refused(client: FlaskClient, boss: None, wrong: dict[str, str]) -> None:
    assert save(client, **wrong) == 422
    with reading():
        assert db.session.query(Listing).count() == 0


@pytest.mark.parametrize("address", EVIL)
def test_an_address_that_leads_elsewhere_is_refused(address: str) -> None:
    with pytest.raises(BadListing):
        clean_website(address)


@pytest.mark.parametrize("address", ["https://a.co", "https://xn--exmple-cua.com/ñ".replace("ñ", "%C3%B1")])
def test_an_honest_address_is_kept(address: str) -> None:
    assert clean_website(f" {address} ") == address
