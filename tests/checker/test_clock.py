"""Zone and day are taken apart by runs at one of them alone; a guard that moves by itself blames neither."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from mlguard.checker.clock import depends_on, differs_elsewhere, first_place
from mlguard.core.cause import Cause, CauseKind
from mlguard.core.compare import Comparison
from mlguard.core.contract import DIFFERS, INAPPLICABLE, SAME
from mlguard.core.finding import Finding, Kind
from mlguard.core.outcome import Outcome
from mlguard.core.record import CONTRACT, Observation, Record
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN, REFIT, RunName
from mlguard.core.value import number, text
from mlguard.report.causes import say_cause
from mlguard.runner.order import Extent
from mlguard.runner.run import BUNDLE
from mlguard.worker.moment import ANOTHER_DAY, ELSEWHERE, USUAL, ZONE, Moment

HERE = Record("Line", (Observation("features", "hour", number(1.0)), Observation("predict", "mean", number(2.0))))


def contract(name: str, status: str, run: RunName = MAIN) -> Observation:
    return Observation("contracts", name, text(status), role=CONTRACT, run=run)


class Moving:
    """Stands for a Runner: what moves in the main run, and whether the bundle holds, at each moment."""

    def __init__(self, main: dict[Moment, str], bundle: frozenset[Moment] = frozenset()) -> None:
        self.main, self.bundle = main, bundle

    def run(self, guard: object, *, extent: Extent, moment: Moment = USUAL, elsewhere: Moment = ELSEWHERE):
        if extent is Extent.MAIN:
            moved = [replace(o, value=number(9.0)) if o.stage == self.main.get(moment) else o for o in HERE]
            return SimpleNamespace(record=Record("Line", tuple(moved)))
        status = DIFFERS if elsewhere in self.bundle else SAME
        return SimpleNamespace(record=Record("Line", (*HERE, contract(BUNDLE, status))))


@pytest.mark.parametrize(
    ("runner", "told"),
    [
        (Moving({}), []),
        (Moving({ZONE: "features"}), ["the machine's time zone, first in features"]),
        (Moving({ANOTHER_DAY: "predict"}), ["today's date, first in predict;"]),
        (Moving({}, frozenset({ANOTHER_DAY})), ["today's date, first in predict, in the contract 'saved bundle'"]),
        (Moving({ZONE: "features"}, frozenset({ANOTHER_DAY})), ["time zone, first in features", "today's date"]),
        (Moving({}, frozenset({USUAL, ZONE, ANOTHER_DAY})), []),
        (Moving({USUAL: "predict", ZONE: "predict", ANOTHER_DAY: "predict"}), []),
    ],
    ids=["neither", "zone", "day", "day of the bundle", "both", "a bundle that never loads", "unsteady by itself"],
)
def test_what_moves_at_one_of_them_alone_is_to_blame(runner: Moving, told: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mlguard.checker.clock.another_zone", lambda: ZONE)
    found = depends_on(runner, None, HERE)
    assert len(found) == len(told)
    assert all(words in say_cause(line) for words, line in zip(told, found, strict=True))


@pytest.mark.parametrize(
    ("observation", "differs"),
    [
        (contract(BUNDLE, SAME), False),
        (contract(BUNDLE, DIFFERS), True),
        (contract(f"{BUNDLE}, probe rows", "raised KeyError: x"), True),
        (contract(BUNDLE, f"{INAPPLICABLE}: the guard observes by itself"), False),
        (contract("as before", DIFFERS, REFIT), True),
        (contract("row order", DIFFERS), False),
    ],
)
def test_only_what_is_run_elsewhere_gives_rise_to_the_question(observation: Observation, differs: bool):
    record = Record("Line", (*HERE, observation))
    assert differs_elsewhere(record, Rules()) is differs
    assert not differs_elsewhere(record, Rules(waive={"*": "known"}))


FEATURES, PREDICT = Cause(CauseKind.ZONE_DECIDES, stage="features"), Cause(CauseKind.DAY_DECIDES, stage="predict")
BROKEN, LATE = contract(BUNDLE, DIFFERS), Observation("predict", "mean", number(2.0), run=REFIT)


@pytest.mark.parametrize(
    ("moved", "causes", "place"),
    [
        ([BROKEN], [], ("contracts", MAIN)),
        ([BROKEN], [FEATURES], ("features", MAIN)),
        ([LATE], [FEATURES], ("features", REFIT)),
        ([BROKEN, LATE], [PREDICT, FEATURES], ("features", REFIT)),
        ([BROKEN, LATE], [PREDICT], ("predict", REFIT)),
        ([HERE.by_key()[MAIN, "predict", "mean"], BROKEN], [FEATURES], ("predict", MAIN)),
        ([BROKEN], [Cause(CauseKind.OWN_CODE_DIFFERS, stage="split")], ("contracts", MAIN)),
        ([], [], (None, MAIN)),
    ],
    ids=["unknown", "bundle", "refit", "both", "answers alone", "in the main run too", "another cause", "nothing"],
)
def test_what_moved_elsewhere_is_placed_where_zone_or_day_decide_first(moved, causes, place):
    findings = tuple(Finding(o.run, o.stage, o.name, o.role, Kind.MOVED, Outcome.SHIFTED, True) for o in moved)
    assert first_place(Comparison(findings), causes) == place
