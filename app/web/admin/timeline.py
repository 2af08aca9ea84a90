"""The time line of an attempt: what happened, in words and in order. Events, never verdicts."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.exams.attempts import Attempt, Closing
from app.exams.devices import Device
from app.exams.events import AttemptEvent, EventKind
from app.exams.results import Result
from app.web.wording import gettext as _
from app.web.wording import number_text

# In this order: a browser names itself and those it wants to be taken for.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iOS",
    "iPad": "iPadOS",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


class Event(NamedTuple):
    """Something that happened at an instant; `kind` groups the like."""

    at: datetime
    kind: str
    text: str


def timeline(
    attempt: Attempt,
    devices: Sequence[Device],
    noted: Sequence[AttemptEvent],
    results: Sequence[Result],
    *,
    from_where: bool,
) -> list[Event]:
    """Everything, the first first; addresses only for whoever may know `from_where`."""
    found = [Event(attempt.started_at, "state", _("Started"))]
    found += [
        Event(
            one.first_seen_at,
            "device",
            _(
                "Answered from another device: %(device)s",
                device=device_text(one.address if from_where else None, one.agent),
            ),
        )
        for one in devices
    ]
    found += [Event(one.received_at, "page", _noted(one)) for one in noted]
    if attempt.closed_at:
        ended = _("Submitted") if attempt.closing is Closing.SUBMITTED else _("The time was over")
        found.append(Event(attempt.closed_at, "state", ended))
    found += [
        Event(result.graded_at, "state", _("Result %(number)s was written", number=result.number))
        for result in results
        if result.number > 1
    ]
    return sorted(found, key=lambda event: event.at)


def _noted(event: AttemptEvent) -> str:
    number, seconds = event.position + 1, number_text(round(event.amount / 1000, 1))
    match event.kind:
        case EventKind.HIDDEN:
            return _("Item %(number)s: the page was hidden for %(seconds)s s", number=number, seconds=seconds)
        case EventKind.UNFOCUSED:
            return _("Item %(number)s: the page had lost the focus for %(seconds)s s", number=number, seconds=seconds)
        case EventKind.PASTE:
            return _("Item %(number)s: %(count)s characters pasted", number=number, count=event.amount)
    return _("Item %(number)s: %(count)s characters copied", number=number, count=event.amount)


def device_text(address: str | None, agent: str | None) -> str:
    """`Firefox, Windows · 203.0.113.7`, as far as it is known."""
    told = [name for known in (BROWSERS, SYSTEMS) if (name := _named(known, agent or ""))]
    name = ", ".join(told) or _("unknown browser")
    return f"{name} · {address}" if address else name


def _named(known: dict[str, str], agent: str) -> str | None:
    return next((name for mark, name in known.items() if re.search(rf"\b{mark}\b", agent)), None)
