"""The row on `mlguard watch`: how long after an edit the first red stands on the screen, by the clock."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from statistics import median

from benchmarks.speed.measured import Effort, Line, environ, mlguard, python, run
from benchmarks.speed.projects import LONG, RATE, Guarded

SHIFTED = ": shifted"
"""Stands in the line that says that a guard moved."""

WAITS = "watching;"
"""Begins the line after which the next edit may come."""

LONGEST = 600.0
"""Seconds after which a line that has not come will not come."""

_MOVED = "learning_rate=0.2"


def watch(folder: Path, effort: Effort) -> list[Line]:
    """An edit that moves the main run, while `mlguard watch` is warm, beside the plain main run without its imports."""
    project = Guarded(folder, guards=1, trees=effort.of(LONG))
    plain, red = [], []
    with _watching(project.root) as screen:
        screen.wait(WAITS)
        for _ in range(effort.rounds):
            plain.append(float(run(python("plain.py"), project.root).out))
            red.append(_first_red(project, screen))
    ratio = median(red) / median(plain)
    remark = "by the clock, on cores that are shared"
    return [Line("watch", "first red after an edit / main run without imports", ratio, 1.5, remark=remark)]


class _Screen:
    """What a command prints, line by line, with the time of each."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._lines: Queue[tuple[float, str]] = Queue()
        self._process = process
        threading.Thread(target=self._read, daemon=True).start()

    def wait(self, text: str) -> float:
        """When the next line that holds a text came; ends the program where none comes."""
        deadline = time.perf_counter() + LONGEST
        try:
            while True:
                when, line = self._lines.get(timeout=max(0.0, deadline - time.perf_counter()))
                if text in line:
                    return when
        except Empty:
            sys.exit(f"mlguard watch printed no {text!r} within {LONGEST:.0f} s")

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self._lines.put((time.perf_counter(), line))


@contextmanager
def _watching(root: Path) -> Iterator[_Screen]:
    command = mlguard("watch")
    with subprocess.Popen(
        command, cwd=root, env=environ(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
    ) as process:
        try:
            yield _Screen(process)
        finally:
            # No interrupt, which a process ignores that a shell has started in the background.
            process.terminate()
            process.wait()


def _first_red(project: Guarded, screen: _Screen) -> float:
    """Seconds from an edit to the first red; then the edit is taken back, and all is green again."""
    edited = time.perf_counter()
    project.edit(RATE, _MOVED)
    red = screen.wait(SHIFTED) - edited
    screen.wait(WAITS)
    project.edit(_MOVED, RATE)
    screen.wait(WAITS)
    return red
