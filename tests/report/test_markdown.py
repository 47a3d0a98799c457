"""Verdicts as Markdown and as annotations: what failed is there, and nothing in a name acts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from mlguard.core.outcome import Outcome
from mlguard.core.verdict import Verdict
from mlguard.report.markdown import MOST, document, workflow_commands
from tests.report.verdicts import VERDICTS

HOSTILE = "A|</code><script>alert(1)</script>`![x](http://x)\n::error::x"


def test_a_run_in_which_all_match_is_one_line() -> None:
    assert document([VERDICTS["match"]]) == "### mlguard: 1 guard: 1 match; 9 observations compared\n"


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (12, "less than a minute"),
        (360, "6 min"),
        (3600, "1 h 0 min"),
        (7500, "2 h 5 min"),
        (3 * 86400, "3 days"),
    ],
)
def test_how_long_it_took_from_the_push_is_told(seconds: float, told: str) -> None:
    assert document([VERDICTS["match"]], waited=seconds).splitlines()[1:] == ["", f"verdict {told} after the push"]


@pytest.mark.parametrize("name", ["shifted", "error", "environment-changed"])
def test_what_failed_is_told(name: str, snapshot: SnapshotAssertion) -> None:
    assert document([VERDICTS["match"], VERDICTS[name]]) == snapshot


def test_each_guard_says_what_changed_and_the_headline_all_of_it() -> None:
    names = ("shifted", "environment-changed", "error", "a gate alone")
    head, *rest = document([VERDICTS[name] for name in names]).splitlines()
    assert head.endswith("; changed: configuration, environment")
    cells = [re.sub("</?code>", "", row).split(" | ")[1:3] for row in rest if row.startswith("| <code>")]
    assert [cell[1] for cell in cells] == ["configuration", "environment", "", ""]


def test_annotations_stand_at_the_file_of_the_guard() -> None:
    verdicts = [replace(VERDICTS[name], file="tests/guards/test_churn.py") for name in ("match", "error", "unstable")]
    assert list(workflow_commands(verdicts)) == [
        "::error file=tests/guards/test_churn.py,title=mlguard%3A Churn%3A error::"
        "guard Churn: `train` raised KeyError: 'income'",
        "::warning file=tests/guards/test_churn.py,title=mlguard%3A Churn%3A unstable::"
        "predict test.label jumps, row r1, under round-off alone (likely a tie)",
    ]


def test_nothing_in_a_name_acts() -> None:
    verdict = Verdict(HOSTILE, Outcome.ERROR, problem=f"100%\n```\n{HOSTILE}", file="a,b:c.py")
    text = document([verdict])
    table, _, details = text.partition("<details>")
    assert "<script>" not in table
    assert all(line.count("|") == 6 for line in table.splitlines() if line.startswith("|"))
    fence = re.search(r"^(`+)text$", details, re.MULTILINE)
    assert fence
    assert details.count(f"\n{fence[1]}\n") == 1
    (line,) = workflow_commands([verdict])
    assert "\n" not in line
    assert line.startswith("::error file=a%2Cb%3Ac.py,title=")


def test_a_document_has_an_end() -> None:
    verdict = replace(VERDICTS["error"], traceback="x" * 20_000)
    text = document([verdict] * 9)
    assert len(text.encode()) <= MOST
    assert text.endswith("\n7 more failed; the log of the job has all of it.\n")


def test_long_names_and_messages_are_cut() -> None:
    verdict = Verdict("😀" * 5000, Outcome.ERROR, problem="😀" * 100_000, file="a.py")
    text = document([verdict] * 200)
    assert len(text.encode()) <= MOST
    assert text.endswith("\n200 more failed; the log of the job has all of it.\n")
    assert all(len(line) < 1000 for line in workflow_commands([verdict]))


def test_what_moved_is_told_by_where_it_comes_from() -> None:
    moved = VERDICTS["shifted"]
    stage = moved.moves()[0].stage
    text = document([replace(moved, places={stage: "notebooks/rents.ipynb, cell 5 (`answer`)"})])
    _, head, table = text.partition("<details>")[0].partition(
        "| <code>Churn</code> comes from | what moved |\n|---|---|\n"
    )
    rows = table.strip().splitlines()
    assert (bool(head), len(rows)) == (True, len([move for move in moved.moves() if move.stage == stage]))
    assert all(
        row.startswith("| <code>notebooks/rents.ipynb, cell 5 (&#96;answer&#96;)</code> | <code>") for row in rows
    )
    assert "comes from" not in document([moved]).partition("<details>")[0]


def test_where_it_comes_from_has_its_share_of_the_room() -> None:
    moved = VERDICTS["shifted"]
    places = {finding.stage: "😀" * 5000 for finding in moved.moves()}
    text = document([replace(moved, places=places)] * 40)
    assert len(text.encode()) <= MOST
    assert 1 <= text.count("comes from | what moved") < 40
    assert text.count("<details>") >= 5
