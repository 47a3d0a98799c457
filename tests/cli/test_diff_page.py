"""What docs/diff.md shows is what happens: its `console` blocks run in the repository that the page tells of."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.project import CODE
from tests.repository import Repository

PAGE = Path(__file__).parents[2] / "docs/diff.md"
BLOCK = re.compile(r"^```console\n\$ mlguard (.+?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"-?\d+\.\d{5,}(?:e-?\d+)?")


@pytest.fixture(scope="module")
def repository(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A refactor in three commits, the second of which does more than that."""
    made = Repository(tmp_path_factory.mktemp("page"))
    project = made.project
    project.edit(CODE, '    x, y = rows["x"], rows["y"]\n', "    x, y = columns(rows)\n")
    project.write(CODE, (project.root / CODE).read_text() + '\n\ndef columns(rows):\n    return rows["x"], rows["y"]\n')
    made.commit("Take the columns in one place")
    project.edit(CODE, "(x - x.mean()) * (y - y.mean())", "(x - x.median()) * (y - y.median())")
    made.commit("Centre on the median")
    project.edit(CODE, "def answer(model, rows):", "def answer(model, rows):  # one number per row")
    project.edit(CODE, "abs(y.to_numpy() - answers)", "abs(answers - y.to_numpy())")
    project.edit(CODE, 'model["shift"] + model["slope"] * rows["x"]', 'model["slope"] * rows["x"] + model["shift"]')
    made.commit("Write answers and errors the usual way round")
    return made


def stable(text: str) -> list[str]:
    """The lines with numbers cut to what every machine agrees on; which of equal rows is the worst, none does."""
    shown = (NUMBER.sub(lambda found: f"{float(found[0]):.4g}", line) for line in text.strip().splitlines())
    return [re.sub(r"row \S+ ?.*: (?=\S+ -> )", "row …: ", line).rstrip() for line in shown]


def test_the_page_has_its_blocks() -> None:
    assert len(BLOCK.findall(PAGE.read_text(encoding="utf-8"))) == 3


@pytest.mark.parametrize("position", range(3))
def test_the_page_shows_what_happens(repository: Repository, position: int) -> None:
    command, shown = BLOCK.findall(PAGE.read_text(encoding="utf-8"))[position]
    ran = repository.project.command(*shlex.split(command))
    told = [line for line in ran.err.splitlines() if line]
    assert stable("\n".join([*told, ran.out])) == stable(shown)
