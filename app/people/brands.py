"""The label under which an organisation's people are certified: its name, a colour that can be read, and its logo."""

import re
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, bindparam, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Code, Model, Name, Sha256, db
from app.people.logos import Logo
from app.refusal import Refusal

COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII)
LEAST_CONTRAST = 4.5  # against white, as for text in WCAG


class Brand(Model):
    """What stands on a certificate in place of the house mark; without a row there is none."""

    __tablename__ = "brands"
    __table_args__ = (CheckConstraint("length(colour) = 7", name="colour"), CheckConstraint("name <> ''", name="name"))

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True, autoincrement=False)
    name: Mapped[Name]
    colour: Mapped[Code]
    logo: Mapped[Sha256 | None] = mapped_column(ForeignKey(Logo.sha256))


class Label(NamedTuple):
    """A brand as it is frozen into the record of a credential; its logo is named by the hash of its picture."""

    name: str
    colour: str
    logo: str | None = None

    def frozen(self) -> dict[str, str]:
        """What the record says of it: nothing of a logo where there is none."""
        return {part: value for part, value in self._asdict().items() if value}


class BadLabel(Refusal):
    """A label has a name of up to 80 characters and a colour dark enough to be read; there is no logo without them."""

    status = 422
    title = _l("This label cannot be printed")
    detail = _l("It has a name of up to 80 characters, and a colour like #1d4ed8, dark enough to be read on white.")


_OF = select(Brand.name, Brand.colour, Brand.logo).where(Brand.organisation_id == bindparam("organisation_id"))
_DELETE = delete(Brand).where(Brand.organisation_id == bindparam("of_organisation"))


def label_of(organisation_id: int) -> Label | None:
    """The label of an organisation, None where it has none."""
    row = db.session.connection().execute(_OF, {"organisation_id": organisation_id}).first()
    return Label(*row) if row else None


def set_label(organisation_id: int, name: str, colour: str, logo: str | None = None) -> None:
    """Use this label on what is issued from now on, with the kept logo of this hash; an empty name means none."""
    name, colour = " ".join(name.split()), colour.strip().lower()
    readable = COLOUR.fullmatch(colour) and contrast_with_white(colour) >= LEAST_CONTRAST
    if (name and (len(name) > 80 or not readable)) or (logo and not name):
        raise BadLabel
    db.session.connection().execute(_DELETE, {"of_organisation": organisation_id})
    if name:
        db.session.add(Brand(organisation_id=organisation_id, name=name, colour=colour, logo=logo))
        db.session.flush()


def contrast_with_white(colour: str) -> float:
    """The contrast ratio of `#rrggbb` with white, from 1 to 21, by the formula of WCAG."""
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
