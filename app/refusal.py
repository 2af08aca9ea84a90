"""Refusal: a rule said no. Each rule has its own subclass; one web handler meets them all."""

from typing import Any


def N_(text: str) -> str:
    """Mark a text for the catalogue where nothing can translate it yet: it is translated when it is shown."""
    return text


class Refusal(Exception):
    """Raised by a deed whose rule forbids it; nothing has been written.

    `status` is the HTTP status of the answer, `title` what happened, and `detail` what the person can do about it.
    Texts are lazy translations or plain strings; `facts` are members of the problem document (a current revision …).
    """

    status = 409
    title: object = "Refused"
    detail: object = ""

    def __init__(self, detail: object = None, **facts: Any) -> None:
        super().__init__(detail or self.detail or self.title)
        if detail is not None:
            self.detail = detail
        self.facts = facts

    @property
    def code(self) -> str:
        """The rule's name, stable for programs: `AttemptClosed`."""
        return type(self).__name__


class NotFound(Refusal):
    """There is no such thing, or it is someone else's: the two answer alike."""

    status = 404
    title = N_("Not found")
