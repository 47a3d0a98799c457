"""Of planted edits, the function that they lie in is named; refactors name no other one, and pure ones none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from mlguard.discovery import Declared
from mlguard.runner.order import Extent
from mlguard.runner.run import Runner
from mlguard.settings import load
from mlguard.tools.diff.place import Following
from mlguard.tools.trace import MovedFunction, first_moved, hunks, touching
from mlguard.tracing.trace import Trace
from tests.power.conftest import Checked
from tests.power.edited import edited_functions, git_diff
from tests.power.planting import ROOT, plant
from tests.power.variant import Variant
from tests.power.variants import VARIANTS


def first_of_each_guard(variants: Iterable[Variant], number: int) -> list[Variant]:
    """So many variants of each guard: tracing all of them on both sides would take longer than all other tests."""
    by_guard: dict[str, list[Variant]] = defaultdict(list)
    for variant in variants:
        by_guard[variant.guard].append(variant)
    return [variant for own in by_guard.values() for variant in own[:number]]


EDITED = [v for v in VARIANTS if v.kind == "shift" and edited_functions(v)]
SHIFTS = [
    *first_of_each_guard([v for v in EDITED if not v.hidden], 3),
    *first_of_each_guard([v for v in EDITED if v.hidden], 1),
]

PURE = {"extract-function", "function-moved", "new-file", "rename", "statement-to-chain", "logging"}
"""Operators after which every function gives what it gave: code moved, and no calculation changed."""

SPREADING = {
    "Heating": "round-off of single precision moves numbers of double precision that follow",
    "Deliveries": "round-off of seconds since 1970 moves weights by more than their own",
}
"""Guards whose round-off spreads: of a refactor that moves it, a later function would be named, which was not edited.

`diff` never asks there, since no answer moves beyond its limit.
"""

KEPT = [v for v in VARIANTS if v.kind == "keep" and (v.guard not in SPREADING or v.operator in PURE)]
KEEPS = [*first_of_each_guard([v for v in KEPT if v.operator not in PURE], 3), *(v for v in KEPT if v.operator in PURE)]

IN_THE_MAIN_RUN = Following(Extent.MAIN, frozenset({"main"}))

MADE_UP_FOR = {
    ("Churn", "pipeline_object"): "it gives a model of another make",
    ("Reviews", "ridge_in_numpy"): "it gives a model of another make",
    ("RealDiabetes", "dual-by-hand"): "it gives a model of another make",
    ("RealDigits", "components-by-hand"): "it gives components of another make",
    ("RealWine", "ratios-in-the-pipeline"): "it gives a pipeline with a step more",
    ("RealWine", "base-ten"): "it gives a feature of another scale, which is scaled again",
    ("RealBreastCancer", "scaled-by-itself"): "it gives features that the next step scaled before",
    ("RealDiabetes", "not-male"): "it gives a feature of the other sign, and so a coefficient of the other sign",
}
"""Refactors whose edited function does give something else, and how; no answer moves, so that `diff` never asks."""

UNNAMED = {
    ("RealBreastCancer", "weights-dropped"): "it is called while the guard's module is imported, which nobody follows",
}
"""Shifts of which no function is named, and why."""


def named(variant: Variant) -> str:
    return f"{variant.guard}-{variant.id}"


class Followed:
    """Runs both sides of a variant and holds their traces against each other; the unedited side once per guard."""

    def __init__(self, checked: Checked, folder: Path) -> None:
        self.checked, self.folder = checked, folder
        self.runner, self.guards = checked.runner, checked.guards
        self.before: dict[tuple[str, Following], Trace] = {}

    def place(self, variant: Variant) -> Path:
        return self.folder / named(variant)

    def first_moved(self, variant: Variant, following: Following) -> MovedFunction | None:
        guard = self.guards[variant.guard]
        key = variant.guard, following
        if key not in self.before:
            self.before[key] = self._trace(self.runner, guard, following)
        place = self.place(variant)
        planted = replace(guard, ref=replace(guard.ref, file=place / guard.ref.file.relative_to(ROOT)))
        if not place.exists():
            plant(variant, guard, place)
        settings = load(place)
        return first_moved(self.before[key], self._trace(self.runner.elsewhere(settings), planted, following))

    def _trace(self, runner: Runner, guard: Declared, following: Following) -> Trace:
        done = runner.run(guard, extent=following.extent, bundle=False, trace=following.runs)
        assert done.trace is not None
        return done.trace


@pytest.fixture(scope="module")
def followed(checked: Checked, tmp_path_factory: pytest.TempPathFactory) -> Followed:
    """Shared, since the unedited side of a guard serves all of its variants."""
    return Followed(checked, tmp_path_factory.mktemp("followed"))


@pytest.mark.parametrize("variant", SHIFTS, ids=named)
def test_the_edited_function_is_named_with_its_hunk(variant: Variant, followed: Followed) -> None:
    found = followed.first_moved(variant, IN_THE_MAIN_RUN)
    if found is None:
        followings = Following.of(followed.checked.verdict(variant))
        found = next(filter(None, (followed.first_moved(variant, following) for following in followings)), None)
    assert (found is None) == ((variant.guard, variant.id) in UNNAMED)
    if found is not None:
        assert is_right(found, variant), found
        told = list(hunks(git_diff(followed.place(variant), variant)))
        after = touching(told, found.file, range(found.line, found.end + 1))
        before = touching(told, found.was.file, range(found.was.line, found.was.end + 1), side="before")
        assert before or after


@pytest.mark.parametrize("variant", KEEPS, ids=named)
def test_a_refactor_names_no_function_that_gives_what_it_gave(variant: Variant, followed: Followed) -> None:
    found = followed.first_moved(variant, IN_THE_MAIN_RUN)
    assert (found is not None) == ((variant.guard, variant.id) in MADE_UP_FOR), found
    assert found is None or is_right(found, variant), found


def test_there_are_enough_edits_and_nearly_all_are_named() -> None:
    assert len(SHIFTS) >= 30
    assert len(UNNAMED) <= 0.1 * len(SHIFTS)
    assert {variant.operator for variant in KEEPS} >= PURE
    assert MADE_UP_FOR.keys().isdisjoint((variant.guard, variant.id) for variant in KEEPS if variant.operator in PURE)


def is_right(found: MovedFunction, variant: Variant) -> bool:
    """Whether the dotted name ends with the qualified name of an edited function."""
    return any(found.name.endswith(f".{name}") for name in edited_functions(variant))
