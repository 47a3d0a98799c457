"""The noise certificate: three emulated machines, what their noise becomes, and what no tolerance can hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mlguard.checker import certificate
from mlguard.checker.certificate import Certificate, measure, precision
from mlguard.checker.check import Checker
from mlguard.checker.machines import JITTERS, MACHINES, MOMENTS
from mlguard.checker.noise import JUMP
from mlguard.core.outcome import Outcome
from mlguard.core.record import INTERNAL, Observation, Record
from mlguard.core.run_name import Seed
from mlguard.core.tolerance import FACTOR
from mlguard.observe.leaf import to_value
from mlguard.report.loose import say_loosely, say_measured
from mlguard.report.unstable import unstable_in_words
from mlguard.runner.order import Done, Extent
from mlguard.worker.describe import effect
from mlguard.worker.environment import Environment
from mlguard.worker.moment import USUAL, Moment
from tests.project import CODE, GUARD, Project


class Machines:
    """Stands for a Runner: answers what a Record would be on each emulated machine."""

    def __init__(self, record: Record, only_jitter: bool = False, **moved: Any) -> None:
        """`moved` says how much to add to an Observation by its name, on moved input alone or everywhere."""
        self.record, self.only_jitter, self.moved = record, only_jitter, moved
        self.asked: list[Environment] = []
        self.moments: list[Moment] = []
        self.jittered: list[int] = []

    def run(self, guard, *, environment=None, change=None, bundle=True, moment=USUAL, extent=None):
        # Whatever jumps, zone and day are taken apart by main runs on this machine, where it jumps as well.
        assert bundle == (extent is Extent.MAIN)
        if change is not None:
            self.jittered.append(change.data.seed)
        elif environment is not None:
            self.asked.append(environment)
            self.moments.append(moment)
        if self.only_jitter and change is None:
            return Done(self.record, "")
        new = tuple(self._moved(o) for o in self.record)
        return Done(self.record.with_observations(new), "")

    def each(self, work, items):
        return [work(item) for item in items]

    def answers(self, guard, machines):
        """What the saved model answers there: a millionth of what training and answering move."""
        asked = [o for o in self.record if o.stage == "predict" and o.column and o.run == "main"]
        less = {name: np.asarray(move) * 1e-6 for name, move in self.moved.items()}
        other = Machines(self.record, **less)
        answered = tuple(other._moved(o) for o in asked) if self.can_be_saved else ()
        return self.record, [self.record.with_observations(answered)] * len(machines) if answered else []

    can_be_saved = True

    def _moved(self, observation: Observation) -> Observation:
        if observation.name not in self.moved:
            return observation
        value = observation.value
        return replace(observation, value=replace(value, data=value.data + self.moved[observation.name]))


@pytest.fixture
def unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificate, "effect", lambda machine, environment: ["a knob"] if machine.threads > 1 else [])


def record(*observations: Observation) -> Record:
    return Record("Line", observations)


def seen(name: str, value: object, *, stage: str = "predict", **facts) -> Observation:
    return Observation(stage, name, to_value(value), **facts)


def certified(project: Project, made: Record, **moved: Any) -> tuple[Certificate, Machines]:
    machines = Machines(made, **moved)
    return measure(machines, project.declared(), made, lambda text: None), machines


def test_each_machine_is_asked_once_and_a_knob_without_effect_is_named(line: Project, unknown: None):
    made, machines = certified(line, record(seen("auc", 0.9, stage="evaluate")))
    assert machines.asked == list(MACHINES.values())
    assert machines.moments == [*MOMENTS.values(), USUAL]
    assert [machine["name"] for machine in made.environments] == list(MACHINES)
    assert list(say_measured(made.inert, made.environments)) == [
        "on AVX2 CPU, four threads, without effect here: a knob"
    ]


def test_noise_is_kept_per_unit_of_spread_by_answer_column_and_run(line: Project, unknown: None):
    scores = np.array([1.0, 3.0])
    made, _ = certified(
        line,
        record(
            seen("test.score", scores, column="score"),
            seen("test.score", scores / 2, column="score", run=Seed(1)),
            seen("auc", 0.5, stage="evaluate"),
        ),
        **{"test.score": 1e-12, "auc": 0.0},
    )
    assert made.noise == {
        "column score": pytest.approx(1e-12, rel=1e-3),
        "seed 1: column score": pytest.approx(2e-12, rel=1e-3),
    }
    assert made.unstable == ()


def test_a_guard_that_moves_much_under_round_off_is_called_loosely_guarded(line: Project, unknown: None):
    made, _ = certified(line, record(seen("visits", 1200 / 7, stage="evaluate")), visits=1e-3)
    (told,) = say_loosely(made.loose)
    assert told.startswith(
        "only loosely guarded: evaluate visits may move by ±0.041 unnoticed, since round-off alone moves it by 5.8e-06"
    )


@pytest.mark.parametrize(
    ("learned", "expected"),
    [
        ([np.float32([1]), 0.5, 0.1], "float32"),
        ([np.float32([1, 2, 3]), np.ones(2)], "float32"),
        ([np.float32([1, 2]), np.ones(2)], "float64"),
        ([np.ones(1), 0.5], "float64"),
        ([0.5], "float64"),
        ([], "float64"),
    ],
)
def test_a_model_learns_in_the_precision_of_most_of_its_arrays(learned: list[Any], expected: str):
    inside = [seen(str(i), value, stage="train", role=INTERNAL) for i, value in enumerate(learned)]
    compact = seen("0", 1.0, stage="train", role=INTERNAL, run=Seed(1))
    assert precision(record(*inside, *[compact] * 9)) == expected


@pytest.mark.parametrize(("dtype", "moved", "told"), [("float32", 1e-6, 0), ("float32", 6e-5, 1), ("float64", 4e-5, 1)])
def test_single_precision_is_loose_later(line: Project, unknown: None, dtype: str, moved: float, told: int):
    answers = seen("test.score", np.ones(3, dtype=dtype), column="score")
    inside = seen("weights", np.ones(3, dtype=dtype), stage="train", role=INTERNAL)
    made, _ = certified(line, record(answers, inside), **{"test.score": np.array(moved, dtype=dtype), "weights": 1e-4})
    assert [one.name for one in made.loose] == ["score"] * told


@pytest.mark.parametrize("jump", [2 * JUMP, np.nan, np.inf])
def test_a_jump_is_unstable_and_names_observation_row_machine_and_cure(line: Project, unknown: None, jump: float):
    made, _ = certified(line, record(seen("test.score", np.ones(3))), **{"test.score": np.array([0.0, 0.0, jump])})
    assert made.noise == {}
    told = unstable_in_words(made.unstable)
    assert told.startswith(f"predict test.score jumps, row 2 on {' and on '.join(MACHINES)}\n  likely ")
    assert ("sort stably" if np.isfinite(jump) else "threshold well above") in told


@pytest.mark.parametrize("can_be_saved", [True, False])
def test_where_training_is_loud_one_saved_model_is_asked_on_the_machines(
    line: Project, unknown: None, monkeypatch: pytest.MonkeyPatch, can_be_saved: bool
):
    monkeypatch.setattr(Machines, "can_be_saved", can_be_saved)
    scores = seen("test.score", np.arange(1.0, 24) ** 1.5, column="score")
    made, _ = certified(line, record(scores, seen("mae", 0.3, stage="evaluate")), **{"test.score": 1e-4})
    loud, quiet = made.noise["column score"], made.answering["column score"]
    assert quiet == pytest.approx(loud * 1e-6 if can_be_saved else 0.0, rel=1e-3)
    quiet_training, _ = certified(line, record(scores), **{"test.score": 1e-13})
    assert quiet_training.answering == {}


def test_what_moves_as_a_whole_is_noise_however_large(line: Project, unknown: None):
    made, _ = certified(line, record(seen("test.score", np.ones(3))), **{"test.score": 2 * JUMP})
    assert made.noise == {"main/predict/test.score": pytest.approx(2 * JUMP)}
    assert made.unstable == ()


def test_anything_that_is_no_float_jumps_where_it_moves(line: Project, unknown: None):
    made, _ = certified(line, record(seen("test.label", np.array([1, 2]))), **{"test.label": 1})
    assert "a tie in a sort" in unstable_in_words(made.unstable)
    assert "break ties by a key" in unstable_in_words(made.unstable)


def test_jumps_inside_or_in_other_runs_refuse_nothing_and_drop_the_run(line: Project, unknown: None):
    jump = np.array([0.0, 0.0, 1.0])
    inside, other = seen("coef", np.ones(3), stage="train", role=INTERNAL), seen("test.score", np.ones(3), run=Seed(1))
    made, _ = certified(line, record(inside, other), **{"coef": jump, "test.score": jump})
    assert (made.noise, made.unstable) == ({}, ())
    assert made.unsteady_runs == {"seed 1"}


def test_what_round_off_leaves_of_larger_answers_is_zero_and_no_jump(line: Project, unknown: None):
    answers = seen("test.score", np.array([1e5, 2e5]), column="score")
    made, _ = certified(line, record(answers, seen("bias", 2e-11, stage="evaluate")), bias=-5e-11)
    assert (made.zeros, made.unstable) == ({"main/evaluate/bias": pytest.approx(3e-11)}, ())


@pytest.mark.parametrize(
    ("bias", "move"),
    [pytest.param(1e-3, 5e-3, id="too large"), pytest.param(2e-11, 2e-16, id="steady, so a number")],
)
def test_no_other_number_is_taken_for_zero(line: Project, unknown: None, bias: float, move: float):
    answers = seen("test.score", np.array([1e5, 2e5]), column="score")
    made, _ = certified(line, record(answers, seen("bias", bias, stage="evaluate")), bias=move)
    assert made.zeros == {}


def test_where_no_machine_can_be_emulated_round_off_of_the_input_stands_for_it(
    line: Project, monkeypatch: pytest.MonkeyPatch
):
    without = ["blas_kernel=x has no effect: no OpenBLAS is loaded", "simd=none has no effect: NumPy is not imported"]
    monkeypatch.setattr(certificate, "effect", lambda machine, environment: without)
    scores = np.array([1.0, 2.0])
    made, machines = certified(line, record(seen("test.score", scores, column="score")), **{"test.score": 1e-12})
    assert machines.jittered == list(JITTERS.values())
    assert [machine["name"] for machine in made.environments] == [*MACHINES, *JITTERS]
    assert made.inert == ("blas_kernel", "simd")
    assert made.noise == {"column score": pytest.approx(1e-12, rel=1e-3)}


def test_a_jump_under_moved_input_refuses_nothing(line: Project, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(certificate, "inert", lambda tried: ["simd"])
    monkeypatch.setattr(certificate, "effect", lambda machine, environment: [])
    made = record(seen("test.label", np.array([1, 2])))
    machines = Machines(made, only_jitter=True, **{"test.label": 1})
    assert measure(machines, line.declared(), made, lambda text: None).unstable == ()


@pytest.fixture(scope="module")
def measured(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A scikit-learn guard whose golden was recorded with its certificate."""
    project = Project(tmp_path_factory.mktemp("measured"))
    project.write(
        CODE,
        """\
from sklearn.linear_model import LogisticRegression


def fit(rows):
    return LogisticRegression().fit(rows[["x"]] ** 1.7, rows["shop"])


def answer(model, rows):
    return model.predict_proba(rows[["x"]].clip(0, 10) ** 1.7)[:, 1]


def score(y, answers):
    return {"mean": float(answers.mean())}
""",
    )
    project.edit(GUARD, "seeds = (0, 1)", "seeds = (0,)")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mlguard.checker.regen.measure", measure)
        accepted = project.regen()
    assert accepted.refused is None
    return project


def test_the_golden_of_a_measured_guard_holds_machines_and_noise(measured: Project):
    golden = measured.golden()
    assert [machine["name"] for machine in golden.tolerances.environments] == list(MACHINES)
    assert golden.tolerances.noise
    assert all(0 < FACTOR * noise < 1 for noise in golden.tolerances.noise.values())


def test_a_measured_guard_matches_on_another_emulated_machine(measured: Project):
    elsewhere = Environment(blas_kernel="Nehalem", simd="none", libm="no-fma", threads=2, hash_seed=7)
    with measured.runner() as runner:
        checker = Checker(runner.settings, runner)
        run = runner.run
        runner.run = lambda guard, **how: run(guard, **{"environment": elsewhere, **how})
        seen_there = checker.check(measured.declared())
    assert seen_there.verdict.outcome is Outcome.MATCH, seen_there.verdict.causes
    assert seen_there.done is not None
    there = seen_there.done.record.provenance.environment
    assert effect(elsewhere, there) == []
    assert {library["kernel"] for library in there["blas"]} == {"Nehalem"}
