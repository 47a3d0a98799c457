"""The page of a session's guards: refused before anything runs where it may not lie, and written when all have run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mlguard.plugin.session import Session


def accept_place(file: str, root: Path) -> None:
    """Raise pytest's usage error where no page may lie; unusable settings are told as an item that fails."""
    from mlguard.core.error import MlguardError
    from mlguard.pages import destination
    from mlguard.settings import load

    try:
        settings = load(root)
    except MlguardError:
        return
    try:
        destination(Path(file), settings)
    except MlguardError as error:
        raise pytest.UsageError(f"--guard-report: {error}") from error


def leave_page(session: Session) -> bool:
    """Write the page, and keep for the end where it lies or why there is none; whether nothing went wrong."""
    from mlguard.ci import since_push
    from mlguard.core.error import MlguardError
    from mlguard.core.visible import one_line
    from mlguard.pages import after, destination, write
    from mlguard.settings import load

    verdicts = [result.verdict for result in session.results()]
    project = session.only_project()
    if not verdicts:
        session.page = "mlguard: no report: no guard ran, and values that tests note have no page"
        return True
    if project is None:
        session.page = "mlguard: no report: guards of several projects ran, and a page shows one"
        return True
    try:
        settings = load(project)
        place = destination(Path(session.asked.report), settings)
        write(place, settings, [after(settings, verdict) for verdict in verdicts], waited=since_push(os.environ))
    except MlguardError as error:
        session.page = one_line(f"mlguard: {error}")
        return False
    session.page = one_line(f"report: {settings.relative(place)}")
    return True
