"""A pipeline of gokart from load to upload: rewrites are quiet, and a bug is found at its task."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlguard.core.outcome import Outcome
from mlguard.core.verdict import Verdict
from mlguard.report.causes import say_cause
from mlguard.report.terminal import draw
from mlguard.runner.run import Runner
from mlguard.settings import load
from tests.examples.edit import CONTRACTS, PROBES, told
from tests.examples.repositories.conftest import REPOSITORIES, Repository
from tests.examples.repositories.edit import Edit

GUARD, ROOT = "Prices", REPOSITORIES / "kart_prices"
MODEL, TASKS, SCHEMAS = "prices/model.py", "prices/tasks.py", "prices/schemas.py"

REWIRED = (
    ("PredictPrices(model=Training(split=split), split=split)",
     "PredictPrices(model=TrainModel(parts=HoldOut(split=split)), split=split)"),
    ("""\
    def run(self):
        known, test = model.split(self.load("flats"), self.test_share)
""", """\
    @staticmethod
    def cut(rows, share):
        edge = len(rows) - round(len(rows) * share)
        return rows[:edge], rows[edge:]

    def run(self):
        known, test = self.cut(self.load("flats"), self.test_share)
"""),
    ("class CleanFlats", "class TidyFlats"),
    ("flats=CleanFlats(", "flats=TidyFlats("),
)  # fmt: skip
"""The whole pipeline in one requires; the split as a static method; a task of another name, from which gokart draws the
seed of every task behind it, too."""

TABLE = Edit(
    "the usual area is a table",
    GUARD,
    MODEL,
    'usual = flats.groupby("rooms")["area"].transform("median")',
    'usual = flats["rooms"].map(flats.groupby("rooms")["area"].median())',
)

BUGS = (
    (
        Edit(
            "a mean takes the median's place", GUARD, MODEL, 'transform("median")', 'transform("mean")', stage="split"
        ),
        "inside: split CleanFlats.area",
    ),
    (
        Edit(
            "what trains and what chooses change places",
            GUARD,
            TASKS,
            '{"rows": rows, "valid": valid}',
            '{"rows": valid, "valid": rows}',
            stage="train",
        ),
        "inside: train HoldOut.rows",
    ),
    (
        Edit(
            "the worst depth is taken",
            GUARD,
            MODEL,
            "return min(models, key=lambda model: error(model, valid))",
            "return max(models, key=lambda model: error(model, valid))",
            stage="train",
        ),
        "inside: train TrainModel.",
    ),
    (
        Edit(
            "prices are round",
            GUARD,
            MODEL,
            ".round(2)\n    return prices",
            ".round(-2)\n    return prices",
            stage="predict",
        ),
        "inside: predict PredictPrices.price",
    ),
    (
        Edit(
            "an accuracy at the bound passes",
            GUARD,
            TASKS,
            'found["accuracy"] <= self.require_acc',
            'found["accuracy"] < self.require_acc',
            stage="evaluate",
        ),
        "evaluate CheckAccuracy.require_acc.at accuracy: 'raises AccuracyTooLow' -> 'passes'",
    ),
    (
        Edit(
            "a roof flat is refused",
            GUARD,
            SCHEMAS,
            "pa.Field(ge=-2)",
            "pa.Field(ge=-2, le=6)",
            stage="predict",
            only=PROBES,
        ),
        "row x10 floor 1098: 'answered' -> ",
    ),
    (
        Edit(
            "columns are taken by their places",
            GUARD,
            MODEL,
            "model.predict(flats[FEATURES]).round(2)",
            "model.predict(flats.iloc[:, [2, 3, 7, 4, 8]]).round(2)",
            stage="contracts",
            only=CONTRACTS,
        ),
        "column order",
    ),
)


@pytest.fixture(scope="module")
def kart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    with Runner(load(ROOT)) as runner:
        yield Repository(runner, tmp_path_factory.mktemp("kart"))


def test_a_rewrite_of_a_function_is_quiet_and_the_repository_stays_as_it_was(kart: Repository) -> None:
    before = files(ROOT)
    kart.expect(TABLE)
    assert files(ROOT) == before
    assert before.items() - files(kart.folder / TABLE.id).items() == {(MODEL, before[MODEL])}


def test_a_pipeline_that_is_wired_otherwise_is_quiet(kart: Repository) -> None:
    source = kart.folder / "rewired"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".mlguard", "__pycache__"))
    text = (source / TASKS).read_text(encoding="utf-8")
    for old, new in REWIRED:
        assert text.count(old) == 1
        text = text.replace(old, new)
    (source / TASKS).write_text(text, encoding="utf-8")
    with Runner(load(source)) as runner:
        verdict = Repository(runner, kart.folder / "copies").check(GUARD)
    assert verdict.outcome is Outcome.MATCH, told(verdict)


def files(root: Path) -> dict[str, bytes]:
    """What lies in a repository, with what guards kept left out."""
    found = (path for path in root.rglob("*") if path.is_file() and not {".mlguard", "__pycache__"} & set(path.parts))
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


@pytest.mark.parametrize(("edit", "words"), BUGS, ids=lambda one: one.id if isinstance(one, Edit) else "")
def test_a_bug_is_found_at_its_task(edit: Edit, words: str, kart: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    check = kart.check
    monkeypatch.setattr(kart, "check", lambda *asked: seen.append(check(*asked)) or seen[-1])
    kart.expect(edit)
    assert words in draw(seen[0])


def test_swapped_parts_are_told_with_the_task_and_the_part(kart: Repository) -> None:
    edit = Edit("prices of flats that it has learned from", GUARD, TASKS, 'default="test"', 'default="known"')
    verdict = kart.check(GUARD, edit)
    assert (verdict.outcome, verdict.stage) == (Outcome.ERROR, "predict")
    where = "in task PredictPrices, where LoadFlats, TrainModel, SplitFlats[test] is given and SplitFlats[known] is not"
    assert where in draw(verdict)


def test_a_column_that_is_gone_is_a_matter_of_the_data(kart: Repository) -> None:
    edit = Edit(
        "a column is lost on its way", GUARD, TASKS, 'self.load("flats"))', 'self.load("flats").drop(columns="floor"))'
    )
    verdict = kart.check(GUARD, edit)
    assert (verdict.outcome, verdict.slug, verdict.stage) == (Outcome.ERROR, "schema-refused", "split")
    words = "a schema refuses the data in `split`: "
    assert words in str(verdict.problem)
    assert "column 'floor' not in dataframe" in str(verdict.problem)
    assert "(in task CleanFlats, where LoadFlats is given)" in str(verdict.problem)


def test_groups_that_change_places_are_a_matter_of_the_data(kart: Repository) -> None:
    """A two-sample test on what the generator makes."""
    generator = "datasets/generators/flats.py"
    edit = Edit("renovated flats are cheaper", GUARD, generator, "np.where(renovated == 1,", "np.where(renovated == 0,")
    verdict = kart.check(GUARD, edit)
    assert (verdict.outcome, verdict.slug, verdict.stage) == (Outcome.ERROR, "schema-refused", "split")
    assert "failed two sample ttest between 'yes' and 'no'" in str(verdict.problem)
    assert "in task CleanFlats" in str(verdict.problem)
    assert causes(verdict) == ["the dataset changed: rows (renovated)", INNOCENT]


def test_prices_of_another_domain_that_the_check_refuses_are_a_matter_of_the_data(kart: Repository) -> None:
    generator = "datasets/generators/flats.py"
    edit = Edit("prices are wild", GUARD, generator, "0.05 * settle(rng.normal", "0.3 * settle(rng.normal")
    verdict = kart.check(GUARD, edit)
    assert (verdict.outcome, verdict.stage) == (Outcome.ERROR, "evaluate")
    assert "`evaluate` raised AccuracyTooLow: accuracy is 0." in str(verdict.problem)
    assert causes(verdict) == ["the dataset changed: rows (price)", INNOCENT]


INNOCENT = "on the golden's own tables the code raises nothing, and nothing moves"


def causes(verdict: Verdict) -> list[str]:
    """What is said of causes."""
    return [say_cause(cause) for cause in verdict.causes]
