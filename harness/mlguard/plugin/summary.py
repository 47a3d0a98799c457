"""What a session says on the terminal beside its items: a line before, a line after, and what was recorded."""

from __future__ import annotations

from mlguard.plugin.session import Session


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
    return [*recorded, summary(verdicts), *map(visible, told)]


def _indented(lines: tuple[str, ...]) -> list[str]:
    if not lines:
        return []
    from mlguard.core.visible import one_line  # Late: most runs have no guard.

    return [one_line(line if "recorded, " in line else f"  {line}") for line in lines]
