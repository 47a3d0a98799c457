"""What CI services say of a run in their variables: that it is one, whose it is, and when the push came."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

ACTORS: Final = ("GITHUB_ACTOR", "GITLAB_USER_LOGIN")
"""Variables in which services say whose run it is, as a handle."""

MOST: Final = 32 * 1024 * 1024
"""Bytes of an event that are read; GitHub sends 25 MB at most."""

LONGEST: Final = 30 * 86400.0
"""Seconds after a push in which a run can be one of it: nobody starts an older one again."""


def in_ci(environ: Mapping[str, str]) -> bool:
    """Whether this is a CI run: `CI` is set and is not "0", "false" or empty."""
    return environ.get("CI", "").strip().lower() not in ("", "0", "false")


def on_github(environ: Mapping[str, str]) -> bool:
    """Whether this is a job of GitHub, or of a service that works like it."""
    return environ.get("GITHUB_ACTIONS") == "true"


def handles(environ: Mapping[str, str]) -> list[str]:
    """Whose run it is, as services call them."""
    return [environ[variable] for variable in ACTORS if environ.get(variable)]


def since_push(environ: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds since the push that began this run; None where nothing says that a push began it, and when."""
    try:
        pushed = _time(_of_github(environ) if on_github(environ) else _of_gitlab(environ))
        seconds = ((now or datetime.now(UTC)) - pushed).total_seconds()
    except Exception:  # Whatever a file or a variable holds, it decides nothing.
        return None
    return seconds if 0 <= seconds <= LONGEST else None


def _of_github(environ: Mapping[str, str]) -> object:
    """A push tells it in seconds since the epoch, a pull request as text, and of the repository that it comes from."""
    file = Path(environ["GITHUB_EVENT_PATH"])
    if not file.is_file():
        return None
    with file.open("rb") as read:
        event = json.loads(read.read(MOST))
    if environ["GITHUB_EVENT_NAME"] == "push":
        return event["repository"]["pushed_at"]
    # A request that was opened, or got a label, comes from no push of now.
    return event["pull_request"]["head"]["repo"]["pushed_at"] if event["action"] == "synchronize" else None


def _of_gitlab(environ: Mapping[str, str]) -> object:
    """A pipeline is made as soon as the push came; that of a merge request may come from its being opened."""
    return environ["CI_PIPELINE_CREATED_AT"] if environ["CI_PIPELINE_SOURCE"] == "push" else None


def _time(told: object) -> datetime:
    """A time that is told in seconds or as ISO text, in UTC unless it says otherwise. Raises for anything else."""
    if isinstance(told, str):
        found = datetime.fromisoformat(told)
        return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise TypeError(told)
    return datetime.fromtimestamp(told, UTC)
