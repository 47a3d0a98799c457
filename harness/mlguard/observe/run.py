"""One run of a guard: call its methods one by one on fresh instances, and keep what they note and disturb."""

from __future__ import annotations

import copy
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from mlguard.configuration import Configuration
from mlguard.core.dataset import Dataset
from mlguard.core.error import MlguardError, RunError, UsageError
from mlguard.core.guard import Guard, declares
from mlguard.core.notes import Names, listening
from mlguard.core.question import EXACT_VALUES, IN_FEW_CALLS, OWN_STATE, WHOLE
from mlguard.core.record import GATE, INTERNAL, STAGES, Observation
from mlguard.core.run_name import MAIN, RunName
from mlguard.core.value import Value
from mlguard.observe import rows as rowwise
from mlguard.observe.exact import exactly
from mlguard.observe.files import Files
from mlguard.observe.leaf import in_first_form
from mlguard.observe.refused import refused
from mlguard.observe.walk import walk
from mlguard.seeding import STATE


class Progress(Protocol):
    """How a run tells how far it is."""

    def __call__(self, stage: str, part: str = "") -> None:
        """A stage begins, or a part of the run; `part` where it has a name of its own."""

    def calling(self, words: str) -> None:
        """A call of the user's code begins; without words, it has ended."""


class Silent:
    """Progress that nobody follows."""

    def __call__(self, stage: str, part: str = "") -> None:
        """Nothing."""

    def calling(self, words: str) -> None:
        """Nothing."""


_OWN_FOLDER = Path(__file__).resolve().parents[1]

FOLDER = "<folder>"
"""What the folder of a run is called in its Record."""

STAGE_OF = {
    "save": "contracts",
    "load": "contracts",
    "_contracts": "contracts",
    "probe_rows": "predict",
    "observe": "dataset",
}
"""The stage of the methods that are not named after theirs."""


@dataclass(frozen=True)
class Subject:
    """A guard that is about to run: its class with every method in place, and its configuration."""

    name: str
    """Name of the guard, with its variant."""
    guard: type[Guard]
    """The class, adapted so that it has methods even where it was declared by an estimator."""
    configuration: Configuration
    """The variant's configuration."""
    root: Path
    """The project's root."""
    target: str | int | None = None
    """The column to predict, where it is declared."""


_TO_WRITE = ("model", "notes")
"""Arguments that methods are there to change: a model may learn and cache, notes are taken."""


@dataclass
class Run:
    """One run under way; collects Observations in order."""

    subject: Subject
    name: RunName
    data: Dataset
    folder: Path
    config: Any = None
    config_path: Path | None = None
    progress: Progress = field(default_factory=Silent)
    tell: bool = False
    """Whether to report each stage as it begins."""
    forms: frozenset[str] = WHOLE
    """Forms of the run as a whole; without those that its golden does not know."""
    watch: bool = False
    """Whether to fingerprint what methods are given, and to hear which files they read and write."""
    table: Any = None
    """A table as `split` returned it, where that is none of pandas: `predict` and `evaluate` are given such rows."""
    model: Any = None
    """The fitted model, which the scorers of a bare estimator need to know."""
    observations: list[Observation] = field(default_factory=list)
    mutations: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """Lines that the run wants said."""
    files: Files | None = None
    stage: str = STAGES[0]
    listen: bool = True
    """Whether `mlguard.note` is heard; contracts and probes repeat calls that were heard before."""
    following: Callable[[str, str], AbstractContextManager[None]] = lambda run, stage: nullcontext()
    """What goes on around each call of the user's code, by the names of the run and the stage."""
    asking: str = ""
    """The contract or the probe rows that the call is for, by name."""
    _names: Names = field(default_factory=Names, init=False)

    @property
    def in_few_calls(self) -> bool:
        """Whether contracts and probes call `predict` few times."""
        return IN_FEW_CALLS in self.forms

    @property
    def state(self) -> int:
        """The seed of the random states with which it begins."""
        return STATE if OWN_STATE in self.forms else 0

    def declares(self, method: str) -> bool:
        """Whether the guard has this method."""
        return declares(self.subject.guard, method)

    def call(self, method: str, **arguments: Any) -> Any:
        """Call one method on a fresh instance; what the user's code raises becomes a RunError with its stage."""
        self.stage = STAGE_OF.get(method, method)
        if self.tell:
            self.progress(self.stage)
        guard = self._instance()
        watched = {**arguments, "data": guard.data, "config": guard.config} if self.watch else {}
        before = {name: rowwise.fingerprint(value) for name, value in watched.items() if name not in _TO_WRITE}
        self.progress.calling(self._words(method))
        try:
            heard = listening(self if self.listen else None)
            with heard, self._hearing_files(), self.following(self.name, self.stage):
                answer = getattr(guard, method)(*arguments.values())
        except (MlguardError, KeyboardInterrupt):
            raise
        except BaseException as error:  # SystemExit too: it is this method that left.
            raise raised(self.subject, self.stage, method, error, run=self.name, data=self._of_data()) from error
        self.progress.calling("")
        for name, earlier in before.items():
            for part in rowwise.changed(earlier, rowwise.fingerprint(watched[name])):
                self.mutations.append(f"{method} changed {part} of {name}")
        return answer

    def note(self, name: str, value: object, *, stage: str | None = None) -> None:
        """Keep a value that guarded code, or the guard's own `observe`, names."""
        where = stage or self.stage
        if where not in STAGES:
            raise UsageError(
                f"guard {self.subject.name}: note {name!r} names the stage {where!r}; known are {', '.join(STAGES)}",
                slug="note-stage",
            )
        for leaf, observed in noted(name, value, who=f"guard {self.subject.name}: "):
            self.keep(where, leaf, observed)

    def look_inside(self, values: Iterable[tuple[str, object]]) -> None:
        """Keep what lies on the way to an answer of the main run, as far as it can be looked at."""
        if self.name != MAIN:
            return
        with suppress(Exception):  # A look inside explains; what it raises fails no guard.
            for name, value in values:
                for leaf, observed in walk(value, name):
                    self.keep(self.stage, leaf, observed, role=INTERNAL)

    def keep(self, stage: str, name: str, value: Any, **facts: Any) -> None:
        """Add one Observation of this run; a name that is taken in its stage gets a number, so that none is lost.

        The run's own folder is another one each time, and is called by one name wherever a value names it.
        """
        role, until = facts.pop("role", GATE), facts.pop("until", "")
        unused = self._names.unused(name, (stage, until))
        placed = value.spelled_anew(self.folder.as_posix(), FOLDER)
        if value.new_form and not until:
            facts.setdefault("question", EXACT_VALUES)
            older = in_first_form(value)
            if older is not None:
                self.keep(stage, name, older, role=role, until=EXACT_VALUES, **{**facts, "question": ""})
        self.observations.append(Observation(stage, unused, placed, role=role, run=self.name, until=until, **facts))

    def _words(self, method: str) -> str:
        """A call as messages name it."""
        if self.name != MAIN:
            return f"`{method}` in run {self.name}"
        return f"`{method}` for {self.asking}" if self.asking else f"`{method}`"

    def _instance(self) -> Guard:
        guard = self.subject.guard()
        guard.data = self.data
        guard.folder = self.folder
        guard.config = copy.deepcopy(self.config)
        guard.config_path = self.config_path
        guard._root = self.subject.root
        guard._model = self.model  # type: ignore[attr-defined]  # Only the adapter of bare estimators reads it.
        return guard

    def _of_data(self) -> tuple[Observation, ...]:
        return tuple(o for o in self.observations if o.is_of_data)

    def _hearing_files(self) -> Any:
        return self.files.listening(self.folder) if self.files is not None and self.watch else nullcontext()


def noted(name: str, value: object, *, who: str = "") -> list[tuple[str, Value]]:
    """What a note holds, by name. Raises UsageError where that is nothing, or cannot be compared exactly."""
    if isinstance(value, list | tuple | dict | set | frozenset) and not value:
        raise UsageError(
            f"{who}note {name!r} is {type(value).__name__}, which holds nothing to compare",
            advice="note a number, a text, an array, a table or a container of them",
            slug="note-empty",
        )
    return exactly(value, name, where=f"{who}note {name!r} holds")


def raised(
    subject: Subject,
    stage: str,
    method: str,
    error: BaseException,
    *,
    run: RunName = MAIN,
    data: Sequence[Observation] = (),
) -> RunError:
    """What the user's code raised, with its stage, the frames below the project's root, and the data of the run."""
    inside = "" if run == MAIN else f" in run {run}"
    text, slug = f"`{method}` raised {type(error).__name__}{inside}: {_first_line(error)}", "guarded-code-raised"
    cases = refused(error)
    if cases is not None:  # The data are at fault, before any model is.
        text, slug = f"a schema refuses the data in `{method}`{inside}: {cases}", "schema-refused"
    told = user_frames(error, subject.root)
    raised_by = (method, type(error).__name__)
    what = f"guard {subject.name}: {text}"
    return RunError(what, slug=slug, stage=stage, traceback=told, raised=raised_by, data=data)


def user_frames(error: BaseException, root: Path) -> str:
    """The traceback of the project's own frames, and the exception."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if _below(frame.filename, root)]
    for frame in own:
        frame.filename = _from(root, frame.filename)
    told = traceback.TracebackException.from_exception(error)
    if isinstance(error, SyntaxError) and told.filename and _below(told.filename, root):
        told.filename = _from(root, told.filename)
    return "".join([*traceback.format_list(own), *told.format_exception_only()]).rstrip()


def _from(root: Path, filename: str) -> str:
    return Path(filename).resolve().relative_to(root.resolve()).as_posix()


def _below(filename: str, root: Path) -> bool:
    if filename.startswith("<"):
        return False  # Code without a file, such as Python's own frozen modules.
    try:
        inside = Path(filename).resolve().relative_to(root.resolve())
    except (ValueError, OSError):
        return False
    ours = Path(filename).resolve().is_relative_to(_OWN_FOLDER)
    return not ours and not {"site-packages", ".venv", ".tox"} & set(inside.parts)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else "(no message)"


def scratch(folder: Path, name: str) -> Path:
    """A fresh empty folder for one run."""
    made = folder / "".join(c if c.isalnum() else "-" for c in name)
    number = 1
    while made.exists():
        number += 1
        made = made.with_name(f"{made.name}-{number}")
    made.mkdir(parents=True)
    return made


def copied(data: Dataset) -> Dataset:
    """A Dataset of copies, so that nothing that a run does to its tables outlives it."""
    tables: Mapping[str, Any] = {name: rowwise.duplicate(table) for name, table in data.tables.items()}
    fresh = Dataset(dict(tables), target=data.target, decimals=data.decimals)
    fresh.__dict__.update({k: v for k, v in data.__dict__.items() if k not in fresh.__dict__})
    return fresh
