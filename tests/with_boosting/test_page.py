"""The guard that docs/boosting.md shows, its edit, and what a check says of it."""

from __future__ import annotations

import re
from pathlib import Path

from mlguard.report.terminal import draw
from tests.adapters.pages import files_shown, page
from tests.project import Project
from tests.with_boosting.projects import GENERATOR

PAGE = page("boosting.md")
GUARD = "tests/guards/test_prices.py"


def test_the_edit_of_the_page_is_told_as_the_page_shows_it(at_once: None, tmp_path: Path) -> None:
    files = {"pyproject.toml": "[tool.mlguard]\n", "datasets/generators/tiny.py": GENERATOR, **dict(files_shown(PAGE))}
    project = Project(tmp_path, files)
    assert project.regen("Prices", GUARD, seeds=(0,)).refused is None
    (old, new) = re.findall(r"^[-+](FEATURES.*)$", PAGE, re.MULTILINE)
    (told,) = re.findall(r"^```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    with project.editing("prices.py", old, new):
        verdict = project.check("Prices", GUARD, seeds=(0,)).verdict
    assert draw(verdict).startswith(told)
