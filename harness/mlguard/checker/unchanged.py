"""Whether anything changed that a guard can depend on since it last matched on this machine.

A run that matches leaves what it depended on below `.mlguard/matched/`: every look at the disk with its answer, and
keyed digests of variables, settings, machine, Python and mlguard (`docs/decisions/what-is-skipped.md`). Any other run
of the guard removes that, and is remembered by the process alone that watches. Whatever cannot be read, or is not
signed by this machine, counts as a change. Nothing heavy is imported here: where nothing changed, no more than this is
loaded.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mlguard import __version__
from mlguard.core.error import MlguardError
from mlguard.files.facts import ABSENT, BELOW_A_FILE, LISTINGS, Question, answer, digest
from mlguard.golden import state
from mlguard.golden.keyed import machine_key
from mlguard.golden.made import made_earlier
from mlguard.golden.naming import folder_of
from mlguard.settings import Settings
from mlguard.worker.depends import Depends

if TYPE_CHECKING:
    from mlguard.checker.reach import Reach  # It knows git, which nobody needs for `--changed`.

MATCHED: Final = "matched"
"""Name of the folder below the project's state folder."""

DECLARED: Final = "declared.json"
"""Beside it: which guards the project declares."""

FORMAT: Final = 1
"""Increase this when what is kept means something else: what an older mlguard left is then a change."""

GONE: Final = frozenset({ABSENT, BELOW_A_FILE})

LARGEST: Final = 16 * 1024**2
"""Bytes that what is kept of a guard may have."""


@dataclass(frozen=True)
class Standing:
    """How a guard stands to its last match."""

    when: str | None = None
    """When it last matched, in UTC, where nothing has changed since; None where it has to run."""
    why: str = ""
    """Why it has to run: the end of a sentence."""
    is_reached: bool = False
    """Whether that is what differs from another state of the project: there it may match and here not."""
    matched: bool = True
    """Whether it matched then; False only where what `remember` keeps stands for it."""


class Unchanged:
    """What is kept of the last matches of one project's guards."""

    def __init__(
        self,
        settings: Settings,
        variables: Mapping[str, str],
        *,
        reach: Reach | None = None,
        now: Callable[[], datetime] | None = None,
        memory: dict[str, dict[str, Any]] | None = None,
    ) -> None:
        """`variables` are those that guarded code starts with; `now` is the clock, for tests.

        `reach`: what differs from another state of the project counts as a change, too. `memory` holds what `remember`
        keeps, for longer than this.
        """
        self.settings, self.reach, self._now = settings, reach, now or (lambda: datetime.now(UTC))
        self._memory = {} if memory is None else memory
        self._context = dict(_context(settings, variables))

    def standings(self, guards: Iterable[str]) -> dict[str, Standing]:
        """How each guard stands; the disk is asked each question once."""
        disk, made = Disk(), made_earlier(self.settings.base)
        return {guard: self._standing(_name(guard), self.golden(guard), disk, made, guard) for guard in guards}

    def guards(self) -> dict[str, str] | None:
        """The guards that the project declares, each with its file; None where that has to be looked for again."""
        document = self._read(DECLARED)
        if document is None or self._standing(DECLARED, places(self.settings), Disk(), frozenset()).when is None:
            return None
        return {str(name): str(file) for name, file in document["guards"].items()}

    def golden(self, guard: str) -> str:
        """The digest of all that lies in the place of a guard's golden, and of the links that lead there."""
        return _whole(self.settings.golden, self.settings.golden / folder_of(guard))

    def keep(self, guard: str, depends: Depends, golden: str, *, dated: bool) -> None:
        """Keep what a match depended on; `dated`: whether the day may count.

        Raises MlguardError where the disk refuses.
        """
        self._memory.pop(_name(guard), None)
        self._write(_name(guard), depends, golden, dated=dated)

    def remember(self, guard: str, depends: Depends, golden: str, *, dated: bool) -> None:
        """Keep what a run depended on that did not match, in memory.

        Raises MlguardError where the disk refuses.
        """
        self._memory[_name(guard)] = self._document(_name(guard), depends, golden, dated=dated, matched=False)

    def read_by(self, guard: str) -> frozenset[str]:
        """The files that the last run read which is kept; none where none is."""
        document = self._read(_name(guard)) or {"facts": {}}
        return frozenset(document["facts"].get(Question.CONTENT, ()))

    def keep_guards(self, guards: Mapping[str, str], depends: Depends, searched: str) -> None:
        """Keep which guards the project declares; `searched` are the `places` as they were before anybody searched.

        Raises MlguardError where the disk refuses.
        """
        self._write(DECLARED, depends, searched, guards=dict(guards))

    def _write(self, name: str, depends: Depends, against: str, **more: Any) -> None:
        document = self._document(name, depends, against, **more)
        key = machine_key(state.place(self.settings.base), make=False)
        state.update(self.settings.base, name, lambda before: {**document, "seal": _seal(key, document)})

    def _document(
        self, name: str, depends: Depends, against: str, *, dated: bool = True, **more: Any
    ) -> dict[str, Any]:
        key = machine_key(state.state(self.settings.base), make=True)
        return {
            "format": FORMAT,
            "name": name,
            "when": self._now().isoformat(timespec="seconds"),
            "dated": dated,
            "against": against,
            "context": {about: _keyed(key, about, said) for about, said in self._context.items()},
            **depends.to_json(),
            **more,
        }

    def _standing(
        self, name: str, against: str, disk: Disk, made: frozenset[str], guard: str | None = None
    ) -> Standing:
        document = self._read(name)
        if document is None:
            return Standing(why="nothing is kept of a match on this machine")
        try:
            depends = Depends.from_json(document)
            reached = None if self.reach is None else self.reach.reason(depends, guard)
            why = reached or next(self._changes(document, depends, against, disk, made), None)
        except (ValueError, KeyError, TypeError, AttributeError):
            return Standing(why="what is kept of its last match cannot be read")
        if why is not None:
            return Standing(why=why, is_reached=reached is not None)
        return Standing(document["when"], matched=document.get("matched", True))

    def _changes(
        self, document: dict[str, Any], depends: Depends, against: str, disk: Disk, made: frozenset[str]
    ) -> Iterator[str]:
        """What is not as it was, the nearest things first."""
        yield from (doubt.replace(f"{self.settings.base}{os.sep}", "") for doubt in depends.doubts)
        if document["against"] != against:
            yield "its golden changed"
        yield from self._context_changes(document["context"])
        if document["dated"] and document["when"][:10] != self._now().isoformat()[:10]:
            yield f"it last matched on another day ({document['when'][:10]})"
        for question, answers in depends.facts.items():
            for path, said in answers.items():
                if (now := disk.answer(question, path)) != said:
                    yield self._told(question, path, said, now)
        wrote = sorted(made.intersection(depends.facts.get(Question.CONTENT, ())))
        yield from (f"an earlier run wrote {self.settings.relative(Path(path))}" for path in wrote)

    def _context_changes(self, kept: Mapping[str, str]) -> Iterator[str]:
        key = machine_key(state.place(self.settings.base), make=False)
        now = {about: _keyed(key, about, said) for about, said in self._context.items()}
        for about in sorted({*now, *kept}):
            if not hmac.compare_digest(now.get(about, ""), kept.get(about, "")):
                yield f"{about} changed"

    def _read(self, name: str) -> dict[str, Any] | None:
        """What is kept under a name; None where nothing is."""
        return self._on_disk(name) or self._memory.get(name)

    def _on_disk(self, name: str) -> dict[str, Any] | None:
        """What lies there as this machine wrote it; None for anything else."""
        try:
            content = state.place(self.settings.base).read(name, LARGEST)
            document = json.loads(content or b"null")
            seal = document.pop("seal")
            key = machine_key(state.place(self.settings.base), make=False)
            is_ours = hmac.compare_digest(seal, _seal(key, document)) and document["name"] == name
            return document if is_ours and document["format"] == FORMAT else None
        except (MlguardError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, MemoryError):
            return None

    def _told(self, question: Question, path: str, before: str, now: str) -> str:
        shown = self.settings.relative(Path(path))
        if question in LISTINGS and not {before, now} & GONE:
            return f"a file or folder {f'in {shown}' if shown != '.' else 'beside pyproject.toml'} is new or gone"
        return f"{shown} {'is new' if before in GONE else 'is gone' if now in GONE else 'changed'}"


def forget(settings: Settings, guard: str) -> None:
    """Forget the last match of a guard. Raises MlguardError where the disk refuses."""
    tree = state.place(settings.base)
    with state.writing_state(tree.root):
        tree.remove(_name(guard))


def places(settings: Settings) -> str:
    """A digest of where guards and goldens can be: what may declare another guard, or a golden more, shows in it."""
    goldens = sorted(path.as_posix() for path in settings.golden.rglob("record.json"))
    return digest([*(answer(Question.TREE, str(place)) for place in settings.guards), *goldens])


class Disk:
    """The answers of the disk at one moment: each question is asked once."""

    def __init__(self) -> None:
        """Nothing is asked yet."""
        self._answers: dict[tuple[Question, str], str] = {}

    def answer(self, question: Question, path: str) -> str:
        """What the disk says."""
        if (question, path) not in self._answers:
            self._answers[question, path] = answer(question, path)
        return self._answers[question, path]


def _context(settings: Settings, variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What every run depends on besides files, by the name that messages give it."""
    yield "mlguard", digest([__version__, *_stamps(Path(__file__).parents[1])])
    yield "Python", digest([sys.version, sys.executable, answer(Question.STAMP, sys.executable)])
    yield "the machine", digest(_machine())
    yield "the user", " ".join(str(getattr(os, name, int)()) for name in ("getuid", "getgid", "getgroups"))
    yield "[tool.mlguard]", repr(replace(settings, here=settings.base))
    yield from ((f"the variable {name}", text) for name, text in variables.items())


def _stamps(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.py")):
        yield f"{path} {answer(Question.STAMP, str(path))}"


def _machine() -> Iterator[str]:
    about = platform.uname()  # Its sixth part would start a program.
    yield from (about.system, about.node, about.release, about.version, about.machine)
    yield str(os.cpu_count())
    yield str(sorted(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else ""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    # The clock rate is another one each time.
    told = ("model", "vendor", "flags", "features", "stepping", "microcode", "cpu family")
    yield from sorted({line for line in lines if line.lower().startswith(told)})


def _whole(top: Path, folder: Path) -> str:
    """The digest of a folder with all that is in it, of what its entries are themselves, and of the way to it."""
    way = [path for path in (folder, *folder.parents) if path.is_relative_to(top)]
    inside = sorted(path for path in folder.rglob("*"))
    lines = [f"{path} {answer(Question.LINK, str(path))}" for path in (*way, *inside)]
    return digest([*lines, *(answer(Question.CONTENT, str(path)) for path in inside)])


def _name(guard: str) -> str:
    return f"{MATCHED}/{folder_of(guard)}.json"


def _keyed(key: bytes, about: str, said: str) -> str:
    return hmac.new(key, f"{about}\0{said}".encode(errors="surrogatepass"), hashlib.sha256).hexdigest()


def _seal(key: bytes, document: Mapping[str, Any]) -> str:
    content = json.dumps(document, sort_keys=True)
    return hmac.new(key, content.encode(), hashlib.sha256).hexdigest()
