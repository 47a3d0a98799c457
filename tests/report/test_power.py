"""How an audit is drawn: the power, what was missed, and nothing about what was not asked."""

from __future__ import annotations

import json
from dataclasses import replace

from mlguard.core.power import Audit, Fate, Planted
from mlguard.report.power import as_data, draw_audit, figures, power_in_words

NOTICED = Planted("ddof", "code", "a.py", 3, "std()", "std(ddof=0)", Fate.NOTICED, stage="predict")
MISSED = Planted(
    "fill value",
    "code",
    "a.py",
    7,
    "    x = x.fillna(0)",
    "    x = x.fillna(1)",
    Fate.MISSED,
    remedies=("5 times the rows (1000): predict test.prediction: 1 of 250 moved",),
)
AUDIT = Audit(
    "Line",
    (NOTICED, MISSED, replace(NOTICED, fate=Fate.EQUIVALENT), replace(NOTICED, fate=Fate.INVALID)),
    possible=40,
    budget="60 s",
    when="2026-01-02T03:04:05Z",
    seconds=61.2,
)

DRAWN = """\
Line: noticed 1 of 2 planted changes, power 50% (95 % interval 9% to 91%)
  4 of 40 possible changes tried in 61 s; not counted: 1 equivalent, 1 invalid
  noticed in predict 1
  fill value: 0 of 1
  all of ddof 1

  missed: a.py:7  fill value
    -     x = x.fillna(0)
    +     x = x.fillna(1)
    would catch it: 5 times the rows (1000): predict test.prediction: 1 of 250 moved"""


def test_the_power_and_each_survivor() -> None:
    assert draw_audit(AUDIT) == DRAWN


def test_nothing_that_counts_is_no_power() -> None:
    none = Audit("Line", possible=3, budget="1 s", when="2026-01-02T03:04:05Z")
    assert draw_audit(none).splitlines()[0] == "Line: no change was planted that counts"
    assert power_in_words(figures(none)) == "power unknown (1 s, 2026-01-02)"


def test_an_interrupted_audit_says_so() -> None:
    assert draw_audit(replace(AUDIT, interrupted=True)).splitlines()[0].endswith(", interrupted")


def test_a_guard_that_was_not_audited_says_why() -> None:
    refused = Audit("Line", problem="guard Line does not match its golden", slug="audit-unclean", failed=2)
    assert draw_audit(refused) == "Line: not audited\n  guard Line does not match its golden [audit-unclean]"


def test_data_is_plain_and_whole() -> None:
    told = json.loads(json.dumps(as_data(AUDIT)))
    assert (told["power"], told["noticed"], told["missed"], told["equivalent"], told["invalid"]) == (0.5, 1, 1, 1, 1)
    (survivor,) = told["survivors"]
    assert (survivor["file"], survivor["line"], survivor["operator"]) == ("a.py", 7, "fill value")
    assert survivor["diff"] == "-     x = x.fillna(0)\n+     x = x.fillna(1)"
    (equivalent,) = told["equivalents"]
    assert (equivalent["operator"], "remedies" in equivalent) == ("ddof", False)
    assert told["operators"]["ddof"] == {"power": 1.0, "noticed": 1, "missed": 0}


def test_half_a_line() -> None:
    assert power_in_words(figures(AUDIT)) == "power 50% of 2 changes (60 s, 2026-01-02)"
