"""Which guards can be reached by what differs between the working tree and another state that git has.

What a guard looked at is known from a run (`worker.depends`). Each of its looks went through the entries of some
folders; where one of these differs, the look may have another answer in the other state.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from mlguard.files.facts import Question, shows
from mlguard.golden.naming import folder_of
from mlguard.runner.differing import Differing
from mlguard.settings import READ, Settings
from mlguard.worker.depends import Depends

_MLGUARD: Final = Path(__file__).parents[1]

_WRITTEN_BY: Final = ".gitattributes"
"""Says in which form git writes files, and so changes some that do not differ for git."""


class Reach:
    """What differs from another state, and what it can reach: never one guard too few, sometimes one too many."""

    def __init__(self, settings: Settings, differing: Differing) -> None:
        """`settings` are those of the project."""
        self.settings, self.differing = settings, differing
        self._places = differing.places
        self._everybodys = next(filter(self._is_everybodys, sorted(self._places)), None)
        self._entries: dict[str, list[tuple[str, str]]] = {}
        for place in sorted(self._places):
            folder, name = os.path.split(place)
            self._entries.setdefault(folder, []).append((name, place))
            if name.startswith("__init__."):  # A folder is a package by this: that shows one folder higher.
                above, package = os.path.split(folder)
                self._entries.setdefault(above, []).append((os.path.join(package, name), place))
        self._ways: dict[str, tuple[str, frozenset[str]]] = {}

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self._places)

    def reason(self, depends: Depends, guard: str | None = None) -> str | None:
        """Why what depends on this can be reached, as the end of a sentence; None where it cannot.

        It is a guard, whose golden counts as well, or without a name the look for guards, which depends on all names in
        the places of guards and goldens. What nobody saw can be anything that differs.
        """
        if not self._places:
            return None
        looks = ((question, path) for question, answers in depends.facts.items() for path in answers)
        beside = self._declaring() if guard is None else self._golden(guard)
        met = chain((self._everybodys,), beside, (self._met(*look) for look in looks))
        place = next(filter(None, met), None)
        if place is not None:
            return f"{self._shown(place)} differs from {self.differing.state}"
        return next((doubt.replace(f"{self.settings.base}{os.sep}", "") for doubt in depends.doubts), None)

    def _declaring(self) -> Iterator[str | None]:
        for folder in (*self.settings.guards, self.settings.golden):
            yield self._met(Question.TREE, str(folder))

    def _golden(self, guard: str) -> Iterator[str]:
        folder, way = self._way(str(self.settings.golden / folder_of(guard)))
        return (place for place in sorted(self._places) if place in way or place.startswith(f"{folder}{os.sep}"))

    def _met(self, question: Question, path: str) -> str | None:
        """What differs among the entries that a look went through, and those that it was shown."""
        place, way = self._way(path)
        return next((entry for entry in way if entry in self._places), None) or self._seen(question, place)

    def _seen(self, question: Question, folder: str) -> str | None:
        if question is Question.TREE:
            return next((place for place in self.differing.listed if place.startswith(os.path.join(folder, ""))), None)
        entries = self._entries.get(folder, ())
        listed = self.differing.listed
        return next((place for name, place in entries if shows(question, name, listed.get(place))), None)

    def _is_everybodys(self, place: str) -> bool:
        path = Path(place)
        is_read = path.parent == self.settings.base and path.name in READ
        return is_read or path.name == _WRITTEN_BY or path.is_relative_to(_MLGUARD)

    def _shown(self, place: str) -> str:
        return self.settings.relative(Path(place))

    def _way(self, path: str) -> tuple[str, frozenset[str]]:
        """Where a path leads to, and each entry of a folder that the system looks up on the way, links followed."""
        if path not in self._ways:
            try:
                self._ways[path] = self._followed(path)
            except (OSError, ValueError, RecursionError):  # A ring of links, say: nobody knows what it would meet.
                self._ways[path] = path, self._places
        return self._ways[path]

    def _followed(self, path: str) -> tuple[str, frozenset[str]]:
        above, name = os.path.split(path)
        if above == path:
            return path, frozenset()
        folder, way = self._way(above)
        if name in ("", os.curdir):
            return folder, way
        if name == os.pardir:
            return os.path.dirname(folder), way
        entry = os.path.join(folder, name)
        if not os.path.islink(entry):
            return entry, way | {entry}
        place, further = self._way(os.path.join(folder, os.readlink(entry)))
        return place, way | {entry} | further
