"""Exams as they stand: each at its published version, with the items of its bank."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.content.levels import LEVELS
from app.content.media import MEDIA_TYPES
from app.content.money import Price
from app.content.versions import Medium, bodies, body_of, derived, publish_medium, publish_version
from app.exams.bank import ExamFile
from app.exams.blueprint import BankItem, bank_item
from app.extensions import Code, Key, Model, Slug, db
from app.refusal import NotFound, Refusal


class Exam(Model):
    """An exam at the version that a new attempt is bound to."""

    __tablename__ = "exams"

    id: Mapped[Key]
    slug: Mapped[Slug] = mapped_column(unique=True)
    level: Mapped[Code] = mapped_column(index=True)
    live: Mapped[bool] = mapped_column(default=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))

    @property
    def body(self) -> dict[str, Any]:
        """The published policy and texts."""
        return body_of(self.version_id)

    @property
    def is_practice(self) -> bool:
        """It certifies nothing; exams of before there was practice do not know of it."""
        return bool(self.body.get("practice"))


class ExamItem(Model):
    """An item version of an exam version's bank, with what the blueprint draws by."""

    __tablename__ = "exam_items"

    exam_version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"), primary_key=True)
    item_version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"), primary_key=True)
    item_id: Mapped[Slug]
    position: Mapped[int]
    domain: Mapped[Slug]
    difficulty: Mapped[int]
    objective: Mapped[Slug | None]


PICTURES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
_LIVE = select(Exam).where(Exam.live)
_BY_SLUG = _LIVE.where(Exam.slug == bindparam("slug"))


class NoSuchExam(NotFound):
    """The exam is not published."""

    title = _l("There is no such exam")


class ExamStaysWhatItIs(Refusal):
    """Whoever practised saw the keys, and whoever was graded has a result that counts."""

    status = 422
    title = _l("A graded exam does not become one for practice, nor the other way round: give it another id")


def all_exams() -> Sequence[Exam]:
    """The published exams, graded and for practice, the lowest level first."""
    exams = db.session.scalars(_LIVE).all()
    bodies([exam.version_id for exam in exams])
    return sorted(exams, key=lambda exam: (LEVELS.index(exam.level), exam.slug))


def live_exams() -> Sequence[Exam]:
    """The published exams that certify, the lowest level first."""
    return [exam for exam in all_exams() if not exam.is_practice]


def live_exam(slug: str) -> Exam:
    """A published exam, graded or for practice, or NoSuchExam."""
    exam = db.session.scalar(_BY_SLUG, {"slug": slug})
    if exam is None:
        raise NoSuchExam
    return exam


def price_of(body: Mapping[str, Any]) -> Price | None:
    """What an exam costs, by its published version, where it says so; the earliest ones do not know of it."""
    fee = body.get("fee")
    return Price(amount=Decimal(fee["amount"]), currency=fee["currency"]) if fee else None


def picture_of(name: str) -> Medium:
    """A picture of any exam, by the name it is published under, which nobody guesses; or NotFound."""
    found = db.session.get(Medium, name.partition(".")[0])
    if found is None or not name.endswith(f".{PICTURES.get(found.media_type)}"):
        raise NotFound
    return found


def bank_of(exam_version_id: int) -> Sequence[BankItem]:
    """What the form of an attempt is drawn from."""
    return derived(exam_version_id, _read_bank)


def _read_bank(exam_version_id: int) -> Sequence[BankItem]:
    """In the order of the files: a case's items follow one another."""
    query = select(ExamItem.item_version_id).where(ExamItem.exam_version_id == exam_version_id)
    version_ids = db.session.scalars(query.order_by(ExamItem.position)).all()
    content = bodies(version_ids)
    return [bank_item(version_id, content[version_id]) for version_id in version_ids]


def publish_exams(files: Sequence[ExamFile], *, at: datetime) -> list[str]:
    """Make these the exams that stand; returns the ids of those that are new or changed."""
    stood = set(db.session.scalars(select(Exam.version_id).where(Exam.live)))
    db.session.execute(update(Exam).values(live=False))
    return [file.spec.id for file in files if _publish_exam(file, at) not in stood]


def _publish_exam(file: ExamFile, at: datetime) -> int:
    for name, data in file.media.items():
        publish_medium(data, MEDIA_TYPES[name.rpartition(".")[2]])
    version, is_new = publish_version("exam", file.spec.id, file.as_json(), at=at)
    exam = db.session.scalar(select(Exam).where(Exam.slug == file.spec.id))
    if exam is None:
        exam = Exam(slug=file.spec.id)
        db.session.add(exam)
    elif exam.is_practice != file.spec.practice:
        raise ExamStaysWhatItIs(exam=file.spec.id)
    exam.level, exam.live, exam.version_id = file.spec.level, True, version.id
    if is_new:
        _place_items(version.id, file, at)
    return version.id


def _place_items(exam_version_id: int, file: ExamFile, at: datetime) -> None:
    for position, item in enumerate(file.items):
        version, _ = publish_version("item", f"{file.spec.id}/{item['id']}", item, at=at)
        db.session.add(
            ExamItem(
                exam_version_id=exam_version_id,
                item_version_id=version.id,
                item_id=item["id"],
                position=position,
                domain=item["domain"],
                difficulty=item["difficulty"],
                objective=item["objective"],
            )
        )
    db.session.flush()
