"""Measurement under coverage and pytest-cov: what the parent measures is measured in its workers too."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

VARIABLES: Final = ("COVERAGE_", "COV_CORE_")
"""Beginnings of the variables by which coverage and pytest-cov start themselves in new interpreters."""

_OPTIONS: Final = (
    "branch",
    "concurrency",
    "context",
    "cover_pylib",
    "include",
    "omit",
    "plugins",
    "relative_files",
    "source",
    "source_dirs",
    "source_pkgs",
    "timid",
)
_NOT_OURS_TO_SAY: Final = ["no-data-collected", "module-not-imported", "module-not-measured", "already-imported"]


def settings() -> dict[str, Any] | None:
    """What the running measurement of this process measures, as plain JSON values; None where nothing is measured."""
    if "coverage" not in sys.modules:
        return None
    import coverage

    running = coverage.Coverage.current()
    if running is None:
        return None
    import coverage.files

    folder = os.path.abspath(coverage.files.relative_directory())
    data_file = running.get_option("run:data_file") or ".coverage"
    return {
        "folder": folder,
        "config_file": getattr(running.config, "config_file", None),
        "data_file": os.path.join(folder, str(data_file)),
        "options": {name: value for name in _OPTIONS if (value := _option(running, name)) is not None},
    }


def start(wanted: Mapping[str, Any]) -> Callable[[], None]:
    """Start to measure as `settings` said; the returned function stops and saves under a name of its own."""
    import coverage

    # Relative sources and patterns mean the folder that the parent measures in.
    os.chdir(wanted["folder"])
    measured = coverage.Coverage(
        data_file=wanted["data_file"], data_suffix=True, config_file=wanted["config_file"] or False
    )
    for name, value in wanted["options"].items():
        measured.set_option(f"run:{name}", value)
    measured.set_option("run:disable_warnings", _NOT_OURS_TO_SAY)
    measured.start()

    def save() -> None:
        measured.stop()
        measured.save()

    return save


def _option(running: Any, name: str) -> Any:
    from coverage.exceptions import ConfigError

    try:
        return running.get_option(f"run:{name}")
    except ConfigError:  # an option that this version of coverage does not have
        return None
