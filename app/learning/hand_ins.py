"""Hand-ins: what people hand in for the practicals of a course, and what trainers said to it."""

import enum
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Row,
    UniqueConstraint,
    bindparam,
    delete,
    literal,
    null,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Key, LongText, Model, db, insert_or_ignore
from app.learning.catalogue import Course, Lesson
from app.learning.enrolling import Progress
from app.people.persons import Person
from app.refusal import NotFound, Refusal

LONGEST_TEXT = 20_000
LONGEST_LINK = 500
LONGEST_WORDS = 2000
_LINK = re.compile(r"https://([\w-]+\.)+[\w-]+(:\d{1,5})?([/?#][^\s\x00-\x20\x7f-\x9f\"<>\\]*)?")
WAITS = text("state = 'waiting'")
STANDS = text("state <> 'sent_back'")


class HandInState(enum.StrEnum):
    """It waits until a trainer confirms it or sends it back; what was confirmed may be sent back too."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    SENT_BACK = "sent_back"


class HandIn(Model):
    """What a person handed in for a practical, the `number`th time; `revision` counts its changes, by whomever.

    `words` are the trainer's. What is confirmed has its points by line of the rubric, `earned` of `possible`, and the
    version of the course whose rubric that was.
    """

    __tablename__ = "hand_ins"
    __table_args__ = (
        UniqueConstraint("person_id", "lesson_id", "number"),
        CheckConstraint("number >= 1 AND revision >= 1", name="counts"),
        CheckConstraint(f"length(text) <= {LONGEST_TEXT} AND (length(text) > 0 OR link IS NOT NULL)", name="content"),
        CheckConstraint(f"substr(link, 1, 8) = 'https://' AND length(link) <= {LONGEST_LINK}", name="link"),
        CheckConstraint("changed_at >= handed_in_at", name="changed_later"),
        CheckConstraint("(state = 'waiting') = (decided_by IS NULL)", name="decision"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("decided_by <> person_id", name="another_person"),
        CheckConstraint(f"length(words) <= {LONGEST_WORDS}", name="words"),
        CheckConstraint("state <> 'sent_back' OR length(words) > 0", name="reason"),
        CheckConstraint("(state = 'confirmed') = (version_id IS NOT NULL)", name="version"),
        CheckConstraint("(version_id IS NULL) = (earned IS NULL)", name="earned"),
        CheckConstraint("(earned IS NULL) = (possible IS NULL)", name="possible"),
        CheckConstraint("earned <= possible AND 2 * earned >= possible AND possible > 0", name="enough"),
        Index(
            "uq_hand_ins_standing",
            *("person_id", "lesson_id"),
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
        Index("ix_hand_ins_waiting", "handed_in_at", sqlite_where=WAITS, postgresql_where=WAITS),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"))
    number: Mapped[int]
    revision: Mapped[int]
    text: Mapped[LongText]
    link: Mapped[LongText | None]
    handed_in_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    state: Mapped[HandInState]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    words: Mapped[LongText]
    version_id: Mapped[int | None] = mapped_column(ForeignKey("versions.id"))
    marks: Mapped[list[int]]
    earned: Mapped[int | None]
    possible: Mapped[int | None]

    @property
    def seen(self) -> "Seen":
        """What somebody who looks at it has seen of it."""
        return Seen(self.number, self.revision)


class Seen(NamedTuple):
    """The hand-in that a page showed, and its revision; zeros where there was none."""

    number: int
    revision: int


UNSEEN = Seen(0, 0)


class Given(NamedTuple):
    """The points by line of a rubric, what they may add up to, and the version of the course that has it."""

    marks: Sequence[int]
    possible: int
    version_id: int


_OF_PERSON = (
    select(HandIn)
    .where(HandIn.person_id == bindparam("person_id"), HandIn.lesson_id == bindparam("lesson_id"))
    .order_by(HandIn.number.desc())
)
_STUDIED: Any = union_all(  # one statement: every page of a course asks for both
    select(HandIn.lesson_id, HandIn.state, HandIn.number).where(HandIn.person_id == bindparam("person_id")),
    select(Progress.lesson_id, null(), literal(0)).where(Progress.person_id == bindparam("person_id")),
)
_LINES = (
    select(HandIn, Person, Course.slug, Course.version_id, Lesson.slug.label("part"))
    .join(Person, Person.id == HandIn.person_id)
    .join(Lesson, (Lesson.id == HandIn.lesson_id) & Lesson.live)
    .join(Course, (Course.id == Lesson.course_id) & Course.live)
)
_IS_WAITING = text("hand_ins.state = 'waiting'")  # no parameters: only so is the index found


class NoSuchHandIn(NotFound):
    """There is none, or its practical is published no longer."""

    title = _l("There is no such hand-in")


class HandInChanged(Refusal):
    """The page showed what is no longer so."""

    title = _l("This hand-in has changed meanwhile")
    detail = _l("Look at it again, then decide.")


class HandInConfirmed(Refusal):
    """What was confirmed is not handed in once more."""

    title = _l("This practical is confirmed already")


class NothingHandedIn(Refusal):
    """Neither a text nor a link."""

    status = 422
    title = _l("Write a text or give a link")


class TextTooLong(Refusal):
    """A text or the words to it are longer than we keep."""

    status = 422
    title = _l("This text is too long")


class LinkInvalid(Refusal):
    """A link leads somewhere, by https."""

    status = 422
    title = _l("Give a link that begins with https://")


class WordsMissing(Refusal):
    """Whoever is sent something back reads why."""

    status = 422
    title = _l("Say why")


def keep_hand_in(person_id: int, lesson_id: int, *, said: str, link: str, seen: Seen, at: datetime) -> HandIn:
    """Hand something in, or change what still waits, for a caller who holds the person."""
    content = {"text": _clean(said, LONGEST_TEXT), "link": clean_link(link), "changed_at": at}
    if not content["text"] and not content["link"]:
        raise NothingHandedIn
    latest = latest_of(person_id, lesson_id)
    if latest and latest.state is HandInState.CONFIRMED:
        raise HandInConfirmed
    if seen != (latest.seen if latest else UNSEEN):
        raise HandInChanged
    if latest and latest.state is HandInState.WAITING:
        _change(latest, HandInState.WAITING, latest.revision, content)
        return latest
    number = latest.number + 1 if latest else 1
    row = {"person_id": person_id, "lesson_id": lesson_id, "number": number, "revision": 1, "handed_in_at": at}
    if not insert_or_ignore(HandIn, **row, **content, state=HandInState.WAITING, words="", marks=[]):
        raise HandInChanged
    return history_of(person_id, lesson_id)[0]


def settle_hand_in(found: HandIn, given: Given, words: str, *, revision: int, by: int, at: datetime) -> None:
    """It is confirmed, with its points; `revision` is the one that was looked at."""
    points = {"marks": list(given.marks), "earned": sum(given.marks), "possible": given.possible}
    said = {"words": _clean(words, LONGEST_WORDS), "version_id": given.version_id, "decided_by": by, "decided_at": at}
    _change(found, HandInState.WAITING, revision, {"state": HandInState.CONFIRMED} | points | said)


def return_hand_in(found: HandIn, words: str, *, revision: int, by: int, at: datetime) -> None:
    """It is sent back, whether it waited or was confirmed; the words say why."""
    said = _clean(words, LONGEST_WORDS)
    if not said:
        raise WordsMissing
    if found.state is HandInState.SENT_BACK:
        raise HandInChanged
    nothing: dict[str, Any] = {"marks": [], "earned": None, "possible": None, "version_id": None}
    decided = {"state": HandInState.SENT_BACK, "words": said, "decided_by": by, "decided_at": at}
    _change(found, found.state, revision, decided | nothing)


def history_of(person_id: int, lesson_id: int) -> Sequence[HandIn]:
    """All that a person handed in for a practical, the latest first."""
    return db.session.scalars(_OF_PERSON, {"person_id": person_id, "lesson_id": lesson_id}).all()


def latest_of(person_id: int, lesson_id: int) -> HandIn | None:
    """What counts of it; None where nothing was handed in."""
    return db.session.scalars(_OF_PERSON.limit(1), {"person_id": person_id, "lesson_id": lesson_id}).first()


def studied(person_id: int) -> tuple[set[int], Mapping[int, HandInState]]:
    """The ids of the parts that the person has done, and by practical the state of what was handed in last."""
    rows = list(db.session.connection().execute(_STUDIED, {"person_id": person_id}))
    handed = sorted((number, lesson_id, state) for lesson_id, state, number in rows if state)
    done = {lesson_id for lesson_id, state, _number in rows if state is None}
    return done, {lesson_id: state for _number, lesson_id, state in handed}


def hand_in_line(hand_in_id: int) -> Row[*tuple[Any, ...]]:
    """A hand-in with its person, the slug and version of the course and the slug of the practical; NoSuchHandIn."""
    line = db.session.execute(_LINES.where(HandIn.id == hand_in_id)).first()
    if line is None:
        raise NoSuchHandIn
    return line


def waiting_hand_ins(limit: int = 200) -> Sequence[Row[*tuple[Any, ...]]]:
    """What waits for a trainer, the oldest first, as `hand_in_line` has it."""
    return db.session.execute(_LINES.where(_IS_WAITING).order_by(HandIn.handed_in_at, HandIn.id).limit(limit)).all()


def decided_hand_ins(limit: int = 25) -> Sequence[Row[*tuple[Any, ...]]]:
    """What was decided lately, the latest first, as `hand_in_line` has it."""
    decided = _LINES.where(HandIn.decided_at.is_not(None)).order_by(HandIn.decided_at.desc(), HandIn.id.desc())
    return db.session.execute(decided.limit(limit)).all()


def forget_hand_ins(person_id: int) -> None:
    """Nobody knows any more what the person handed in."""
    db.session.execute(delete(HandIn).where(HandIn.person_id == person_id))


def clean_link(link: str) -> str | None:
    """An https address, or None for nothing; LinkInvalid."""
    link = link.strip()
    if not link:
        return None
    if len(link) > LONGEST_LINK or not _LINK.fullmatch(link):
        raise LinkInvalid
    return link


def _clean(said: str, longest: int) -> str:
    """With one kind of line ends, and without what no database takes."""
    cleaned = said.replace("\0", "").replace("\r\n", "\n").strip()
    if len(cleaned) > longest:
        raise TextTooLong
    return cleaned


def _change(found: HandIn, state: HandInState, revision: int, values: dict[str, Any]) -> None:
    """Of two at once, one is refused."""
    same = (HandIn.id == found.id) & (HandIn.state == state) & (HandIn.revision == revision)
    changed = update(HandIn).where(same).values(revision=revision + 1, **values)
    if db.session.connection().execute(changed).rowcount != 1:
        raise HandInChanged
    db.session.refresh(found)
