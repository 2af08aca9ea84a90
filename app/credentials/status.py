"""The status lists of the register: every list as it stands, signed anew when it changed, and a bit looked up."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import bindparam, func, literal, select

from app.credentials.badge import instant_text, status_list_url
from app.credentials.badge_signing import own_did, with_proof
from app.credentials.issuing import ENDED, Credential
from app.credentials.status_list import SIZE, bits_with, list_credential, numbers
from app.extensions import db
from app.refusal import N_, NotFound

FRESH_FOR = timedelta(hours=24)  # nobody passes a list off as the present one for longer

_IN_SHARD = Credential.id.between(bindparam("first"), bindparam("last"))
_BITS = (
    select(func.min(Credential.id), literal(False))
    .where(_IN_SHARD)
    .union_all(select(Credential.id, literal(True)).where(_IN_SHARD, ENDED))
)
_ENDED = select(ENDED).where(Credential.id == bindparam("number"))


class NoSuchStatusList(NotFound):
    """No credential has its bit in a list of that number."""

    title = N_("There is no such status list")


def status_list(shard: int, *, at: datetime) -> bytes:
    """The signed list: a bit is 1 whose credential was revoked, replaced or withdrawn. Raises NoSuchStatusList.

    It is dated to the hour, so that it is signed once an hour, and whenever a bit changed.
    """
    url = status_list_url(current_app.config["BASE_URL"], shard)
    hour = at.replace(minute=0, second=0, microsecond=0)
    document = list_credential(
        url,
        bits_of(shard),
        issuer=own_did(),
        valid_from=instant_text(hour),
        valid_until=instant_text(hour + FRESH_FOR),
    )
    return with_proof(document, created=document["validFrom"])


def bits_of(shard: int) -> bytes:
    """The bits of a list as the register has them now; raises NoSuchStatusList."""
    held = numbers(shard)
    if held.stop >= 2**63:
        raise NoSuchStatusList  # no database counts that far
    rows = db.session.connection().execute(_BITS, {"first": held.start, "last": held.stop - 1}).all()
    first = next(number for number, ended in rows if not ended)
    if first is None:
        raise NoSuchStatusList
    return bits_with(number - held.start for number, ended in rows if ended)


def is_ended(list_url: str, index: int) -> bool | None:
    """Whether the bit is set in a list of this service; None for a list that is not its own. For `check_badge`."""
    own, _, shard = list_url.rpartition("/")
    if f"{own}/" != status_list_url(current_app.config["BASE_URL"], 0).removesuffix("0") or not shard.isdecimal():
        return None
    number = numbers(int(shard)).start + index if len(shard) < 12 and index < SIZE else -1
    return db.session.connection().execute(_ENDED, {"number": number}).scalar()
