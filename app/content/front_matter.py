"""A Markdown file cut into its front matter (between two `---` lines) and its body."""

from dataclasses import dataclass
from pathlib import Path

from app.content.complaints import Complaint

BLOCK_LINE = 2


@dataclass(frozen=True)
class Parts:
    """The YAML block begins on line BLOCK_LINE of the file, the body on `body_line`."""

    block: str
    body: str
    body_line: int


def split(text: str, path: Path) -> tuple[Parts | None, list[Complaint]]:
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return None, [Complaint(path, 1, "the file must begin with front matter between two `---` lines")]
    end = next((i for i, line in enumerate(lines) if i and line.rstrip() == "---"), None)
    if end is None:
        return None, [Complaint(path, 1, "the front matter is not closed by a second `---` line")]
    return Parts("\n".join(lines[1:end]), "\n".join(lines[end + 1 :]), end + 2), []
