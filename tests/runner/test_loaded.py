"""The contract of the saved bundle beside the configuration's file, and in goldens of before that file was there."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from mlguard.core.compare import compare
from mlguard.core.outcome import Outcome
from mlguard.core.question import CONFIG_BESIDE_BUNDLE, LIKE_WITH_LIKE, QUESTIONS
from mlguard.core.record import CONTRACT, PROBE, Observation, Record
from mlguard.core.value import numbers
from mlguard.runner.loaded import compared
from mlguard.runner.order import Change, Extent
from tests.project import CODE, FILES, GUARD, Project

ANSWER = "def answer(model, rows):\n"
OPENS = f"{ANSWER}    model = {{**model, 'shift': json.load(open(config))['shift']}}\n".replace("rows", "rows, config")
NEEDS = {"predict": ("line.answer(model, rows)", "line.answer(model, rows, self.config_path)")}


@pytest.fixture(scope="module")
def configured(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The straight line, whose code opens the file of its configuration to answer."""
    code = "import json\n\n\n" + FILES[CODE].replace(ANSWER, OPENS)
    guard = FILES[GUARD].replace('"tiny"\n', '"tiny"\n    config = "line.json"\n').replace(*NEEDS["predict"])
    files = {**FILES, CODE: code, GUARD: guard, "line.json": '{"shift": 1.5}\n'}
    return Project(tmp_path_factory.mktemp("configured"), files)


def bundle(record: Record, *, older: bool = False) -> dict[str, str]:
    """The contract of the bundle by name, without the words of an exception."""
    found = record.older if older else record.observations
    return {
        o.name: str(o.value.data[0]).partition(":")[0]
        for o in found
        if o.role == CONTRACT and o.name.startswith("saved bundle")
    }


def test_whole_numbers_for_some_probe_rows_are_those_of_the_column_with_gaps() -> None:
    def probes(cells: list[float], names: tuple[str, ...], dtype: str = "float64") -> Observation:
        value = numbers(np.array(cells, dtype), rows=names)
        return Observation("predict", "probes.band", value, role=PROBE, column="band", file="probes")

    main = Record.of("Line", [probes([1.0, np.nan, 2.0], ("below", "far", "above"))])
    for cells, status in (([1, 2], "same"), ([1, 3], "differs")):
        answers = {"columns": {}, "names": None, "probes": [probes(cells, ("below", "above"), "int64")]}
        found = {o.name: str(o.value.data[0]) for o in compared(answers, main) if o.role == CONTRACT}
        assert found == {"saved bundle": "same", "saved bundle, probe rows": status}
        before = replace(main, asked={name: 1 for name in QUESTIONS if name != LIKE_WITH_LIKE})
        found = {o.name: str(o.value.data[0]) for o in compared(answers, before) if o.role == CONTRACT}
        assert found["saved bundle, probe rows"] == "differs"


HELD = {"saved bundle": "same", "saved bundle, probe rows": "same"}


def quick(project: Project, **how: object) -> Record:
    with project.runner() as runner:
        return runner.run(project.declared(), extent=Extent.QUICK, **how).record  # type: ignore[arg-type]


def test_the_file_of_the_configuration_is_there_and_goldens_of_before_keep_their_form(configured: Project) -> None:
    record = quick(configured)
    assert bundle(record) == HELD
    assert bundle(record, older=True) == {"saved bundle": "raised TypeError"}
    before = replace(
        record.with_observations(
            (
                *(o for o in record if not o.name.startswith("saved bundle")),
                *(replace(o, until="") for o in record.older),
            )
        ),
        asked={name: version for name, version in QUESTIONS.items() if name != CONFIG_BESIDE_BUNDLE},
        older=(),
    )
    comparison = compare(before, record)
    assert comparison.outcome is Outcome.MATCH
    assert CONFIG_BESIDE_BUNDLE in {getattr(finding.detail, "name", "") for finding in comparison.findings}


def test_it_holds_the_values_of_a_changed_configuration(configured: Project) -> None:
    record = quick(configured, change=Change(config=partial(dict, shift=2.5)))
    assert bundle(record) == HELD


@pytest.mark.parametrize(
    ("opened", "older"),
    [("open('other.json')", {}), ("open(config and 'other.json')", {"saved bundle": "raised TypeError"})],
    ids=["it alone", "both"],
)
def test_another_file_of_the_project_is_not_there(configured: Project, opened: str, older: dict[str, str]) -> None:
    with configured.also("other.json", '{"shift": 1.5}'), configured.editing(CODE, "open(config)", opened):
        record = quick(configured)
    assert bundle(record) == {"saved bundle": "raised FileNotFoundError"}
    assert bundle(record, older=True) == older


def test_a_bundle_that_answers_by_itself_is_asked_once(configured: Project, tmp_path: Path) -> None:
    with configured.editing(CODE, "json.load(open(config))['shift']", "1.5"):
        record = quick(configured)
    assert bundle(record) == HELD
    assert not record.older
    assert not [o for o in record if o.question == CONFIG_BESIDE_BUNDLE]


def test_what_falls_back_to_other_values_answers_right_beside_the_file(configured: Project) -> None:
    falls_back = "json.load(open(config))['shift'] if config else 7.0"
    with configured.editing(CODE, "json.load(open(config))['shift']", falls_back):
        record = quick(configured)
    assert bundle(record) == HELD
    assert bundle(record, older=True) == {"saved bundle": "differs", "saved bundle, probe rows": "differs"}
