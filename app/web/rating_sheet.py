"""What a grader sees of the answer in hand, for the page and the API: item, rubric and answer, but not whose it is."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from app.content.versions import body_of
from app.exams.attempts import Attempt
from app.exams.marking import rubric_points
from app.exams.rating_queue import Turn, in_hand
from app.exams.responses import response_at
from app.exams.uploads import NoSuchUpload, content_of
from app.extensions import db


@dataclass(frozen=True)
class Sheet:
    """An answer to rate. Listed here, and nothing else: no attempt, no person, nothing that anybody else gave it.

    `rubric` holds the points and the text of each line as HTML; `files` the ids of the uploads, in their order.
    """

    turn_id: int
    taken_until: datetime | None
    exam: dict[str, str]
    domain: dict[str, str]
    language: str
    stem: str
    case: dict[str, Any] | None
    rubric: list[tuple[int, str]]
    words_asked: int | None
    text: str
    files: list[int]

    @classmethod
    def of(cls, turn: Turn) -> Self:
        """The sheet of a turn."""
        attempt = db.session.get_one(Attempt, turn.attempt_id)
        item = body_of(attempt.item_ids[turn.position])
        shown = attempt.public_item(turn.position)
        answer = response_at(attempt.id, turn.position).answer
        handed_in = answer if isinstance(answer, dict) else {"text": answer or "", "files": []}
        texts = item["text"][attempt.spoken]["rubric"]
        return cls(
            turn_id=turn.id,
            taken_until=turn.taken_until,
            exam=attempt.exam["title"],
            domain=attempt.exam["domains"][item["domain"]],
            language=attempt.spoken,
            stem=shown["stem"],
            case=shown["case"],
            rubric=list(zip(rubric_points(item), texts, strict=True)),
            words_asked=shown["shape"].get("words"),
            text=handed_in["text"],
            files=handed_in["files"],
        )

    @property
    def words(self) -> int:
        """How many words the text has."""
        return len(self.text.split())

    @property
    def points(self) -> int:
        """What the answer can earn."""
        return sum(points for points, _ in self.rubric)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "id": self.turn_id,
            "taken_until": self.taken_until.isoformat() if self.taken_until else None,
            "exam": self.exam,
            "domain": self.domain,
            "language": self.language,
            "stem": self.stem,
            "case": self.case,
            "rubric": [{"points": points, "text": text} for points, text in self.rubric],
            "answer": {"text": self.text, "files": len(self.files)},
        }


def sheet_of(turn_id: int, grader_id: int) -> Sheet:
    """The sheet of the turn that the person has in hand, or NoSuchTurn."""
    return Sheet.of(in_hand(turn_id, grader_id))


def file_of(turn_id: int, grader_id: int, number: int) -> tuple[str, bytes]:
    """A file of the answer in hand, counted from 1: its content, and a name that says nothing of who sent it."""
    turn = in_hand(turn_id, grader_id)
    files = Sheet.of(turn).files
    if not 0 < number <= len(files):
        raise NoSuchUpload
    name, content = content_of(turn.attempt_id, turn.position, files[number - 1])
    return f"file-{number}{Path(name).suffix}", content
