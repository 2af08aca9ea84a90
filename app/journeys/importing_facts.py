"""Importing facts: a file uploaded, mapped, looked at and confirmed; all its facts in one transaction, or none."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from app.extensions import db
from app.ledger.deeds import record
from app.mail.outbox import Lane, put
from app.partners.evaluating import reevaluate_organisation
from app.partners.fact_effects import effect_json, effects_of
from app.partners.fact_files import read_table
from app.partners.fact_mapping import FactMapping, own_columns
from app.partners.fact_rows import Reading
from app.partners.imports import FactImport, ImportConfirmed, import_of, lock_import
from app.partners.recording import Plan, is_stale, lock_programmes, plan, write
from app.refusal import Refusal

TASK = "import_facts"
PIECE = 50  # organisations looked at again in one transaction: others want to write between two of them
SMALL = 2000  # rows that a request may record itself
SHOWN = 200  # complaints and organisations that a summary keeps


class NotLookedAt(Refusal):
    """Only a file whose every row is right is recorded."""

    title = _l("This import is not ready")
    detail = _l("Say which column is what, and look at what it comes to.")


def begin_import(name: str, content: bytes, *, by: int | None, at: datetime) -> FactImport:
    """Keep a file that has columns; nothing of it is recorded before it is confirmed. Raises BadFile."""
    read_table(content)
    digest = hashlib.sha256(content).hexdigest()
    started = FactImport(made_by=by, made_at=at, name=name[-200:], sha256=digest, content=content, waiting=[])
    db.session.add(started)
    db.session.flush()
    return started


def map_import(
    import_id: int, mapping: FactMapping, reading: Reading, planned: Plan, standings: Sequence[dict[str, Any]] = ()
) -> None:
    """Say which column is what; the summary keeps what would be recorded by the plan, and the standings it changes."""
    started = lock_import(import_id)
    if started.confirmed_at:
        raise ImportConfirmed
    started.mapping = stored(mapping)
    started.summary = summarised(reading, planned) | {"standings": list(standings)}


def foreseen(planned: Plan, *, at: datetime) -> list[dict[str, Any]]:
    """The standings that a file would change, among the organisations that a summary keeps; none while a row is wrong.

    Each is as `effect_json` writes it. Reads only; it takes some milliseconds for each organisation.
    """
    if planned.wrong:
        return []
    touched = [organisation_id for organisation_id, _ in planned.organisations.most_common(SHOWN)]
    return [effect_json(effect) for effect in effects_of(planned, touched, at=at)]


def confirm_import(import_id: int, reading: Reading, planned: Plan, *, by: int | None, at: datetime) -> None:
    """It is meant: a small file is recorded at once, a larger one by the worker."""
    started = lock_import(import_id)
    if started.confirmed_at:
        raise ImportConfirmed
    if started.summary is None or started.summary["wrong"]:
        raise NotLookedAt
    started.confirmed_at = at
    record("facts_import_confirmed", f"import:{import_id}", by=by, at=at, names=[started.name], sha256=started.sha256)
    if reading.rows > SMALL or put_through_import(import_id, (reading, planned), at=at):
        put(TASK, {"import_id": import_id}, at=at, lane=Lane.BATCH)


def put_through_import(import_id: int, read: tuple[Reading, Plan] | None, *, at: datetime) -> bool:
    """Record the file, or look again at the next organisations that it concerns; whether there is more to do.

    `read` is the file as it was read and planned before the transaction, or None once it is recorded. A file that is
    wrong by now records nothing and waits for somebody to look at it again.
    """
    started = lock_import(import_id)
    if started.confirmed_at is None or started.ended_at:
        return False
    if started.recorded_at is None and (read is None or not _record(started, *read, at)):
        return False
    piece, left = started.waiting[:PIECE], started.waiting[PIECE:]
    for organisation_id in piece:
        reevaluate_organisation(organisation_id, at=at)
    started.waiting = left
    started.ended_at = None if left else at
    return bool(left)


def _record(started: FactImport, reading: Reading, planned: Plan, at: datetime) -> bool:
    """Write down every fact; whether they could be."""
    lock_programmes({one.programme for one in reading.entries} | {one.programme for one in reading.left_out})
    if is_stale(planned, reading):
        planned = plan(reading, mapping_of(started))
    started.summary = summarised(reading, planned)
    if planned.wrong:
        started.confirmed_at = None
        return False
    write(planned, by=started.made_by, at=at)
    started.recorded_at, started.content = at, None
    started.waiting = sorted(planned.organisations)
    counts = {outcome.value: count for outcome, count in planned.counts.items()}
    record("facts_imported", f"import:{started.id}", by=started.made_by, at=at, names=[started.name], counts=counts)
    return True


def columns_of(started: FactImport) -> Sequence[str]:
    """The names of the columns of a file that is not recorded yet."""
    return read_table(started.content or b"").header


def mapping_of(started: FactImport) -> FactMapping:
    """The mapping that was chosen, or that of our own columns."""
    return restored(started.mapping) if started.mapping else own_columns(columns_of(started))


def planned_of(import_id: int, reading: Reading) -> Plan:
    """What the file would come to now, to be looked at again only if something comes between."""
    return plan(reading, mapping_of(import_of(import_id)))


def content_of(import_id: int) -> tuple[bytes | None, FactMapping | None]:
    """What is to be read before the transaction that records it: nothing once it is recorded."""
    started = import_of(import_id)
    return (started.content, mapping_of(started)) if started.content is not None else (None, None)


def stored(mapping: FactMapping) -> dict[str, Any]:
    """The mapping as it is kept; a part that says nothing is left out."""
    return mapping.model_dump(mode="json", exclude_none=True)


def restored(mapping: dict[str, Any]) -> FactMapping:
    """A mapping that was kept."""
    return FactMapping.model_validate_json(json.dumps(mapping))


def summarised(reading: Reading, planned: Plan) -> dict[str, Any]:
    """What a page shows of a plan: counts of rows by what becomes of them, complaints, and the organisations."""
    complaints = [[one.line, one.column, one.message, one.facts] for one in planned.complaints[:SHOWN]]
    touched = planned.organisations
    return {
        "rows": reading.rows,
        "wrong": planned.wrong,
        "left_out": reading.rows - reading.wrong - len(reading.entries),
        "counts": {outcome.value: count for outcome, count in planned.counts.items()},
        "complaints": complaints,
        "touched": len(touched),
        "organisations": touched.most_common(SHOWN),
    }
