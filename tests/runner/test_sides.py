"""What a side is made of: the revision's code, the working tree's guards, generators and settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mlguard.core.error import UsageError
from mlguard.runner.repository import Repository
from mlguard.runner.sides import Side, revision, working_tree
from mlguard.settings import load
from mlguard.tools.diff.judge import Judge
from mlguard.worker.pool import Workers
from tests.project import CODE, FILES, GENERATOR, GUARD
from tests.repository import Repository as Real

SHIFT = ('model["shift"] +', 'model["shift"] + 0.25 +')
BASE = "from mlguard import Guard\n\n\nclass Base(Guard):\n    abstract = True\n    seeds = (0,)\n"


@pytest.fixture
def real(at_once: None, tmp_path: Path) -> Real:
    return Real(tmp_path / "repository")


@pytest.fixture
def side(real: Real, zygote: Workers) -> Iterator[Side]:
    """The first commit, after whatever the test's `arranged` did to the working tree."""
    real.project.write("tests/guards/base.py", BASE)
    real.project.write("tests/guards/sizes.py", "LIMIT = 1\n")
    real.project.write("tests/guards/rows.csv", "1\n")
    real.commit("Add what stands beside the guards")
    real.project.write("tests/guards/base.py", BASE.replace("(0,)", "(0, 1)"))
    real.project.write("tests/guards/sizes.py", "LIMIT = 2\n")
    real.project.write("tests/guards/new.csv", "2\n")
    real.project.write("tests/guards/__pycache__/x.pyc", "")
    repository = Repository.around(real.top, zygote)
    guards = [real.project.declared()]
    with revision(repository, load(real.top), guards, repository.commit("HEAD"), "HEAD") as made:
        yield made


def test_guards_and_their_bases_are_the_working_trees_and_what_they_use_is_the_revisions(side: Side):
    folder = side.settings.base / "tests/guards"
    assert "seeds = (0, 1)" in (folder / "base.py").read_text()
    assert (folder / "sizes.py").read_text() == "LIMIT = 1\n"
    assert (folder / "rows.csv").read_text() == "1\n"
    assert (folder / "new.csv").read_text() == "2\n"
    assert not (folder / "__pycache__").exists()


def test_edited_guards_are_named(side: Side):
    (remark,) = side.remarks
    assert "what was edited in tests/guards/base.py is not compared" in remark


def test_an_edited_generator_of_a_guard_is_named_and_no_other_one(real: Real, zygote: Workers):
    real.project.write("datasets/generators/other.py", FILES[GENERATOR])
    repository, guards = Repository.around(real.top, zygote), [real.project.declared()]
    with revision(repository, load(real.top), guards, repository.commit("HEAD")) as made:
        assert made.remarks == ()
    real.project.edit(GENERATOR, "2 * x", "3 * x")
    real.project.write("datasets/generators/other.py", "")
    with revision(repository, load(real.top), guards, repository.commit("HEAD")) as made:
        (remark,) = made.remarks
    assert f"what was edited in {GENERATOR} is not compared" in remark


def test_generators_stay_where_they_are_and_places_of_code_move(side: Side, real: Real):
    assert side.settings.generators == real.top / "datasets/generators"
    assert side.settings.import_path == (str(side.settings.base),)
    assert real.top not in [side.settings.base, *side.settings.base.parents]


def test_a_side_is_gone_after_its_block(real: Real, zygote: Workers):
    repository = Repository.around(real.top, zygote)
    with revision(repository, load(real.top), [], repository.commit("HEAD")) as made:
        assert made.settings.base.is_dir()
    assert not made.settings.base.exists()


def outcome(real: Real, name: str = "HEAD", file: str = GUARD) -> str:
    """What comes of the guard between a revision and the working tree."""
    project = real.project
    with project.runner() as runner:
        repository = Repository.around(project.root, runner.workers)
        guard = project.declared(file=file)
        with revision(repository, runner.settings, [guard], repository.commit(name), name) as before:
            verdict = Judge(runner, before, working_tree(runner.settings)).judge(guard).verdict
            if verdict.usage:
                raise UsageError(str(verdict.problem), slug=str(verdict.slug))
            return str(verdict.outcome)


def test_a_project_in_a_folder_of_its_repository(at_once: None, tmp_path: Path):
    real = Real(tmp_path / "repository", below="products/line")
    assert outcome(real) == "match"
    real.project.edit(CODE, *SHIFT)
    assert outcome(real) == "shifted"


def test_a_project_that_the_revision_does_not_have_names_the_module_that_is_missing(at_once: None, tmp_path: Path):
    real = Real(tmp_path / "repository", files={"README.md": ""})
    for name, content in FILES.items():
        real.project.write(name, content)
    assert outcome(real) == "error"


def test_code_that_moved_to_another_folder_of_the_import_path(real: Real):
    (real.top / CODE).unlink()
    real.project.write(f"src/{CODE}", FILES[CODE].replace(*SHIFT))
    real.project.write("pyproject.toml", '[tool.mlguard]\n[tool.pytest.ini_options]\npythonpath = ["src"]\n')
    assert outcome(real) == "shifted"
    real.project.write(f"src/{CODE}", FILES[CODE])
    assert outcome(real) == "match"


def test_code_whose_folder_only_the_revision_names(at_once: None, tmp_path: Path):
    """The working tree has given up `src`."""
    settings = '[tool.mlguard]\n[tool.pytest.ini_options]\npythonpath = ["src"]\n'
    kept = {name: FILES[name] for name in (GENERATOR, GUARD)}
    real = Real(tmp_path / "repository", files={**kept, "pyproject.toml": settings, f"src/{CODE}": FILES[CODE]})
    (real.top / f"src/{CODE}").unlink()
    real.project.write(CODE, FILES[CODE])
    real.project.write("pyproject.toml", FILES["pyproject.toml"])
    assert outcome(real) == "match"


def test_code_beside_the_guards_is_the_revisions(at_once: None, tmp_path: Path):
    """A folder that holds guards and code must not make every edit look like none."""
    guard = "tests/guards/test_line.py"
    files = {
        **{name: FILES[name] for name in ("pyproject.toml", GENERATOR, GUARD)},
        "tests/guards/line.py": FILES[CODE],
    }
    real = Real(tmp_path / "repository", files=files)
    real.project.edit("tests/guards/line.py", *SHIFT)
    assert outcome(real, file=guard) == "shifted"


def test_a_module_that_comes_from_the_working_tree_all_the_same_is_refused(real: Real):
    text = FILES[GUARD].replace("import line", f"import sys\n\nsys.path.insert(0, {str(real.top)!r})\nimport line")
    real.project.write(GUARD, text)
    with pytest.raises(UsageError) as refused:
        outcome(real)
    assert refused.value.slug == "revision-stray-module"
    assert f"line came from {real.top / CODE}" in refused.value.message
