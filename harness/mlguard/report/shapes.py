"""What came of the shapes in comments, in words and as data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mlguard.core.shape import Passed, written
from mlguard.report.documents.tools import CheckedShapes
from mlguard.report.numbers import counted, few

NAMED = 5
"""How many comments one line names."""

Shown = Callable[[str], str]
"""A file as messages show it."""


def draw(passed: Sequence[Passed], shown: Shown) -> str:
    """A paragraph for each wrong comment, a line on those that nothing was held against, and one on all."""
    wrong = [one for one in passed if one.wrong]
    unseen = [one for one in passed if not one.times]
    lines = [line for one in wrong for line in _wrong(one, shown)]
    if unseen:
        places = [f"{_place(one, shown)} {_named(one)}" for one in unseen]
        lines.append(f"not there, or without a shape, in any run: {few(places, NAMED)}")
    return "\n".join([*lines, *([""] if lines else []), _all(passed, len(wrong), len(unseen))])


def as_data(passed: Sequence[Passed], shown: Shown, diff: str, exit_code: int) -> CheckedShapes:
    """The same as plain data."""
    return {
        "shapes": [
            {
                "file": shown(one.comment.file),
                "line": one.comment.line,
                "name": one.comment.name,
                "comment": one.comment.shape,
                "times": one.times,
                "wrong": one.wrong,
                "shape": None if one.shape is None else list(one.shape),
                "guard": one.guard if one.wrong else "",
                "message": " ".join(_wrong(one, shown)) if one.wrong else "",
            }
            for one in passed
        ],
        "diff": diff,
        "exit_code": exit_code,
    }


def _wrong(one: Passed, shown: Shown) -> Iterator[str]:
    real = written(one.shape or ())
    yield f"{_place(one, shown)}: {_named(one)} is {real}, and its comment says {one.comment.shape}{_because(one)}"
    yield f"  {one.wrong} of {counted(one.times, 'time')}, first in guard {one.guard}"


def _because(one: Passed) -> str:
    if one.because is None:
        number = len(one.shape or ())
        return f": it has {number} {'axis' if number == 1 else 'axes'}"
    dim, size, source = one.because
    return f": {dim} is {size}{f' ({source})' if source else ''}" if dim != str(size) else ""


def _place(one: Passed, shown: Shown) -> str:
    return f"{shown(one.comment.file)}:{one.comment.line}"


def _named(one: Passed) -> str:
    return f"`{one.comment.name}`" if one.comment.name else "what is returned"


def _all(passed: Sequence[Passed], wrong: int, unseen: int) -> str:
    if not passed:
        return "no comment of the code that ran gives a shape, such as `# sims: (num_items, num_items)`"
    parts = [f"{wrong} wrong", f"{len(passed) - wrong - unseen} right", *([f"{unseen} not seen"] if unseen else [])]
    return f"{counted(len(passed), 'shape')} in comments: {', '.join(parts)}"
