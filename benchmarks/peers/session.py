"""Run the tests of the peers: once to write baselines, once to see that they hold, once on what was changed."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from dataclasses import asdict, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

from benchmarks.answers import Answer
from benchmarks.trial import Gate

PEERS: Mapping[str, str] = {
    "pytest-regressions": "test_pytest_regressions",
    "syrupy": "test_syrupy",
    "assert_allclose": "test_assert_allclose",
    "accuracy gate": "test_accuracy_gate",
}
"""The peers and their tests."""

PLUGINS = ("pytest_datadir.plugin", "pytest_regressions.plugin", "syrupy")

Failures = Mapping[str, Mapping[str, str | None]]
"""By peer and trial: why its test failed, None where it passed."""


def ask_peers(
    before: Mapping[str, Answer], after: Mapping[str, Answer], gates: Mapping[str, Gate], folder: Path
) -> Failures:
    """Why each peer's test of each trial turns red; all mappings are by the trial's key.

    Ends the program where a peer's test fails on the very answers that its baseline was written from.
    """
    folder.mkdir(parents=True)
    (folder / "stored").mkdir()
    shutil.copy(Path(__file__).with_name("tests_of_peers.py"), folder / "test_peers.py")
    for name, answers in (("before", before), ("after", after)):
        _store(folder / name, answers, gates)
    _session(folder, "before", "--regen-all", "--snapshot-update")
    control = _session(folder, "before")
    unfit = [f"{peer} {key}: {why}" for peer, tests in control.items() for key, why in tests.items() if why]
    if unfit:
        sys.exit(f"these tests of peers fail without any change, so their answers mean nothing: {'; '.join(unfit)}")
    return _session(folder, "after")


def _store(folder: Path, answers: Mapping[str, Answer], gates: Mapping[str, Gate]) -> None:
    folder.mkdir()
    for key, answer in answers.items():
        # Plain data: a user's test needs nothing of ours.
        seen = (flat(answer.predictions), dict(answer.metrics), answer.raised)
        (folder / f"{key}.pkl").write_bytes(pickle.dumps(seen))
    (folder / "gates.json").write_text(json.dumps({key: asdict(gate) for key, gate in gates.items()}))


def flat(predictions: pd.DataFrame) -> pd.DataFrame:
    """The predictions with a column for each number and text inside cells that hold objects, lists or mappings.

    The peers compare columns of plain cells, so that their users have to write this themselves.
    """
    if not any(_is_nested(cell) for column in predictions.columns for cell in predictions[column]):
        return predictions
    rows = [dict(_cells(row)) for row in predictions.to_dict(orient="records")]
    frame = pd.DataFrame(rows, index=predictions.index)
    # Lists have other lengths in other rows; a missing text is no text.
    return frame.fillna(dict.fromkeys(frame.columns[[not is_numeric_dtype(kind) for kind in frame.dtypes]], ""))


def _cells(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if not _is_nested(value):
        yield name, value.value if isinstance(value, Enum) else value
        return
    value = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    parts = value.items() if isinstance(value, Mapping) else enumerate(value)
    for key, part in parts:
        yield from _cells(part, f"{name}.{key}" if name else str(key))


def _is_nested(cell: object) -> bool:
    return isinstance(cell, Mapping | list | tuple) or (is_dataclass(cell) and not isinstance(cell, type))


def _session(folder: Path, answers: str, *options: str) -> Failures:
    """One pytest process with the peers' plugins and no others."""
    report = folder / "report.xml"
    plugins = [part for plugin in PLUGINS for part in ("-p", plugin)]
    plain = ["-q", "-c", os.devnull, "--rootdir", str(folder), "-p", "no:cacheprovider", "--tb=no"]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *plain, *plugins, *options, f"--junitxml={report}", "test_peers.py"],
        cwd=folder,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "BENCHMARK_ANSWERS": str(folder / answers)},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode > 1:
        sys.exit(f"the session of the peers came to no end:\n{ended.stdout}{ended.stderr}")
    return _read(report)


def _read(report: Path) -> Failures:
    found: dict[str, dict[str, str | None]] = {peer: {} for peer in PEERS}
    peers = {test: peer for peer, test in PEERS.items()}
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        test, _, key = case.attrib["name"].rstrip("]").partition("[")
        failed = [part.attrib["message"] for part in case if part.tag in ("failure", "error")]
        found[peers[test]][key] = failed[0] if failed else None
    return found
