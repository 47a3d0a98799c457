"""Run every selected variant once, two at a time, in workers that share one import of the libraries."""

from __future__ import annotations

import joblib
import pytest

from mlguard.checker.check import Checker
from mlguard.core.verdict import Verdict
from mlguard.runner.run import Runner
from mlguard.settings import load
from tests.power.planting import ROOT, plant
from tests.power.variant import Variant

Verdicts = dict[tuple[str, str], Verdict]


@pytest.fixture(scope="session")
def verdicts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    """What mlguard says to each variant whose test was selected, by guard and variant."""
    calls = [getattr(item, "callspec", None) for item in request.session.items]
    variants = [call.params["variant"] for call in calls if call is not None and "variant" in call.params]
    folder = tmp_path_factory.mktemp("power")
    with Runner(load(ROOT)) as runner:
        guards = {guard.ref.name: guard for guard in runner.find().guards}

        def say(variant: Variant) -> Verdict:
            place = folder / f"{variant.guard}-{variant.id}"
            guard = plant(variant, guards[variant.guard], place)
            settings = load(place)
            return Checker(settings, runner.elsewhere(settings)).check(guard).verdict

        said = joblib.Parallel(n_jobs=2, backend="threading")(joblib.delayed(say)(variant) for variant in variants)
    return {(v.guard, v.id): verdict for v, verdict in zip(variants, said, strict=True)}
