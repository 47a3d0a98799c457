"""The Tracer: keeps the stack of the project's functions under way and makes a Trace of their calls."""

from __future__ import annotations

import math
import sys
import threading
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from mlguard.tracing import monitor, profile
from mlguard.tracing.fingerprint import RANDOM, Fingerprints, global_random_state, joined
from mlguard.tracing.functions import Function, Functions
from mlguard.tracing.trace import RETURN, Call, Fingerprint, Leaf, Trace, parameter

CALLS = 2000
"""Calls of one function in one run that are looked at; later ones are counted."""

ELEMENTS = 20_000_000
"""Elements of arrays that one function may pass around before its later calls are counted only."""

PARTS = 40_000
"""Parts of values that one function may pass around, for the same reason: each takes some ten microseconds."""

DRAWING = 200
"""Calls of one function before and after which the global random generators are looked at, which is slow."""

YIELDED = 256
"""Values of one generator that are kept."""

_NOTHING = Fingerprint()


@dataclass(slots=True)
class _Open:
    """A call under way."""

    function: Function
    frame: FrameType
    given: dict[str, object]
    index: int
    parent: int | None
    depth: int
    run: str
    stage: str
    draws: bool
    arguments: Fingerprint
    yielded: list[Leaf] = field(default_factory=list)
    yields: int = 0


@dataclass(slots=True)
class _Looked:
    """How much of one function was looked at: the same in every run of the same code, unlike time."""

    calls: int = 0
    parts: int = 0
    elements: int = 0

    def add(self, seen: Fingerprint) -> None:
        self.parts += len(seen.leaves)
        self.elements += sum(math.prod(leaf.shape) for leaf in seen.leaves)


_Level = tuple[FrameType, _Open | None]
"""A frame of the project under way and its call; None for one that is only counted."""


class Tracer:
    """Follows the project's functions during the calls of a guard's methods, in the runs that were asked for."""

    def __init__(self, root: Path, guard_file: Path, runs: Collection[str], places: dict[str, str]) -> None:
        """`runs`: names of the runs to follow; `places`: folders that differ between runs, and what to call them."""
        self.runs = frozenset(runs)
        self.functions = Functions(root, guard_file)
        self._prints = Fingerprints(places)
        self._calls: list[Call | _Open] = []
        self._looked: dict[tuple[str, str], _Looked] = {}
        self._counted: dict[str, int] = {}
        self._suspended: dict[int, _Open] = {}
        self._lock = threading.Lock()
        self._stacks = threading.local()
        self._first: list[_Level] = []
        self._run = self._stage = ""
        self._mechanism = monitor if hasattr(sys, "monitoring") else profile

    def __call__(self, run: str, stage: str) -> AbstractContextManager[None]:
        """Follow what is called in the block, if this run was asked for."""
        return self._following(run, stage) if self._is_wanted(run) else nullcontext()

    def _is_wanted(self, run: str) -> bool:
        """Whether a run was asked for: itself, all of its kind (`probes`), or a row or value of it."""
        kind = run.partition(" ")[0]
        single = f"{run} ", f"{run}."
        return not self.runs.isdisjoint({run, kind}) or any(name.startswith(single) for name in self.runs)

    def trace(self) -> Trace:
        """What was followed so far."""
        calls = tuple(self._closed(c, None, None) if isinstance(c, _Open) else c for c in self._calls)
        return Trace(calls, dict(self._counted))

    @contextmanager
    def _following(self, run: str, stage: str) -> Iterator[None]:
        self._run, self._stage = run, stage
        self._first = self._stacks.open = []
        with self._mechanism.following(self):
            yield

    def enter(self, function: Function, frame: FrameType) -> None:
        """A function begins, or goes on after a pause."""
        stack = self._stack()
        call = self._suspended.pop(id(frame), None)
        if call is None or call.frame is not frame:
            call = self._opened(function, frame, stack) if self._has_room(function) else None
        stack.append((frame, call))

    def pause(self, frame: FrameType, value: object) -> None:
        """A generator hands out a value, or a coroutine waits."""
        call = self._pop(frame)
        if call is None:
            return
        if call.yields < YIELDED:
            call.yielded += self._prints.of({f"yield[{call.yields}]": value}).leaves
        call.yields += 1
        self._suspended[id(frame)] = call

    def leave(self, frame: FrameType, value: object, raised: str | None) -> None:
        """A function ends with this value, or with an exception of this type."""
        call = self._pop(frame)
        if call is not None:
            self._calls[call.index] = self._closed(call, value, raised)

    def _opened(self, function: Function, frame: FrameType, stack: list[_Level]) -> _Open:
        # In a thread of its own, a call belongs to what the first thread is doing.
        around = next((call for _, call in reversed(stack or self._first) if call is not None), None)
        values = frame.f_locals
        draws = self._looked[self._run, function.name].calls <= DRAWING
        given = {name: values[name] for name in function.parameters if name in values}
        call = _Open(
            function, frame, given, -1, None if around is None else around.index,
            0 if around is None else around.depth + 1, self._run, self._stage, draws, self._look(given, draws=draws),
        )  # fmt: skip
        with self._lock:
            call.index = len(self._calls)
            self._calls.append(call)
        self._looked[call.run, function.name].add(call.arguments)
        return call

    def _pop(self, frame: FrameType) -> _Open | None:
        """The call of this frame, which ends or pauses; what lies above it ended unheard."""
        stack = self._stack()
        for level in range(len(stack) - 1, -1, -1):
            if stack[level][0] is frame:
                call = stack[level][1]
                del stack[level:]
                return call
        return None

    def _closed(self, call: _Open, value: object, raised: str | None) -> Call:
        result = self._prints.of({RETURN: value}) if raised is None else _NOTHING
        if call.yielded:
            result = joined([*call.yielded, *result.leaves])
        function = call.function
        self._looked[call.run, function.name].add(result)
        return Call(
            function.name, function.file, function.line, function.end, call.arguments, result, self._changed(call),
            raised, call.run, call.stage, call.depth, call.parent, function.in_guard,
        )  # fmt: skip

    def _look(self, given: dict[str, object], *, draws: bool) -> Fingerprint:
        return self._prints.of({**given, RANDOM: global_random_state()} if draws else given)

    def _changed(self, call: _Open) -> Fingerprint:
        """The parameters that are no longer what they were, as they are now."""
        after = self._look(call.given, draws=call.draws)
        if after.digest == call.arguments.digest:
            return _NOTHING
        before = {leaf.path: leaf.digest for leaf in call.arguments.leaves}
        now = {leaf.path: leaf.digest for leaf in after.leaves}
        moved = {parameter(p) for p in before.keys() | now.keys() if before.get(p) != now.get(p)}
        return joined([leaf for leaf in after.leaves if parameter(leaf.path) in moved])

    def _has_room(self, function: Function) -> bool:
        looked = self._looked.setdefault((self._run, function.name), _Looked())
        if looked.calls < CALLS and looked.parts < PARTS and looked.elements < ELEMENTS:
            looked.calls += 1
            return True
        self._counted[function.name] = self._counted.get(function.name, 0) + 1
        return False

    def _stack(self) -> list[_Level]:
        """What is under way in this thread."""
        try:
            stack: list[_Level] = self._stacks.open
        except AttributeError:
            stack = self._stacks.open = []
        return stack
