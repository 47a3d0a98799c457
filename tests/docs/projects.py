"""What lies in the project of a page before its first block: most pages begin with an empty folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.docs.blocks import blocks


@dataclass(frozen=True)
class Given:
    """What a page takes for granted."""

    files: Mapping[str, str]
    """The files that are there."""
    commands: tuple[str, ...] = ()
    """What was typed by then."""


def shown(page: str) -> dict[str, str]:
    """The files that another page writes."""
    return {name: block.text for block in blocks(page) if (name := block.file())}


RECORDED = (
    'mlguard regen-golden --yes --reason "first golden"',
    "git init --quiet",
    "git add .",
    "git commit -qm Guard",
)

GUARDED = Given(
    {"pyproject.toml": "[tool.mlguard]\n", ".gitignore": ".mlguard/\n", **shown("docs/tutorials/owner.md")}, RECORDED
)
"""What the owner's tutorial comes to, before its last edit."""

GIVEN = {
    "docs/tutorials/engineer.md": GUARDED,
    "docs/tutorials/maintainer.md": GUARDED,
}
"""For each page that takes more for granted than it shows."""

SETTINGS = {"pyproject.toml": "[tool.mlguard]\n", ".gitignore": ".mlguard/\n"}
"""Settings of a project without goldens."""


def given(page: str) -> Given:
    """What a page takes for granted: settings, if it is about one task."""
    return GIVEN.get(page, Given(SETTINGS if page.startswith("docs/how-to/") else {}))


ELSEWHERE = {
    "README.md": "tests/cli/test_init_from.py",
    "README.ja.md": "tests/house/test_readme.py",
    "docs/diff.md": "tests/cli/test_diff_page.py",
    "docs/notebooks.md": "tests/adapters/test_notebook.py",
    "docs/scripts-and-commands.md": "tests/adapters/test_page.py",
    "docs/sql.md": "tests/adapters/test_sql_page.py",
}
"""Pages whose blocks have tests of their own, which look at more than what is printed."""

OF_THE_BUILD = {"CONTRIBUTING.md", "SECURITY.md", "RELEASING.md", "ARCHITECTURE.md", "benchmarks/README.md"}
"""Pages for developers, whose commands are those of the build and of the benchmarks, or show what git does."""
