"""The innermost function that was given the same and gave something else is named; a refactor names none."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlguard.tools.trace import MovedFunction, first_moved
from tests.tracing.following import follow

BASE = """\
import numpy as np
import pandas as pd

SHARE = 0.5

def clean(rows):
    return rows.dropna().reset_index(drop=True)

def lagged(rows, days):
    return rows["sold"].shift(days)

def add_lags(rows):
    out = rows.copy()
    out["sold"] = out["sold"].round(1)
    for days in (1, 2):
        out[f"lag_{days}"] = lagged(rows, days)
    return out.fillna(0.0)

def weight(values):
    return values.sum() * SHARE

def fit(rows):
    table = clean(rows)
    features = add_lags(table)
    return {"weight": weight(features["lag_1"]), "mean": float(features["lag_2"].mean()), "sold": table["sold"].sum()}

def main():
    rows = pd.DataFrame({"sold": np.arange(12.0) ** 1.5, "shop": list("abcabcabcabc")})
    rows.loc[3, "sold"] = np.nan
    return fit(rows)
"""


def moved(folder: Path, *edits: tuple[str, str]) -> MovedFunction | None:
    after = BASE
    for old, new in edits:
        assert after.count(old) == 1, old
        after = after.replace(old, new)
    return first_moved(follow(folder, BASE), follow(folder, after))


SHIFTS = {
    "the innermost function": ("shift(days)", "shift(days + 1)", "lagged"),
    "the caller where its own code moved": ("fillna(0.0)", "fillna(1.0)", "add_lags"),
    "the caller where it calls with something else": ("lagged(rows, days)\n", "lagged(rows, days + 1)\n", "add_lags"),
    "the caller where a call went": ("clean(rows)\n", "rows.fillna(9.0)\n", "fit"),
    "a function whose constant moved": ("SHARE = 0.5", "SHARE = 0.6", "weight"),
    "a function that lost rows": ("dropna().reset", "dropna().iloc[1:].reset", "clean"),
    "a function that changes its argument": ("out = rows.copy()", "out = rows", "add_lags"),
    "a function in which one row moved": (
        "return rows[\"sold\"].shift(days)",
        "out = rows[\"sold\"].shift(days)\n    out.iloc[7] += 1e-9\n    return out",
        "lagged",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SHIFTS)
def test_a_shift_is_named(case: str, tmp_path: Path) -> None:
    old, new, function = SHIFTS[case]
    found = moved(tmp_path, (old, new))
    assert found is not None
    assert found.name == f"pipeline.{function}"


KEEPS = {
    "nothing": (),
    "rename": (("def lagged(rows, days)", "def looked_back(rows, days)"), ("= lagged(", "= looked_back(")),
    "rename a parameter": (("def clean(rows):\n    return rows.", "def clean(table):\n    return table."),),
    "swap parameters": (
        ("def lagged(rows, days)", "def lagged(days, rows)"),
        ("= lagged(rows, days)", "= lagged(days, rows)"),
    ),
    "extract": (
        ("    return out.fillna(0.0)", "    return filled(out)\n\ndef filled(table):\n    return table.fillna(0.0)"),
    ),
    "inline": (("= lagged(rows, days)", '= rows["sold"].shift(days)'),),
    "a class": (
        ("def weight(values):\n    return values.sum() * SHARE",
         "class Weight:\n    def __init__(self, share):\n        self.share = share\n\n"
         "    def of(self, values):\n        return values.sum() * self.share"),
        ("weight(features", "Weight(SHARE).of(features"),
    ),
    "another order of calls": (
        ("for days in (1, 2)", "for days in (2, 1)"),
        ("fillna(0.0)", "fillna(0.0).sort_index(axis=1)"),
    ),
    "last digits": (("values.sum() * SHARE", "sum(v * SHARE for v in reversed(values.tolist()))"),),
    "a decorator": (
        ("def weight(", "import functools\n\n@functools.lru_cache\ndef unused():\n    return 1\n\ndef weight("),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", KEEPS)
def test_a_refactor_names_nothing(case: str, tmp_path: Path) -> None:
    assert moved(tmp_path, *KEEPS[case]) is None


OTHER = BASE.replace("def fit(rows)", "from helpers import clean\n\ndef fit(rows)").replace(
    "def clean(rows):\n    return rows.dropna().reset_index(drop=True)\n", ""
)
HELPERS = "def clean(rows):\n    return rows.dropna().reset_index(drop=True)\n"


def test_a_move_to_another_module_names_nothing(tmp_path: Path) -> None:
    assert first_moved(follow(tmp_path, BASE), follow(tmp_path, {"pipeline": OTHER, "helpers": HELPERS})) is None


def test_a_function_that_moved_and_shifted_is_named_at_its_new_place(tmp_path: Path) -> None:
    helpers = "\n" + HELPERS.replace("dropna()", "fillna(0.0)")
    found = first_moved(follow(tmp_path, BASE), follow(tmp_path, {"pipeline": OTHER, "helpers": helpers}))
    assert found is not None
    assert (found.name, found.was) == ("helpers.clean", "pipeline.clean")


def test_a_refactor_beside_a_shift_is_not_to_blame(tmp_path: Path) -> None:
    rename = KEEPS["rename"]
    found = moved(tmp_path, *rename, ("fillna(0.0)", "fillna(1.0)"))
    assert found is not None
    assert found.name == "pipeline.add_lags"
    found = moved(tmp_path, *KEEPS["extract"], ("SHARE = 0.5", "SHARE = 0.6"))
    assert found is not None
    assert found.name == "pipeline.weight"
    found = moved(tmp_path, *rename, ("shift(days)", "shift(days + 1)"))
    assert found is not None
    assert (found.name, found.was) == ("pipeline.looked_back", "pipeline.lagged")


COLUMNS = """\
import pandas as pd

def columns(rows):
    return rows[["price", "rooms"]]

def noted(rows):
    return {"rows": rows, "size": len(rows)}

def total(noted):
    return noted["rows"].sum(axis=1)

def main():
    rows = pd.DataFrame({"price": [1.0, 2.0, 4.0], "rooms": [3.0, 1.0, 2.0], "age": [7.0, 8.0, 9.0]})
    return total(noted(columns(rows)))
"""


@pytest.mark.parametrize("edit", ['"price"', '"rooms", "price", "age"', '"price", "age"'])
def test_what_gave_other_columns_is_named_and_not_what_was_given_them(edit: str, tmp_path: Path) -> None:
    """They have no column in common that moved, and yet their sums did."""
    after = COLUMNS.replace('"price", "rooms"', edit, 1)
    found = first_moved(follow(tmp_path, COLUMNS), follow(tmp_path, after))
    assert found is not None
    assert found.name.endswith(".columns")


def test_the_caller_is_named_where_it_gives_other_columns_itself(tmp_path: Path) -> None:
    inlined = COLUMNS.replace("noted(columns(rows))", "middle(rows)").replace(
        "def main", 'def middle(rows):\n    return noted(rows[["price", "rooms"]])\n\ndef main', 1
    )
    summed = inlined.replace('"size": len(rows)', '"size": rows.sum(axis=1)')
    after = summed.replace('noted(rows[["price", "rooms"]])', 'noted(rows[["price"]])')
    found = first_moved(follow(tmp_path, summed), follow(tmp_path, after))
    assert found is not None
    assert found.name.endswith(".middle")


def test_only_the_first_of_two_shifts_is_named(tmp_path: Path) -> None:
    found = moved(tmp_path, ("dropna()", "fillna(2.0)"), ("SHARE = 0.5", "SHARE = 0.6"))
    assert found is not None
    assert found.name == "pipeline.clean"
