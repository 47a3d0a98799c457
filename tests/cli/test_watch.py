"""`mlguard watch` in a real terminal: red after an edit, green once it is taken back, nothing left after Ctrl-C."""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from mlguard.cli.watch import _ends_at_once
from tests.cli.test_check import second
from tests.project import CODE, FILES, GUARD, Project
from tests.worker.living import is_alive, until
from tests.worker.test_parent_death import children_of

pty = pytest.importorskip("pty", reason="Windows has no such terminals")
LONGEST = 120.0
"""Seconds until something has to stand on the screen, on the slowest machine."""
WAITS = "Ctrl-C ends"
WRITTEN = ("README.md", "tests/guards/test_second.py", GUARD)
WRITES = """\
def train(self, train):
        import os

        open("kept.txt", "w").close()
        open("removed.txt", "w").close()
        os.remove("removed.txt")
        open("../elsewhere.txt").close()
"""


class Terminal:
    """A terminal in which one command runs."""

    def __init__(self, project: Project, *command: str, variables: Mapping[str, str]) -> None:
        self._screen, inside = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mlguard", *command],
            cwd=project.root,
            env={**os.environ, **variables},
            stdin=inside,
            stdout=inside,
            stderr=inside,
            preexec_fn=_own_terminal,  # Ctrl-C is a matter of the session that owns the terminal.
        )
        os.close(inside)

    def until(self, *wanted: str) -> str:
        """What comes on the screen up to the moment at which all of this was seen, the last one last."""
        shown, deadline = "", time.monotonic() + LONGEST
        while not (all(text in shown for text in wanted) and shown.rindex(wanted[-1]) >= shown.index(wanted[0])):
            assert time.monotonic() < deadline, shown
            shown += self._more()
        return shown

    def shown_within(self, seconds: float) -> str:
        """What comes on the screen within this time."""
        shown, deadline = "", time.monotonic() + seconds
        while time.monotonic() < deadline:
            shown += self._more()
        return shown

    def _more(self) -> str:
        ready, _, _ = select.select([self._screen], [], [], 0.2)
        try:
            return os.read(self._screen, 65536).decode(errors="replace").replace("\r\n", "\n") if ready else ""
        except OSError:  # Nobody writes to it any more.
            raise AssertionError(f"it ended with {self.process.wait()}") from None

    def interrupt(self) -> int:
        """Press Ctrl-C; the exit code."""
        os.write(self._screen, b"\x03")
        with contextlib.suppress(AssertionError):  # It may have ended before its last word was read.
            self.until("ended")
        return self.process.wait(LONGEST)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._screen)


def _hears_ctrl_c() -> None:
    """Who started the tests may have it ignored, as shells do for what they start in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _own_terminal() -> None:
    _hears_ctrl_c()
    os.setsid()
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@pytest.fixture
def project(line: Project, tmp_path: Path) -> Project:
    """The project with a golden, in a folder of its own."""
    return line.copied(tmp_path / "copy")


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    (tmp_path / "temporary").mkdir()
    return tmp_path / "temporary"


@pytest.fixture
def terminal(project: Project, temporary: Path) -> Iterator[Terminal]:
    opened = Terminal(project, "watch", variables={"TMPDIR": str(temporary)})
    yield opened
    opened.close()


def test_an_edit_is_red_and_green_again_once_it_is_taken_back(
    project: Project, terminal: Terminal, temporary: Path
) -> None:
    before = project.files()
    assert "Line: match" in terminal.until("watching", WAITS)

    project.edit(CODE, 'model["shift"] +', 'model["shift"] + 1 +')
    red = terminal.until("saved", WAITS)
    assert re.search(r"\d\d:\d\d:\d\d line\.py saved: runs Line\nLine: shifted, first moved in stage predict ", red)
    assert "1 guard: 1 shifted" in red
    assert "libraries differ" not in red

    project.write("README.md", "what this is about")
    still = terminal.until("saved", WAITS)
    assert (
        "README.md saved: nothing changed that a guard depends on\nLine: shifted, first moved in stage predict\n"
        in still
    )

    project.edit(CODE, 'model["shift"] + 1 +', 'model["shift"] +')
    green = terminal.until("saved", WAITS)
    assert "line.py saved: runs Line\nLine: match\n" in green

    project.write(CODE, FILES[CODE])
    assert "line.py saved: nothing changed that a guard depends on\n" in terminal.until("saved", WAITS)

    project.write("pyproject.toml", "[tool.mlguard\n")
    assert "pyproject.toml" in terminal.until("[settings")
    project.write("pyproject.toml", FILES["pyproject.toml"])
    assert "pyproject.toml saved: nothing changed" in terminal.until("saved", WAITS)

    project.write("tests/guards/test_second.py", second())
    assert "Second: missing" in terminal.until("Second: missing", "2 guards: ", WAITS)

    elsewhere = project.write("../elsewhere.txt", "")
    project.edit(GUARD, "def train(self, train):\n", WRITES)
    assert "runs Line" in terminal.until("saved", WAITS)
    assert (project.root / "kept.txt").exists()
    assert terminal.shown_within(2.0).strip() == ""
    elsewhere.write_text("more")
    assert "elsewhere.txt saved: runs Line" in terminal.until("saved", WAITS)

    workers = children_of(terminal.process.pid)
    assert workers
    assert terminal.interrupt() == 0
    assert until(lambda: not any(map(is_alive, workers)))
    left = project.files()
    assert {name for name in left if left[name] != before.get(name)} == {*WRITTEN, "kept.txt"}
    assert list(temporary.iterdir()) == []


def test_the_library_is_named_where_it_is_missing(line: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    ran = line.command("watch")
    assert (ran.code, ran.changed) == (2, ())
    assert "pip install 'pytest-mlguard[watch]' [watch-missing]" in ran.err


def test_a_guard_that_nobody_has_is_told_at_once(line: Project) -> None:
    ran = line.command("watch", "Lime")
    assert (ran.code, ran.changed) == (2, ())
    assert "nearest: Line [guard-unknown]" in ran.err


def test_each_round_is_one_document_for_programs(project: Project, temporary: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "mlguard", "watch", "--json"],
        cwd=project.root,
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=_hears_ctrl_c,
    ) as process:
        assert process.stdout is not None
        limit = threading.Timer(LONGEST, process.kill)  # Reading waits for ever.
        limit.start()
        first = json.loads(process.stdout.readline())
        project.edit(GUARD, "class Line", "class Line(")
        broken = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        assert (process.wait(LONGEST), process.stdout.read()) == (0, "")
        limit.cancel()
    assert (first["saved"], first["outcome"], [guard["name"] for guard in first["guards"]]) == ([], "match", ["Line"])
    assert (broken["saved"], broken["outcome"], broken["exit_code"]) == ([GUARD], "error", 5)


@pytest.mark.parametrize(("raises", "inside"), [(signal.default_int_handler, signal.SIG_DFL), (signal.SIG_IGN,) * 2])
def test_ctrl_c_ends_an_import_at_once_where_it_is_not_ignored(raises: signal.Handlers, inside: object) -> None:
    """Libraries swallow the exception, or say that an import failed."""
    before = signal.signal(signal.SIGINT, raises)
    try:
        with _ends_at_once():
            assert signal.getsignal(signal.SIGINT) is inside
        assert signal.getsignal(signal.SIGINT) is raises
    finally:
        signal.signal(signal.SIGINT, before)
