"""Guards of boosted models: bugs are caught and told in the library's words, refactors are quiet."""

from __future__ import annotations

import pytest

from mlguard.core.outcome import Outcome
from mlguard.core.record import CONTRACT, EFFECT
from mlguard.core.verdict import Verdict
from mlguard.report.terminal import draw
from tests.project import FILES, Project
from tests.with_boosting.projects import CATBOOST, CODE, CONFIG, GENERATOR, GUARDED

MODULE, GUARD = "prices.py", "tests/guards/test_prices.py"


def made(root: object, code: str) -> Project:
    names = {"datasets/generators/tiny.py": GENERATOR, MODULE: code, "prices.yaml": CONFIG, GUARD: GUARDED}
    return Project(root, {"pyproject.toml": FILES["pyproject.toml"], **names})  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=CODE)
def project(at_once: None, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = made(tmp_path_factory.mktemp("boosting"), CODE[request.param])
    assert project.regen("Prices", GUARD).proposal is not None
    return project


@pytest.fixture
def library(project: Project) -> str:
    return (project.root / MODULE).read_text().split()[1]


def check(project: Project, *, quick: bool = False) -> Verdict:
    return project.check("Prices", GUARD, quick=quick).verdict


def test_it_is_recorded_with_every_contract_and_each_key_is_probed(project: Project) -> None:
    golden = project.golden("Prices")
    assert {str(o.value.data[0]) for o in golden if o.role == CONTRACT} == {"same"}
    assert "saved bundle, probe rows" in {o.name for o in golden if o.role == CONTRACT}
    learned = {str(o.run): o.value.data[0] for o in golden if (o.role, o.stage) == (EFFECT, "train")}
    assert min(learned["config rounds"], learned["config rate"]) > 0
    assert learned["config threads"] == 0


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('c["rounds"]', '(c["rounds"] * 6)', "rounds: 20 -> 120 (+100)"),
        ('["x", "z", "shop"]', '["z", "x", "shop"]', "features: 'x, z, shop' -> 'z, x, shop'"),
        ('c["rate"]', '(c["rate"] * 2)', "learning_rate: 0.1 -> 0.2 (+0.1)"),
    ],
)
def test_a_shift_is_told_in_the_words_of_the_library(project: Project, old: str, new: str, told: str) -> None:
    with project.editing(MODULE, old, new):
        verdict = check(project, quick=True)
    assert (verdict.outcome, verdict.first_moved) == (Outcome.SHIFTED, "train")
    assert f"inside: train {told}" in draw(verdict)


def test_the_order_of_categories_is_told_where_it_matters(project: Project, library: str) -> None:
    with project.editing(MODULE, 'SHOPS = ["a", "b", "c"]', 'SHOPS = ["b", "a", "c"]'):
        verdict = check(project)
    if library == "catboost":  # It knows categories by their text.
        assert verdict.outcome is Outcome.MATCH
    else:
        assert verdict.outcome is Outcome.SHIFTED
        assert "inside: train categories.shop: 'a, b, c' -> 'b, a, c'" in draw(verdict)


def test_threads_may_be_written_into_the_code(project: Project) -> None:
    with project.editing(MODULE, 'c["threads"]', "4"):
        assert check(project).outcome is Outcome.MATCH


def test_the_other_way_to_train_the_same_is_quiet(project: Project, library: str) -> None:
    if library == "catboost":
        as_mapping = CATBOOST.replace("CatBoostRegressor(", 'CatBoost(dict(loss_function="RMSE", ')
        again = as_mapping.replace("writing_files=False)", "writing_files=False))")
    else:
        (again,) = (CODE[name] for name in CODE if name.startswith(library) and CODE[name] != text(project))
    with project.editing(MODULE, text(project), again):
        verdict = check(project)
    assert verdict.outcome is Outcome.MATCH, draw(verdict)
    assert "changed" not in draw(verdict)


def text(project: Project) -> str:
    return (project.root / MODULE).read_text()
