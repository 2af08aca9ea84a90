"""Delivery of mail: by SMTP, or as files to look at where no server is named."""

import smtplib
from collections.abc import Iterable
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit


def compose(to: str, subject: str, text: str, *, sender: str, number: int) -> EmailMessage:
    """A message; the library refuses line breaks in its headers.

    Its id follows from the task's number: sent twice because a worker was killed, it is one message to its reader.
    """
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-ID"] = f"<{_name(number)}@{sender.rpartition('@')[2] or 'localhost'}>"
    message.set_content(text)
    return message


def deliver(message: EmailMessage, *, smtp_url: str, folder: Path) -> None:
    """Hand the message to the server of `smtp_url`, or leave it in the folder as `.eml`."""
    if not smtp_url:
        folder.mkdir(parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>")
        (folder / f"{name}.eml").write_bytes(bytes(message))
        return
    url = urlsplit(smtp_url)
    client = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    with client(url.hostname or "localhost", url.port or 0, timeout=30) as server:
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)


def letters_of(number: int, folder: Path) -> list[Path]:
    """The files in which the letter of a task lies: one or none."""
    return list(folder.glob(f"{_name(number)}@*.eml"))


def delete_letters(numbers: Iterable[int], folder: Path) -> None:
    """Delete the files in which the letters of tasks lie, where there are any."""
    for number in numbers:
        for letter in letters_of(number, folder):
            letter.unlink(missing_ok=True)


def _name(number: int) -> str:
    return f"task-{number}"
