"""A generator script becomes a Dataset, or a sentence that says what is wrong with it."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
import pytest

from mlguard.core.error import RunError, UsageError
from mlguard.tables.digest import digest
from mlguard.tables.generate import make, make_checked

IMPORTS = "import numpy as np\nimport pandas as pd\nfrom mlguard import Dataset\n"


@pytest.fixture
def script(tmp_path, monkeypatch):
    """Write a generator script, and work in its folder."""
    monkeypatch.chdir(tmp_path)

    def write(body, name="toy"):
        path = tmp_path / f"{name}.py"
        path.write_text(IMPORTS + textwrap.dedent(body), encoding="utf-8")
        return path

    return write


def test_the_dataset_is_what_reading_the_files_gives(script):
    path = script(
        """
        def make(rng, rows=4):
            frame = pd.DataFrame({"x": rng.normal(size=rows), "n": [1, None] * (rows // 2)}, dtype=object)
            frame["t"] = pd.Series(["a"] * rows, dtype="string")
            return Dataset({"train": frame, "pixels": np.full((2, 2), 1 / 3)}, target="t", decimals=3)
        """
    )
    made = make_checked(path, 7)
    expected = np.random.RandomState(7).normal(size=4)
    assert made.train["x"].tolist() == [round(value, 3) for value in expected.tolist()]
    assert made.train["x"].dtype == np.float64
    assert made.train["n"].dtype == "Int64"
    assert made.train["t"].dtype == pd.Series(["a"]).dtype
    assert made.pixels.tolist() == [[0.333, 0.333]] * 2
    assert (made.target, made.decimals) == ("t", 3)
    assert digest(make(path, 7)) == digest(made) != digest(make(path, 8))


def test_rows_are_handed_on(script):
    path = script("def make(rng, rows=4): return pd.DataFrame({'x': rng.rand(rows)})")
    assert len(make(path, 0).rows) == 4
    assert len(make(path, 0, rows=9).rows) == 9


def test_rows_are_refused_by_a_script_that_has_none(script):
    path = script("def make(rng): return np.arange(3)")
    assert make(path, 0).rows.tolist() == [0, 1, 2]
    with pytest.raises(UsageError, match=r"toy\.py makes a fixed number of rows"):
        make(path, 0, rows=9)


RETURNED = {
    "nothing": ("None", "make returned nothing (None); expected a DataFrame"),
    "list": ("[1, 2]", "make returned a list; expected a DataFrame"),
    "series": ("pd.Series([1])", "Series; expected a DataFrame"),
    "no tables": ("{}", "make returned no tables"),
    "empty frame": ("pd.DataFrame({'x': []})", "an empty table 'rows' of shape (0, 1)"),
    "no columns": ("pd.DataFrame(index=range(3))", "an empty table 'rows' of shape (3, 0)"),
    "wrong table": ("{'train': [1]}", "a list as table 'train'"),
    "series table": ("{'train': pd.Series([1])}", "use .to_frame()"),
    "table name": ("{'a b': np.arange(3)}", "a table named 'a b'"),
    "device name": ("{'nul': np.arange(3)}", "a table named 'nul'"),
    "case": ("{'Train': np.arange(3), 'train': np.arange(3)}", "differ only in case: Train, train"),
    "target": ("Dataset(pd.DataFrame({'x': [1]}), target='y')", "the target 'y', which is no column; there are: x"),
    "odd target": ("Dataset(pd.DataFrame({'x': [1]}), target=['x'])", "the target ['x'], a list; expected the name"),
    "decimals": ("Dataset(pd.DataFrame({'x': [1.5]}), decimals={'y': 1})", "decimals name 'y'"),
    "column": ("pd.DataFrame({'x': [1, 'a']})", "column 'x' holds a mixture of integer and text"),
    "index": ("pd.DataFrame({'x': [1]}, index=[5])", "reset_index(drop=True)"),
}


@pytest.mark.parametrize(("returned", "said"), RETURNED.values(), ids=RETURNED)
def test_what_cannot_be_used_is_a_usage_error_naming_the_script(script, returned, said):
    path = script(f"def make(rng, rows=3): return {returned}")
    with pytest.raises(UsageError) as raised:
        make(path, 0)
    assert "toy.py" in raised.value.message
    assert said in raised.value.message


def test_every_problem_is_told_at_once(script):
    path = script("def make(rng): return Dataset({'a b': [1], 'c': np.zeros((0, 2))}, target='y')")
    with pytest.raises(UsageError) as raised:
        make(path, 0)
    for said in ("4 problems", "'a b'", "a list", "an empty table 'c'", "the target 'y'"):
        assert said in raised.value.message


def test_what_the_script_raises_names_script_and_line_and_shows_only_its_frames(script):
    path = script(
        """
        def make(rng, rows=3):
            return deeper(rows)

        def deeper(rows):
            return pd.DataFrame({"x": np.zeros(rows)})["y"]
        """
    )
    with pytest.raises(RunError) as raised:
        make(path, 0)
    assert raised.value.message.startswith("toy.py, line 9: make raised KeyError: 'y'")
    assert "in make" in str(raised.value.traceback)
    assert "in deeper" in str(raised.value.traceback)
    assert "site-packages" not in str(raised.value.traceback)
    assert raised.value.exit_code == 5


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("def make(rng:", "toy.py, line 4: reading it raised SyntaxError"),
        ("1 / 0", "toy.py, line 4: reading it raised ZeroDivisionError"),
        ("raise SystemExit(0)", "toy.py, line 4: reading it raised SystemExit"),
        ("import no_such_module_at_all", "line 4: reading it raised ModuleNotFoundError"),
        ("def make(rng): open('gone.csv')", "line 4: make raised FileNotFoundError"),
    ],
)
def test_a_script_that_cannot_be_run_is_an_error_with_its_line(script, body, said):
    with pytest.raises(RunError) as raised:
        make(script(body), 0)
    assert said in raised.value.message


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "has no function `make`"),
        ("make = 3", "has no function `make`"),
        ("def make(): pass", "make() cannot be called as make(rng)"),
        ("def make(rng, size): pass", "make(rng, size) cannot be called"),
        ("def make(*, rng): pass", "make(*, rng) cannot be called"),
    ],
)
def test_a_script_without_a_usable_make_is_a_usage_error(script, body, said):
    with pytest.raises(UsageError) as raised:
        make(script(body), 0)
    assert said in raised.value.message


def test_a_missing_script_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match=r"gone\.py cannot be read"):
        make(tmp_path / "gone.py", 0)


def test_seeds_that_numpy_refuses_are_usage_errors(script):
    path = script("def make(rng): return np.arange(3)")
    for seed in (-1, 2**32):
        with pytest.raises(UsageError, match=str(seed)):
            make(path, seed)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "def make(rng, rows=3): return pd.DataFrame({'a': [1] * rows, 'x': np.random.rand(rows)})",
            "column 'x': 3 of 3",
        ),
        ("import os\ndef make(rng): return {'items': np.frombuffer(os.urandom(8), 'u1')}", "table 'items': "),
        (
            "import builtins\nbuiltins.mlguard_toy = getattr(builtins, 'mlguard_toy', 0) + 1\n"
            "def make(rng): return np.arange(builtins.mlguard_toy)",
            "table 'rows' has shape",
        ),
    ],
    ids=["global state", "entropy", "growing"],
)
def test_a_generator_that_differs_when_run_twice_is_an_error_naming_the_place(script, body, said):
    with pytest.raises(RunError) as raised:
        make_checked(script(body), 0)
    assert "toy.py gives different data when run twice with seed 0" in raised.value.message
    assert said in raised.value.message


def test_noise_below_the_rounding_is_no_difference(script):
    body = "import random\ndef make(rng): return pd.DataFrame({'x': [0.25 + 1e-12 * random.random()]})"
    assert make_checked(script(body), 0).rows["x"].tolist() == [0.25]


def test_an_edited_script_is_read_anew_within_the_same_second(script):
    assert make(script("def make(rng): return np.array([1])"), 0).rows.tolist() == [1]
    assert make(script("def make(rng): return np.array([2])"), 0).rows.tolist() == [2]


def test_the_script_is_not_compiled_under_our_own_future_imports(script):
    path = script("def make(rng: 1 + 1): return np.array([make.__annotations__['rng']])")
    assert make(path, 0).rows.tolist() == [2]
