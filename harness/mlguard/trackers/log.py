"""Log runs of guards on the tracking server that the settings name; whatever comes of it decides nothing."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from mlguard import __version__
from mlguard.checker.history import head, is_edited
from mlguard.core.url import without_credentials
from mlguard.core.visible import one_line
from mlguard.pages import content
from mlguard.report.html.shown import Shown
from mlguard.report.wording import explanation, headline
from mlguard.settings import Settings, Tracking
from mlguard.trackers.cover import Cover
from mlguard.trackers.entry import Entry, Facts
from mlguard.trackers.mlflow import GOLDEN, RECORDED

PATIENCE: Final = 30.0
"""Seconds that a server may take, and one more for each guard."""

_IMPORT: Final = 120.0
"""Seconds that importing MLflow may take, on a machine that does other things besides."""

MISSING: Final = "mlflow: nothing is logged: MLflow is not installed; run `pip install 'pytest-mlguard[mlflow]'`"

_CONNECT: Final = 3.0
"""Seconds in which a server has to take a connection."""

_START: Final = (
    "import sys; p=sys.argv[1]; p in sys.path or sys.path.append(p); from mlguard.trackers.mlflow import main; main()"
)
"""As a worker is started: the project's folder is on no import path of ours."""

_USUAL: Final = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ALLOW_FILE_STORE": "true",
}
"""What MLflow is told unless somebody told it otherwise; by itself it would wait for minutes."""


@dataclass(frozen=True)
class Told:
    """One guard, as a command has it."""

    shown: Shown
    """Its Verdict, and the Records as far as they are at hand."""
    facts: Facts
    """What is told of its Record."""
    reason: str = ""
    """Why its golden was recorded; empty for a check."""


def log(settings: Settings, command: str, guards: Iterable[Told], environ: Mapping[str, str] = os.environ) -> str:
    """Log a command's guards, each as a run; answers a line to tell, or nothing where nobody wants any of it.

    `guards` are only asked for where somebody does.
    """
    if settings.mlflow is None:
        return ""
    try:
        told = list(guards)
        line = _logged(settings, settings.mlflow, command, told, environ) if told else ""
    except Exception as error:  # It decides nothing, and must not hide what does.
        line = f"mlflow: nothing is logged: {Cover(settings, environ)(str(error))}"
    return one_line(without_credentials(line))


def _logged(
    settings: Settings, tracking: Tracking, command: str, guards: Sequence[Told], environ: Mapping[str, str]
) -> str:
    if find_spec("mlflow") is None:
        return MISSING
    uri = tracking.uri or environ.get("MLFLOW_TRACKING_URI", "")
    if not uri:
        return "mlflow: nothing is logged: give [tool.mlguard.mlflow] a `uri`, or set MLFLOW_TRACKING_URI"
    if why := _unreachable(uri, environ):
        return f"mlflow: nothing is logged: no server answers at {without_credentials(uri)} ({why})"
    told = {"entries": [asdict(one) for one in entries(settings, command, guards, environ)]}
    answers, ended = _called(settings, {**told, "experiment": tracking.experiment}, uri, environ)
    return _summary(answers, ended=ended, of=len(guards), uri=uri, cover=Cover(settings, environ))


def entries(settings: Settings, command: str, guards: Sequence[Told], environ: Mapping[str, str]) -> Iterable[Entry]:
    """What is logged of each guard."""
    base = settings.base
    same = {
        "mlguard.command": command,
        "mlguard.together": secrets.token_hex(8),
        "mlguard.version": __version__,
        "mlguard.working_tree": "edited" if is_edited(base) else "",
        "mlflow.source.name": f"mlguard {command}",
        "mlflow.source.type": "LOCAL",
        "mlflow.source.git.commit": head(base) or "",
    }
    for told in guards:
        cover = Cover(settings, environ, told.facts.variables)
        yield Entry(
            name=told.shown.verdict.guard,
            tags={name: text for name, text in {**same, **_tags(told, cover)}.items() if text},
            params={key: cover(text) for key, text in told.facts.params.items()},
            metrics=told.facts.metrics,
            seconds=told.shown.verdict.seconds,
            failed=not told.reason and bool(told.shown.verdict.exit_code),
            page=content(settings, [told.shown], spell=cover),
        )


def _tags(told: Told, cover: Cover) -> dict[str, str]:
    """What is searched for; names stay as they are, whatever variables have the same values."""
    verdict, facts = told.shown.verdict, told.facts
    mine = {"mlguard.guard": verdict.guard, "mlguard.dataset": facts.dataset, GOLDEN: facts.golden}
    if told.reason:
        reason = cover(told.reason)
        note = f"The golden of {verdict.guard} was recorded: {reason}"
        return {**mine, RECORDED: "true", "mlguard.reason": reason, "mlflow.note.content": note}
    return {
        **mine,
        "mlguard.verdict": str(verdict.outcome),
        "mlguard.left_out": facts.left_out,
        "mlguard.first_moved": verdict.first_moved or "",
        "mlguard.first_run": str(verdict.first_run) if verdict.first_moved else "",
        "mlguard.exit_code": str(verdict.exit_code),
        "mlflow.note.content": cover(_note(told)),
    }


def _note(told: Told) -> str:
    """The explanation as Markdown, in a block that nothing in it can close."""
    lines = explanation(told.shown.verdict)[1:]
    quoted = "\n".join(f"    {line}" for line in lines)
    return f"{headline(told.shown.verdict)}\n\n{quoted}".strip()


def _unreachable(uri: str, environ: Mapping[str, str]) -> str:
    """Why no server takes a connection; empty where one does, and where only MLflow can know."""
    try:
        parts = urlsplit(uri)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:  # Its text repeats the address, and in it a password.
        return "that is no address; spell what is special in a password as URLs want it, such as %2F for /"
    if parts.scheme not in ("http", "https") or not parts.hostname or _by_proxy(parts, environ):
        return ""
    try:
        socket.create_connection((parts.hostname, port), _CONNECT).close()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _by_proxy(parts: SplitResult, environ: Mapping[str, str]) -> bool:
    return any(environ.get(name) for name in (f"{parts.scheme}_proxy", f"{parts.scheme.upper()}_PROXY", "ALL_PROXY"))


def _called(
    settings: Settings, asked: Mapping[str, Any], uri: str, environ: Mapping[str, str]
) -> tuple[list[dict[str, Any]], bool]:
    """What the process that knows MLflow answered, and whether it ended by itself."""
    process = subprocess.Popen(  # noqa: S603 -- our own module, run by our own interpreter.
        [sys.executable, "-P", "-c", _START, str(Path(__file__).parents[2])],
        cwd=settings.base,
        env={**_USUAL, **environ, "MLFLOW_TRACKING_URI": uri},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,  # So that no line is lost between its first answer and the others.
        start_new_session=True,
    )
    try:
        first = _first_line(process)
        output, _ = process.communicate(json.dumps(asked).encode(), PATIENCE + len(asked["entries"]))
        ended = True
    except subprocess.TimeoutExpired:
        _end(process)
        output, ended = process.communicate()[0], False
    finally:
        _end(process)
    return [json.loads(line) for line in [first, *output.splitlines()] if line.endswith(b"}")], ended


def _first_line(process: subprocess.Popen[bytes]) -> bytes:
    """What it says once MLflow is imported; nothing where that takes too long."""
    assert process.stdout is not None  # noqa: S101 -- It is a pipe.
    late = threading.Timer(_IMPORT, _end, [process])
    late.start()
    try:
        return process.stdout.readline().strip()
    finally:
        late.cancel()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it with all that it started, unless it has ended."""
    with suppress(OSError):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()


def _summary(answers: Sequence[Mapping[str, Any]], *, ended: bool, of: int, uri: str, cover: Cover) -> str:
    """What came of it, in a line."""
    seen: dict[str, Any] = {}
    for answer in answers:
        seen |= answer
    logged = sum("logged" in answer for answer in answers)
    runs = f"{logged} of {of} runs are logged" if logged else "nothing is logged"
    if seen.get("missing"):
        return MISSING
    if not ended:
        return f"mlflow: {runs}: {without_credentials(uri)} took too long"
    if logged < of:
        return f"mlflow: {runs}: {cover(seen.get('problem') or 'the process that logs has died')}"
    pages = next((answer["without_page"] for answer in answers if answer.get("without_page")), "")
    besides = f", without pages: {cover(pages)}" if pages else ""
    return f"mlflow: {logged} run{'s' if logged > 1 else ''}, {_place(uri, seen['where'])}{besides}"


def _place(uri: str, experiment: str) -> str:
    """Where somebody finds the runs."""
    if urlsplit(uri).scheme in ("http", "https"):
        return f"{without_credentials(uri).rstrip('/')}/#/experiments/{experiment}"
    return f"{without_credentials(uri)}, experiment {experiment}"
