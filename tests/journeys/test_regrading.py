"""Regrading: what a correction would change and does change, nobody harmed unless said so, and nothing done twice."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.credentials.issuing import Credential
from app.credentials.register import credential_of_attempt
from app.exams.correcting import CorrectionKind
from app.exams.regrading import (
    BadCorrection,
    Regrade,
    RegradeState,
    like_versions,
)
from app.extensions import db
from app.journeys.moving import revoke_credential
from app.ledger.deeds import deeds_on
from app.mail.outbox import Task
from app.people.organisations import Organisation
from app.people.persons import PersonRole
from app.transaction import now, reading, writing
from tests.factories import (
    ITEMS,
    make_member,
    make_organisation,
    make_person,
    make_staff,
    publish,
    sit,
    write_exam,
    write_programme,
)
from tests.regrading import (
    approve,
    assert_all_holds,
    correct,
    credential,
    effects,
    look_ahead,
    propose,
    results,
    sat,
    scores,
    tier,
    tiers,
    work_off,
)

NEW_KEY, ALSO_ACCEPT, FULL_CREDIT, DROP = CorrectionKind
# A key that the right answer of the published key does not meet, for an item of each kind.
OTHER_KEYS = {"pick-1": "-x-", "all-1": "--x", "true-1": "false", "count-1": "5", "name-1": "another name"}


@pytest.fixture(autouse=True)
def content(app: Flask, tmp_path: Path) -> Path:
    """A form of five items, one of each kind, passed with four of them; a programme whose tiers ask for one and two."""
    write_programme(tmp_path)
    write_exam(tmp_path, copies=1)
    publish(tmp_path)
    return tmp_path


@pytest.fixture
def andes() -> Organisation:
    return make_organisation("small", slug="andes")


@pytest.mark.parametrize("item", list(OTHER_KEYS))
def test_a_new_key_takes_the_points_of_those_who_met_the_old_one(item: str) -> None:
    attempt = sat(make_person())
    regrade = correct(item, NEW_KEY, OTHER_KEYS[item], no_harm=False)
    assert scores(attempt) == [(1000, True), (800, True)]
    assert results(attempt.id)[1].grade["corrections"] == [regrade.id]
    assert (regrade.state, effects(regrade, done=True)) == (RegradeState.DONE, {attempt.id: "score"})
    assert_all_holds()


@pytest.mark.parametrize("item", list(OTHER_KEYS))
def test_a_key_accepted_in_addition_harms_nobody(item: str) -> None:
    attempt = sat(make_person())
    regrade = correct(item, ALSO_ACCEPT, OTHER_KEYS[item], no_harm=False)
    assert scores(attempt) == [(1000, True)]
    assert effects(regrade, done=True) == {}


@pytest.mark.parametrize("item", list(OTHER_KEYS))
@pytest.mark.parametrize("kind", [FULL_CREDIT, DROP])
def test_full_credit_and_dropping_lift_whoever_lacked_the_item(item: str, kind: CorrectionKind) -> None:
    others = [other for other in OTHER_KEYS if other != item]
    lacking = sat(make_person(), missing=[item, others[0]])
    regrade = look_ahead(propose(item, kind))
    assert effects(regrade, done=False) == {lacking.id: "issue"}
    assert scores(lacking) == [(results(lacking.id)[0].scaled, False)]
    approve(regrade)
    work_off(regrade)
    assert [passed for _, passed in scores(lacking)] == [False, True]
    assert credential(lacking).result_number == 2
    assert_all_holds()


def test_a_fail_that_becomes_a_pass_gives_one_certificate_and_lifts_the_tier(andes: Organisation) -> None:
    attempt = sat(make_member(andes), missing=["pick-1", "all-1"])
    regrade = look_ahead(propose("pick-1", FULL_CREDIT))
    assert tiers(regrade) == [(andes.id, None, "t1", False)]
    assert (tier(andes), credential(attempt)) == ((None, False), None)
    approve(regrade)
    work_off(regrade)
    assert tier(andes) == ("t1", False)
    with reading():
        assert db.session.scalar(select(func.count(Credential.id))) == 1
        assert [deed.deed for deed in deeds_on(f"attempt:{attempt.id}")][:1] == ["result_corrected"]
        assert db.session.scalar(select(Task.kind).order_by(Task.id.desc()).limit(1)) == "corrected_mail"
    assert_all_holds()


def test_a_pass_that_becomes_a_fail_takes_the_certificate_and_the_standing_follows(andes: Organisation) -> None:
    attempt = sat(make_member(andes), missing=["all-1"])
    assert tier(andes) == ("t1", False)
    regrade = look_ahead(propose("pick-1", NEW_KEY, "-x-", no_harm=False))
    assert (effects(regrade, done=False), tiers(regrade)) == ({attempt.id: "revoke"}, [(andes.id, "t1", "t1", True)])
    assert (credential(attempt).revoked_at, tier(andes)) == (None, ("t1", False))
    approve(regrade)
    work_off(regrade)
    assert [passed for _, passed in scores(attempt)] == [True, False]
    assert credential(attempt).revoked_at is not None
    assert tier(andes) == ("t1", True)
    assert_all_holds()


def test_nobody_is_harmed_unless_it_is_said(andes: Organisation) -> None:
    loses_pass, loses_points = sat(make_member(andes), missing=["all-1"]), sat(make_member(andes))
    gains = sat(make_member(andes), missing=["pick-1", "true-1", "count-1"])
    regrade = correct("pick-1", NEW_KEY, "-x-")
    assert effects(regrade, done=True) == {loses_pass.id: "keep", loses_points.id: "keep"}
    for attempt in (loses_pass, loses_points, gains):
        assert len(results(attempt.id)) == 1
    assert tier(andes) == ("t2", False)
    assert_all_holds()


def test_whom_a_correction_spared_it_spares_when_the_next_one_comes(andes: Organisation) -> None:
    spared = sat(make_member(andes), missing=["all-1"])
    first = correct("pick-1", NEW_KEY, "-x-")
    second = correct("all-1", FULL_CREDIT, no_harm=False)
    assert effects(first, done=True) == {spared.id: "keep"}
    assert [passed for _, passed in scores(spared)] == [True, True]
    assert results(spared.id)[1].grade["corrections"] == [second.id]
    assert_all_holds()


def test_two_corrections_after_each_other_are_both_remembered() -> None:
    attempt = sat(make_person(), missing=["pick-1", "all-1", "true-1"])
    first = correct("pick-1", FULL_CREDIT)
    second = correct("all-1", DROP)
    assert [passed for _, passed in scores(attempt)] == [False, False, True]
    assert [result.grade.get("corrections") for result in results(attempt.id)] == [
        None, [first.id], [first.id, second.id]
    ]  # fmt: skip
    assert credential(attempt).result_number == 3
    assert_all_holds()


def test_what_a_correction_took_the_next_one_gives_back(andes: Organisation) -> None:
    attempt = sat(make_member(andes), missing=["all-1"])
    correct("pick-1", NEW_KEY, "-x-", no_harm=False)
    taken = credential(attempt)
    correct("pick-1", ALSO_ACCEPT, "x--")
    given = credential(attempt)
    assert [passed for _, passed in scores(attempt)] == [True, False, True]
    assert (given.id != taken.id, given.revoked_at, given.result_number) == (True, None, 3)
    with reading():
        assert db.session.get_one(Credential, taken.id).superseded_at is not None
    assert tier(andes) == ("t1", False)
    assert_all_holds()


def test_what_a_person_took_no_correction_gives_back() -> None:
    attempt = sat(make_person(), missing=["all-1"])
    admin = make_staff(PersonRole.ADMIN)
    with writing() as at:
        revoke_credential(credential_of_attempt(attempt.id), reason="Somebody else sat it", by=admin.id, at=at)
    correct("pick-1", NEW_KEY, "-x-", no_harm=False)
    correct("pick-1", ALSO_ACCEPT, "x--")
    assert [passed for _, passed in scores(attempt)] == [True, False, True]
    assert credential(attempt).revoked_reason == "Somebody else sat it"
    assert_all_holds()


def test_versions_that_it_does_not_concern_are_left_alone(content: Path) -> None:
    before = sat(make_person(), missing=["pick-1", "all-1"])
    write_exam(content, copies=1, items=ITEMS.replace("## Pick one", "## Choose one"))
    publish(content)
    after = sat(make_person(), missing=["pick-1", "all-1"])
    with reading():
        versions = list(like_versions("fundamentals", "pick-1"))
    assert len(versions) == 2
    regrade = look_ahead(propose("pick-1", FULL_CREDIT, versions=[min(versions)]))
    assert effects(regrade, done=False) == {before.id: "issue"}
    assert after.id != before.id


@pytest.mark.parametrize(
    ("item", "kind", "key", "reason"),
    [
        ("pick-1", NEW_KEY, "xx-", "two keys of a single choice"),
        ("pick-1", NEW_KEY, "---", "no key"),
        ("pick-1", NEW_KEY, "", "no key at all"),
        ("count-1", ALSO_ACCEPT, "many", "no number"),
        ("true-1", NEW_KEY, "perhaps", "no truth"),
        ("nothing", DROP, "", "no such item"),
    ],
)
def test_a_correction_that_does_not_fit_is_refused(item: str, kind: CorrectionKind, key: str, reason: str) -> None:
    with pytest.raises(BadCorrection):
        propose(item, kind, key)
    with reading():
        assert db.session.scalar(select(func.count(Regrade.id))) == 0, reason


def test_the_dry_run_writes_nothing_but_its_lines(andes: Organisation) -> None:
    sit(make_member(andes), at=now() - timedelta(days=1))
    before = everything()
    look_ahead(propose("pick-1", NEW_KEY, "-x-", no_harm=False))
    assert everything() == before


def everything() -> list[object]:
    """Results, credentials and standings, as they are."""
    tables = [db.metadata.tables[name] for name in ("results", "credentials", "standings")]
    with reading():
        return [db.session.execute(select(table).order_by(*table.primary_key)).all() for table in tables]
