"""What a run leaves for the pages of a CI service, beside its log."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from mlguard.ci import on_github, since_push
from mlguard.core.verdict import Verdict


def publish(
    verdicts: Sequence[Verdict], environ: Mapping[str, str] = os.environ, *, project: Path | None = None
) -> list[str]:
    """Add to the summary of a GitHub job; answers the lines that annotate its files, for the log.

    `project` is the root of the project to which all of them belong, if it is one. Nothing happens elsewhere. A summary
    that cannot be written is said in a line: it decides nothing.
    """
    if not on_github(environ) or not verdicts:
        return []
    from mlguard.report.markdown import document, workflow_commands  # Late: most runs are on no such service.

    lines = list(workflow_commands([_from_repository(verdict, project, environ) for verdict in verdicts]))
    place = environ.get("GITHUB_STEP_SUMMARY", "")
    try:
        if place:
            with open(place, "a", encoding="utf-8", errors="replace") as file:
                file.write(document(verdicts, waited=since_push(environ)) + "\n")
    except OSError as error:
        lines.append(f"mlguard: the summary of the job cannot be written: {place}: {error.strerror}")
    return lines


def _from_repository(verdict: Verdict, project: Path | None, environ: Mapping[str, str]) -> Verdict:
    """The Verdict with its guard's file as GitHub names it: from the root of the repository, where that is known."""
    root = environ.get("GITHUB_WORKSPACE", "")
    if not (root and project and verdict.file):
        return verdict
    file = os.path.normpath(project.resolve() / verdict.file)
    above = Path(root).resolve()
    return (
        replace(verdict, file=Path(file).relative_to(above).as_posix()) if Path(file).is_relative_to(above) else verdict
    )
