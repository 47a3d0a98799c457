"""Which lines ran: the project's own, in every thread, and only while they are asked for."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlguard.worker.lines import lines_that_ran

SOURCE = """\
import json


def chosen(number):
    if number > 0:
        return json.dumps(number)
    return "never"


def idle():
    return 1
"""


@pytest.fixture
def module(tmp_path: Path) -> Any:
    file = tmp_path / "chosen.py"
    file.write_text(SOURCE, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("chosen", file)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def ran(module: Any, work: Callable[[], object]) -> frozenset[int]:
    """The module's lines that ran; this test is a source that nobody installed, too."""
    with lines_that_ran(str(Path(module.__file__).parent)) as lines:
        work()
    return lines.reached()[str(Path(module.__file__).resolve())]


def test_lines_of_the_project_that_ran(module: Any) -> None:
    assert ran(module, lambda: module.chosen(1)) == {5, 6}


def test_lines_of_other_threads(module: Any) -> None:
    def work() -> None:
        thread = threading.Thread(target=module.chosen, args=(-1,))
        thread.start()
        thread.join()

    assert ran(module, work) == {5, 7}


def test_nothing_is_noted_before_or_after_and_a_tracer_stays_in_place(module: Any) -> None:
    before = sys.gettrace()
    module.chosen(1)
    with lines_that_ran(str(Path(module.__file__).parent)) as lines:
        module.idle()
    module.chosen(1)
    assert lines.reached()[str(Path(module.__file__).resolve())] == {11}
    assert sys.gettrace() is before


def test_a_second_look_sees_the_same_lines_again(module: Any) -> None:
    assert ran(module, module.idle) == ran(module, module.idle) == {11}


def test_stop_ends_it_before_the_block(module: Any) -> None:
    with lines_that_ran(str(Path(module.__file__).parent)) as lines:
        module.chosen(1)
        lines.stop()
        module.idle()
        lines.stop()
    assert lines.reached()[str(Path(module.__file__).resolve())] == {5, 6}
