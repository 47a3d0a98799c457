"""`examples/cd4ml` from its first rule to its model and back, while a real server answers clients that never pause.

Training and release pipeline are started as their users start them. The example has a golden for its model; the tests
begin one step earlier, with the rule.
"""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.project import Project
from tests.repository import Repository, calm, git

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/cd4ml"
BUNDLE, PLACE, CHECK = "build/late", "place", "build/late/mlguard.json"
RULE, MODEL = "kind: rule", "kind: model"
PROMISE = ("--intent", "changing: auc up 0.1, log_loss down")


class Example(Project):
    """A copy of the example in a repository of its own."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, {})

    def pipeline(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of its pipelines, as a program of its own in which nobody answers a question."""
        told = [sys.executable, script, *arguments]
        return subprocess.run(
            told, cwd=self.root, env=calm(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )

    def commit(self, subject: str) -> None:
        git(self.root, "commit", "--quiet", "--all", "--message", subject)

    def kept(self) -> dict[str, Any]:
        """The guards of the check that lies in the bundle, by name."""
        document = json.loads((self.root / CHECK).read_text(encoding="utf-8"))
        return {guard["name"]: guard for guard in document["guards"]}

    def current(self) -> str:
        """The folder that is to be served."""
        return (self.root / PLACE / "current").read_text(encoding="utf-8").split("\n")[0]

    def kind(self) -> str:
        """What is to be served: `rule` or `model`."""
        fitted = json.loads((self.root / PLACE / self.current() / "model.json").read_text(encoding="utf-8"))
        return str(fitted["kind"])


@pytest.fixture(scope="module")
def began(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The example as it began: a rule, its golden and the first release of it."""
    root = tmp_path_factory.mktemp("cd4ml") / "shop"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns(".mlguard", "__pycache__", "build", "place"))
    repository = Repository(root, files={})
    example = Example(root)
    example.edit("config.yaml", MODEL, RULE)
    ran = example.command("regen-golden", "Late", "--yes", "--reason", "as it began")
    assert ran.code == 0, ran.err
    repository.commit("A rule")
    for script in ("train.py", "release.py"):
        done = example.pipeline(script)
        assert done.returncode == 0, done.stdout + done.stderr
    return repository


@pytest.fixture(scope="module")
def improved(began: Repository, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The next commit of it: a model in the place of the rule, whose golden promises what it brings."""
    root = tmp_path_factory.mktemp("improved") / "shop"
    shutil.copytree(began.top, root, ignore=shutil.ignore_patterns(".mlguard", "__pycache__"))
    example = Example(root)
    example.edit("config.yaml", RULE, MODEL)
    ran = example.command("regen-golden", "Late", "--yes", "--reason", "a model", *PROMISE)
    assert ran.code == 0, ran.err
    example.commit("A model")
    return example.root


@pytest.fixture
def example(began: Repository, tmp_path: Path) -> Example:
    """A copy of its own, with the rule released."""
    shutil.copytree(began.top, tmp_path / "shop", ignore=shutil.ignore_patterns(".mlguard", "__pycache__"))
    return Example(tmp_path / "shop")


@pytest.fixture
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The example's own module that starts servers and asks them."""
    monkeypatch.syspath_prepend(str(EXAMPLE))
    yield importlib.import_module("serving")
    for name in [name for name in sys.modules if name == "serving" or name.partition(".")[0] == "late"]:
        monkeypatch.delitem(sys.modules, name)


def improve(example: Example, improved: Path) -> None:
    """Pull the next commit."""
    git(example.root, "pull", "--quiet", "--ff-only", str(improved), "HEAD")


def rows(serving: Any, example: Example) -> Any:
    import pandas as pd

    return pd.read_csv(example.root / "data/orders.csv").drop(columns="late")[:60]


def test_from_the_rule_to_the_model_and_back_under_load(example: Example, improved: Path, serving: Any):
    before = {name: digest for name, digest in example.files().items() if name.startswith("golden/Api/")}
    commit = git(example.root, "rev-parse", "HEAD")
    asked = rows(serving, example)
    with (
        serving.Server(example.root / PLACE) as server,
        serving.Load(server, example.root / PLACE, asked) as load,
    ):
        requests, first = serving.requests_of(asked), example.current()
        assert server.client().post("/late/batch", requests)[1]["release"] == first

        improve(example, improved)
        for script in ("train.py", "release.py"):
            done = example.pipeline(script)
            assert done.returncode == 0, done.stdout + done.stderr
        second = example.current()
        assert (second != first, example.kind()) == (True, "model")
        assert server.client().post("/late/batch", requests)[1]["release"] == second

        done = example.pipeline("release.py", "--back")
        assert done.returncode == 0, done.stdout + done.stderr
        assert (example.current(), example.kind()) == (first, "rule")
        assert server.client().post("/late", requests[0])[1]["release"] == first
    assert load.wrong == []
    assert {*load.releases} == {first, second}
    assert before == {name: digest for name, digest in example.files().items() if name.startswith("golden/Api/")}
    # The golden came back with the bundle: the gate passes, and so do the guards with the code of that commit.
    assert example.command("gate", f"{PLACE}/{first}").code == 0
    assert f"commit {commit[:12]}" in done.stdout
    git(example.root, "checkout", "--quiet", commit, "--", "config.yaml")
    assert example.command("check", "Api", "Late").code == 0


def test_an_improvement_that_nobody_promised_is_refused(example: Example):
    example.edit("config.yaml", RULE, MODEL)
    assert example.command("regen-golden", "Late", "--yes", "--reason", "better").code == 0
    assert bundle(example) == 0
    done = example.pipeline("release.py")
    assert (done.returncode, example.kind()) == (1, "rule")
    assert "since the current release, for the better, and no intent names it" in done.stdout


def bundle(example: Example, *guards: str) -> int:
    """What the training pipeline does, with the guards in workers that are there already."""
    train = "import pandas, yaml; from late import api, bundle; " + (
        "bundle.save(api.fit(yaml.safe_load(open('config.yaml')), pandas.read_csv('data/orders.csv')), 'build/late')"
    )
    done = subprocess.run([sys.executable, "-c", train], cwd=example.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return example.command("check", *guards, "--bundle", BUNDLE).code


REWRITES = {
    "weights are added one by one": (
        '    score = (x * np.asarray(model["weights"])).sum(axis=1) + model["shift"]\n'
        "    return 1 / (1 + np.exp(-score))\n",
        '    score = sum(x[:, at] * weight for at, weight in enumerate(model["weights"])) + model["shift"]\n'
        "    return np.reciprocal(1 + np.exp(-score))\n",
    ),
    "missing distances are filled by pandas": (
        "            np.where(np.isnan(distance), middle, distance),\n",
        '            rows["distance_km"].astype(float).fillna(middle).to_numpy(),\n',
    ),
}


def test_rewrites_of_the_model_are_quiet_through_to_the_release(example: Example, improved: Path, serving: Any):
    improve(example, improved)
    releases = [example.current()]
    for rewrite in REWRITES.values():
        example.edit("late/model.py", *rewrite)
        assert bundle(example) == 0
        assert {guard["outcome"] for guard in example.kept().values()} == {"match"}
        # Rewritten code learns the same numbers, and the pipeline has to notice nothing but new commits.
        example.commit("Rewrite")
        done = example.pipeline("release.py")
        assert done.returncode == 0, done.stdout + done.stderr
        releases.append(example.current())
    assert (len({*releases}), example.kind()) == (3, "model")
    asked = rows(serving, example)
    with serving.Server(example.root / PLACE) as server:
        answers = server.client().post("/late/batch", serving.requests_of(asked))[1]["answers"]
    assert [answer["order"] for answer in answers] == asked["order"].tolist()


@pytest.mark.parametrize(
    ("file", "old", "new", "failed", "named"),
    [
        pytest.param(
            "late/rule.py",
            "dtype=float) > far_km",
            "dtype=float) >= far_km + 1",
            {"Late"},
            "guard Late: auc 0.",
            id="the rule asks for another distance",
        ),
        pytest.param(
            "late/api.py",
            '"late": probability >= 0.5,',
            '"late": (probability >= 0.5).astype(int),',
            {"Api", "Late"},
            "guard Api: shifted, first moved in stage predict",
            id="a field of the API has another type",
        ),
        pytest.param(
            "late/service.py",
            "        return answered(orders)\n",
            "        return answered(sorted(orders, key=lambda order: order.hour))\n",
            {"Served"},
            "guard Served: shifted, first moved in stage predict",
            id="the endpoint of batches answers in another order",
        ),
        pytest.param(
            "late/service.py",
            "        if held[0] != line:\n",
            "        if not held[0]:\n",
            {"Served"},
            "guard Served: shifted, first moved in stage predict",
            id="the service goes on with the release that it began with",
        ),
    ],
)
def test_a_bug_is_refused_at_the_guard_that_knows(
    example: Example, file: str, old: str, new: str, failed: set[str], named: str
):
    served = example.current()
    example.edit(file, old, new)
    assert bundle(example) == 1
    assert {name for name, guard in example.kept().items() if guard["outcome"] != "match"} == failed
    done = example.pipeline("release.py")
    assert (done.returncode, example.current()) == (1, served)
    assert f"  {named}" in done.stdout


def test_the_endpoint_and_what_is_wrong_with_it_are_named(example: Example):
    example.edit("late/service.py", "        return answered([order])\n", "        return answered([order, order])\n")
    ran = example.command("check", "Served")
    assert ran.code == 1
    assert "single equals offline" in ran.out
    assert "batch equals offline" not in ran.out


def test_what_was_edited_after_the_check_is_not_released(example: Example):
    served = example.current()
    example.edit("build/late/model.json", '"far_km": 4.0', '"far_km": 4.5')
    done = example.pipeline("release.py")
    assert (done.returncode, example.current()) == (3, served)
    assert "  file model.json was changed after the check" in done.stdout


def test_a_guard_that_the_release_wants_has_to_have_run(example: Example):
    assert bundle(example, "Api", "Late") == 0
    done = example.pipeline("release.py")
    assert done.returncode == 3
    assert "  guard Served was not checked with it" in done.stdout
