"""Check a guard thousands of times in one process, end commands by signals at random moments, and look what is left.

Both use real workers. Nothing may be left: no descriptor, no process, no temporary file, no folder that grows; and the
golden is as it was, or as the command wanted it.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from benchmarks.attacks.closing import closing
from benchmarks.attacks.project import GUARD, NEW, OLD, entries, put, retire, write

TURN = 4
"""Checks after which the project is as before: three match, and one leaves a pending Record."""

SETTLING = 3 * TURN
"""Checks after which everything that is made once has been made."""

PATIENCE = 15.0
"""Seconds that processes may take to go."""

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)

COMMANDS = (
    ("check", GUARD),
    ("regen-golden", GUARD, "--reason", "a signal", "--yes"),
    ("audit", GUARD, "--budget", "5s"),
    ("diff", "HEAD", GUARD),
    ("calibrate", GUARD, "--reason", "a signal", "--yes"),
)


@dataclass(frozen=True)
class Held:
    """What a process holds at a moment."""

    descriptors: int
    """Open files and pipes."""
    processes: int
    """Its children, and theirs."""
    temporary: int
    """Entries of its folder for temporary files."""
    entries: int
    """Entries of the project."""
    memory: int
    """Resident megabytes."""


def loop(project: Path, checks: int) -> tuple[Held, Held]:
    """What this process holds after a few checks, and after all of them."""
    from mlguard.checker.check import Checker
    from mlguard.runner.run import Runner
    from mlguard.settings import load

    settled = None
    with Runner(load(project), many=True) as runner:
        guard = runner.find().guards[0]
        for number in range(checks):
            put(project, (OLD, NEW)[number % TURN == TURN - 1])
            Checker(runner.settings, runner).check(guard)
            if number + 1 == min(SETTLING, checks - TURN):
                settled = _held(project)
        assert settled is not None
        return settled, _held(project)


def _held(project: Path) -> Held:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    temporary = sum(1 for _ in Path(tempfile.gettempdir()).rglob("*"))
    processes = len(_started(project.parent))
    return Held(len(os.listdir("/proc/self/fd")), processes, temporary, len(entries(project)), pages >> 8)


def _started(folder: Path) -> list[int]:
    """Other processes that know our folder: by a variable, a word of their command, or the place where they work."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            told = (place / "environ").read_bytes() + (place / "cmdline").read_bytes()
            known = folder.name.encode() in told or Path(os.readlink(place / "cwd")).is_relative_to(folder)
            if known and b") Z " not in (place / "stat").read_bytes() and place.name != str(os.getpid()):
                found.append(int(place.name))
        except OSError:
            continue
    return found


def struck(project: Path, words: Sequence[str], number: signal.Signals, delay: float) -> list[str]:
    """Send a signal to a command after so many seconds; what was wrong afterwards."""
    put(project, NEW if words[0] in ("regen-golden", "diff") else OLD)
    before = set(os.listdir(tempfile.gettempdir()))
    started = _begun(project, words)
    time.sleep(delay)
    started.send_signal(number)
    try:
        printed = started.communicate(timeout=60)[0].decode(errors="replace")
    except subprocess.TimeoutExpired:
        started.kill()
        started.communicate()
        return ["does not end"]
    problems = [f"traceback: {printed.strip().splitlines()[-1]}"] if "Traceback" in printed else []
    if number is signal.SIGINT and started.returncode not in (130, 0, 1, 3, -2):
        problems.append(f"interrupted with exit code {started.returncode}")
    return problems + _left(before, project.parent) + _damage(project)


def _begun(project: Path, words: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "mlguard", *words],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        # Whoever started us in the background may have made the signals ignored.
        preexec_fn=_as_at_first,
    )


def _as_at_first() -> None:
    for number in SIGNALS[1:]:
        signal.signal(number, signal.default_int_handler if number is signal.SIGINT else signal.SIG_DFL)


def _left(before: set[str], folder: Path) -> list[str]:
    """Processes and temporary files that do not go."""
    deadline = time.monotonic() + PATIENCE
    while True:
        processes = _started(folder)
        files = set(os.listdir(tempfile.gettempdir())) - before
        if not processes and not files:
            return []
        if time.monotonic() > deadline:
            return [f"left {len(processes)} processes"] * bool(processes) + [f"left {sorted(files)}"] * bool(files)
        time.sleep(0.1)


def _damage(project: Path) -> list[str]:
    """What a user's next look finds wrong."""
    listed = _run(project, sys.executable, "-m", "mlguard", "list", "--json")
    states = {one["name"]: one["golden"] for one in json.loads(listed)["guards"]}
    problems = [] if states == {GUARD: "recorded"} else [f"afterwards: {states}"]
    worktrees = _run(project, "git", "worktree", "list").splitlines()
    return problems + ["a worktree of git is left"] * (len(worktrees) > 1)


def prepared(folder: Path) -> Path:
    """The project with its golden, in a repository of its own."""
    project = folder / "project"
    write(project)
    retire(project)
    (project / ".gitignore").write_text(".mlguard/\n__pycache__/\n")
    _run(project, sys.executable, "-m", "mlguard", "regen-golden", "--reason", "first", "--yes")
    identity = ("-c", "user.name=nobody", "-c", "user.email=nobody@localhost")
    for words in (("init", "-q"), ("add", "-A"), (*identity, "commit", "-qm", "first")):
        _run(project, "git", *words)
    return project


def _run(project: Path, *words: str) -> str:
    return subprocess.run(words, cwd=project, check=True, capture_output=True, text=True).stdout


def strikes(project: Path, number: int, latest: float, seed: int) -> dict[str, int]:
    """End so many commands at random moments; what was wrong, and how often."""
    rng, problems = random.Random(seed), Counter[str]()
    for turn in range(number):
        words, signal_ = COMMANDS[turn % len(COMMANDS)], SIGNALS[turn % len(SIGNALS)]
        for problem in struck(project, words, signal_, rng.uniform(0, latest)):
            told = f"{signal_.name} to {words[0]}: {problem}"
            print(told, file=sys.stderr, flush=True)
            problems[told] += 1
    return dict(problems)


@click.command()
@click.option("--checks", type=click.IntRange(2 * TURN), default=2000, show_default=True, help="Checks in one process.")
@click.option("--signals", type=click.IntRange(0), default=60, show_default=True, help="Commands that are ended.")
@click.option("--latest", type=float, default=8.0, show_default=True, help="Latest moment of a signal, in seconds.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the moments.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(checks: int, signals: int, latest: float, seed: int, *, as_json: bool) -> None:
    """Check many times, and end commands at random moments; exits 1 where anything is left."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="mlguard-endurance-") as name:
        folder = Path(name)
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder / "tmp")
        (folder / "tmp").mkdir()
        project = prepared(folder)
        settled, after = (asdict(held) for held in loop(project, -(-checks // TURN) * TURN))
        put(project, OLD)
        problems = {f"loop: {what} grew": 1 for what in _grown(settled, after)}
        problems |= strikes(project, signals, latest, seed)
    answer = {"checks": checks, "signals": signals, "settled": settled, "after": after, "problems": problems}
    lines = "\n".join(f"{key}: {value}" for key, value in answer.items())
    click.echo(json.dumps(answer, indent=1) if as_json else lines)
    click.echo(closing(started, checks=checks, signals=signals, problems=sum(problems.values())), err=as_json)
    sys.exit(bool(problems))


def _grown(settled: Mapping[str, int], after: Mapping[str, int]) -> list[str]:
    """What there is more of; memory may differ by a tenth, since allocators keep some."""
    return [what for what, held in settled.items() if after[what] > held * (1.1 if what == "memory" else 1)]


if __name__ == "__main__":
    command()
