"""Which lines may be changed: those of functions that ran, and of no function at all."""

from __future__ import annotations

from pathlib import Path

from mlguard.tools.audit.reach import in_what_ran, statements

TEXT = """\
LIMIT = 3


def outer(rows, by=2):
    def inner(row):
        return row * by

    if rows:
        return [inner(row) for row in rows]
    return []


class Model:
    depth = 4

    def fit(self):
        return self.depth

    async def never(self):
        return 1


def one_line(x): return x + LIMIT
"""


def at(*lines: int) -> frozenset[int]:
    return frozenset(lines)


def test_a_function_ran_where_a_line_of_its_own_ran() -> None:
    ran = in_what_ran(TEXT, at(1, 4, 8, 10, 13, 14, 16, 19))
    assert at(5, 7, 8, 9, 10) <= ran, "the whole function, also the branch that did not run"
    assert 6 not in ran, "a nested function that nobody called"
    assert not at(17, 20, 23) & ran, "functions that were only defined"


def test_a_nested_function_runs_for_itself() -> None:
    ran = in_what_ran(TEXT, at(6))
    assert 6 in ran
    assert not at(8, 9, 10) & ran


def test_what_belongs_to_no_function_always_counts() -> None:
    assert at(1, 4, 13, 14, 16, 19) <= in_what_ran(TEXT, at())


def test_a_function_on_one_line_has_run_once_its_line_ran() -> None:
    assert 23 in in_what_ran(TEXT, at(23))


def test_a_long_statement_ran_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "long.py"
    file.write_text("x = max(\n    1,\n    2,\n)\nif (\n    x\n):\n    y = [\n        3,\n    ]\n", encoding="utf-8")
    assert statements(str(file), at(1)) == at(1, 2, 3, 4)
    assert statements(str(file), at(6)) == at(5, 6, 7)
    assert statements(str(file), at(9)) == at(8, 9, 10)
    assert statements(str(file), at()) == at()
