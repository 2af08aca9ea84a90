"""Regrades: a correction of an item, proposed by one person and approved by another, and how far it has got."""

import enum
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.content.versions import Version, bodies
from app.exams.attempts import Attempt
from app.exams.catalogue import Exam
from app.exams.correcting import KEYED, REKEYED, Correction, CorrectionKind
from app.exams.kinds import KINDS
from app.exams.kinds.kind import AnswerLine, BadKey, count_options
from app.extensions import Big, Key, LongText, Model, Name, Slug, db
from app.refusal import NotFound, Refusal


class RegradeState(enum.StrEnum):
    """Proposed, it is tried out; approved, it is put through, then done. Before that it can be withdrawn."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class Regrade(Model):
    """A correction of some versions of an item, and what became of it.

    `cursor` is the last attempt looked at and `organisations_cursor` the last organisation, first in the dry run and,
    from the approval on, in the deed itself; `looked` of `total` attempts are done. `surveyed_at`: the dry run's end.
    """

    __tablename__ = "regrades"
    __table_args__ = (
        CheckConstraint("(kind IN ('new_key', 'also_accept')) = (key IS NOT NULL)", name="key"),
        CheckConstraint("(state IN ('approved', 'done')) = (approved_by IS NOT NULL)", name="approval"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved_at"),
        CheckConstraint("approved_by <> proposed_by", name="second_person"),
        CheckConstraint("approved_at IS NULL OR surveyed_at IS NOT NULL", name="surveyed"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_by IS NOT NULL)", name="withdrawal"),
        CheckConstraint("(state IN ('done', 'withdrawn')) = (ended_at IS NOT NULL)", name="end"),
        Index(
            "uq_regrades_one_at_a_time",
            "exam_id",
            unique=True,
            sqlite_where=text("state = 'approved'"),
            postgresql_where=text("state = 'approved'"),
        ),
        Index("ix_regrades_exam", "exam_id", "approved_at"),
    )

    id: Mapped[Key]
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    item_id: Mapped[Slug]
    version_ids: Mapped[list[int]]
    kind: Mapped[CorrectionKind]
    key: Mapped[LongText | None]
    reason: Mapped[Name]
    no_harm: Mapped[bool]
    state: Mapped[RegradeState] = mapped_column(default=RegradeState.PROPOSED)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    proposed_at: Mapped[datetime]
    surveyed_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    approved_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    ended_at: Mapped[datetime | None]
    cursor: Mapped[Big] = mapped_column(default=0)
    organisations_cursor: Mapped[Big] = mapped_column(default=0)
    looked: Mapped[int] = mapped_column(default=0)
    total: Mapped[int]

    @property
    def correction(self) -> Correction:
        """What it does to the item, for grading."""
        key = None if self.key is None else json.loads(self.key)
        return Correction(self.id, frozenset(self.version_ids), self.kind, key)

    @property
    def at_work(self) -> bool:
        """Whether the worker has something to do for it."""
        return self.state is RegradeState.APPROVED or (self.state is RegradeState.PROPOSED and self.surveyed_at is None)


@dataclass(frozen=True)
class Proposal:
    """What a person asks for; `lines` are the answer lines of the new key, as in an items file."""

    item_id: str
    version_ids: Collection[int]
    kind: CorrectionKind
    lines: Sequence[AnswerLine]
    reason: str
    no_harm: bool = True


_APPROVED = (
    select(Regrade.id, Regrade.version_ids, Regrade.kind, Regrade.key)
    .where(Regrade.exam_id == bindparam("exam_id"), Regrade.approved_at.is_not(None))
    .order_by(Regrade.approved_at, Regrade.id)
)


class NoSuchRegrade(NotFound):
    """There is no such regrade."""

    title = _l("There is no such correction")


class BadCorrection(Refusal):
    """The correction does not fit the item."""

    status = 422
    title = _l("This correction does not fit the item")


class SecondPersonNeeded(Refusal):
    """Whoever proposed a correction does not approve it."""

    status = 403
    title = _l("Somebody else has to approve this correction")
    detail = _l("You proposed it. Ask another trainer or an administrator.")


class NotProposed(Refusal):
    """It was decided on before."""

    title = _l("This correction was decided on before")


class DryRunNeeded(Refusal):
    """Nobody approves what has not been seen."""

    title = _l("The dry run is not over yet")
    detail = _l("Wait until every attempt has been looked at, and read what would change.")


class DryRunOutdated(Refusal):
    """What was seen is no longer what would happen."""

    title = _l("Results have changed since the dry run")
    detail = _l("Another correction of this exam was put through. Withdraw this one and propose it again.")


class RegradeRunning(Refusal):
    """Corrections of an exam come one after another, so that each starts from what the one before has left."""

    title = _l("Another correction of this exam is being put through")
    detail = _l("Approve this one when it is done.")


def approved_corrections(exam_id: int) -> list[Correction]:
    """What attempts of the exam are graded under, in the order of approval.

    A closing reads them once it holds the attempt: what is approved later finds the attempt closed.
    """
    rows = db.session.connection().execute(_APPROVED, {"exam_id": exam_id})
    return [
        Correction(regrade_id, frozenset(version_ids), kind, None if key is None else json.loads(key))
        for regrade_id, version_ids, kind, key in rows
    ]


def propose(exam: Exam, proposal: Proposal, *, by: int, at: datetime) -> Regrade:
    """Ask for a correction. Nothing is graded by it before another person has approved it."""
    reason = " ".join(proposal.reason.split())
    if not 0 < len(reason) <= 200:
        raise BadCorrection(_l("Say why, in up to 200 characters"))
    regrade = Regrade(
        exam_id=exam.id,
        item_id=proposal.item_id,
        version_ids=sorted(proposal.version_ids),
        kind=proposal.kind,
        key=_key_of(exam, proposal),
        reason=reason,
        no_harm=proposal.no_harm,
        proposed_by=by,
        proposed_at=at,
        total=_count_attempts(exam.id),
    )
    db.session.add(regrade)
    db.session.flush()
    return regrade


def approve(regrade_id: int, *, by: int, at: datetime) -> Regrade:
    """Another person has seen what would change, and says yes: from now on attempts are graded under it."""
    regrade = lock_regrade(regrade_id)
    if regrade.state is not RegradeState.PROPOSED:
        raise NotProposed
    if regrade.proposed_by == by:
        raise SecondPersonNeeded
    if regrade.surveyed_at is None:
        raise DryRunNeeded
    regrade.approved_at = _after_those_before(regrade, at)
    regrade.state, regrade.approved_by = RegradeState.APPROVED, by
    regrade.cursor, regrade.looked, regrade.total = 0, 0, _count_attempts(regrade.exam_id)
    db.session.flush()
    return regrade


def withdraw(regrade_id: int, *, by: int, at: datetime) -> Regrade:
    """It is not to be done after all."""
    regrade = lock_regrade(regrade_id)
    if regrade.state is not RegradeState.PROPOSED:
        raise NotProposed
    regrade.state, regrade.withdrawn_by, regrade.ended_at = RegradeState.WITHDRAWN, by, at
    db.session.flush()
    return regrade


def regrade_of(regrade_id: int) -> Regrade:
    """The regrade, or NoSuchRegrade."""
    regrade = db.session.get(Regrade, regrade_id)
    if regrade is None:
        raise NoSuchRegrade
    return regrade


def lock_regrade(regrade_id: int) -> Regrade:
    """The regrade, held alone: before any attempt, so that two workers never do the same piece of it."""
    query = select(Regrade).where(Regrade.id == regrade_id).with_for_update()
    regrade = db.session.scalar(query.execution_options(populate_existing=True))
    if regrade is None:
        raise NoSuchRegrade
    return regrade


def take_piece(regrade: Regrade, attempts: int, look_at: int) -> tuple[list[int], bool]:
    """The next attempts whose forms hold the item, and whether there are more; moves the cursor past them.

    At most `attempts` of them, out of at most `look_at` that are looked at.
    """
    query = select(Attempt.id, Attempt.item_ids).where(Attempt.exam_id == regrade.exam_id, Attempt.id > regrade.cursor)
    rows = db.session.execute(query.order_by(Attempt.id).limit(look_at)).all()
    correction, piece = regrade.correction, list[int]()
    for attempt_id, item_ids in rows:
        regrade.cursor, regrade.looked = attempt_id, regrade.looked + 1
        if correction.concerns(item_ids):
            piece.append(attempt_id)
            if len(piece) == attempts:
                return piece, True
    return piece, len(rows) == look_at


def like_versions(exam_slug: str, item_id: str) -> dict[int, dict[str, Any]]:
    """Every version of an item by id, the newest first."""
    query = select(Version.id).where(Version.kind == "item", Version.name == f"{exam_slug}/{item_id}")
    version_ids = db.session.scalars(query.order_by(Version.id.desc())).all()
    content = bodies(version_ids)
    return {version_id: content[version_id] for version_id in version_ids}


def _key_of(exam: Exam, proposal: Proposal) -> str | None:
    """The new key as JSON, once it fits every version concerned."""
    known = like_versions(exam.slug, proposal.item_id)
    if not proposal.version_ids or not set(proposal.version_ids) <= set(known):
        raise BadCorrection(_l("Choose the versions of the item that the correction concerns."))
    if proposal.kind not in KEYED:
        return None
    shapes = {_shape(known[one]) for one in proposal.version_ids}
    if len(shapes) > 1:
        raise BadCorrection(_l("These versions differ in their options: correct them one by one."))
    [(kind, _count, rules)] = shapes
    if kind not in REKEYED:
        raise BadCorrection(_l("An item of this kind gets no other key here: give full credit, or drop it."))
    try:
        return json.dumps(KINDS[kind].read_key(proposal.lines, dict(rules)), ensure_ascii=False)
    except BadKey as error:
        raise BadCorrection(_l("The new key is no key for an item of this kind.")) from error


def _shape(item: dict[str, Any]) -> tuple[str, int, frozenset[tuple[str, str]]]:
    """What versions have in common that one key fits."""
    return item["kind"], count_options(item), frozenset(item.get("rules", {}).items())


def _after_those_before(regrade: Regrade, at: datetime) -> datetime:
    """The instant of its approval, later than that of any other of the exam, none of which may have come in between."""
    db.session.execute(select(Exam.id).where(Exam.id == regrade.exam_id).with_for_update(key_share=True))
    approvals = select(func.max(Regrade.approved_at)).where(Regrade.exam_id == regrade.exam_id)
    if db.session.scalar(approvals.where(Regrade.state == RegradeState.APPROVED)):
        raise RegradeRunning
    if db.session.scalar(approvals.where(Regrade.ended_at >= regrade.surveyed_at)):
        raise DryRunOutdated
    latest = db.session.scalar(approvals)
    return max(at, latest + timedelta(microseconds=1)) if latest else at


def _count_attempts(exam_id: int) -> int:
    return db.session.scalar(select(func.count(Attempt.id)).where(Attempt.exam_id == exam_id)) or 0
