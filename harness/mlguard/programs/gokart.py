"""gokart and luigi, as far as the runs of a guard need them: a configuration, a workspace and seeds of their own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mlguard.configuration import ini_text
from mlguard.core.error import UsageError
from mlguard.programs.error import ProgramError
from mlguard.programs.parameters import Parameters

_SEED = 1
"""The seed of every task that would draw its own from its identity; gokart takes 0 for none."""

_OWN: Mapping[str, str] = {
    "rerun": "false", "strict_check": "false", "modification_time_check": "false", "should_lock_run": "false",
    "redis_host": "", "redis_port": "",
}  # fmt: skip
"""Parameters of every task that would let other runs, or other machines, decide what this one does."""


@dataclass
class Given:
    """What stands for tasks that do not run."""

    complete: set[str] = field(default_factory=set)
    """The ids of tasks that count as complete, whatever lies in their places."""
    withheld: dict[str, str] = field(default_factory=dict)
    """By the path of a target in whose place nothing lies, what messages call it."""


class Withheld:
    """What a task loads that a call is not given: it may be passed on, and not be used."""

    def __init__(self, name: str) -> None:
        self._name = name

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise ProgramError(f"the task uses `{self._name}`, on which what is asked here must not depend")

    def __getattr__(self, name: str) -> Any:
        # What copies and pickles ask for by name has to be missing in the usual way.
        return self._refuse() if not name.startswith("__") else object.__getattribute__(self, name)

    __getitem__ = __iter__ = __len__ = __array__ = __call__ = _refuse


@contextmanager
def own_luigi(parameters: Parameters, workspace: Path, *, pinned: bool) -> Iterator[Given]:
    """Run tasks in the block with these parameters and in this workspace, as if nothing had run before.

    Gives what says which tasks do not run. With `pinned`, a task without a seed of its own gets the same one whatever
    it is called and requires.
    """
    task, target, parsers, register = _libraries()
    given = Given()
    with ExitStack() as stack:
        for parser in parsers:
            stack.enter_context(_instead(parser, _instance=None))
        stack.enter_context(_instead(register, _reg=_one_of_each(register._reg)))
        register.clear_instance_cache()
        stack.callback(register.clear_instance_cache)
        _configure(parameters, workspace)
        stack.enter_context(_instead(task, **_steady(task, given, pinned=pinned)))
        stack.enter_context(_instead(target, load=_loading(target, given)))
        stack.enter_context(_handlers_in_order(task))
        yield given


def build(task: Any, told: Callable[[str, BaseException], BaseException]) -> None:
    """Run a task and all that it requires, in this process.

    Raises what a task raised, as `told` makes it of the task's unique id and that; ProgramError where nothing ran.
    """
    import gokart
    from gokart.build import GokartBuildError

    error: BaseException | None = None
    try:
        # No word of luigi's: what a task raises is told once.
        gokart.build(
            task, return_value=False, reset_register=False, log_level=logging.CRITICAL, workers=1,
            parallel_scheduling=False, task_lock_exception_max_tries=1,
        )  # fmt: skip
    except GokartBuildError as failed:
        raised = [(unique_id, one) for unique_id, errors in failed.raised_exceptions.items() for one in errors]
        error = told(*raised[0]) if raised else ProgramError(f"{type(task).__name__} could not be scheduled: {failed}")
    if error is not None:
        raise error
    if not task.complete():
        raise ProgramError(f"{type(task).__name__} left nothing where its `output` says")


def move(task: Any, workspace: Path) -> None:
    """Let a task dump into a workspace: one that was made when its module was imported knows another."""
    if isinstance(task, _libraries()[0]):
        task.workspace_directory = str(workspace)
        task.local_temporary_directory = str(workspace / "temporary")
        task.task_unique_id = None  # It kept the one of an earlier call, whose parameters may have been others.


def has_seed(task: Any) -> bool:
    """Whether a task has a seed of its own, and draws none from its identity."""
    seed = getattr(task, "fix_random_seed_value", None)
    return bool(seed) and seed != task.FIX_RANDOM_SEED_VALUE_NONE_MAGIC_NUMBER


def is_of_tasks(task: Any, parameter: str) -> bool:
    """Whether a parameter of a task is another task, or several."""
    from gokart import ListTaskInstanceParameter, TaskInstanceParameter

    return isinstance(dict(task.get_params())[parameter], TaskInstanceParameter | ListTaskInstanceParameter)


def _configure(parameters: Parameters, workspace: Path) -> None:
    """Put parameters on top of the files that the project named for luigi."""
    from luigi.configuration import LuigiConfigParser, get_config

    reading: Any = get_config  # It has no types.
    config = reading()
    if not isinstance(config, LuigiConfigParser):  # luigi reads TOML, as the project asked by a variable.
        parameters = replace(parameters, file=None)
    if parameters.file is not None:
        config.read([parameters.file])
    folders = {"workspace_directory": str(workspace), "local_temporary_directory": str(workspace / "temporary")}
    for section, values in (*parameters.to_set, ("TaskOnKart", {**_OWN, **folders})):
        for name, value in values.items():
            config.set(section, name, ini_text(value))


def _one_of_each(classes: list[Any]) -> list[Any]:
    """The last class of each name, by which luigi finds the tasks that others ask for while they run.

    gokart would refuse two of one name, as two pipelines in one process have them.
    """
    return list({one.task_family: one for one in classes}.values())


def _loading(target: Any, given: Given) -> Callable[[Any], Any]:
    """How targets load, but for those in whose place nothing lies."""
    ordinary = target.load

    def load(self: Any) -> Any:
        name = given.withheld.get(self.path())
        return ordinary(self) if name is None else Withheld(name)

    return load


def _steady(task: Any, given: Given, *, pinned: bool) -> dict[str, Any]:
    """Methods of all tasks that would otherwise depend on other runs, on chance or on names."""
    is_complete, seed = task.complete, task._get_random_seed

    def own_seed(self: Any) -> Any:
        return _SEED if pinned and not has_seed(self) else seed(self)

    return {
        "complete": lambda self: self.task_id in given.complete or is_complete(self),
        "priority": 0,  # gokart draws one, so that tasks would run in another order each time.
        "_get_random_seed": own_seed,
    }


@contextmanager
def _handlers_in_order(task: Any) -> Iterator[None]:
    """What goes on when a task begins and ends, in one order: each dump of a log draws from `random`.

    gokart keeps these in a set of functions, whose order may be another in each process.
    """
    handlers = task._event_callbacks
    before = dict(handlers)
    for kind, events in before.items():
        in_order = {event: dict.fromkeys(sorted(found, key=_name)) for event, found in events.items()}
        handlers[kind] = {event: _Ordered(found) for event, found in in_order.items()}
    try:
        yield
    finally:
        handlers.clear()
        handlers.update(before)


class _Ordered(dict[Any, None]):
    """A set in the order in which it was filled."""

    def add(self, one: Any) -> None:
        """Add one."""
        self[one] = None


def _name(handler: Any) -> str:
    return f"{getattr(handler, '__module__', '')}.{getattr(handler, '__qualname__', '')}"


@contextmanager
def _instead(owner: Any, **attributes: Any) -> Iterator[None]:
    """Other attributes of a class while the block runs."""
    before = {name: vars(owner)[name] for name in attributes}
    for name, value in attributes.items():
        setattr(owner, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(owner, name, value)


def _libraries() -> tuple[Any, Any, Any, Any]:
    """The classes of tasks, of what they dump, of luigi's configurations, and of what keeps instances of tasks."""
    try:
        from gokart import TaskOnKart
        from gokart.target import TargetOnKart
        from luigi.configuration.core import PARSERS
        from luigi.setup_logging import InterfaceLogging
        from luigi.task_register import Register
    except ImportError as error:
        raise UsageError(
            "pipelines of tasks are run by gokart, which is not installed",
            advice="pip install 'pytest-mlguard[gokart]'",
            slug="gokart-missing",
        ) from error
    InterfaceLogging._configured = True  # It would write where the project's settings say.
    return TaskOnKart, TargetOnKart, set(PARSERS.values()), Register
