"""What every command that runs guards needs: the project, its guards, and the ones that were asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TypeVar

from mlguard.checker.check import broken, refuse_collisions
from mlguard.ci import in_ci
from mlguard.core.error import RunError, UsageError
from mlguard.discovery import Declared, select
from mlguard.printing import tell
from mlguard.report.terminal import draw
from mlguard.runner.order import Found
from mlguard.runner.run import Runner
from mlguard.settings import Settings, load, require_project

T = TypeVar("T")


@dataclass(frozen=True)
class Opened:
    """A project that is ready to run guards."""

    settings: Settings
    """Its settings."""
    runner: Runner
    """Runs its guards."""
    found: Found
    """Everything that it declares."""
    guards: tuple[Declared, ...]
    """The guards that were asked for."""
    complete: bool
    """Whether no guard was left out by name."""


@contextmanager
def opened(
    names: Sequence[str] = (),
    *,
    in_process: bool = False,
    need_guards: bool = True,
    many: bool = False,
    listens: bool = False,
    scheduler: str | None = None,
) -> Iterator[Opened]:
    """The project around the working directory with its guards found; its workers end with the block.

    `many`: whether even a single guard will be run several times; `listens`: whether to keep what runs depend on;
    `scheduler`: the address of a cluster on which they happen.

    Raises UsageError where there is no project, no guard, a name that nobody has, goldens that would be shared, or no
    such cluster.
    """
    settings = load()
    require_project(settings)
    many = many or len(names) != 1
    with _runner(settings, scheduler, many=many, in_process=in_process) as runner:
        runner.listens = listens
        yield look(runner, names, need_guards=need_guards)


def _runner(
    settings: Settings, scheduler: str | None, *, many: bool, in_process: bool
) -> AbstractContextManager[Runner]:
    if scheduler is None:
        return Runner(settings, many=many, in_process=in_process)
    from mlguard.cluster.interface import connect  # Late: only who names a cluster needs it.
    from mlguard.cluster.spread import spread

    return spread(settings, connect(scheduler))


def look(runner: Runner, names: Sequence[str], *, need_guards: bool = True) -> Opened:
    """The guards of a runner's project as it lies on disk now; raises as `opened` does."""
    settings, found = runner.settings, runner.find()
    where = ", ".join(settings.relative(place) for place in settings.guards)
    if need_guards and not found.guards and not found.broken:
        raise no_guards(settings)
    refuse_collisions(found.guards)
    try:
        guards = select(found.guards, names, where=where)
    except UsageError as unknown:
        if not found.broken:
            raise
        raise _hidden(settings, found) from unknown
    return Opened(settings, runner, found, tuple(guards), complete=not names)


def _hidden(settings: Settings, found: Found) -> RunError:
    """The error of a name that nobody has, as far as anybody knows: modules that cannot be imported may declare it."""
    modules = broken(settings, found)
    for verdict in modules:
        tell(draw(verdict))
    told = ", ".join(verdict.guard for verdict in modules)
    advice = "mend the import; nothing was run"
    return RunError(f"{told} cannot be imported, and may declare that guard", advice=advice, slug="guard-module-raised")


def no_guards(settings: Settings) -> UsageError:
    """The error of a project that declares no guard, with the places where one was looked for."""
    where = ", ".join(settings.relative(place) for place in settings.guards)
    return UsageError(
        f"no guards found: looked for classes derived from Guard in {where}; `mlguard init` writes a first one",
        slug="guards-none",
    )


def at_once(work: Callable[[Declared], T], project: Opened, jobs: int | None) -> list[T]:
    """The work on every guard that was asked for, several at a time, answered in the order of the guards.

    Threads only wait here: each guard runs in worker processes of its own.
    """
    guards = project.guards
    number = min(jobs or project.runner.at_once, len(guards))
    if number <= 1:
        return [work(guard) for guard in guards]
    import joblib  # Loaded only where several guards run at once.

    done: list[T] = joblib.Parallel(n_jobs=number, backend="threading")(joblib.delayed(work)(g) for g in guards)
    return done


def refuse_in_ci(allowed: bool, what: str) -> None:
    """Raises UsageError in CI, where nothing ever writes a golden unless it is allowed in so many words."""
    if in_ci(os.environ) and not allowed:
        raise UsageError(
            f"{what} is refused in CI (CI={os.environ['CI']}); pass --allow-ci if it is meant", slug="ci-refused"
        )
