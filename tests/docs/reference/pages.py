"""Write the reference pages anew: `python -m tests.docs.reference.pages`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.docs.reference import commands, json_documents, options, pytest_options, settings

DOCS = Path(__file__).parents[3] / "docs"

PAGES: Mapping[str, Callable[[], str]] = {
    "options.md": options.page,
    "settings.md": settings.page,
    "commands.md": commands.page,
    "pytest-options.md": pytest_options.page,
    "json.md": json_documents.page,
}
"""What makes each page; the page of messages is written by hand, and tests/house/test_messages.py compares it."""

WRITTEN = "<!-- Written from the code by `python -m tests.docs.reference.pages`; edits here are overwritten. -->\n"


def text(name: str) -> str:
    """A page as it has to be."""
    return f"{WRITTEN}\n{PAGES[name]()}"


if __name__ == "__main__":
    for name in PAGES:
        (DOCS / name).write_text(text(name), encoding="utf-8")
