"""What moved is told with its cause first, and what held in one line."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mlguard.core.compare import Comparison
from mlguard.core.requirement import parse_requirements
from mlguard.core.run_name import MAIN
from mlguard.core.value import DIGEST, Value, digest_of, numbers, text, texts
from mlguard.core.verdict import Verdict
from mlguard.report.moves import finding_lines, moves
from tests.core.records import against, contract, floats, found, gave, proba, seen

AUC = seen("evaluate", "auc", 0.9)


def lines(comparison: Comparison) -> list[str]:
    first = comparison.first
    assert first is not None
    verdict = Verdict("A", comparison.outcome, comparison.findings, first.stage, first.run)
    return list(moves(verdict))


def test_a_changed_input_comes_before_the_contracts_that_it_breaks() -> None:
    names = ["batches", "row order"]
    answers = [proba(0.1, 0.9), AUC]
    broken = [o for name in names for o in contract(name, "raised KeyError: 'x'")]
    changed = contract("inputs unchanged", "differs", found("inputs unchanged", "train changed column age of train"))
    golden = [*answers, *(o for name in (*names, "inputs unchanged") for o in contract(name, "same"))]
    assert lines(against(golden, [*answers, *broken, *changed])) == [
        "predict and evaluate hold, contracts moved",
        "inputs unchanged: no longer holds: train changed column age of train",
        "2 other contracts may break for that alone: batches, row order",
    ]


def test_chance_within_a_run_comes_before_the_contracts_that_break_with_it() -> None:
    names = ["single rows", "predict twice"]
    golden = [AUC, *(o for name in names for o in contract(name, "same"))]
    new = [AUC, *(o for name in names for o in contract(name, "differs"))]
    assert lines(against(golden, new))[1:] == [
        "predict twice: no longer holds: differs, and the values that it gave are not kept",
        "1 other contract may break for that alone: single rows",
    ]


def test_contracts_that_break_by_themselves_are_all_told() -> None:
    golden = [AUC, *contract("batches", "same"), *contract("row order", "same")]
    new = [AUC, *contract("batches", "raised A: b"), *contract("row order", "raised A: b")]
    assert sum("no longer holds" in line for line in lines(against(golden, new))) == 2


def test_a_gate_that_fails_is_named_however_much_else_moved() -> None:
    golden, new = ([AUC, *(seen("evaluate", f"loss {i}", float(i + add)) for i in range(12))] for add in (0, 1))
    told = lines(against(golden, new, requirements=parse_requirements({"auc": ">= 0.95"})))
    assert told[-2:] == ["… and 2 more, in evaluate", "auc is 0.9, required is >= 0.95 (golden: 0.9, unchanged)"]


def test_what_moves_only_after_another_training_is_state() -> None:
    held = contract("as before", "same", stage="predict", run="refit")
    value = replace(gave("as before", "proba", floats(0.3, 0.9, rows=("r0", "r1"))), stage="predict", run=held[0].run)
    moved = contract("as before", "differs", value, stage="predict", run="refit")
    main = [proba(0.1, 0.9), AUC]
    assert any("state is kept between trainings" in line for line in lines(against([*main, *held], [*main, *moved])))
    both = against([*main, *held], [proba(0.2, 0.9), AUC, *moved])
    assert both.first is not None
    assert both.first.run == MAIN
    assert not any("state is kept" in line for line in lines(both))


def test_a_value_that_became_no_number_is_told_as_that() -> None:
    golden = [proba(0.1, 0.9), seen("evaluate", "loss", 0.5)]
    told = lines(against(golden, [proba(0.1, float("nan")), seen("evaluate", "loss", float("inf"))]))
    assert any("values became NaN" in line for line in told)
    assert any("0.9 -> NaN" in line for line in told)
    assert any("0.5 -> infinite" in line for line in told)


@pytest.mark.parametrize(
    ("golden", "new", "told"),
    [
        (float("nan"), 0.1, "1 of 2 moved: NaN became numbers"),
        (float("-inf"), 0.1, "1 of 2 moved: infinite values became numbers"),
        (float("nan"), float("inf"), "1 of 2 moved: values became infinite"),
        (1.7e308, -1.7e308, "1 of 2 moved"),
    ],
)
def test_a_move_that_no_subtraction_tells_has_no_size(golden: float, new: float, told: str) -> None:
    said = lines(against([proba(golden, 0.5)], [proba(new, 0.5)]))
    assert any(line.strip().endswith(told) for line in said)


def test_another_class_of_estimator_is_named() -> None:
    golden = [proba(0.1, 0.9), seen("train", "model", text("LogisticRegression"), role="internal")]
    new = [proba(0.2, 0.8), seen("train", "model", text("SVC"), role="internal")]
    assert any("'LogisticRegression' -> 'SVC'" in line for line in lines(against(golden, new)))


def test_numbers_are_rounded_to_the_digits_that_differ() -> None:
    golden = [seen("predict", "x", numbers(np.array(0.123456789)))]
    assert any("0.1235 -> 0.2345 (+0.111)" in line for line in lines(against(golden, [seen("predict", "x", 0.23451)])))


DIGESTS = [f"sha256:{digit * 64}" for digit in "123"]


@pytest.mark.parametrize(
    ("name", "golden", "new", "told"),
    [
        (
            "rows.content",
            texts(DIGESTS[:2], dtype=DIGEST, rows=("city", "age")),
            texts(DIGESTS[::2], dtype=DIGEST, rows=("city", "age")),
            "1 of 2 columns changed (age)",
        ),
        (
            "rows.content",
            texts(DIGESTS[:2], dtype=DIGEST, rows=("city", "age")),
            texts(DIGESTS, dtype=DIGEST, rows=("city", "age", "zip")),
            "1 column added (zip)",
        ),
        ("rows.content", digest_of(DIGESTS[0]), digest_of(DIGESTS[1]), "other content"),
        ("rows.shape", numbers(np.array([16, 3])), numbers(np.array([20, 3])), "rows 16 -> 20"),
        ("rows.shape", numbers(np.array([16, 3])), numbers(np.array([10, 4])), "rows 16 -> 10, columns 3 -> 4"),
        ("image.shape", numbers(np.array([2, 3, 4])), numbers(np.array([2, 3, 5])), "axis 2: 4 -> 5"),
    ],
)
def test_facts_of_a_table_are_no_quantities(name: str, golden: Value, new: Value, told: str) -> None:
    """A digest says nothing to a reader, nor does the mean of a number of rows and one of columns."""
    (moved,) = against([seen("dataset", name, golden)], [seen("dataset", name, new)]).moves()
    assert finding_lines(moved) == [f"dataset {name}: {told}"]
