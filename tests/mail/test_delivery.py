"""Delivery: files to look at, or a server; no name of a person can add a header."""

import smtplib
from email import message_from_bytes, policy
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from app.mail.delivery import compose, deliver

pytestmark = pytest.mark.once
SENDER = "acredita@partners.example"


def letter(**changes: Any) -> Any:
    given = {"to": "ana@test.example", "subject": "Tu resultado: ¡listo!", "text": "Hola Ana,\n\nñandú €\n"}
    return compose(**given | {"sender": SENDER, "number": 7} | changes)


def test_without_a_server_the_letter_is_left_as_a_file(tmp_path: Path) -> None:
    deliver(letter(), smtp_url="", folder=tmp_path / "mail")
    [file] = (tmp_path / "mail").iterdir()
    read = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert file.suffix == ".eml"
    assert (read["To"], read["From"], read["Subject"]) == ("ana@test.example", SENDER, "Tu resultado: ¡listo!")
    assert read.get_content() == "Hola Ana,\n\nñandú €\n"


def test_a_letter_sent_twice_is_one_letter(tmp_path: Path) -> None:
    for _ in range(2):
        deliver(letter(), smtp_url="", folder=tmp_path)
    deliver(letter(number=8), smtp_url="", folder=tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("sender", [SENDER, f"Acredita <{SENDER}>"])
def test_the_message_id_follows_from_the_task(sender: str) -> None:
    assert letter(sender=sender)["Message-ID"] == "<task-7@partners.example>"
    assert letter(sender=sender)["From"] == sender


@pytest.mark.parametrize("name", ["to", "subject"])
@pytest.mark.parametrize("breaking", ["\r\nBcc: all@test.example", "\nBcc: all@test.example", "\rBcc: x@test.example"])
def test_a_line_break_in_a_header_is_refused(name: str, breaking: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)line"):
        letter(**{name: f"ana@test.example{breaking}"})


@pytest.mark.parametrize(
    ("url", "client", "port"),
    [
        ("smtp://user:p%40ss@mail.example:2525", "SMTP", 2525),
        ("smtps://user:p%40ss@mail.example", "SMTP_SSL", 0),
    ],
)
def test_a_server_is_signed_in_to_and_given_the_letter(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str, client: str, port: int
) -> None:
    told: list[tuple[Any, ...]] = []

    class Server:
        def __init__(self, host: str, port: int, **_: Any) -> None:
            told.append(("connect", host, port))

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
            told.append(("quit",))

        def login(self, user: str, password: str) -> None:
            told.append(("login", user, password))

        def send_message(self, message: Any) -> None:
            told.append(("send", message["To"]))

    monkeypatch.setattr(smtplib, client, Server)
    deliver(letter(), smtp_url=url, folder=tmp_path)
    assert told == [
        ("connect", "mail.example", port),
        ("login", "user", "p@ss"),
        ("send", "ana@test.example"),
        ("quit",),
    ]
    assert list(tmp_path.iterdir()) == []
