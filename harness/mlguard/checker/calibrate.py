"""Measure the noise of a golden again: its values stay, its tolerances and their evidence are proposed anew."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from mlguard.checker.approve import propose
from mlguard.checker.certificate import measure, tolerances_of
from mlguard.checker.isolated import isolated
from mlguard.checker.regen import Regen, Regenerator, unstable, with_power
from mlguard.core.outcome import Outcome
from mlguard.discovery import Declared


def calibrate(regenerator: Regenerator, guard: Declared) -> Regen:
    """Propose new tolerances for a guard that matches its golden; anything else is refused as its check says.

    Whatever goes wrong refuses this guard, and is never an exception.
    """
    return isolated(guard.ref.name, lambda: _calibrated(regenerator, guard), partial(Regen.refusing, guard))


def _calibrated(regenerator: Regenerator, guard: Declared) -> Regen:
    checker = regenerator.checker
    if regenerator.writes:
        checker.goldens.finish(guard.ref.name)
    seen = checker.check(guard)
    if seen.done is None or seen.golden is None or seen.verdict.outcome is not Outcome.MATCH:
        return Regen(guard, seen, refused=seen.verdict)
    certificate = measure(checker.runner, guard, seen.done.record, regenerator.progress, regenerator.machines)
    if certificate.unstable:
        return Regen(guard, seen, refused=unstable(guard, certificate.unstable))
    tolerances = tolerances_of(guard, seen.done.record, certificate)
    approval = regenerator.approver.of(guard)
    record = with_power(checker.settings.base, replace(seen.golden, approvals=()), seen.golden)
    proposal = propose(seen.golden, record, tolerances, (), approval)
    return Regen(guard, seen, proposal)
