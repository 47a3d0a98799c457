"""The files that a page of the docs shows: each stands below a comment with its name."""

from __future__ import annotations

import re
from pathlib import Path

_SHOWN = re.compile(r"^<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def page(name: str) -> str:
    """The text of a page."""
    return (Path(__file__).parents[2] / "docs" / name).read_text(encoding="utf-8")


def files_shown(text: str) -> list[tuple[str, str]]:
    """Name and content of each file that a page shows, in order."""
    return _SHOWN.findall(text)
