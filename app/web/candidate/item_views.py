"""What the pages of an open attempt show: the item with its response, and the frame of clock, section and navigator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any, NamedTuple

from app.exams.attempts import Attempt
from app.exams.breaks import break_left_s
from app.exams.kinds.kind import GAP
from app.exams.responses import Saved
from app.exams.timing import GRACE
from app.exams.uploads import Kept, uploads_at
from app.web.candidate.words import script_words

Responses = Mapping[int, Saved]


@dataclass(frozen=True)
class ItemView:
    """What the page shows of an item: its public view and the response. The first line of the stem is the heading."""

    position: int
    public: dict[str, Any]
    saved: Saved
    answer: Any
    wrong: bool = False
    stale: bool = False
    uploads: Sequence[Kept] = ()
    trouble: str = ""

    @property
    def number(self) -> int:
        """Items count from 1 for people."""
        return self.position + 1

    @property
    def heading(self) -> str:
        """Safe HTML of one line."""
        return str(self.public["stem"]).removeprefix("<p>").partition("</p>")[0]

    @property
    def rest(self) -> str:
        """Safe HTML of the paragraphs, tables and code below the heading."""
        return str(self.public["stem"]).partition("</p>")[2]

    @property
    def pieces(self) -> list[str]:
        """What stands below the heading, cut where a kind has its own fields or pictures to show."""
        return self.rest.split(GAP)

    def part(self, place: int) -> Any:
        """One part of an answer that has several, whatever was sent."""
        return self.answer[place] if isinstance(self.answer, list) and place < len(self.answer) else None


class Cell(NamedTuple):
    """An item's place in the navigator."""

    number: int
    answered: bool
    flagged: bool
    current: bool


def item_view(sitting: Attempt, position: int, saved: Responses) -> ItemView:
    """An item with its current response."""
    response = saved.get(position) or Saved(position, 0, None, False, None)
    public = sitting.public_item(position)
    uploads = uploads_at(sitting.id, position) if public["shape"]["input"] == "files" else ()
    return ItemView(position, public, response, response.answer, uploads=uploads)


def clock_text(left: timedelta) -> str:
    """`37:42`, or `1:07:42` with more than an hour left."""
    seconds = max(0, int(left.total_seconds()))
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


def item_views(sitting: Attempt, saved: Responses, at: datetime) -> list[ItemView]:
    """The items that may be seen now, with their responses."""
    return [item_view(sitting, position, saved) for position in sitting.present(at).open_positions]


def frame_of(sitting: Attempt, saved: Responses, at: datetime, here: int | None = None) -> dict[str, Any]:
    """What surrounds the item: the section and its clock, the last save, and the cells of the navigator."""
    section = sitting.present(at)
    cells = [
        Cell(
            number=position + 1,
            answered=position in saved and saved[position].answer is not None,
            flagged=position in saved and saved[position].flagged,
            current=position == here,
        )
        for position in section.open_positions
    ]
    sections = sitting.exam.get("sections")
    return {
        "attempt": sitting,
        "exam": sitting.exam,
        "cells": cells,
        "section": section,
        "section_title": sections[section.number]["title"] if sections else None,
        "section_count": len(sections) if sections else 1,
        "deadline_at": section.deadline,
        "last_saved": max((response.received_at for response in saved.values() if response.received_at), default=None),
        "left": clock_text(section.deadline - at),
        "words": script_words(sitting.spoken),
        "break_left_min": break_left_s(sitting) // 60,
        "closes_in_s": max(1, ceil((section.deadline + GRACE - at).total_seconds()) + 1),
        "at": at,
    }
