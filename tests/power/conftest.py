"""Run every selected variant once, two at a time, in workers that share one import of the libraries."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import joblib
import pytest

from mlguard.checker.check import Checker
from mlguard.core.verdict import Verdict
from mlguard.runner.run import Runner
from mlguard.settings import load
from tests.power.planting import ROOT, plant
from tests.power.variants import VARIANTS


class Said(dict[tuple[str, str], Verdict]):
    """What mlguard says to each variant; said when it is asked for, unless that was done before."""

    def __init__(self, runner: Runner, folder: Path) -> None:
        super().__init__()
        self.runner, self.folder = runner, folder
        self.guards = {guard.ref.name: guard for guard in runner.find().guards}
        self.variants = {(variant.guard, variant.id): variant for variant in VARIANTS}

    def __missing__(self, key: tuple[str, str]) -> Verdict:
        place = self.folder / "-".join(key)
        guard = plant(self.variants[key], self.guards[key[0]], place)
        settings = load(place)
        self[key] = Checker(settings, self.runner.elsewhere(settings)).check(guard).verdict
        return self[key]


@pytest.fixture(scope="session")
def verdicts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Said]:
    """What mlguard says to each variant, by guard and variant.

    Those whose tests were selected are asked two at a time before the first test; under xdist each worker asks for its
    own as it comes to them.
    """
    calls = [getattr(item, "callspec", None) for item in request.session.items]
    variants = [call.params["variant"] for call in calls if call is not None and "variant" in call.params]
    with Runner(load(ROOT)) as runner:
        said = Said(runner, tmp_path_factory.mktemp("power"))
        if "PYTEST_XDIST_WORKER" not in os.environ:
            ask = joblib.delayed(said.__getitem__)
            joblib.Parallel(n_jobs=2, backend="threading")(ask((v.guard, v.id)) for v in variants)
        yield said
