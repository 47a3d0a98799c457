"""Variants of one guard, one per configuration: each has a golden of its own, and no run touches those of others."""

from __future__ import annotations

import shutil

import pytest

from tests.project import FILES, GUARD, Project

DECLARED = '    dataset = "tiny"\n    seeds = (0, 1)\n'
LISTED = '    dataset = "tiny"\n    seeds = (0,)\n    config = ["small.json", "large.json"]\n'
TRAINED = """\
        assert not any(self.folder.iterdir())
        (self.folder / "settings.json").write_text(str(self.config["ridge"]))
        model = line.fit(train, self.config["ridge"])
        (self.folder / "model.txt").write_text(str(model["slope"]))
        return {**model, "slope": float((self.folder / "model.txt").read_text())}
"""


@pytest.fixture(scope="module")
def project(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Two variants with goldens, recorded one after the other; each keeps files of the same names while it trains."""
    guard = FILES[GUARD].replace(DECLARED, LISTED).replace("        return line.fit(train)\n", TRAINED)
    files = {**FILES, GUARD: guard, "small.json": '{"ridge": 0.5}', "large.json": '{"ridge": 5.0}'}
    made = Project(tmp_path_factory.mktemp("variants"), files)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.cpu_count", lambda: 1)
        assert made.command("regen-golden", "--reason", "first", "--yes").code == 0
    return made


def test_variants_that_run_at_once_answer_as_one_after_the_other(project: Project) -> None:
    ran = project.command("check", "--jobs", "2", "--json")
    assert {guard["name"]: guard["outcome"] for guard in ran.json["guards"]} == {
        "Line[small]": "match", "Line[large]": "match",
    }  # fmt: skip
    assert ran.changed == ()


def test_a_new_variant_leaves_the_goldens_of_the_others(project: Project) -> None:
    with (
        project.editing(GUARD, '"large.json"]', '"large.json", "none.json"]'),
        project.also("none.json", '{"ridge": 0}'),
    ):
        ran = project.command("regen-golden", "--reason", "a third", "--yes")
    assert (ran.code, {name.rpartition("/")[0] for name in ran.changed}) == (0, {"golden/Line/none"})
    shutil.rmtree(project.root / "golden/Line/none")
