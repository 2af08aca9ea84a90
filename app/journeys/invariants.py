"""Invariants: what must be true of the stored data after any fault, and the command that says whether it is."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cache
from itertools import pairwise

from sqlalchemy import func, select

from app.canonical import fingerprint
from app.content.versions import Medium, Version, body_of
from app.credentials.issuing import Credential
from app.credentials.keeping import Certificate
from app.credentials.logging import hash_in
from app.exams.attempts import Attempt, AttemptState
from app.exams.catalogue import Exam
from app.exams.counting import summed, tally_of
from app.exams.devices import Device
from app.exams.finding import overdue_attempts
from app.exams.grading import Grade
from app.exams.grants import Grant
from app.exams.heartbeat import seen_until
from app.exams.item_statistics import usage_of
from app.exams.kinds.practical import files_of
from app.exams.marking import BadMarks, read_marks, rubric_points
from app.exams.rating_queue import Turn
from app.exams.ratings import Rating, decided_of
from app.exams.regrading import approved_corrections
from app.exams.reports import waiting_positions
from app.exams.responses import Response
from app.exams.results import Result, ResultState, current_result, replays
from app.exams.timing import accepts, deadline
from app.exams.uploads import Upload
from app.extensions import db
from app.journeys.part_checks import part_breaches
from app.journeys.standing_checks import standing_breaches
from app.ledger.log import BEGINNINGS, Kind, Leaf
from app.ledger.sealing import seal_breaches
from app.partners.onboarding import step_gaps
from app.people.erasures import done_erasures
from app.people.logos import Logo
from app.people.organisations import Membership
from app.people.persons import Person

LATE = timedelta(minutes=5)  # what is due may wait for a worker this long


def verify_all(at: datetime) -> Iterator[str]:
    """Every breach found, in plain words; none means that all holds. Ask in a snapshot: others may write meanwhile."""
    yield from _responses_count()
    yield from _devices_known()
    yield from _results_stand()
    yield from _ratings_fit()
    yield from _ratings_awaited()
    yield from _credentials_follow()
    yield from standing_breaches(at, LATE)
    yield from _attempts_closed(at)
    yield from _deadlines_granted()
    yield from _memberships_apart()
    yield from _items_counted()
    yield from _content_whole()
    yield from _uploads_whole()
    yield from _credentials_logged()
    yield from _certificates_kept()
    yield from _erased_whole()
    yield from _logos_kept()
    yield from step_gaps()
    yield from part_breaches()
    yield from seal_breaches()


def _responses_count() -> Iterator[str]:
    """I1 and I7: revisions run without a gap, were received in time, and are what was graded."""
    gaps = (
        select(Response.attempt_id, Response.position)
        .group_by(Response.attempt_id, Response.position)
        .having(func.max(Response.revision) != func.count(Response.revision))
    )
    for attempt_id, position in db.session.execute(gaps):
        yield f"attempt {attempt_id}: the revisions at position {position} have a gap"
    late = select(Attempt, Response.received_at).join(Response, Response.attempt_id == Attempt.id)
    for attempt, received_at in db.session.execute(late.where(Response.received_at > Attempt.deadline_at)):
        if not accepts(attempt.deadline_at, received_at):
            yield f"attempt {attempt.id}: a response of {received_at} came after the deadline"


def _devices_known() -> Iterator[str]:
    """A response that names a device names one of its own attempt."""
    own = (Device.id == Response.device_id) & (Device.attempt_id == Response.attempt_id)
    unknown = select(Response.attempt_id).outerjoin(Device, own).where(Response.device_id.is_not(None))
    for attempt_id in db.session.scalars(unknown.where(Device.id.is_(None)).distinct()):
        yield f"attempt {attempt_id}: a response names a device that it does not have"


def _results_stand() -> Iterator[str]:
    """I2: a closed attempt has results numbered from one, each what its responses earn under its corrections."""
    corrections = cache(approved_corrections)
    for attempt in db.session.scalars(select(Attempt).where(Attempt.state == AttemptState.CLOSED)):
        results = list(replays(attempt, corrections(attempt.exam_id)))
        if [result.number for result, _ in results] != list(range(1, len(results) + 1)) or not results:
            yield f"attempt {attempt.id}: its results are not numbered from one"
        elif not attempt.is_erased and not all(holds for _, holds in results):
            yield f"attempt {attempt.id}: graded again it gives another result"
        if any((result.state is ResultState.PRACTICE) != attempt.is_practice for result, _ in results):
            yield f"attempt {attempt.id}: it counts though it was practice, or the other way round"
    unclosed = select(Result.attempt_id).join(Attempt, Attempt.id == Result.attempt_id)
    for attempt_id in db.session.scalars(unclosed.where(Attempt.state == AttemptState.OPEN)):
        yield f"attempt {attempt_id}: is open and has a result"


def _ratings_fit() -> Iterator[str]:
    """The marks of a rating are those of the rubric, and add up to what it gave."""
    for rating, attempt in db.session.execute(select(Rating, Attempt).join(Attempt, Attempt.id == Rating.attempt_id)):
        worth = rubric_points(body_of(attempt.item_ids[rating.position]))
        try:
            sums = [sum(read_marks(rating.marks, worth)), sum(worth)]
        except BadMarks:
            sums = []
        if sums != [rating.earned, rating.possible]:
            yield f"attempt {attempt.id}: a rating at position {rating.position} does not fit the rubric"


def _ratings_awaited() -> Iterator[str]:
    """What waits for ratings is in the queue, nothing else is; a result is provisional for that or for a report."""
    turns = select(Turn.attempt_id, Turn.position)
    queued: dict[int, set[int]] = {}
    for attempt_id, position in db.session.execute(turns):
        queued.setdefault(attempt_id, set()).add(position)
    for attempt in db.session.scalars(select(Attempt).where(Attempt.state == AttemptState.CLOSED)):
        result = current_result(attempt.id)
        if result is None or result.state is ResultState.VOID:
            continue
        pending = set(Grade.from_json(result.grade).pending)
        waits = pending - decided_of(attempt).keys() if pending else pending
        if waits != queued.get(attempt.id, set()):
            yield f"attempt {attempt.id}: the answers in the queue are not those that wait to be rated"
        provisional = result.state is ResultState.PROVISIONAL
        if provisional != bool(waits) and not (provisional and waiting_positions(attempt.id)):
            yield f"attempt {attempt.id}: its result is {result.state}, and {len(waits)} answers wait to be rated"


def _credentials_follow() -> Iterator[str]:
    """I3: one credential for each passed attempt that is not superseded, and it says what it said at issue."""
    passed = select(Attempt).where(Attempt.state == AttemptState.CLOSED)
    for attempt in db.session.scalars(passed):
        result = current_result(attempt.id)
        standing = select(func.count(Credential.id)).where(
            Credential.attempt_id == attempt.id, Credential.superseded_at.is_(None), Credential.revoked_at.is_(None)
        )
        revoked = select(Credential.id).where(Credential.attempt_id == attempt.id, Credential.revoked_at.is_not(None))
        count = db.session.scalar(standing) or 0
        if result and result.passed and count != 1 and not db.session.scalar(revoked):
            yield f"attempt {attempt.id}: passed, with {count} credentials"
        if result and not result.passed and count:
            yield f"attempt {attempt.id}: did not pass, and has a certificate that counts"
    for credential in db.session.scalars(select(Credential).where(Credential.record != b"")):
        record = credential.data
        told = [record[name] for name in ("id", "code", "level", "name", "issued_on", "expires_on")]
        dates = [moment.date().isoformat() for moment in (credential.issued_at, credential.expires_at)]
        if told != [credential.public_id, credential.code, credential.level, credential.holder, *dates]:
            yield f"credential {credential.public_id}: its record says something else"


def _credentials_logged() -> Iterator[str]:
    """I5: every credential begins in the log, with the hash of the record that it has, or had before the erasure."""
    begins = (Leaf.about == Credential.public_id) & Leaf.kind.in_(BEGINNINGS)
    both = select(Credential, Leaf.data).outerjoin(Leaf, begins).execution_options(yield_per=100)
    for credential, data in db.session.execute(both):
        is_known = data is not None and (credential.is_erased or hash_in(data) == fingerprint(credential.record))
        if not is_known:
            yield f"credential {credential.public_id}: the log does not know its record"


def _attempts_closed(at: datetime) -> Iterator[str]:
    """I6: an attempt past its deadline does not stay open."""
    for attempt in overdue_attempts(seen_until(at) - LATE):
        yield f"attempt {attempt.id}: still open after its deadline of {attempt.deadline_at}"


def _deadlines_granted() -> Iterator[str]:
    """I7: a deadline is what the start gave, and what was granted since."""
    granted = select(Grant.attempt_id, func.sum(Grant.seconds)).group_by(Grant.attempt_id)
    seconds: dict[int, int] = dict(list(db.session.execute(granted)))
    for attempt in db.session.scalars(select(Attempt)):
        factor = Fraction(attempt.time_percent, 100)
        given = deadline(attempt.started_at, attempt.exam["duration_min"], factor)
        if attempt.deadline_at != given + timedelta(seconds=seconds.get(attempt.id, 0)):
            yield f"attempt {attempt.id}: its deadline is not what was given and granted"


def _memberships_apart() -> Iterator[str]:
    """A person works for one organisation at a time."""
    memberships = db.session.scalars(select(Membership).order_by(Membership.person_id, Membership.starts_at))
    for before, after in pairwise(memberships):
        same = before.person_id == after.person_id
        if same and (before.ends_at is None or before.ends_at > after.starts_at):
            yield f"person {after.person_id}: two memberships at the same time"


def _items_counted() -> Iterator[str]:
    """The statistics of items are the sum of the attempts that were counted."""
    counted = db.session.scalars(select(Attempt).where(Attempt.counted).execution_options(yield_per=100))
    totals = summed(tally_of(attempt) for attempt in counted)
    for exam_id in db.session.scalars(select(Exam.id)):
        known, total = usage_of(exam_id), totals.get(exam_id, {})
        for item_id in sorted(known.keys() | total.keys()):
            if known.get(item_id) != total.get(item_id):
                yield f"item {item_id} of exam {exam_id}: its statistics are not the sum of what was counted"


def _content_whole() -> Iterator[str]:
    """What was published is still what its hash names."""
    for version in db.session.scalars(select(Version).execution_options(yield_per=100)):
        if fingerprint(version.body) != version.hash:
            yield f"version {version.id} of {version.kind} {version.name}: is not what was published"
    for medium in db.session.scalars(select(Medium).execution_options(yield_per=100)):
        if fingerprint(medium.body) != medium.hash:
            yield f"medium {medium.hash}: is not what was published"


def _uploads_whole() -> Iterator[str]:
    """An uploaded file is what it was when it came, and an answer hands in files of its own position alone."""
    places: dict[int, tuple[int, int]] = {}
    erased = set(db.session.scalars(select(Attempt.id).where(Attempt.legal_name == "")))
    for upload in db.session.scalars(select(Upload).execution_options(yield_per=1)):
        places[upload.id] = (upload.attempt_id, upload.position)
        forgotten = upload.content is None and upload.attempt_id in erased
        if not forgotten and hashlib.sha256(upload.content or b"").hexdigest() != upload.sha256:
            yield f"upload {upload.id}: is not what was uploaded"
    with_files = select(Response.attempt_id, Response.position, Response.answer).where(
        Response.answer.like('%"files"%')
    )
    for attempt_id, position, answer in db.session.execute(with_files):
        if any(places.get(named) != (attempt_id, position) for named in files_of(json.loads(answer))):
            yield f"attempt {attempt_id}: the answer at position {position} names a file that is not its own"


def _certificates_kept() -> Iterator[str]:
    """Each kept file is the one of its hash, and the log says that it was made."""
    logged = select(Leaf.about, Leaf.data).where(Leaf.kind == Kind.PDF)
    hashes = {(about, hash_in(data)) for about, data in db.session.execute(logged)}
    kept = select(Certificate, Credential.public_id).join(Credential, Credential.id == Certificate.credential_id)
    for one, public_id in db.session.execute(kept.execution_options(yield_per=100)):
        if one.pdf is not None and fingerprint(one.pdf) != one.sha256:
            yield f"credential {public_id}: the kept certificate ({one.language}) is not the one of its hash"
        if (public_id, one.sha256) not in hashes:
            yield f"credential {public_id}: the log does not know of its certificate ({one.language})"


def _erased_whole() -> Iterator[str]:
    """What is empty is of somebody who was erased, and nothing of such a person is left."""
    erased = {erasure.person_id for erasure in done_erasures()}
    for person in db.session.scalars(select(Person)):
        if person.is_erased != (person.id in erased):
            yield f"person {person.id}: is erased in part"
    for model, is_empty in ((Attempt, Attempt.legal_name == ""), (Credential, Credential.record == b"")):
        rows = db.session.execute(select(model.id, is_empty, model.person_id))  # type: ignore[attr-defined]
        for number, empty, person_id in rows:
            if empty != (person_id in erased):
                yield f"{model.__tablename__} {number}: is not as its person is, erased or not"


def _logos_kept() -> Iterator[str]:
    """Each logo is the picture of its hash, and every one that a record names is there."""
    kept = set()
    for logo in db.session.scalars(select(Logo).execution_options(yield_per=100)):
        kept.add(logo.sha256)
        if fingerprint(logo.png) != logo.sha256:
            yield f"logo {logo.sha256}: is not the picture of its hash"
    for credential in db.session.scalars(select(Credential).execution_options(yield_per=100)):
        named = credential.data.get("brand", {}).get("logo")
        if named and named not in kept:
            yield f"credential {credential.public_id}: its logo is not kept"
