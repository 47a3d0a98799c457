"""What a session says on the terminal beside its items: a line before, a line after, and what was recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mlguard.plugin.session import Session

if TYPE_CHECKING:
    from mlguard.core.verdict import Verdict


def greeting(session: Session) -> list[str]:
    """What is guarded, and that a debugger's environment is not fixed; nothing where there are no guards."""
    from mlguard import __version__

    count = sum(len(project.guards) for project in session.projects())
    if not count:
        return []
    lines = [f"mlguard {__version__}: {count} guard{'s' if count > 1 else ''}"]
    if session.asked.in_process:
        lines.append(
            "mlguard: in process: threads, hash seed and BLAS are whatever this process has, so small moves mean "
            "little, and nothing can be recorded"
        )
    return lines


def farewell(session: Session) -> list[str]:
    """What came of all guards, in one line, and what was recorded; nothing where no guard ran."""
    results = session.results()
    recorded = [line for result in results for line in _indented(result.recorded)]
    recorded += _indented(session.recorded)
    if not results:
        return recorded
    from mlguard.core.visible import visible
    from mlguard.jobs import publish
    from mlguard.report.wording import summary

    verdicts = [result.verdict for result in results]
    told = publish(verdicts, project=session.only_project())
    return [*recorded, summary(verdicts), *map(visible, [*told, *_report(session, verdicts)])]


def _report(session: Session, verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Write the page that was asked for, and say where it lies or why there is none; it decides nothing."""
    project = session.only_project()
    if not session.asked.report:
        return
    if project is None:
        yield "mlguard: no report: guards of several projects ran, and a page shows one"
        return
    from mlguard.core.error import MlguardError
    from mlguard.pages import after, destination, write
    from mlguard.settings import load

    settings = load(project)
    try:
        place = destination(Path(session.asked.report), settings)
        write(place, settings, [after(settings, verdict) for verdict in verdicts])
    except MlguardError as error:
        yield f"mlguard: {error}"
    else:
        yield f"report: {settings.relative(place)}"


def _indented(lines: tuple[str, ...]) -> list[str]:
    if not lines:
        return []
    from mlguard.core.visible import one_line  # Late: most runs have no guard.

    return [one_line(line if "recorded, " in line else f"  {line}") for line in lines]
