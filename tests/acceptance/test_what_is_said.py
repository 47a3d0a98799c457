"""What a check says of edits as people make them, whole: each text is read as a message before it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.acceptance.said import same_everywhere
from tests.project import CODE, GENERATOR, GUARD, Project

MOST = 40
"""Lines that one guard may say when it fails."""

TRAIN = "    def train("
SEEDS = "seeds = (0, 1)"

EDITS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "a constant was added": ((CODE, 'model["shift"] +', 'model["shift"] + 1 +'),),
    "a parameter has another default": ((CODE, "ridge=0.0", "ridge=3.0"),),
    "another metric": ((CODE, ".mean()), ", ".max()), "),),
    "a metric is gone": ((CODE, ', "rows": len(y)', ""),),
    "a new metric": ((CODE, '"rows": len(y)', '"rows": len(y), "worst": float(abs(y.to_numpy() - answers).max())'),),
    "a renamed metric": ((CODE, '"mae"', '"mean_error"'),),
    "answers in another precision": ((CODE, ".to_numpy()\n\n\ndef score", '.to_numpy("float32")\n\n\ndef score'),),
    "answers are named": ((GUARD, "return line.answer(model, rows)", 'return {"y": line.answer(model, rows)}'),),
    "another split": (
        (GUARD, TRAIN, f"    def split(self, data):\n        return data.rows[:8], data.rows[8:]\n\n{TRAIN}"),
    ),
    "a gap in the answers": ((CODE, 'rows["x"]).to_numpy()', 'rows["x"].where(rows["x"] < 5)).to_numpy()'),),
    "answers depend on the other rows": ((CODE, '* rows["x"])', '* (rows["x"] - rows["x"].mean()))'),),
    "the rows are changed by predict": (
        (CODE, "def answer(model, rows):\n", 'def answer(model, rows):\n    rows["seen"] = 1\n'),
    ),
    "a gate": ((GUARD, SEEDS, f'{SEEDS}\n    require = {{"mae": "<= 0.01"}}'),),
    "other data": ((GENERATOR, "2 * x + 1", "3 * x + 1"),),
    "more rows": ((GENERATOR, "rows=16", "rows=20"),),
    "a new column": ((GENERATOR, '"y": 2', '"z": 0 * x, "y": 2'),),
    "a typo in an option": ((GUARD, SEEDS, f"{SEEDS}\n    tolerance = 0.1"),),
    "a module that is not installed": ((GUARD, "import line\n", "import line\nimport lightning_of_tomorrow\n"),),
    "an error in the syntax": ((CODE, "def score(y, answers):", "def score(y, answers)"),),
}


@pytest.fixture(scope="module", autouse=True)
def one_after_the_other() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.cpu_count", lambda: 1)
        yield


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_told(name: str, line: Project, snapshot: SnapshotAssertion) -> None:
    with ExitStack() as edited:
        for edit in EDITS[name]:
            edited.enter_context(line.editing(*edit))
        ran = line.command("check", "--quick")
    assert ran.changed == ()
    said = same_everywhere(ran.out)
    assert len(said.splitlines()) <= MOST
    assert said == snapshot
