"""A project in git with a bundle that was checked, and what tests do with it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.project import FILES, Project
from tests.repository import Repository

BUNDLE, PLACE = "build/line", "place"
CHECK = f"{BUNDLE}/mlguard.json"

Edit = Callable[[dict[str, Any]], object]


def checked(folder: Path) -> Repository:
    """The project with its golden, all of it committed, and a bundle that passed its check."""
    made = Repository(folder, files={**FILES, ".gitignore": ".mlguard/\nbuild/\nplace/\n__pycache__/\n"})
    assert made.project.regen().proposal is not None
    made.commit("Record")
    train(made.project, "slope 2\n")
    ran = made.project.command("check", "--bundle", BUNDLE)
    assert ran.code == 0, ran.err
    return made


def train(project: Project, model: str) -> None:
    """What a training pipeline writes: the model, and what it needs besides, in a folder below."""
    project.write(f"{BUNDLE}/model.txt", model)
    project.write(f"{BUNDLE}/tables/shops.csv", "shop\na\nb\n")


def copied(repository: Repository, folder: Path) -> Project:
    """The project in a copy of its own."""
    shutil.copytree(repository.top, folder)
    return Project(folder, {})


def edited(project: Project, edit: Edit, file: str = CHECK) -> None:
    """Edit what is kept with a bundle, as somebody does by hand."""
    document = json.loads((project.root / file).read_text(encoding="utf-8"))
    edit(document)
    (project.root / file).write_text(json.dumps(document), encoding="utf-8")


def served(project: Project, place: str = PLACE) -> str:
    """What a server of a place finds, by the first line of `current`."""
    folder = (project.root / place / "current").read_text(encoding="utf-8").split("\n")[0]
    return (project.root / place / folder / "model.txt").read_text(encoding="utf-8")
