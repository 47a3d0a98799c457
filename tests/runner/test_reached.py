"""Which lines a main run reaches, and a limit of its own for one run."""

from __future__ import annotations

import pytest

from mlguard.core.error import RunError
from mlguard.runner.order import Extent
from tests.project import CODE, GUARD, Project

BRANCH = "    x, y = rows["
"""The first line of `fit`; what stands above it runs first."""


def lines_of(project: Project, name: str) -> list[str]:
    return (project.root / name).read_text(encoding="utf-8").splitlines()


def reached(project: Project, name: str, **how: object) -> set[str]:
    """The lines of a file that ran, as they read."""
    done = project.run(lines=True, **how)
    text = lines_of(project, name)
    return {text[number - 1].strip() for number in done.reached[str(project.root / name)]}


def test_the_lines_of_the_code_the_guard_and_the_generator(line: Project) -> None:
    branch = "    if ridge > 1:\n        ridge = 1.0\n"
    with line.editing(CODE, BRANCH, branch + BRANCH):
        assert {"if ridge > 1:", 'return {"slope": slope, "shift": float(y.mean() - slope * x.mean())}'} <= reached(
            line, CODE, extent=Extent.MAIN
        )
        assert "ridge = 1.0" not in reached(line, CODE, extent=Extent.MAIN)
    assert "return line.fit(train)" in reached(line, GUARD, extent=Extent.MAIN)


def test_saving_and_loading_count_and_what_contracts_repeat_does_not(line: Project) -> None:
    saving = """\
    def save(self, model, folder):
        (folder / "line.txt").write_text(repr(model))

    def load(self, folder):
        import ast
        return ast.literal_eval((folder / "line.txt").read_text())

    def predict(self, model, rows):
        if len(rows) == 1:
            rows = rows.copy()
        return line.answer(model, rows)
"""
    plain = "    def predict(self, model, rows):\n        return line.answer(model, rows)\n"
    with line.editing(GUARD, plain, saving):
        ran = reached(line, GUARD)
    assert {"import ast", '(folder / "line.txt").write_text(repr(model))'} <= ran
    assert "rows = rows.copy()" not in ran, "single rows are asked by a contract"


def test_nothing_is_noted_unless_it_is_asked_for(line: Project) -> None:
    assert line.run(extent=Extent.MAIN).reached == {}


def test_a_run_with_a_limit_of_its_own_is_tried_once(line: Project) -> None:
    tries = line.root / "tries"
    hang = f"    import time\n    open({str(tries)!r}, 'a').write('x')\n    time.sleep(600)\n"
    with line.editing(CODE, BRANCH, hang + BRANCH), pytest.raises(RunError) as hung:
        line.run(limit=4.0, extent=Extent.MAIN)
    assert hung.value.slug == "guard-timeout"
    assert tries.read_text() == "x"
    tries.unlink()
