"""A small practice exam, written as content."""

import json
import re
from pathlib import Path
from typing import Any

from tests.factories import ITEMS, write_exam


def write_practice(root: Path, slug: str = "practice", **changes: Any) -> None:
    """A practice exam below `root` of the same shape, from a bank of its own, each item with a lesson of `basics`."""
    own = re.sub(
        r"^## (.*?) ?\{#([a-z]+)-", r"## Practise: \1 {#try-\2-", changes.pop("items", ITEMS), flags=re.MULTILINE
    )
    items = re.sub(r"^(## .*)\}$", r"\1 lesson=basics/01-one}", own, flags=re.MULTILINE)
    write_exam(root, slug, items=items, **{"practice": True} | changes)
    path = root / "exams" / slug / "exam.yml"
    spec = json.loads(path.read_text(encoding="utf-8"))
    for key in ("credential", "gate", "agreement"):
        if key not in changes:
            del spec[key]
    path.write_text(json.dumps(spec), encoding="utf-8")
