"""Why a guard has nothing to compare, in one sentence each."""

from __future__ import annotations

from collections.abc import Sequence

from mlguard.core.cause import Change
from mlguard.report.causes import say_change
from mlguard.report.numbers import few


def no_golden(guard: str) -> str:
    """A guard without a golden."""
    return f"guard {guard} has no golden: nothing was compared"


def golden_as_of(url: str, when: str) -> str:
    """A golden that could not be looked up where it is kept."""
    return f"goldens as of {when}, from the copies on this machine: {url} cannot be reached"


def golden_in_git(folder: str) -> str:
    """A guard has no golden here, and the commit that is checked out has one."""
    return (
        f"git has its golden, which is not in this checkout: git checkout --ignore-skip-worktree-bits HEAD -- {folder}"
    )


def nothing_compared(guard: str) -> str:
    """A golden and a run that share nothing."""
    return f"guard {guard}: nothing was compared"


def stale(golden: str) -> str:
    """A golden without a guard."""
    return f"golden {golden} has no guard; `mlguard prune` deletes it"


def moved_from(old: str) -> str:
    """A golden that was given to its guard's new name."""
    return f"moved from {old}"


def perhaps_renamed(old: str, new: str) -> str:
    """A guard without a golden beside a golden of the same values without a guard."""
    return f"its values are those of the golden {old}, which has no guard; if it was renamed: mlguard move {old} {new}"


def not_imported(module: str) -> str:
    """A module whose guards nobody knows."""
    return f"{module} cannot be imported, so its guards were not run"


def unstable(guard: str, first: str) -> str:
    """A guard that differs from itself; `first` says where."""
    return f"guard {guard} is unstable: {first}"


def defect(guard: str) -> str:
    """A guard at which mlguard itself failed."""
    return (
        f"{guard}: mlguard itself failed, which is no verdict on your code; the other guards still run. "
        "Please report the lines below to mlguard's issue tracker"
    )


def not_left_pending(why: str) -> str:
    """A Record that could not be kept for review."""
    return f"nothing was left pending: {why}"


def still_pending(guard: str, why: str) -> str:
    """A golden that was recorded, and of which an earlier run left something pending."""
    return f"the golden of {guard} is recorded; what an earlier run left pending could not be removed: {why}"


def match_not_kept(why: str) -> str:
    """What a guard depends on, which this machine could not remember or forget."""
    return f"what the guard depends on was not kept, so `--changed` may say too much or too little of it: {why}"


def variables_not_kept(why: str) -> str:
    """Values of environment variables that this machine could not remember."""
    return f"values of variables were not kept: {why}"


def reads_ignored(names: Sequence[str]) -> str:
    """Files of data that git ignores: the code itself may have written them, before it was edited."""
    it = "it" if len(names) == 1 else "them"
    return (
        f"the code reads {few(names, 3)}, and git ignores {it}: where the code writes {it} itself, what an earlier run "
        f"left stands in for edited code; remove {it}, and run again"
    )


def edited_beside(changes: Sequence[Change]) -> str:
    """Settings were edited that no run of a guard uses."""
    return f"the configuration was edited: {', '.join(map(say_change, changes))}; no result depends on it"
