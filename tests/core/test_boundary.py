"""A flip moves from one end of a tied stretch to the other, and nowhere else, by round-off."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from mlguard.core.boundary import BOUNDARY, beside
from mlguard.core.compare import compare
from mlguard.core.outcome import Outcome
from mlguard.core.record import PROBE, Observation, Record
from mlguard.core.value import numbers, texts

HALF, LESS = 0.5, float(np.nextafter(0.5, 0))

BEFORE = (0.2, [0.2, HALF])
"""The stretch of one half counts as 1: the flip from 0 to 1 is at its near end, and the row behind it is tied."""


def of(
    share: float, scores: Sequence[float], *, inclusive: bool = True, tested: float = HALF, track: str = "3|4"
) -> Record:
    """What a run says of one track: where it flips, the scores on both sides, and one test row's score."""

    def column(part: str, values: Sequence[float], rows: Sequence[str], role: object) -> list[Observation]:
        label = np.array([value >= 0.5 if inclusive else value > 0.5 for value in values])
        columns = {"label": numbers(label, rows=rows), "p": numbers(np.array(values), rows=rows)}
        return [Observation("predict", f"{part}.{n}", v, role=role, column=n) for n, v in columns.items()]  # type: ignore[arg-type]

    rows = [*beside(track), "minimum x #0", "maximum x #0"]
    told = Observation("predict", "probes.status", texts(["answered"] * 4, rows=rows), role=PROBE)
    places = Observation("predict", BOUNDARY, numbers(np.array([share]), rows=[track]))
    tests = column("test", [0.1, tested, 0.9], ["0", "1", "2"], told.role.GATE)
    return Record("G", (*tests, told, *column("probes", [*scores, 0.1, 0.9], rows, PROBE), places))


def outcome(golden: Record, new: Record) -> Outcome:
    return compare(golden, new).outcome


def test_a_stretch_that_turned_takes_its_flip_to_its_other_end() -> None:
    near, far = of(*BEFORE), of(0.7, [LESS, 0.8], tested=LESS)
    assert outcome(near, far) is Outcome.MATCH
    assert outcome(far, near) is Outcome.MATCH


@pytest.mark.parametrize(
    "new",
    [
        pytest.param(of(0.3, [0.2, HALF]), id="the same end of the stretch lies elsewhere"),
        pytest.param(of(0.1, [LESS, 0.8]), id="the other end is nearer"),
        pytest.param(of(0.7, [0.3, 0.8]), id="no stretch any more"),
        pytest.param(of(0.7, [LESS - 1e-6, 0.8]), id="not tied any more"),
        pytest.param(of(0.7, [HALF, 0.8], inclusive=False), id="the scores did not move"),
        pytest.param(of(0.7, [0.9, LESS]), id="the flip is the other way round"),
        pytest.param(of(0.7, [LESS, 0.3]), id="no flip any more"),
        pytest.param(of(0.2, [0.2, HALF], track="4|5"), id="another track though no test row turned"),
    ],
)
def test_any_other_move_is_a_move(new: Record) -> None:
    assert outcome(of(*BEFORE), new) is Outcome.SHIFTED


def test_tracks_that_go_for_no_reason_are_lost() -> None:
    moves = compare(of(*BEFORE), of(0.2, [0.2, HALF], track="4|5")).moves()
    assert {finding.observation for finding in moves} == {BOUNDARY, "probes.status"}


def test_tracks_come_and_go_with_the_labels_of_test_rows_that_turned() -> None:
    assert outcome(of(*BEFORE), of(0.2, [0.2, 0.6], track="4|5", tested=LESS)) is Outcome.MATCH
