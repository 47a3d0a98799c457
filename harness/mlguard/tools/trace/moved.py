"""The first moved function: the innermost one that was given the same and gave something else."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mlguard.tools.trace.align import Pair, Tree, align
from mlguard.tools.trace.distance import Distance, Step, distance
from mlguard.tracing.fingerprint import joined
from mlguard.tracing.trace import Call, Fingerprint, Trace, parameter


@dataclass(frozen=True)
class MovedFunction:
    """The first function that moved."""

    name: str
    """Dotted name in the second revision, the function's own name last."""
    was: str
    """Its name in the first revision."""


def first_moved(before: Trace, after: Trace) -> MovedFunction | None:
    """The first function, in time, that was given the same in both traces and gave something else.

    Where one of the functions that it calls explains that, it is that one. What both sides have in common is looked at
    first; only where none of it moved, parts that came, went, or changed their order or type.
    """
    for step in (Step.MOVED, Step.STRUCTURE):
        for run in dict.fromkeys(call.run for call in after.calls):
            found = _Search(Tree.of(before, run), Tree.of(after, run), step).run()
            if found is not None:
                return found
    return None


@dataclass(frozen=True)
class _Search:
    """A walk down two trees of calls, along what moved."""

    before: Tree
    after: Tree
    step: Step
    """From where on two fingerprints count as moved."""

    def run(self) -> MovedFunction | None:
        """The first outermost call that moved by itself; whoever called those was mlguard or a library.

        Where none did, the guard's own methods are looked into: one that notes values gives nothing back.
        """
        outermost = self._inside(None, None)
        methods = [pair for pair in outermost if self._is_guards(pair)]
        for pairs in (outermost, *(self._inside(*pair) for pair in methods)):
            for position, pair in enumerate(pairs):
                if self._given(pair).step < self.step and self._moved(pair):
                    return self._giver(pair, pairs[:position]) or self._innermost(pair)
        return None

    def _innermost(self, pair: Pair) -> MovedFunction:
        """The function that explains why this one moved: one that it calls, or itself."""
        inside = self._inside(*pair)
        for position, inner in enumerate(inside):
            given = self._given(inner).step
            if given >= self.step:
                if self._is_guards(pair) and not self._is_guards(inner):
                    # Both sides run the same guard, so that the function's own default has moved, or a constant.
                    return self._named(inner)
                break  # It was given something else by now, and no call before it explains that.
            if self._moved(inner):
                giver = self._giver(inner, inside[:position])
                was_alike = self._given(pair).step < Step.STRUCTURE and not self._is_guards(pair)
                if giver is None and given is Step.STRUCTURE and was_alike:
                    break  # No other function made what came or went: this one did.
                return giver or self._innermost(inner)
        return self._named(pair)

    def _giver(self, pair: Pair, earlier: list[Pair]) -> MovedFunction | None:
        """What gave this one the parts that only one side of it was given, among the calls before it.

        A table that lacks a column has nothing in common that moved, and yet all that is calculated from it moves.
        """
        given = self._given(pair)
        if given.step is Step.STRUCTURE:
            for other in earlier:
                if self._given(other).step < Step.STRUCTURE and given.unshared & self._gave(other).unshared:
                    return replace(self, step=Step.STRUCTURE)._innermost(other)
        return None

    def _inside(self, one: int | None, other: int | None) -> list[Pair]:
        return align(self.before, self.after, self.before.inside.get(one, ()), self.after.inside.get(other, ()))

    def _calls(self, pair: Pair) -> tuple[Call, Call]:
        return self.before.calls[pair[0]], self.after.calls[pair[1]]

    def _is_guards(self, pair: Pair) -> bool:
        return all(call.in_guard for call in self._calls(pair))

    def _given(self, pair: Pair) -> Distance:
        one, other = self._calls(pair)
        return distance(one.arguments, other.arguments)

    def _gave(self, pair: Pair) -> Distance:
        one, other = self._calls(pair)
        changed = _parameters(one.changed) | _parameters(other.changed)
        return distance(_output(one, changed), _output(other, changed), behind_noise=not self._given(pair).exact)

    def _moved(self, pair: Pair) -> bool:
        one, other = self._calls(pair)
        return one.raised != other.raised or self._gave(pair).step >= self.step

    def _named(self, pair: Pair) -> MovedFunction:
        one, other = self._calls(pair)
        return MovedFunction(other.function, one.function)


def _output(call: Call, changed: frozenset[str]) -> Fingerprint:
    """What a call gave back, and the parameters that it or its like changed, as it left them."""
    own = _parameters(call.changed)
    unchanged = [leaf for leaf in call.arguments.leaves if parameter(leaf.path) in changed - own]
    return joined([*call.result.leaves, *unchanged, *call.changed.leaves])


def _parameters(seen: Fingerprint) -> frozenset[str]:
    return frozenset(parameter(leaf.path) for leaf in seen.leaves)
