"""The guards of a session on a tracking server: logged by the one process that outlives the others."""

from __future__ import annotations

from mlguard.core.visible import one_line
from mlguard.plugin.session import Session
from mlguard.settings import load


def log_guards(session: Session) -> None:
    """Log each guard that ran, and keep for the end what came of it; it changes no outcome."""
    results = [(result, result.facts) for result in session.results() if result.facts is not None]
    if not results:
        return
    from mlguard.pages import after  # What draws and logs is loaded only where somebody wants it.
    from mlguard.trackers.log import Told, log

    project = session.only_project()
    if project is None:
        session.logged = "mlflow: nothing is logged: guards of several projects ran"
        return
    settings, reason = load(project), session.asked.reason
    told = [Told(after(settings, one.verdict), facts, reason if one.recorded else "") for one, facts in results]
    command = "pytest --regen-golden" if session.asked.regen else "pytest"
    session.logged = one_line(log(settings, command, told, session.environment))
