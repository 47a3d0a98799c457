"""The project's functions are followed in order, with what went in and what came out, whatever else runs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mlguard.tracing import tracer
from mlguard.tracing.trace import Call, Trace
from tests.tracing.following import follow


def calls(trace: Trace, name: str) -> list[Call]:
    return [call for call in trace.calls if call.function.rpartition(".")[2] == name]


def parts(call: Call) -> dict[str, object]:
    return {leaf.path: leaf.value.data.tolist() for leaf in call.result.leaves}


def test_calls_stand_in_order_under_those_that_made_them(tmp_path: Path) -> None:
    trace = follow(
        tmp_path,
        """\
        import functools

        def twice(x):
            return 2 * x

        @functools.cache
        def shifted(x):
            return twice(x) + 1

        class Model:
            def fit(self, x):
                self.mean = twice(x)
                return self

        def main():
            return shifted(Model().fit(1.5).mean)
        """,
    )
    assert [(c.function, c.line, c.end, c.depth, c.parent) for c in trace.calls] == [
        ("pipeline.main", 15, 16, 0, None),
        ("pipeline.Model.fit", 11, 13, 1, 0),
        ("pipeline.twice", 3, 4, 2, 1),
        ("pipeline.shifted", 7, 8, 1, 0),
        ("pipeline.twice", 3, 4, 2, 3),
    ]
    assert {(c.file, c.run, c.stage, c.raised, c.in_guard) for c in trace.calls} == {
        ("pipeline.py", "main", "train", None, False)
    }
    assert parts(trace.calls[0]) == {"return": [7.0]}


def test_what_a_function_changes_in_its_arguments_is_part_of_what_it_gives(tmp_path: Path) -> None:
    trace = follow(
        tmp_path,
        """\
        import pandas as pd

        def fill(rows, limit):
            rows["x"] = rows["x"].fillna(limit)

        def main():
            fill(pd.DataFrame({"x": [1.0, None], "y": ["a", "b"]}), 5.0)
        """,
    )
    (call,) = calls(trace, "fill")
    assert [leaf.path for leaf in call.arguments.leaves] == [
        "rows columns",
        "rows.x",
        "rows.y",
        "limit",
        "random state",
    ]
    assert {leaf.path: leaf.value.data.tolist() for leaf in call.changed.leaves}["rows.x"] == [1.0, 5.0]
    assert not any(leaf.path.startswith("limit") for leaf in call.changed.leaves)


def test_generators_are_heard_and_not_consumed(tmp_path: Path) -> None:
    trace = follow(
        tmp_path,
        """\
        def batches(rows):
            for row in rows:
                yield helper(row)

        def helper(row):
            return row + 0.5

        def first(stream):
            return next(stream)

        def main():
            stream = batches([1, 2, 3])
            return [first(stream), *stream]
        """,
    )
    assert parts(calls(trace, "main")[0]) == {"return": [1.5, 2.5, 3.5]}
    (made,) = calls(trace, "batches")
    assert [v for path, v in parts(made).items() if path.startswith("yield")] == [[1.5], [2.5], [3.5]]
    assert [c.depth for c in calls(trace, "helper")] == [3, 3, 3]


def test_a_function_inside_a_function_counts_as_that_function(tmp_path: Path) -> None:
    trace = follow(
        tmp_path,
        """\
        def scaled(rows, by):
            def one(row):
                return row * by
            return [one(row) for row in rows] + list(map(lambda row: -row, rows))

        def main():
            return scaled([1.0, 2.0], 3.0)
        """,
    )
    assert [(c.function, c.line, c.depth) for c in trace.calls] == [
        ("pipeline.main", 6, 0),
        ("pipeline.scaled", 1, 1),
        ("pipeline.scaled", 1, 2),
        ("pipeline.scaled", 1, 2),
    ]
    assert [leaf.path for leaf in trace.calls[2].arguments.leaves] == ["row", "by", "random state"]


def test_an_exception_ends_a_call(tmp_path: Path) -> None:
    trace = follow(
        tmp_path,
        """\
        def checked(x):
            if x < 0:
                raise ValueError(x)
            return x

        def main():
            try:
                return checked(-1)
            except ValueError:
                return checked(1)
        """,
    )
    kind = "ValueError" if hasattr(sys, "monitoring") else "Exception"
    assert [(c.function, c.raised) for c in trace.calls] == [
        ("pipeline.main", None),
        ("pipeline.checked", kind),
        ("pipeline.checked", None),
    ]


def test_drawing_from_a_global_generator_shows(tmp_path: Path) -> None:
    trace = follow(
        tmp_path,
        """\
        import random
        import numpy as np

        def still():
            return 1

        def numpy_draw():
            np.random.rand()

        def python_draw():
            random.random()

        def main():
            still(), numpy_draw(), python_draw()
        """,
    )
    changed = {c.function: [leaf.path for leaf in c.changed.leaves] for c in trace.calls[1:]}
    assert changed == {
        "pipeline.still": [],
        "pipeline.numpy_draw": ["random state"],
        "pipeline.python_draw": ["random state"],
    }


def test_threads_are_followed(tmp_path: Path) -> None:
    trace = follow(
        tmp_path,
        """\
        from concurrent.futures import ThreadPoolExecutor

        def square(x):
            return x * x

        def main():
            with ThreadPoolExecutor(2) as pool:
                return list(pool.map(square, [1.0, 2.0, 3.0]))
        """,
    )
    assert sorted(parts(c)["return"] for c in calls(trace, "square")) == [[1.0], [4.0], [9.0]]
    assert {(c.parent, c.depth) for c in calls(trace, "square")} == {(0, 1)}


def test_calls_past_the_limit_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracer, "CALLS", 3)
    source = """\
        def inner(x):
            return x

        def outer(x):
            return inner(x) + 1 if x % 2 else 0

        def main():
            return sum(outer(x) for x in range(10))
        """
    trace = follow(tmp_path, source)
    assert [len(calls(trace, name)) for name in ("main", "outer", "inner")] == [1, 3, 3]
    assert trace.counted == {"pipeline.outer": 7, "pipeline.inner": 2}
    assert parts(calls(trace, "main")[0]) == {"return": [30]}


def test_recursion_ends_where_it_ends_without_a_tracer(tmp_path: Path) -> None:
    trace = follow(
        tmp_path, "def down(n):\n    return 0 if n == 0 else 1 + down(n - 1)\n\ndef main():\n    return down(300)\n"
    )
    assert parts(trace.calls[0]) == {"return": [300]}
    assert max(call.depth for call in trace.calls) == 301


def test_nothing_is_followed_outside_the_block_or_in_another_run(tmp_path: Path) -> None:
    (tmp_path / "guard.py").write_text("def method():\n    return 1\n", encoding="utf-8")
    space: dict[str, object] = {"__name__": "guard"}
    exec(compile((tmp_path / "guard.py").read_text(encoding="utf-8"), str(tmp_path / "guard.py"), "exec"), space)
    method = space["method"]
    assert callable(method)
    following = tracer.Tracer(tmp_path, tmp_path / "guard.py", {"seed 1"}, {})
    before = sys.getprofile()
    method()
    with following("main", "train"):
        method()
    with following("seed 1", "predict"):
        method()
    method()
    assert [(c.run, c.stage, c.in_guard) for c in following.trace().calls] == [("seed 1", "predict", True)]
    assert sys.getprofile() is before
