"""One pytest process: the projects whose guards it met, what it was asked for, and what it has to say at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mlguard.core.error import MlguardError
    from mlguard.plugin.asked import Asked
    from mlguard.plugin.project import Project
    from mlguard.plugin.shared import Result


class Session:
    """What the plugin keeps of one pytest process; lies in the stash of its configuration."""

    def __init__(self, name: str, asked: Asked, environment: Mapping[str, str]) -> None:
        """`name` is shared by all processes of a session, `environment` is the command line's."""
        self.name, self.asked, self.environment = name, asked, environment
        self.looked_into: set[Path] = set()
        """The files of whose objects pytest asked which are tests."""
        self.modules: dict[Path, str] = {}
        """What came of collecting each module: `passed`, `failed` or `skipped`."""
        self.unusable: dict[Path, MlguardError] = {}
        """Why the settings of a project cannot be used, by its folder."""
        self.recorded: tuple[str, ...] = ()
        """What was written of tests' notes, in words."""
        self.page = ""
        """Where the page that was asked for lies, or why there is none; empty where none was asked for."""
        self.logged = ""
        """What came of logging the guards on a tracking server; empty where nobody wants that."""
        self.folders: set[Path] = set()
        """The session's folders in projects whose guards other processes of this session ran."""
        self._projects: dict[Path, Project] = {}
        self._by_folder: dict[Path, Project] = {}

    def project(self, folder: Path) -> Project:
        """The project around a folder. Raises UsageError where its settings are unusable."""
        from mlguard.plugin.project import Project
        from mlguard.settings import load

        if folder not in self._by_folder:
            settings = load(folder)
            known = self._projects.get(settings.base)
            self._by_folder[folder] = known or Project(settings, self.name, self.asked, self.environment)
            self._projects[settings.base] = self._by_folder[folder]
        return self._by_folder[folder]

    def meet(self, folder: Path) -> Project | None:
        """Take in the project of a folder that has settings of ours; None where they are unusable."""
        from mlguard.core.error import MlguardError

        try:
            return self.project(folder)
        except MlguardError as error:
            self.unusable[folder] = error
            return None

    def projects(self) -> list[Project]:
        """Every project that was met."""
        return list(self._projects.values())

    def only_project(self) -> Path | None:
        """The root of the project whose guards ran, here or in workers of xdist; None where there are several."""
        roots = {project.settings.base for project in self.projects()} | {folder.parents[2] for folder in self.folders}
        return roots.pop() if len(roots) == 1 else None

    def given(self) -> dict[str, Any]:
        """What a worker of xdist needs to know, in the types that execnet carries."""
        environment = {os.fsencode(name): os.fsencode(text) for name, text in self.environment.items()}
        return {"session": self.name, "environment": environment}

    def told(self) -> dict[str, list[str]]:
        """What a worker of xdist tells its controller when it is done."""
        return {"folders": [str(folder) for folder in self.folders], "recorded": list(self.recorded)}

    def take(self, told: Mapping[str, list[str]] | None) -> None:
        """Take over what a worker of xdist told; one that crashed told nothing."""
        if told is not None:
            self.folders.update(Path(folder) for folder in told["folders"])
            self.recorded += tuple(told["recorded"])

    def close(self) -> None:
        """End the workers of all projects."""
        folders = [project.close() for project in self.projects()]
        self.folders |= {folder for folder in folders if folder is not None}

    def finish(self) -> None:
        """Say that no process of this session needs its folders any more."""
        if self.folders:
            from mlguard.plugin.shared import finish

            for folder in self.folders:
                finish(folder)

    def results(self) -> list[Result]:
        """What came of every guard that ran in this session, in whichever process."""
        return list(self._results())

    def _results(self) -> Iterator[Result]:
        here = {folder for project in self.projects() if (folder := project.close()) is not None}
        for project in self.projects():
            yield from project.verdicts()
        for folder in sorted(self.folders - here):
            from mlguard.plugin.shared import results

            yield from results(folder)


SESSION = pytest.StashKey[Session]()
"""Where the session lies in the configuration's stash."""

ENVIRONMENT = pytest.StashKey[dict[str, str]]()
"""Where the command line's environment lies until the session is made."""


def open_session(config: pytest.Config) -> Session:
    """The session of a process that starts; a worker of xdist takes part in its controller's."""
    from mlguard.plugin.asked import asked

    given = getattr(config, "workerinput", {}).get("mlguard")
    if given is None:
        environment = config.stash.get(ENVIRONMENT, None) or dict(os.environ)
        return Session(os.urandom(8).hex(), asked(config), environment)
    environment = {os.fsdecode(name): os.fsdecode(text) for name, text in given["environment"].items()}
    return Session(given["session"], asked(config), environment)
