"""Run a part of a pipeline of tasks: each given value stands in the place of what a task would dump."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mlguard.core.notes import IDENTITY
from mlguard.programs import gokart
from mlguard.programs.error import ProgramError
from mlguard.programs.parameters import Parameters, apart

_PLACE = re.compile(r"([A-Za-z_][\w.]*)(?:\(([^()]*)\))?(?:\[([^\[\]]+)\])?")


@dataclass(frozen=True)
class Place:
    """What one task dumps, or a part of it."""

    text: str
    """As it is declared: `Task`, `Task(parameter=value)` where several are of one class, `Task[part]`."""
    task: str
    """The task's class, or its family where it has a namespace."""
    parameters: tuple[tuple[str, str], ...] = ()
    """Parameters by which it is told from others of its class, as texts."""
    part: str | None = None
    """The key or the number of a part; None for all of it."""

    @classmethod
    def read(cls, text: str) -> Place:
        """Raises ValueError for a text that names no place."""
        found = _PLACE.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text!r} names no task; write `Task`, `Task[part]` or `Task(parameter=value)`")
        pairs = [pair.partition("=") for pair in filter(str.strip, (found[2] or "").split(","))]
        parameters = tuple((name.strip(), value.strip().strip("'\"")) for name, _, value in pairs)
        return cls(text, found[1], parameters, found[3] and found[3].strip("'\""))

    def fits(self, task: Any) -> bool:
        """Whether it is a place of this task."""
        if self.task not in (type(task).__name__, task.get_task_family()):
            return False
        own = task.to_str_params() if self.parameters else {}
        return all(own.get(name) == value for name, value in self.parameters)

    def of(self, dumped: Any) -> Any:
        """Its part of what the task dumped. Raises ProgramError where that has no such part."""
        if self.part is None:
            return dumped
        try:
            return dumped[int(self.part) if isinstance(dumped, Sequence) else self.part]
        except (KeyError, IndexError, ValueError, TypeError):
            has = f"the parts {', '.join(map(str, dumped))}" if isinstance(dumped, Mapping) else "no part of that name"
            raise ProgramError(f"`{self.text}`: what {self.task} dumped has {has}") from None


@dataclass(frozen=True)
class Call:
    """One run of a part of a pipeline."""

    pipeline: Callable[[], Any]
    """Makes the last task."""
    parameters: Parameters
    """The parameters of its tasks."""
    given: Mapping[str, Callable[[], Any]]
    """What is put in places, by their texts; it is made only for a task that is needed."""
    withheld: Sequence[str]
    """Places that are given nothing in this call: their tasks do not run either."""
    workspace: Path
    """A folder for everything that tasks dump."""
    pinned: bool = True
    """Whether tasks get a fixed seed that would draw one from their identity."""


class Ran:
    """What a call left, for as long as its workspace is there."""

    def __init__(self, run: _Run, found: Mapping[str, Any], wanted: Mapping[str, str]) -> None:
        self.found, self._run, self._wanted = found, run, wanted

    def inside(self) -> Iterator[tuple[str, Any]]:
        """What each task dumped that ran, in the order of the pipeline, behind what seeds were drawn from."""
        for name, text in self._wanted.items():
            task = self._run.task(Place.read(text))
            if not self._run.call.pinned and not gokart.has_seed(task):
                yield f"{name}{IDENTITY}", self._identity(task)
        seen: list[list[str]] = []
        for task in self._run.tasks:
            paths = [target.path() for target in _flat(task.output())]
            if paths not in seen:  # What holds others together gives what they dumped.
                yield type(task).__name__, _dumped(task)
            seen.append(paths)

    def _identity(self, task: Any) -> str:
        """What gokart makes a task's unique id of: it and all that it requires, each with its parameters in a line."""
        seen: dict[str, str] = {}

        def tell(one: Any) -> None:
            if one.task_id not in seen:
                required = self._run.required[one.task_id]
                behind = f" of {', '.join(type(other).__name__ for other in required)}" if required else ""
                seen[one.task_id] = f"{type(one).__name__}({_own_parameters(one)}){behind}"
                for other in required:
                    tell(other)

        tell(task)
        return "\n".join(seen.values())

    def parameter(self, parameter: str) -> Any:
        """The value of `Task.parameter` in the first such task; None where there is none."""
        section, name = apart(parameter)
        found = [task for task in self._run.all.values() if section in (type(task).__name__, task.get_task_family())]
        return getattr(found[0], name, None) if found else None


@contextmanager
def ran(call: Call, wanted: Mapping[str, str]) -> Iterator[Ran]:
    """Run what is needed for these places, which stand by names of their own.

    Raises what a task raises, with the task beside it, or ProgramError.
    """
    with gokart.own_luigi(call.parameters, call.workspace, pinned=call.pinned) as given:
        run = _Run(call)
        given.complete.update(run.given)
        given.withheld.update({path: name for _, path, name in run.withheld()})
        yield Ran(run, {name: run.result(Place.read(text)) for name, text in wanted.items()}, wanted)


class _Run:
    """A pipeline under way."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.required: dict[str, list[Any]] = {}
        self.all = {task.task_id: task for task in self._known(call.pipeline())}
        self.given: dict[str, list[tuple[Place, Callable[[], Any]]]] = {}
        for text in (*call.given, *call.withheld):
            place = Place.read(text)
            filled = self.given.setdefault(self.task(place).task_id, [])
            if text in call.given:
                filled.append((place, call.given[text]))
        self.tasks: list[Any] = []
        self._filled: set[str] = set()

    def withheld(self) -> Iterator[tuple[str, str, str]]:
        """Targets in whose places nothing lies: the task's id, the path, and what messages call it."""
        for task_id, filled in self.given.items():
            task, parts = self.all[task_id], [place.part for place, _ in filled]
            targets = _several(task.output())
            for part, target in targets.items() if None not in parts else ():
                if part not in parts:
                    yield task_id, target.path(), f"{type(task).__name__}[{part}]"
            if not parts and not targets:
                yield task_id, task.output().path(), type(task).__name__

    def task(self, place: Place) -> Any:
        """The task of a place. Raises ProgramError where there is none, or where several are."""
        found = [task for task in self.all.values() if place.fits(task)]
        if len(found) == 1:
            return found[0]
        if not found:
            names = dict.fromkeys(type(task).__name__ for task in self.all.values())
            raise ProgramError(f"`{place.text}`: the pipeline has no such task; it has {', '.join(names)}")
        texts = [task.to_str_params() for task in found]
        apart = next((name for name in texts[0] if len({text[name] for text in texts}) > 1), "parameter")
        told = f"`{place.task}({apart}={texts[0].get(apart)})`"
        raise ProgramError(f"`{place.text}`: the pipeline has {len(found)} tasks {place.task}; say which, as in {told}")

    def result(self, place: Place) -> Any:
        """What lies in a place once its task and all that it needs have run."""
        last = self.task(place)
        needed = list(self._needed(last, set()))
        for task in needed:
            self._fill(task)
        gokart.build(last, self._with_its_task)
        self.tasks += [one for one in needed if one.task_id not in self.given and one not in self.tasks]
        return place.of(_dumped(last))

    def _known(self, task: Any) -> Iterator[Any]:
        """A task and all that it requires, requirements first; from now on they dump into the workspace."""
        gokart.move(task, self.call.workspace)
        if task.task_id in self.required:
            return
        self.required[task.task_id] = list(_flat(task.requires()))
        for required in self.required[task.task_id]:
            yield from self._known(required)
        yield task

    def _needed(self, task: Any, seen: set[str]) -> Iterator[Any]:
        """The same, without what only a task needs in whose place something is given."""
        if task.task_id in seen:
            return
        seen.add(task.task_id)
        for required in self.required[task.task_id] if task.task_id not in self.given else ():
            yield from self._needed(required, seen)
        yield task

    def _fill(self, task: Any) -> None:
        """Put what is given in the places of a task's dump."""
        filled = self.given.get(task.task_id, [])
        if not filled or task.task_id in self._filled:
            return
        self._filled.add(task.task_id)
        targets = _several(task.output())
        if not targets:
            values = {place.part: value() for place, value in filled}
            task.output().dump(values[None] if None in values else self._whole(task, values), lock_at_dump=False)
            return
        for place, value in filled:
            if place.part is not None and place.part not in targets:
                raise ProgramError(f"`{place.text}`: {place.task} has the targets {', '.join(targets)}")
            whole = value()
            for part in targets if place.part is None else (place.part,):
                one = whole if place.part is not None else replace(place, part=part).of(whole)
                targets[part].dump(one, lock_at_dump=False)

    def _whole(self, task: Any, values: Mapping[str | None, Any]) -> Any:
        """One dump of several parts: what is not given has no key in a mapping, and is None in a tuple."""
        places = map(Place.read, (*self.call.given, *self.call.withheld))
        known = [place.part for place in places if place.part is not None and place.fits(task)]
        if all(part.isdecimal() for part in known):
            return tuple(values.get(str(number)) for number in range(1 + max(map(int, known))))
        return dict(values)

    def _with_its_task(self, unique_id: str, error: BaseException) -> BaseException:
        """What a task raised, with the task beside it and what was there for it."""
        task = next((one for one in self.all.values() if getattr(one, "task_unique_id", None) == unique_id), None)
        near = [one.task_id for one in self.required[task.task_id]] if task is not None else []
        given = ", ".join(place.text for filled in self.given.values() for place, _ in filled)
        missing = ", ".join(name for task_id, _, name in self.withheld() if task_id in near)
        told = f"in task {unique_id if task is None else type(task).__name__}, where {given or 'nothing'} is given"
        error.add_note(f"{told} and {missing} is not" if missing else told)
        return error


def _flat(nested: Any) -> Iterator[Any]:
    """The tasks in whatever `requires` returned."""
    if isinstance(nested, Mapping):
        nested = list(nested.values())
    if isinstance(nested, Iterable):
        for one in nested:
            yield from _flat(one)
    elif nested is not None:
        yield nested


def _several(targets: Any) -> dict[str, Any]:
    """The targets of a task by name or number; none where it has a single one."""
    if isinstance(targets, Mapping):
        return {str(name): target for name, target in targets.items()}
    return {str(number): one for number, one in enumerate(targets)} if isinstance(targets, list | tuple) else {}


def _dumped(task: Any) -> Any:
    """What a task dumped, by name where it has several targets."""

    def loaded(targets: Any) -> Any:
        if isinstance(targets, Mapping):
            return {name: loaded(target) for name, target in targets.items()}
        return [loaded(one) for one in targets] if isinstance(targets, list | tuple) else targets.load()

    return loaded(task.output())


def _own_parameters(task: Any) -> str:
    """The parameters that count for a task's identity, but for tasks, which it requires."""
    texts = task.to_str_params(only_significant=True)
    return ", ".join(f"{name}={text}" for name, text in texts.items() if not gokart.is_of_tasks(task, name))
