"""Models that are switched by YAML: typed defaults, `.env`, a log with times, and searches that run at once."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from operator import attrgetter
from pathlib import Path
from types import SimpleNamespace

import pytest

from mlguard.core.outcome import Outcome
from mlguard.report.terminal import draw
from mlguard.runner import run as run_module
from mlguard.tables.folder import write_dataset
from mlguard.tables.generate import make
from mlguard.worker import pool
from tests.examples.edit import CONTRACTS, PROBES, told
from tests.examples.repositories.conftest import REPOSITORIES, Repository
from tests.examples.repositories.edit import Edit
from tests.project import Project, unmeasured

pytestmark = pytest.mark.repositories
REPOSITORY, CAT, DOG = "model_zoo", "Zoo[model_cat]", "Zoo[model_dog]"
BASE, CATS, DOGS, PIPELINE = "zoo/base.py", "zoo/model_cat.py", "zoo/model_dog.py", "zoo/pipeline.py"
GUARD, CAT_YAML = "tests/guards/test_zoo.py", "configs/model_cat.yaml"

SWITCHED = (
    Edit("the cat's YAML names the dog's trainer", CAT, CAT_YAML, "CatTrainer", "DogTrainer", stage="train"),
    Edit(
        "the code takes the dog's trainer for every model",
        CAT,
        PIPELINE,
        "kind(settings.trainer.name)",
        'kind("DogTrainer")',
        stage="train",
    ),
)
EDITS = (
    *SWITCHED,
    Edit(
        "the logistic function is half a tangent",
        CAT,
        CATS,
        "return 1 / (1 + np.exp(-x))",
        "return (1 + np.tanh(x / 2)) / 2",
    ),
    Edit(
        "classes register themselves",
        DOG,
        PIPELINE,
        "    return next(getattr(module, name) for module in (model_cat, model_dog) if hasattr(module, name))\n",
        "    classes = {}\n"
        "    for module in (model_cat, model_dog):\n"
        "        classes |= {one.__name__: one for one in vars(module).values() if isinstance(one, type)}\n"
        "    return classes[name]\n",
    ),
    Edit(
        "answers are rounded to percent",
        CAT,
        CATS,
        "sure = logistic(model.score(rows))",
        "sure = logistic(model.score(rows)).round(2)",
        stage="predict",
    ),
    Edit(
        "no dog is sure to stay",
        DOG,
        DOGS,
        "np.clip(model.score(rows), 0, 1)",
        "np.clip(model.score(rows), 0.3, 1)",
        stage="predict",
    ),
    Edit(
        "the score counts distances and not their squares",
        DOG,
        PIPELINE,
        "test[TARGET].to_numpy()) ** 2",
        "test[TARGET].to_numpy()).__abs__()",
        stage="evaluate",
    ),
    Edit(
        "colours are compared in small letters",
        CAT,
        CATS,
        'rows["colour"] == colour for',
        'rows["colour"].str.lower() == colour for',
        stage="predict",
        only=PROBES,
    ),
    Edit(
        "numbers are the first columns",
        DOG,
        BASE,
        "rows[NUMBERS].to_numpy(dtype=float)",
        "rows.iloc[:, : len(NUMBERS)].to_numpy(dtype=float)",
        stage="contracts",
        only=CONTRACTS,
    ),
)


OF_ONE = [edit for edit in EDITS if edit.stage and edit.file in (CAT_YAML, CATS, DOGS)]
"""Bugs in what one model has for itself."""


@pytest.mark.parametrize("guard", [CAT, DOG])
def test_the_golden_is_that_of_the_code(guard: str, repository: Repository) -> None:
    verdict = repository.check(guard)
    assert verdict.outcome is Outcome.MATCH, told(verdict)


@pytest.mark.parametrize("edit", EDITS, ids=attrgetter("id"))
def test_an_edit(edit: Edit, repository: Repository) -> None:
    repository.expect(edit)


@pytest.mark.parametrize("edit", OF_ONE, ids=attrgetter("id"))
def test_a_bug_of_one_model_is_not_told_of_the_other(edit: Edit, repository: Repository, tmp_path: Path) -> None:
    verdict = Repository(repository.runner, tmp_path).check({CAT: DOG, DOG: CAT}[edit.guard], edit)
    assert verdict.outcome is Outcome.MATCH, told(verdict)


@pytest.mark.parametrize("edit", SWITCHED, ids=attrgetter("id"))
def test_a_switched_class_is_named_where_it_trains(edit: Edit, repository: Repository, tmp_path: Path) -> None:
    again = Repository(repository.runner, tmp_path)
    text = draw(again.check(CAT, edit))
    assert "first moved in stage train" in text.splitlines()[0]
    assert re.search(r"inside: train trained_by: .*CatTrainer.* -> .*DogTrainer", text), text
    assert ("cause: the configuration was edited: trainer.name" in text) == (edit.file == CAT_YAML)


@pytest.fixture
def copy(tmp_path: Path) -> Project:
    """The repository in a folder of its own."""
    ignored = shutil.ignore_patterns(".mlguard", "__pycache__", ".env")
    shutil.copytree(REPOSITORIES / REPOSITORY, tmp_path / "zoo", ignore=ignored)
    return Project(tmp_path / "zoo", {})


def test_a_third_model_leaves_the_other_goldens_as_they_are(copy: Project) -> None:
    bird = (copy.root / CAT_YAML).read_text("utf-8").replace("steps: 300", "steps: 100")
    copy.write("configs/model_bird.yaml", bird)
    copy.edit(GUARD, '("cat", "dog")', '("cat", "dog", "bird")')
    with unmeasured():
        ran = copy.command("regen-golden", "--yes", "--reason", "birds came")
    assert (ran.code, {name.rpartition("/")[0] for name in ran.changed}) == (0, {"golden/Zoo/model_bird"}), ran.err
    assert copy.command("check", "--quick").code == 0


CANARIES = ("canary-store-4711", "canary-of-nobody-0815")


def test_a_secret_of_dotenv_is_nowhere(copy: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Goldens, pending Records, the page, JSON, what is said, the state folder, and every folder of a run."""
    kept = tmp_path / "runs"
    kept.mkdir()

    def keeping(folder: Path, **how: bool) -> None:
        if folder.exists():
            shutil.copytree(folder, Path(tempfile.mkdtemp(dir=kept)), dirs_exist_ok=True)
        shutil.rmtree(folder, **how)

    for module in (run_module, pool):
        monkeypatch.setattr(module, "shutil", SimpleNamespace(rmtree=keeping, move=shutil.move))
    copy.write(".env", f"ZOO_STORE_TOKEN={CANARIES[0]}\nUNUSED='{CANARIES[1]}'\n")
    with unmeasured():
        said = [copy.command("regen-golden", "--all", "--yes", "--reason", "as before")]
    assert said[0].code == 0, said[0].err
    copy.edit(CAT_YAML, "CatTrainer", "DogTrainer")
    copy.edit(DOGS, "        sure = np.clip(", "        raise ValueError(vars(model))\n        sure = np.clip(")
    said += [copy.command("check", *how) for how in (("--report", "report.html"), ("--json",))]
    assert [ran.code for ran in said] == [0, 5, 5]
    (copy.root / ".env").unlink()
    files = [path for folder in (copy.root, kept) for path in folder.rglob("*") if path.is_file()]
    assert len([path for path in files if path.is_relative_to(kept)]) > 10
    assert {path.name for path in files} >= {"report.html", "record.json", "internals.jsonl"}
    assert any(".mlguard/pending" in path.as_posix() for path in files)
    texts = [ran.out.encode() + ran.err.encode() for ran in said] + [path.read_bytes() for path in files]
    assert [text for text in texts if any(canary.encode() in text for canary in CANARIES)] == []
    # What is no secret is there.
    assert any(b"DogTrainer" in path.read_bytes() for path in files if path.is_relative_to(kept))


def test_a_setting_that_dotenv_changes_is_named(copy: Project) -> None:
    assert copy.command("check", "--quick", CAT).code == 0
    copy.write(".env", "ZOO_TRAINER__PENALTY=0.5\n")
    ran = copy.command("check", "--quick", CAT)
    assert ran.code == 1
    assert "first moved in stage train" in ran.out
    assert "train settings.trainer.penalty: 0.02 -> 0.5" in ran.out


def test_a_variable_of_the_shell_reaches_no_model(copy: Project) -> None:
    assert copy.command("check", "--quick", CAT, ZOO_TRAINER__PENALTY="0.5").code == 0


@pytest.fixture
def data(copy: Project) -> Path:
    """The animals as files, for programs."""
    made = make(copy.root / "datasets/generators/animals.py", 0)
    write_dataset(made, copy.root.parent / "data", name="animals", seed=0)
    return copy.root.parent / "data"


def run(copy: Project, program: str, *arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    told = [sys.executable, program, *map(str, arguments)]
    environ = {name: text for name, text in os.environ.items() if not name.startswith("ZOO_")}
    return subprocess.run(
        told, cwd=copy.root, env={**environ, **variables}, capture_output=True, text=True, check=False
    )


def test_a_search_at_once_gives_what_one_after_the_other_gives(copy: Project, data: Path, tmp_path: Path) -> None:
    left = {}
    for jobs in (1, 4):
        out = tmp_path / f"jobs {jobs}"
        ran = run(copy, "search.py", CAT_YAML, data / "train.csv", data / "test.csv", out, jobs)
        assert ran.returncode == 0, ran.stderr
        left[jobs] = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert left[1] == left[4]
    assert {name.partition("/")[0] for name in left[1]} == {"0.0", "0.01", "0.1", "1.0"}
    assert len({left[1][f"{penalty}/answers.csv"] for penalty in (0.0, 0.01, 0.1, 1.0)}) == 4


def test_another_program_trains_the_model_of_the_golden(copy: Project, data: Path, tmp_path: Path) -> None:
    ran = run(copy, "main.py", CAT_YAML, data / "train.csv", data / "test.csv", tmp_path / "out")
    assert ran.returncode == 0, ran.stderr
    golden = {one.name: one.value.data[0] for one in copy.golden(CAT) if one.stage == "evaluate" and one.run == "main"}
    scores = (tmp_path / "out/scores.json").read_text("utf-8")
    assert [f"{golden[name]:.9f}"[:10] in scores for name in ("accuracy", "brier")] == [False, True]
    line = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO zoo: CatModel was trained by CatTrainer on 120 rows"
    assert re.search(line, ran.stderr), ran.stderr


def test_no_golden_has_the_time_of_a_log() -> None:
    files = [path for path in (REPOSITORIES / REPOSITORY / "golden").rglob("*") if path.is_file()]
    assert len(files) > 15
    assert [
        path.name for path in files if re.search(rb"\d\d:\d\d:\d\d,\d{3}|INFO zoo|was trained by", path.read_bytes())
    ] == []


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"ZOO_TRAINER__STEPS": "many"}, "ZOO_TRAINER__STEPS: steps must be int, not 'many'"),
        ({"ZOO_TRAINER__STEP": "9"}, "ZOO_TRAINER__STEP: unknown setting step; known are name, steps, speed, penalty"),
    ],
)
def test_settings_have_the_types_of_their_defaults(
    copy: Project, data: Path, variables: dict[str, str], told: str
) -> None:
    ran = run(copy, "main.py", CAT_YAML, data / "train.csv", data / "test.csv", "out", **variables)
    assert ran.returncode == 1
    assert told in ran.stderr


def test_the_environment_stands_over_dotenv_over_yaml_over_defaults(copy: Project) -> None:
    copy.write(".env", "ZOO_TRAINER__STEPS=2\nZOO_TRAINER__SPEED=1\n")
    program = "from zoo.settings import load; print(load('configs/model_cat.yaml').public()['trainer'])"
    ran = run(copy, "-c", program, ZOO_TRAINER__STEPS="3")
    assert ran.stdout == "{'name': 'CatTrainer', 'steps': 3, 'speed': 1.0, 'penalty': 0.02}\n"
