"""Item statistics: how often each item of an exam was given and answered, and what it earned, in any of its texts."""

from collections.abc import Mapping
from functools import cache

from sqlalchemy import CheckConstraint, ForeignKey, Insert, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.exams.offers import Usage
from app.extensions import Big, Model, Slug, db

_COUNTS = ("given", "answered", "earned")


class ItemStatistic(Model):
    """What became of an item on the closed attempts that were counted; `earned` is in thousandths of its points."""

    __tablename__ = "item_statistics"
    __table_args__ = (
        CheckConstraint("answered BETWEEN 0 AND given", name="answered"),
        CheckConstraint("earned BETWEEN 0 AND 1000 * answered", name="earned"),
    )

    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"), primary_key=True)
    item_id: Mapped[Slug] = mapped_column(primary_key=True)
    given: Mapped[Big]
    answered: Mapped[Big]
    earned: Mapped[Big]


_USAGE = select(ItemStatistic.item_id, ItemStatistic.given, ItemStatistic.answered, ItemStatistic.earned).where(
    ItemStatistic.exam_id == bindparam("exam_id")
)

_TAKE = (
    update(ItemStatistic)
    .where(ItemStatistic.exam_id == bindparam("of_exam"), ItemStatistic.item_id == bindparam("of_item"))
    .values({name: getattr(ItemStatistic, name) + bindparam(f"more_{name}") for name in _COUNTS})
)


def usage_of(exam_id: int) -> dict[str, Usage]:
    """What became of the items of an exam so far, by item id; those never given are left out."""
    rows = db.session.connection().execute(_USAGE, {"exam_id": exam_id})
    return {item_id: Usage(*counts) for item_id, *counts in rows}


def add_usage(exam_id: int, more: Mapping[str, Usage]) -> None:
    """Add to what is known, item by item in the order of their ids, so that no two who add wait for each other."""
    rows = [
        {"exam_id": exam_id, "item_id": item_id} | {name: getattr(usage, name) for name in _COUNTS}
        for item_id, usage in sorted(more.items())
    ]
    db.session.connection().execute(_adding(db.engine.dialect.name), rows)


def take_usage(exam_id: int, changed: Mapping[str, tuple[Usage, Usage]]) -> None:
    """Put what became of items on one attempt, before and after, in its place, in the same order."""
    for item_id, (before, after) in sorted(changed.items()):
        row = {"of_exam": exam_id, "of_item": item_id}
        row |= {f"more_{name}": getattr(after, name) - getattr(before, name) for name in _COUNTS}
        db.session.connection().execute(_TAKE, row)


@cache
def _adding(dialect: str) -> Insert:
    insert = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(ItemStatistic)
    sums = {name: getattr(ItemStatistic, name) + insert.excluded[name] for name in _COUNTS}
    return insert.on_conflict_do_update(index_elements=["exam_id", "item_id"], set_=sums)
