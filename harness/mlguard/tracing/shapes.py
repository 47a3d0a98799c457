"""Hold the shapes that comments give against the real values, while the project's code runs."""

from __future__ import annotations

import contextlib
import functools
import operator
import sys
import threading
import tokenize
from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any, TypeVar

from mlguard.core.shape import Passed, ShapeComment, Sizes
from mlguard.core.shape_names import LETTERS, ShownCall, Where, both
from mlguard.tracing.commented import MODULE, Place, When, bare, places
from mlguard.tracing.profile import pauses
from mlguard.worker.source import project_source_test

CALLS = 50
"""Calls of a function that are kept to find names for its axes."""


class Shapes:
    """What was seen of the comments of the project so far, and of values that have none where that is asked."""

    def __init__(self, root: str, *, uncommented: bool = False) -> None:
        """`root` is the project's folder, below which comments count."""
        self._is_project, self._uncommented = project_source_test(root), uncommented
        self._places: dict[str, dict[int, list[Place]]] = {}
        self._passed: dict[ShapeComment, Passed] = {}
        self._calls: dict[tuple[str, int], list[ShownCall]] = {}
        self._one_at_a_time = threading.Lock()

    def of(self, code: CodeType) -> list[Place]:
        """The comments that this code passes."""
        name, is_module = code.co_filename, code.co_name == "<module>"
        if name not in self._places:
            with self._one_at_a_time:
                if name not in self._places:
                    self._places[name] = self._read(name)
        if code.co_name.startswith("<") and not is_module:  # A lambda or comprehension, on the line of its function.
            return []
        return self._places[name].get(MODULE if is_module else code.co_firstlineno, [])

    def passed(self, comment: ShapeComment, seen: Passed) -> None:
        """Count what was seen of a comment once more; the first wrong shape is kept."""
        with self._one_at_a_time:
            self._passed[comment] = self._passed[comment].with_more(seen)

    def show(self, call: ShownCall) -> None:
        """Keep what a call showed of values without a comment."""
        known = self._calls.setdefault(call.function, [])
        if call.shapes and len(known) < CALLS:
            known.append(call)

    def all(self) -> tuple[Passed, ...]:
        """What came of each comment of the modules that ran, those whose value was never there included."""
        return tuple(self._passed.values())

    def calls(self) -> tuple[ShownCall, ...]:
        """What calls showed of values without a comment."""
        return tuple(call for calls in self._calls.values() for call in calls)

    def _read(self, name: str) -> dict[int, list[Place]]:
        if name.startswith("<") or not self._is_project(name):
            return {}
        try:
            with tokenize.open(name) as file:
                source = file.read()
            found = places(source, name)
            free = bare(source, found) if self._uncommented else {}
        except (OSError, SyntaxError, ValueError, tokenize.TokenError):
            return {}
        self._passed |= {place.comment: Passed(place.comment) for group in found.values() for place in group}
        return {code: [*found.get(code, ()), *free.get(code, ())] for code in {**found, **free}}


@contextlib.contextmanager
def shapes_seen(root: str, *, uncommented: bool = False) -> Iterator[Shapes]:
    """Hold comments against values until the block ends, in all threads of this process.

    `uncommented` also keeps the shapes of values that functions are given and assign, and that no comment is on.
    Start it before the project's code: what is already running is not followed.
    """
    found = Shapes(root, uncommented=uncommented)

    def entered(frame: FrameType, event: str, argument: object) -> Any:
        own = found.of(frame.f_code)
        if own and isinstance(getattr(frame.f_trace, "__self__", None), _Call):
            return frame.f_trace  # It goes on after a pause.
        return _Call(frame, own, found).hear if own else None

    before, before_in_threads = sys.gettrace(), threading.gettrace()
    threading.settrace(entered)
    sys.settrace(entered)
    try:
        yield found
    finally:
        sys.settrace(before)
        threading.settrace(before_in_threads)


class _Call:
    """One call of a function that has comments, or could have."""

    def __init__(self, frame: FrameType, own: list[Place], found: Shapes) -> None:
        self._found = found
        self._before: dict[int, list[Place]] = {}
        self._after: dict[int, list[Place]] = {}
        for place in own:
            here = self._before if place.when is When.BEFORE else self._after
            here.setdefault(place.first, []).append(place)
        self._running: list[Place] = []
        self._line = 0
        self._raises = False
        self._sizes = Sizes(lambda name: _number(_value(frame, name)))
        self._given = _numbers(frame)
        self._shapes: dict[Where, tuple[int, ...]] = {}
        self._passed: dict[ShapeComment, Passed] = {}

    def hear(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any]:
        if event == "line":
            self._raises = False
            self._ended(frame, lambda place: not place.first <= frame.f_lineno <= place.last)
            for place in self._before.get(frame.f_lineno, ()):
                if not place.first <= self._line <= place.last:  # A statement of several lines comes back to its first.
                    self._compare(place.comment, _value(frame, place.comment.name))
            if not any(place.first == frame.f_lineno for place in self._running):
                self._running += self._after.get(frame.f_lineno, ())
            self._line = frame.f_lineno
        elif event == "exception":
            self._raises = not _is(argument, StopIteration, GeneratorExit)
            if not _is(argument, StopIteration):  # An iterator that came to its end interrupts no statement.
                self._running = []
        elif event == "return" and not self._raises and pauses(frame):
            self._count()
        elif event == "return":
            for place in self._running:
                if place.when is When.RETURNED:
                    self._compare(place.comment, argument)
            self._ended(frame, lambda place: True)
            if not self._raises:  # What was refused may have had any shape.
                self._count()
                self._show(frame)
        return self.hear

    def _count(self) -> None:
        for comment, seen in self._passed.items():
            self._found.passed(comment, seen)
        self._passed.clear()

    def _show(self, frame: FrameType) -> None:
        code, now = frame.f_code, _numbers(frame)
        given = {name: number for name, number in self._given.items() if now.get(name) == number}
        names = {**self._sizes.seen(), **given}
        used = {*code.co_varnames, *code.co_cellvars, *code.co_freevars, *code.co_names}
        taken = frozenset(letter for letter in LETTERS if letter in used or letter in frame.f_globals)
        self._found.show(ShownCall((code.co_filename, code.co_firstlineno), self._shapes, names, taken))

    def _ended(self, frame: FrameType, has_ended: Callable[[Place], bool]) -> None:
        """Look at what the statements made that have ended."""
        for place in filter(has_ended, self._running):
            if place.when is When.AFTER:
                self._compare(place.comment, _value(frame, place.comment.name))
        self._running = [place for place in self._running if not has_ended(place)]

    def _compare(self, comment: ShapeComment, value: object) -> None:
        if comment.file:
            seen = self._sizes.compare(comment, _shape(value, len(comment.dims)))
            self._passed[comment] = self._passed.get(comment, Passed(comment)).with_more(seen)
        elif shape := _shape(value, LISTS_HAVE_NONE):
            where = comment.line, comment.name
            self._shapes[where] = both(self._shapes.get(where, shape), shape)


def _numbers(frame: FrameType) -> dict[str, int]:
    """The whole numbers that a function was given, by the names of its parameters."""
    parameters = frame.f_code.co_varnames[: frame.f_code.co_argcount + frame.f_code.co_kwonlyargcount]
    found = {name: _number(frame.f_locals.get(name)) for name in parameters}
    return {name: number for name, number in found.items() if number is not None and number > 1}


def _is(raised: object, *kinds: type[BaseException]) -> bool:
    return isinstance(raised, tuple) and isinstance(raised[0], type) and issubclass(raised[0], kinds)


LISTS_HAVE_NONE = -1
"""In place of a number of axes: what is no array has no shape."""

_Looked = TypeVar("_Looked")


def _harmless(look: Callable[..., _Looked | None]) -> Callable[..., _Looked | None]:
    """Let a look at an object of the project answer None where that raises: a class may do so, and its run goes on."""

    @functools.wraps(look)
    def guarded(*arguments: Any) -> _Looked | None:
        try:
            return look(*arguments)
        except Exception:
            return None

    return guarded


@_harmless
def _value(frame: FrameType, name: str) -> object:
    """What a name such as `self.weights` stands for in a call; of attributes, those that an object itself holds."""
    first, *rest = name.split(".")
    value = frame.f_locals.get(first, frame.f_globals.get(first))
    for part in rest:
        value = vars(value).get(part)
    return value


@_harmless
def _number(value: object) -> int | None:
    """A whole number as Python's own; None for anything else."""
    if isinstance(value, bool) or not hasattr(type(value), "__index__"):
        return None
    return operator.index(value) if getattr(value, "shape", ()) == () else None  # type: ignore[arg-type]


@_harmless
def _shape(value: object, axes: int) -> tuple[int, ...] | None:
    """The shape of an array, a table or a tensor; the length of a list where one axis is wanted; None without any.

    A tuple is none of these: it may be a shape itself.
    """
    if isinstance(value, list | dict | set) and not hasattr(value, "shape"):
        return (len(value),) if axes == 1 else None
    if isinstance(value, int | float | complex) and axes == 0:
        return ()
    return tuple(int(size) for size in value.shape)  # type: ignore[attr-defined]  # Whatever has one.
