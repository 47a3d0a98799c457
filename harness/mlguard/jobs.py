"""What a run leaves for the pages of a CI service, beside its log."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from mlguard.core.verdict import Verdict


def publish(verdicts: Sequence[Verdict], environ: Mapping[str, str] = os.environ) -> list[str]:
    """Add to the summary of a GitHub job; answers the lines that annotate its files, for the log.

    Nothing happens elsewhere. A summary that cannot be written is said in a line: it decides nothing.
    """
    if environ.get("GITHUB_ACTIONS") != "true" or not verdicts:
        return []
    from mlguard.report.markdown import document, workflow_commands  # Late: most runs are on no such service.

    lines = list(workflow_commands(verdicts))
    place = environ.get("GITHUB_STEP_SUMMARY", "")
    try:
        if place:
            with open(place, "a", encoding="utf-8", errors="replace") as file:
                file.write(document(verdicts) + "\n")
    except OSError as error:
        lines.append(f"mlguard: the summary of the job cannot be written: {place}: {error.strerror}")
    return lines
