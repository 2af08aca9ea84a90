"""Corrections: those there are, and one of them with all that it would change or has changed."""

from typing import Any, NamedTuple, Self

from flask import Response, flash, redirect, render_template, request, url_for
from sqlalchemy import Select, select
from werkzeug.wrappers import Response as Answer

from app.content.versions import bodies, body_of
from app.exams.attempts import Attempt
from app.exams.catalogue import Exam
from app.exams.correcting import MARKED
from app.exams.regrading import Regrade, RegradeState, SecondPersonNeeded, regrade_of
from app.extensions import db
from app.journeys.regrade_lines import RegradeLine, RegradeTier, count_effects
from app.journeys.regrading import approve_correction, withdraw_correction
from app.ledger.deeds import record
from app.partners.programmes import Programme
from app.people.organisations import Organisation
from app.people.persons import Person
from app.transaction import reading, writing
from app.web.access import may
from app.web.csv_export import csv_response
from app.web.identity import address, visitor
from app.web.item_texts import numeric_answer
from app.web.layout import in_language, trusted
from app.web.lists import page_of_query
from app.web.naming import EFFECTS
from app.web.trainer.editions import numbered
from app.web.trainer.forms import ApprovalForm
from app.web.wording import gettext as _

TIERS_SHOWN = 50


class TierLine(NamedTuple):
    """A standing that would change, in words."""

    organisation: str
    programme: str
    before: str
    at_risk_before: bool
    after: str
    at_risk_after: bool

    @classmethod
    def of(
        cls, name: str, version_id: int, before: str | None, risk_before: bool, after: str | None, risk_after: bool
    ) -> Self:
        """From a row: tiers by their ids, the programme by the version that stands."""
        body = body_of(version_id)
        tiers = {tier["id"]: in_language(tier["name"]) for tier in body["tiers"]} | {None: _("None")}
        named = [tiers.get(tier, str(tier)) for tier in (before, after)]
        return cls(name, in_language(body["title"]), named[0], risk_before, named[1], risk_after)

    def cells(self) -> list[object]:
        """A line of the file."""
        return [(_("Yes") if cell else _("No")) if isinstance(cell, bool) else cell for cell in self]


def corrections() -> str:
    """Every correction, the newest first."""
    with reading() as at:
        query = select(Regrade, Exam, Person).join(Exam, Exam.id == Regrade.exam_id)
        query = query.join(Person, Person.id == Regrade.proposed_by).order_by(Regrade.id.desc())
        return render_template("trainer/corrections.html", page=page_of_query(query), at=at)


def correction(regrade_id: int) -> str:
    """One of them."""
    return show(regrade_id, ApprovalForm())


def approve(regrade_id: int) -> Answer | tuple[str, int]:
    """The second person says yes."""
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("trainer.correction", regrade_id=regrade_id))
    form = ApprovalForm()
    if not form.validate_on_submit():
        return show(regrade_id, form), 422
    try:
        with writing() as at:
            approve_correction(regrade_id, by=visitor().id, at=at)
    except SecondPersonNeeded:
        with writing() as at:
            record("access_refused", "trainer.approve_correction", by=visitor().id, at=at, address=address())
        raise
    flash(_("The correction is approved and being put through."), "success")
    return redirect(url_for("trainer.correction", regrade_id=regrade_id))


def withdraw(regrade_id: int) -> Answer:
    """It is not to be done after all."""
    if request.method == "POST":
        with writing() as at:
            withdraw_correction(regrade_id, by=visitor().id, at=at)
        flash(_("The correction is withdrawn. Nothing was changed."), "success")
    return redirect(url_for("trainer.correction", regrade_id=regrade_id))


def results_export(regrade_id: int) -> Response:
    """Every result that would change or has changed, as CSV."""
    with reading():
        regrade = regrade_of(regrade_id)
        header = [_("Attempt"), _("Candidate"), _("E-mail"), _("Score before"), _("Score after")]
        header += [_("Passed before"), _("Passed after"), _("What happens")]
        rows = db.session.execute(results_of(regrade))
        return csv_response(f"correction-{regrade_id}-results", header, map(_csv_result, rows))


def tiers_export(regrade_id: int) -> Response:
    """Every standing that would change, as CSV."""
    with reading():
        regrade = regrade_of(regrade_id)
        header = [_("Organisation"), _("Programme"), _("Tier before"), _("At risk before")]
        header += [_("Tier after"), _("At risk after")]
        rows = [TierLine.of(*row).cells() for row in db.session.execute(tiers_of(regrade))]
        return csv_response(f"correction-{regrade_id}-tiers", header, rows)


def show(regrade_id: int, form: ApprovalForm) -> str:
    """The page, with the form for whoever may approve it now."""
    with reading() as at:
        regrade = regrade_of(regrade_id)
        exam = db.session.get_one(Exam, regrade.exam_id)
        [item] = bodies(regrade.version_ids[-1:]).values()
        persons = db.session.scalars(select(Person).where(Person.id.in_(_involved(regrade))))
        tiers = [TierLine.of(*row) for row in db.session.execute(tiers_of(regrade))]
        open_to_decide = regrade.state is RegradeState.PROPOSED and may("trainer.approve_correction")
        is_mine = regrade.proposed_by == visitor().id
        return render_template(
            "trainer/correction.html",
            regrade=regrade,
            exam=exam,
            item=item,
            key=key_in_words(item, regrade),
            editions=numbered(regrade.version_ids).values(),
            names={person.id: person.name for person in persons},
            effects=count_effects(regrade.id, done=is_under_way(regrade)),
            under_way=is_under_way(regrade),
            page=page_of_query(results_of(regrade)),
            tiers=tiers[:TIERS_SHOWN],
            tiers_count=len(tiers),
            may_withdraw=open_to_decide,
            is_mine=is_mine,
            form=form if open_to_decide and not is_mine and regrade.surveyed_at else None,
            at=at,
        )


def results_of(regrade: Regrade) -> Select[*tuple[Any, ...]]:
    """The results that would change; from the approval on, those that have changed."""
    line = RegradeLine
    query = select(
        line.attempt_id, Person.name, Person.email, line.scaled_before, line.scaled_after, line.passed_before,
        line.passed_after, line.effect,
    )  # fmt: skip
    query = query.join(Attempt, Attempt.id == line.attempt_id).join(Person, Person.id == Attempt.person_id)
    mine = (line.regrade_id == regrade.id) & (line.done == is_under_way(regrade))
    return query.where(mine).order_by(line.attempt_id)


def tiers_of(regrade: Regrade) -> Select[*tuple[Any, ...]]:
    """The standings that would change, by organisation."""
    tier = RegradeTier
    query = select(
        Organisation.name, Programme.version_id, tier.tier_before, tier.at_risk_before, tier.tier_after,
        tier.at_risk_after,
    )  # fmt: skip
    query = query.join(Organisation, Organisation.id == tier.organisation_id)
    query = query.join(Programme, Programme.id == tier.programme_id).where(tier.regrade_id == regrade.id)
    return query.order_by(Organisation.name, Organisation.id, Programme.slug)


def is_under_way(regrade: Regrade) -> bool:
    """Whether what it shows is done rather than foreseen."""
    return regrade.approved_at is not None


def key_in_words(item: dict[str, Any], regrade: Regrade) -> list[str]:
    """The new key as the page of an item shows keys."""
    if regrade.key is None:
        return []
    key = regrade.correction.key
    if item["kind"] in MARKED:
        options = in_language({language: text["options"] for language, text in item["text"].items()})
        positions = key if isinstance(key, list) else [key]
        return [trusted(options[position]).striptags() for position in positions]
    if item["kind"] == "true_false":
        return [_("True") if key else _("False")]
    return [numeric_answer(key)] if item["kind"] == "numeric" else list(key)


def _involved(regrade: Regrade) -> list[int]:
    return [person for person in (regrade.proposed_by, regrade.approved_by, regrade.withdrawn_by) if person]


def _csv_result(row: Any) -> list[object]:
    *known, passed_before, passed_after, effect = row
    return [*known, *(_("Yes") if passed else _("No") for passed in (passed_before, passed_after)), EFFECTS[effect]]
