"""What is said of edits follows from what runs without them give: here from runs that are made up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from threading import Barrier
from typing import Any

import pytest

from mlguard.core.difference import Difference
from mlguard.core.error import RunError
from mlguard.core.finding import Finding, Kind
from mlguard.core.outcome import Outcome
from mlguard.core.record import GATE, PROBE, Role
from mlguard.core.run_name import MAIN
from mlguard.core.verdict import Verdict
from mlguard.report.edits import How, Proof, proof_lines, proof_told
from mlguard.runner.order import Extent
from mlguard.tools.diff.finder import Finder
from mlguard.tools.diff.part import Part
from mlguard.tools.diff.trials import RUNS
from mlguard.tools.edits import Edit, Edits

Kept = frozenset[str]
"""Names of the edits that are not undone, such as `f0`."""


def moved(observation: str, role: Role = GATE) -> Finding:
    return Finding(
        MAIN,
        "predict",
        observation,
        role,
        Kind.MOVED,
        Outcome.SHIFTED,
        gates=True,
        difference=Difference(rows=("a #0",)),
    )


def edits(number: int) -> Edits:
    """So many functions, each of them edited."""
    old, new = ("".join(f"def f{i}(x):\n    return {text}\n\n\n" for i in range(number)) for text in ("x", "+x"))
    return Edits.between({"a.py": old.encode()}, {"a.py": f"# New.\n{new}".encode()}, lambda file: "a")


class MadeUp:
    """What stands in for runs: what moves where these edits are kept, None where that does not run."""

    def __init__(self, number: int, moves: Callable[[Kept, Part], Sequence[Finding] | None], *, stable: bool = True):
        self.edits, self.moves, self.stable = edits(number), moves, stable

    def run(self, undone: Collection[Edit], part: Part, compared: object) -> tuple[Finding, ...]:
        kept = frozenset(edit.own_name for edit in self.edits.all() if edit not in undone)
        found = self.moves(frozenset() if set(undone) & set(self.edits.rest()) else kept, part)
        if found is None:
            raise RunError("it does not run", slug="guarded-code-raised")
        return tuple(found)

    def again(self, part: Part, compared: object) -> tuple[Finding, ...]:
        return () if self.stable else (moved("test.y"),)

    def shown(self, file: str) -> str:
        return file


def find(swap: MadeUp, *first: Finding, traceback: str | None = None, beside: int = 1) -> Proof:
    outcome = Outcome.ERROR if traceback else Outcome.SHIFTED
    verdict = Verdict("Line", outcome, findings=first, traceback=traceback)
    stands_in: Any = swap
    compared: Any = None
    return Finder(stands_in, compared, verdict, lambda told: None, beside=beside).find()


def names(proof: Proof) -> list[str]:
    return [edit.name.removeprefix("a.") for edit in proof.edits]


Y = moved("test.y")


@pytest.mark.parametrize("guilty", range(6))
def test_one_of_six_is_found_and_the_others_are_harmless(guilty: int) -> None:
    proof = find(MadeUp(6, lambda kept, part: [Y] if f"f{guilty}" in kept else []), Y)
    assert (proof.how, names(proof)) == (How.ALONE, [f"f{guilty}"])
    assert set(proof.harmless) == {f"a.f{i}" for i in range(6) if i != guilty}
    assert proof.runs <= RUNS


@pytest.mark.parametrize("guilty", [(0, 11), (3, 8), (10, 11)])
def test_two_of_twelve_are_found_within_the_runs(guilty: tuple[int, int]) -> None:
    """Each moves a value of its own, so that runs also say which edits are idle."""
    own = {f"f{guilty[0]}": moved("test.y"), f"f{guilty[1]}": moved("mae")}
    proof = find(MadeUp(12, lambda kept, part: [own[name] for name in own if name in kept]), *own.values())
    assert proof.how in (How.EACH, How.SEVERAL)
    assert set(names(proof)) == set(own)
    assert len(proof.harmless) == (10 if proof.shown else 0)


def test_one_place_of_a_function_is_named_where_the_whole_does_not_run_without() -> None:
    """The other places of it, and the other function, are of one refactor."""
    swap = MadeUp(1, lambda kept, part: None)
    old = "def f(x):\n    a = x\n    b = 2\n    return g(a)\n\n\ndef g(x):\n    return x\n"
    new = "def f(x):\n    a = x + 1\n    b = 2\n    return g([a])\n\n\ndef g(x):\n    return x[0]\n"
    swap.edits = Edits.between({"a.py": old.encode()}, {"a.py": new.encode()}, lambda file: "a")

    def run(undone: Collection[Edit], part: Part, compared: object) -> tuple[Finding, ...]:
        space: dict[str, Any] = {}
        exec(swap.edits.without(undone).get("a.py", new.encode()) or b"", space)
        try:
            return () if space["f"](1.0) == 1.0 else (moved("test.y"),)
        except TypeError as error:
            raise RunError("it does not run", slug="guarded-code-raised") from error

    swap.run = run  # type: ignore[method-assign]  # Made of real code, here.
    proof = find(swap, Y)
    assert (proof.how, names(proof), proof.edits[0].line) == (How.ALONE, ["f"], 2)
    assert proof.harmless == ("a.g", "the rest of a.f")


def test_two_that_only_move_something_together_need_one_of_them_undone() -> None:
    proof = find(MadeUp(4, lambda kept, part: [Y] if {"f1", "f3"} <= kept else []), Y)
    assert (proof.how, names(proof)) == (How.ALONE, ["f1"])


def test_two_of_which_each_moves_something_are_told_with_what_they_move() -> None:
    own = {"f0": moved("test.y"), "f2": moved("mae")}
    proof = find(MadeUp(3, lambda kept, part: [own[name] for name in own if name in kept]), *own.values())
    assert proof.how is How.EACH
    assert {edit.name: edit.moves for edit in proof.edits} == {"a.f0": ("predict test.y",), "a.f2": ("predict mae",)}
    assert proof_told(proof) == "each of these moves it on its own; undoing all 2 restores every value"


@pytest.mark.parametrize(("number", "guilty"), [(3, {"f0", "f1"}), (5, {"f1", "f4"}), (6, {"f3", "f5"})])
def test_two_that_do_the_same_must_both_be_undone(number: int, guilty: set[str]) -> None:
    proof = find(MadeUp(number, lambda kept, part: [Y] if guilty & kept else []), Y)
    assert (proof.how.is_proven or proof.how is How.AMONG, proof.runs <= RUNS) == (True, True)
    assert guilty <= set(names(proof))
    assert not proof.how.is_proven or set(names(proof)) == guilty


def test_two_that_move_nothing_alone_are_told_together() -> None:
    def moves(kept: Kept, part: Part) -> list[Finding]:
        return [Y] if kept & {"f0", "f1"} and kept not in ({"f0"}, {"f1"}) else []

    proof = find(MadeUp(3, moves), Y)
    assert (proof.how, set(names(proof))) == (How.TOGETHER, {"f0", "f1"})
    assert "these 2 of 3 edits together" in proof_told(proof)


def test_what_only_a_whole_run_shows_gets_an_edit_of_its_own() -> None:
    probe = moved("probes.y", PROBE)

    def moves(kept: Kept, part: Part) -> list[Finding]:
        seen = [probe] if "f2" in kept and part.extent is not Extent.MAIN else []
        return [Y, *seen] if "f0" in kept else seen

    proof = find(MadeUp(3, moves), Y, probe)
    assert (proof.how, names(proof), proof.harmless) == (How.EACH, ["f0", "f2"], ("a.f1",))


def test_what_no_edit_explains_is_said_beside_those_that_are_proven() -> None:
    probe = moved("probes.y", PROBE)
    proof = find(
        MadeUp(
            2, lambda kept, part: [*([Y] if "f0" in kept else []), *([] if part.extent is Extent.MAIN else [probe])]
        ),
        Y,
        probe,
    )
    assert (proof.how, names(proof), proof.left, proof.harmless) == (How.ALONE, ["f0"], ("predict probes.y",), ())
    assert "no edit explains what still moves without: predict probes.y" in list(proof_lines(proof))
    assert proof_told(proof) == "undoing this alone restores what moved first"


def test_an_edit_without_which_the_rest_does_not_run_proves_nothing() -> None:
    def moves(kept: Kept, part: Part) -> list[Finding] | None:
        if "f0" not in kept and "f1" in kept:
            return None
        return [Y] if "f2" in kept else []

    proof = find(MadeUp(3, moves), Y)
    assert names(proof) == ["f2"]


def test_code_that_raised_has_to_run_again_whatever_it_gives() -> None:
    proof = find(MadeUp(3, lambda kept, part: None if "f1" in kept else [Y]), traceback="Traceback")
    assert (names(proof), proof_told(proof)) == (["f1"], "undoing this alone makes it run again")


def test_where_everything_is_undone_in_vain_no_edit_is_named() -> None:
    proof = find(MadeUp(2, lambda kept, part: [Y]), Y)
    assert (proof.how, proof.how.is_proven) == (How.NONE, False)
    assert proof_told(proof).startswith("no edit explains it: undoing all 2 edits")
    assert find(MadeUp(2, lambda kept, part: [Y], stable=False), Y).how is How.UNSTABLE


def test_where_a_copy_of_the_new_code_shows_nothing_no_edit_is_named() -> None:
    assert find(MadeUp(2, lambda kept, part: []), Y).how is How.APART


def test_after_so_many_runs_the_smallest_set_is_told() -> None:
    guilty = {f"f{i}" for i in (1, 9, 17, 25, 33, 41)}
    proof = find(MadeUp(48, lambda kept, part: [Y] if guilty & kept else []), Y)
    assert (proof.how, proof.runs) == (How.AMONG, RUNS)
    assert guilty <= set(names(proof))
    assert "12 runs told no more" in proof_told(proof)


def test_runs_that_are_likely_to_be_needed_are_made_at_once() -> None:
    """The first three wait for each other: that of a copy, and those of the likeliest edits."""
    together, waiting = Barrier(3, timeout=20), iter(range(3))

    def moves(kept: Kept, part: Part) -> list[Finding]:
        if next(waiting, None) is not None:
            together.wait()
        return [Y] if "f1" in kept else []

    one = find(MadeUp(6, lambda kept, part: [Y] if "f1" in kept else []), Y)
    assert find(MadeUp(6, moves), Y, beside=3) == one
    assert names(one) == ["f1"]
