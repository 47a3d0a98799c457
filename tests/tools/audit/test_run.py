"""Auditing one guard: what a budget ends, what an interrupt leaves, and what the fates are made of."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mlguard.core.error import RunError, UsageError
from mlguard.core.power import Audit, Fate, Planted
from mlguard.runner.order import Change
from mlguard.tools.audit.judge import of_error
from mlguard.tools.audit.larger import Larger
from mlguard.tools.audit.reference import establish
from mlguard.tools.audit.run import Budget, Watch, audit
from mlguard.tools.audit.trial import Trials
from mlguard.tools.mutation import Mutant
from tests.project import CODE, Project


def audited(project: Project, budget: Budget, done: Callable[[Planted], None] = lambda planted: None) -> Audit:
    with project.runner() as runner:
        return audit(runner, project.declared(), budget, Watch(done=done))


def test_an_interrupt_leaves_what_is_known(line: Project) -> None:
    seen: list[Planted] = []

    def second(planted: Planted) -> None:
        seen.append(planted)
        if len(seen) == 2:
            raise KeyboardInterrupt

    found = audited(line, Budget(changes=12, jobs=2), second)
    assert found.interrupted
    assert found.planted == tuple(seen)


def test_every_change_that_was_drawn_is_tried_to_its_end(line: Project) -> None:
    begun: list[int] = []
    with line.runner() as runner:
        found = audit(runner, line.declared(), Budget(changes=8, jobs=2), Watch(begun=begun.append))
    assert begun == [8]
    assert len(found.planted) == 8
    assert not found.interrupted
    assert found.possible >= 20
    assert all(one.stage for one in found.planted if one.fate is Fate.NOTICED)


def test_no_time_no_change(line: Project) -> None:
    assert audited(line, Budget(seconds=0.001)).planted == ()


@pytest.mark.parametrize(
    ("code", "fate", "how"),
    [
        ("    slope = float(undefined_name)\n", Fate.INVALID, "raised NameError"),
        ("    raise ValueError('no')\n", Fate.NOTICED, "raised ValueError"),
        ("    return None\n", Fate.NOTICED, "raised TypeError"),
        ("    slope = 1.0\n", Fate.NOTICED, "train slope"),
    ],
)
def test_what_becomes_of_a_change(line: Project, code: str, fate: Fate, how: str) -> None:
    """Through the same steps as an audit, with changes that no operator makes."""

    text = (line.root / CODE).read_text(encoding="utf-8")
    head = '    return {"slope": slope'
    changed = text.replace(head, code + head)
    sources = {str((line.root / CODE).resolve()): changed}
    mutant = Mutant("by hand", "code", CODE, 4, None, "", "", Change(sources=sources))
    with line.runner() as runner:
        guard = line.declared()
        reference = establish(runner, guard)
        planted = Trials(runner, guard, reference, Larger(runner, guard, reference, 16)).plant(mutant)
    assert (planted.fate, planted.how) == (fate, how)


def test_a_change_that_nothing_shows_is_equivalent_and_one_that_fails_at_import_invalid(line: Project) -> None:

    text = (line.root / CODE).read_text(encoding="utf-8")
    path = str((line.root / CODE).resolve())

    def by_hand(changed: str) -> Mutant:
        return Mutant("by hand", "code", CODE, 2, None, "", "", Change(sources={path: changed}))

    with line.runner() as runner:
        guard = line.declared()
        reference = establish(runner, guard)
        trials = Trials(runner, guard, reference, Larger(runner, guard, reference, 16))
        same = trials.plant(by_hand(text.replace("ridge=0.0", "ridge=0.0 + 0.0")))
        broken = trials.plant(by_hand(f"import json.nothing\n{text}"))
    assert (same.fate, same.how) == (Fate.EQUIVALENT, "nothing moves on 10 times the rows (160)")
    assert (broken.fate, broken.how) == (Fate.INVALID, "raised ModuleNotFoundError at import")


def test_a_change_that_makes_the_guard_unusable_is_noticed() -> None:
    refused = UsageError("guard Line: `split` returned nothing", slug="split-returned")
    assert of_error(refused) == (Fate.NOTICED, "refused [split-returned]")


def test_what_is_wrong_with_this_machine_is_said_and_not_counted() -> None:
    with pytest.raises(RunError):
        of_error(RunError("No temporary folder could be made", slug="worker-folder", blames_code=False))
