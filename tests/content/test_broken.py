"""Every broken tree under broken/ is met with exactly the complaints its expected.txt lists, on their lines."""

from importlib import import_module
from pathlib import Path

import pytest

BROKEN = Path(__file__).parent / "broken"
READERS = {
    "courses": "app.learning.course_files.read_courses",
    "exams": "app.exams.bank.read_exams",
    "programmes": "app.partners.programme_files.read_programmes",
}


def complaints_about(case: Path) -> list[str]:
    found = []
    for folder, reader in READERS.items():
        if (case / folder).is_dir():
            module, _, function = reader.rpartition(".")
            _, complaints = getattr(import_module(module), function)(case)
            found += [f"{each.path.relative_to(case).as_posix()}:{each.line}: {each.message}" for each in complaints]
    return found


@pytest.mark.parametrize("case", sorted(path.name for path in BROKEN.iterdir() if path.is_dir()))
def test_broken_content_is_complained_about_line_by_line(case: str) -> None:
    expected = (BROKEN / case / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert expected
    assert sorted(complaints_about(BROKEN / case)) == sorted(expected)
