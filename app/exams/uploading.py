"""Uploading: looking at a file that a candidate sends, and keeping it while the attempt takes answers."""

import hashlib
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from app.content.versions import body_of
from app.exams.attempts import Attempt, attempt_of, lock_for_closing
from app.exams.kinds import KINDS
from app.exams.kinds.file_types import BadFile, clean_name, file_type
from app.exams.responses import NoSuchPosition, require_open, require_section
from app.exams.uploads import MIB, Kept, Sent, add_upload, content_of, uploads_at
from app.refusal import N_, Refusal

TRIES = 3  # uploads for each file that an item asks for


class NoFilesAsked(Refusal):
    """The item asks for no files."""

    status = 422
    title = _l("This item asks for no files")


class FileTooLarge(Refusal):
    """The file is larger than the item allows."""

    status = 413
    title = _l("The file is too large")


class TooManyUploads(Refusal):
    """Nobody fills the disk."""

    title = _l("You have uploaded too many files for this item")
    detail = _l("Choose among those that you have uploaded.")


def look_at(name: str, content: bytes) -> Sent:
    """The file with a clean name, its type and its hash; raises BadFile. Needs no database: do it before writing."""
    name = clean_name(name)
    return Sent(name, file_type(name, content), hashlib.sha256(content).hexdigest(), content)


def keep_upload(attempt_id: int, person_id: int, position: int, sent: Sent, *, at: datetime) -> Kept:
    """Keep a file for an item of the person's own open attempt; the same content again is the upload that is there.

    The attempt is held alone, so that of several uploads at once none goes beyond the limit.
    """
    attempt = lock_for_closing(attempt_id, person_id)
    require_open(attempt, at)
    asked = _asked_at(attempt, position, at)
    if len(sent.content) > asked["size"] * MIB:
        raise FileTooLarge(_l("Choose a file of up to %(size)s MB.", size=asked["size"]))
    if sent.media_type not in asked["types"]:
        raise BadFile(N_("Files of this type are not accepted. Look at the types that the item asks for."))
    before = uploads_at(attempt_id, position)
    same = next((upload for upload in before if upload.sha256 == sent.sha256), None)
    if same:
        return same
    if len(before) >= TRIES * asked["files"]:
        raise TooManyUploads
    return add_upload(attempt_id, position, sent, at=at)


def own_uploads(attempt_id: int, person_id: int, position: int, at: datetime) -> list[Kept]:
    """The files that the person has uploaded for an item of the attempt, while it takes answers."""
    attempt = attempt_of(attempt_id, person_id)
    require_open(attempt, at)
    _asked_at(attempt, position, at)
    return list(uploads_at(attempt_id, position))


def own_file(attempt_id: int, person_id: int, position: int, upload_id: int, at: datetime) -> tuple[str, bytes]:
    """The name and the content of a file of the person's own, while its item takes answers."""
    attempt = attempt_of(attempt_id, person_id)
    require_open(attempt, at)
    require_section(attempt, position, at)
    return content_of(attempt_id, position, upload_id)


def _asked_at(attempt: Attempt, position: int, at: datetime) -> dict[str, Any]:
    """How many files the item at the position asks for, of which types and up to what size."""
    if not 0 <= position < len(attempt.item_ids):
        raise NoSuchPosition
    require_section(attempt, position, at)
    item = body_of(attempt.item_ids[position])
    shape = KINDS[item["kind"]].shape(item)
    if shape["input"] != "files":
        raise NoFilesAsked
    return shape
