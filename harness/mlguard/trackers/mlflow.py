"""Log entries on a tracking server of MLflow: the only file that imports it, run as a process of its own.

What the server, its proxies and MLflow itself do, such as waiting for ever, ends with this process.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from itertools import count, islice
from typing import Any, Final
from urllib.parse import urlsplit

from mlguard.core.url import without_credentials

GOLDEN, GOLDEN_RUN, RECORDED = "mlguard.golden", "mlguard.golden_run", "mlguard.recorded"
"""Tags: the version of a golden, the run that recorded it, and that this run did."""

EXPERIMENT: Final = "Default"
"""MLflow's own experiment, where nobody names another one."""

_KEY: Final = 250
_PARAM: Final = 6_000
_TAG: Final = 5_000
"""Characters that MLflow takes of a name, a param and a tag."""

_BATCH: Final = 100


def main() -> None:
    """Say that MLflow is there, read what to log from standard input, and say what was logged, or a problem.

    Each answer is a JSON document in a line of standard output.
    """
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # MLflow prints.

    def answer(**told: object) -> None:
        os.write(answers, f"{json.dumps(told)}\n".encode())

    try:
        from mlflow import MlflowClient
    except ImportError:
        return answer(missing=True)
    answer(ready=True)
    asked = json.load(sys.stdin)
    try:
        log = _Log(MlflowClient(), asked["experiment"])
        answer(where=log.experiment)
        for entry in asked["entries"]:
            answer(logged=entry["name"], without_page=log.add(entry))
    except Exception as error:  # MLflow raises whatever its stores and plugins do.
        answer(problem=_first_line(error))
    os._exit(0)  # What MLflow would still do at its end, such as sending what it counted, nobody waits for.


class _Log:
    """Runs of one experiment."""

    def __init__(self, client: Any, name: str | None) -> None:
        self.client = client
        self.experiment: str = self._experiment(name)

    def add(self, entry: Mapping[str, Any]) -> str:
        """Log one entry; answers why its page was not kept, or nothing."""
        tags = {**entry["tags"], **self._linked(entry["tags"])}
        ended = int(time.time() * 1000)
        run = self.client.create_run(
            self.experiment,
            start_time=ended - int(entry["seconds"] * 1000),
            tags={name: text[:_TAG] for name, text in tags.items()},
            run_name=entry["name"],
        )
        self._numbers(run.info.run_id, entry, ended)
        why = self._page(run, entry["page"])
        self.client.set_terminated(run.info.run_id, "FAILED" if entry["failed"] else "FINISHED", ended)
        return why

    def _experiment(self, name: str | None) -> str:
        """The identifier of an experiment, which is made where there is none of this name."""
        from mlflow.exceptions import MlflowException

        given = os.environ.get("MLFLOW_EXPERIMENT_ID")
        if name is None and given:
            return given
        name = name or os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
        found = self.client.get_experiment_by_name(name)
        if found is None:
            try:
                return str(self.client.create_experiment(name))
            except MlflowException:
                found = self.client.get_experiment_by_name(name)  # Somebody was faster.
                if found is None:
                    raise
        return str(found.experiment_id)

    def _linked(self, tags: Mapping[str, str]) -> dict[str, str]:
        """The run that recorded the golden of a check, where this server has it."""
        golden = tags.get(GOLDEN)
        if not golden or RECORDED in tags:
            return {}
        wanted = f"tags.`{GOLDEN}` = '{golden}' AND tags.`{RECORDED}` = 'true'"
        found = self.client.search_runs([self.experiment], wanted, max_results=1, order_by=["start_time DESC"])
        return {GOLDEN_RUN: found[0].info.run_id} if found else {}

    def _numbers(self, run: str, entry: Mapping[str, Any], now: int) -> None:
        from mlflow.entities import Metric, Param

        params = iter([Param(key, text[:_PARAM]) for key, text in _named(entry["params"])])
        metrics = iter([Metric(key, value, now, 0) for key, value in _named(entry["metrics"])])
        while (some := list(islice(params, _BATCH))) or (more := list(islice(metrics, _BATCH))):
            self.client.log_batch(run, params=some, metrics=[] if some else more)

    def _page(self, run: Any, page: str) -> str:
        """Keep the page; answers why not. A server that has files in a folder of its own takes none from elsewhere."""
        remote = urlsplit(os.environ.get("MLFLOW_TRACKING_URI", "")).scheme in ("http", "https")
        if remote and urlsplit(run.info.artifact_uri).scheme in ("", "file"):
            return "it takes no files; start it with --serve-artifacts"
        try:
            self.client.log_text(run.info.run_id, page, "report.html")
        except Exception as error:  # Whatever the store of the files raises, the run is there.
            return _first_line(error)
        return ""


def _named(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The values under names that MLflow takes, of which no two are the same."""
    taken = set()
    for name, value in values.items():
        parts = re.sub(r"[^\w\- :./]", "_", name)[:_KEY].split("/")
        spelled = "/".join("_" if part in ("", ".", "..") else part for part in parts)
        key = next(key for key in _numbered(spelled) if key not in taken)
        taken.add(key)
        yield key, value


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name[: _KEY - 8]} {number}" for number in count(2))


def _first_line(error: Exception) -> str:
    # Before it is cut: it may name the server with a password.
    return without_credentials(f"{type(error).__name__}: {error}").split("\n")[0][:300]
