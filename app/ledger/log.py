"""The log: what was done to credentials, as leaves of a tree that anyone can check."""

import enum
from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import CheckConstraint, Index, bindparam, insert, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.canonical import canonical
from app.extensions import WAITS, Big, Code, Key, Model, db, numbered_once, one_of


class Kind(enum.StrEnum):
    """What was done to the credential that a leaf names; the last is for a new signing key."""

    ISSUE = "issue"
    REISSUE = "reissue"
    RENEW = "renew"
    REVOKE = "revoke"
    REINSTATE = "reinstate"
    SUPERSEDE = "supersede"
    WITHDRAW = "withdraw"
    PDF = "pdf"
    KEY = "key"


BEGINNINGS = (Kind.ISSUE, Kind.REISSUE, Kind.RENEW)  # each credential has one, which commits to its frozen record
BEGINS = text("kind IN ('issue', 'reissue', 'renew')")


class Leaf(Model):
    """The exact bytes of one leaf; `about` is the public id that they name, `number` its place in the tree."""

    __tablename__ = "leaves"
    __table_args__ = (
        CheckConstraint("number >= 0", name="number"),
        Index("ix_leaves_waiting", "id", sqlite_where=WAITS, postgresql_where=WAITS),
        Index("ix_leaves_about", "about", "kind"),
        Index("uq_leaves_beginning", "about", unique=True, sqlite_where=BEGINS, postgresql_where=BEGINS),
    )

    id: Mapped[Key]
    kind: Mapped[Kind] = mapped_column(one_of(Kind))
    about: Mapped[Code]
    data: Mapped[bytes]
    at: Mapped[datetime]
    number: Mapped[Big | None] = mapped_column(unique=True)


numbered_once(Leaf.__table__)  # type: ignore[arg-type]

_LEAF = insert(Leaf)
_LEAVES_OF = (
    select(Leaf).where(Leaf.about == bindparam("about"), Leaf.kind == bindparam("kind")).order_by(Leaf.id.desc())
)


def append(leaf: Mapping[str, str | None], *, at: datetime) -> None:
    """Put a leaf into the log, if this transaction commits. One statement.

    `leaf` has its `kind`, the `id` of what it is about, `sha256` and `subject`; the time is added.
    """
    db.session.connection().execute(_LEAF, leaf_row(leaf, at=at))


def leaf_row(leaf: Mapping[str, str | None], *, at: datetime) -> dict[str, object]:
    """What is stored of a leaf that has no number yet."""
    time = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    data = canonical({**leaf, "time": time})
    return {"kind": Kind(str(leaf["kind"])), "about": leaf["id"], "data": data, "at": at}


def leaf_of(kind: str, public_id: str) -> Leaf | None:
    """The newest leaf of a kind about one credential; its `number` is None until it is numbered."""
    return db.session.scalars(_LEAVES_OF.limit(1), {"about": public_id, "kind": Kind(kind)}).first()
