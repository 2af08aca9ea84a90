"""The published programmes say what their sources say, and a version read back is the programme that was written."""

import re
from pathlib import Path

import pytest
from hypothesis import given

from app.canonical import canonical
from app.content.levels import LEVELS, TRACK_HOURS
from app.content.schema import parse_yaml
from app.partners.programme_files import programme_from_json, read_programmes
from app.partners.requirements import every_requirement
from app.partners.rules import Programme
from tests.partners.making import ROOT, published
from tests.partners.some_programmes import some_programmes
from tests.partners.strategies import steady

pytestmark = pytest.mark.once

FILES, COMPLAINTS = read_programmes(ROOT)


def test_nothing_is_wrong_with_the_published_programmes() -> None:
    assert COMPLAINTS == []
    assert {"ia-bulk", "email-reengagement"} <= {file.spec.id for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.spec.id)
def test_a_version_is_read_back_as_it_was_written(file) -> None:  # type: ignore[no-untyped-def]
    data = file.as_json()
    assert programme_from_json(data) == file.spec
    assert canonical(programme_from_json(data).model_dump(mode="json")) == canonical(data)


@steady
@given(some_programmes())
def test_any_version_is_read_back_as_it_was_written(programme: Programme) -> None:
    assert programme_from_json(programme.model_dump(mode="json")) == programme


def test_the_programme_in_the_documentation_is_one() -> None:
    section = (ROOT / "docs" / "content.md").read_text(encoding="utf-8").partition("## Programmes")[2]
    blocks = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    document, complaints = parse_yaml("".join(blocks), Path("email-reengagement.yml"), Programme)
    assert complaints == []
    assert document is not None
    assert set(Programme.model_fields) == document.value.model_fields_set


def test_a_folder_without_programmes_is_empty(tmp_path: Path) -> None:
    assert read_programmes(tmp_path) == ([], [])


def test_a_link_out_of_the_folder_refuses_all_of_it(tmp_path: Path) -> None:
    (tmp_path / "programmes").mkdir()
    (tmp_path / "programmes" / "ia-bulk.yml").symlink_to(ROOT / "programmes" / "ia-bulk.yml")
    files, complaints = read_programmes(tmp_path)
    assert files == []
    assert [each.message for each in complaints] == ["this link leads out of the content folder"]


def test_a_file_complained_about_is_not_among_the_programmes(tmp_path: Path) -> None:
    source = (ROOT / "programmes" / "ia-bulk.yml").read_text(encoding="utf-8")
    (tmp_path / "programmes").mkdir()
    (tmp_path / "programmes" / "ia-bulk.yml").write_text(source, encoding="utf-8")
    (tmp_path / "programmes" / "renamed.yml").write_text(source, encoding="utf-8")
    files, complaints = read_programmes(tmp_path)
    assert [file.spec.id for file in files] == ["ia-bulk"]
    assert [(each.path.name, each.line) for each in complaints] == [("renamed.yml", 3)]


def commissions(programme: Programme) -> list[tuple[str, int]]:
    return [(tier.id, int(tier.commission_percent or 0)) for tier in programme.tiers]


def test_the_ladders_and_commissions_of_the_sources() -> None:
    assert commissions(published("ia-bulk")) == [("bronze", 15), ("silver", 20), ("gold", 25), ("platinum", 30)]
    assert commissions(published("email-reengagement")) == [
        ("bronze", 5),
        ("silver", 10),
        ("gold", 15),
        ("platinum", 20),
    ]


def test_the_hours_of_ia_bulk_are_those_of_the_tracks() -> None:
    tracks = {training.track: training.hours for training in published("ia-bulk").training if training.track}
    assert tracks == TRACK_HOURS
    assert tuple(tracks) == LEVELS


def test_email_reengagement_asks_for_what_its_source_lists() -> None:
    asked = {
        tier.id: [requirement.id for requirement in every_requirement(tier.requirements)]
        for tier in published("email-reengagement").tiers
    }
    trained = ["certified-sales", "customers", "revenue", "training"]
    assert asked == {
        "bronze": trained,
        "silver": trained,
        "gold": trained,
        "platinum": ["certified-sales", "customers", "revenue", "agreement"],
    }


def test_every_programme_reviews_at_the_anniversary_with_ninety_days_of_grace() -> None:
    for name in ("ia-bulk", "email-reengagement"):
        review = published(name).review
        assert (review.every_months, review.grace_days) == (12, 90)
