"""Which calls of two traces are the same call: by name, else by content, and through functions that came or went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from mlguard.tools.trace.distance import is_close
from mlguard.tracing.trace import Call, Trace

WINDOW = 32
"""Later calls of a function among which one that was given something close is looked for."""

PATIENCE = 3
"""Calls of a function, one after the other, of which no such call is found, after which the rest is paired in order."""

Pair = tuple[int, int]
"""Indices of one call in the first trace and in the second."""

Key = Callable[[Call], Hashable]


@dataclass(frozen=True)
class Tree:
    """The calls of one trace, each with those that it made."""

    calls: Sequence[Call]
    """All calls."""
    inside: dict[int | None, list[int]]
    """The calls that a call made, in order; the outermost ones under None."""
    names: frozenset[str]
    """Dotted names of all functions that were called."""

    @classmethod
    def of(cls, trace: Trace, run: str) -> Tree:
        """The calls of one run."""
        inside: dict[int | None, list[int]] = defaultdict(list)
        for index, call in enumerate(trace.calls):
            if call.run == run:
                inside[call.parent].append(index)
        return cls(trace.calls, inside, frozenset(call.function for call in trace.calls))

    def below(self, index: int) -> Iterator[int]:
        """Every call that was made while this one was under way."""
        for child in self.inside.get(index, ()):
            yield child
            yield from self.below(child)


def align(before: Tree, after: Tree, one: Iterable[int], other: Iterable[int]) -> list[Pair]:
    """Pair two lists of sibling calls, in the order of the second.

    A call that only one side has is looked through: what it called is paired in its place. So extracting and inlining
    hide nothing, and neither do renaming, moving to another module, and calling in another order.
    """
    siblings = _Siblings(before, after, list(one), list(other))
    siblings.pair_all()
    return sorted(siblings.pairs, key=lambda pair: pair[1])


class _Siblings:
    """Two lists of calls from which pairs are taken until nothing is left that could be one."""

    def __init__(self, before: Tree, after: Tree, one: list[int], other: list[int]) -> None:
        self.before, self.after, self.one, self.other = before, after, one, other
        self.pairs: list[Pair] = []

    def pair_all(self) -> None:
        """Surest first."""
        while True:
            for key in _SURE:
                self._take(_same(self.before, self.after, self.one, self.other, key))
            self._take(self._renamed())
            if not self._look_through():
                break
        self._take(self._in_order(lambda call: call.function))
        self._take(self._in_order(_own_name))

    def _take(self, pairs: Iterable[Pair]) -> None:
        found = list(pairs)
        self.pairs += found
        self.one = _without(self.one, {i for i, _ in found})
        self.other = _without(self.other, {j for _, j in found})

    def _renamed(self) -> Iterator[Pair]:
        """A function that went and one that came, given the same: the only ones of which that is true."""
        gone = [i for i in self.one if self.before.calls[i].function not in self.after.names]
        came = [j for j in self.other if self.after.calls[j].function not in self.before.names]
        by_input = _grouped(self.before, gone, _input)
        for inputs, found in _grouped(self.after, came, _input).items():
            if len(found) == len(by_input.get(inputs, ())) == 1:
                yield by_input[inputs][0], found[0]

    def _look_through(self) -> bool:
        """Put what a call made in its place, where the other side has no such call; whether there was one."""
        one, other = set(self._opaque(self.before, self.one, self.after, self.other)), set()
        if not one:
            other = set(self._opaque(self.after, self.other, self.before, self.one))
        self.one, self.other = _opened(self.before, self.one, one), _opened(self.after, self.other, other)
        return bool(one or other)

    def _opaque(self, mine: Tree, here: list[int], theirs: Tree, there: list[int]) -> Iterator[int]:
        """Calls that hide what the other side calls directly, or whose function the other side does not have."""
        wanted = {theirs.calls[j].function for j in there}
        for i in here:
            function = mine.calls[i].function
            hides = any(mine.calls[k].function in wanted for k in mine.below(i))
            if function not in theirs.names or (hides and function not in wanted):
                yield i

    def _in_order(self, key: Key) -> Iterator[Pair]:
        """Calls of the same function, each with the nearest one that was given something close, else the next."""
        one, other = _grouped(self.before, self.one, key), _grouped(self.after, self.other, key)
        for name, mine in one.items():
            theirs = list(other.get(name, ()))
            failed = 0
            for i in mine[: len(theirs)]:
                found = self._close(i, theirs[:WINDOW]) if failed < PATIENCE else None
                failed = failed + 1 if found is None else 0
                j = theirs[0] if found is None else found
                theirs.remove(j)
                yield i, j

    def _close(self, i: int, among: Iterable[int]) -> int | None:
        """The first of these calls that was given something close to what this one was given."""
        given = self.before.calls[i].arguments
        return next((j for j in among if is_close(given, self.after.calls[j].arguments)), None)


def _same(before: Tree, after: Tree, one: list[int], other: list[int], key: Key) -> Iterator[Pair]:
    """Calls with the same key, in order."""
    theirs = _grouped(after, other, key)
    for value, mine in _grouped(before, one, key).items():
        yield from zip(mine, theirs.get(value, ()), strict=False)


def _grouped(tree: Tree, calls: Iterable[int], key: Key) -> dict[Hashable, list[int]]:
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for index in calls:
        groups[key(tree.calls[index])].append(index)
    return groups


def _without(calls: list[int], gone: set[int]) -> list[int]:
    return [index for index in calls if index not in gone]


def _opened(tree: Tree, calls: list[int], through: set[int]) -> list[int]:
    return [k for i in calls for k in (tree.inside.get(i, ()) if i in through else (i,))]


def _input(call: Call) -> Hashable:
    """What a call was given, whatever its parameters are called."""
    return tuple(sorted(leaf.digest for leaf in call.arguments.leaves))


def _output(call: Call) -> Hashable:
    return call.result.digest, call.changed.digest, call.raised


def _own_name(call: Call) -> str:
    return call.function.rpartition(".")[2]


_SURE: tuple[Key, ...] = (
    lambda call: (call.function, call.arguments.digest),
    lambda call: (_own_name(call), _input(call)),
    lambda call: (_input(call), _output(call)) if call.arguments.leaves else object(),
)
"""What makes two calls the same: name and arguments, own name and arguments, else arguments and result."""
