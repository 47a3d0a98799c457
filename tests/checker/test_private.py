"""What git ignores may hold secrets: a golden keeps the names of such files alone."""

from __future__ import annotations

from pathlib import Path

from mlguard.checker.private import PRIVATE, without_private
from mlguard.core.record import ConfigurationFacts, Provenance, Record
from tests.repository import git


def test_what_ignored_files_say_is_kept_nowhere(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / ".gitignore").write_text("own.ini\n")
    logs = {"own.ini": {"handler.args": "('token',)"}, "log.ini": {"logger_root.level": "INFO"}}
    facts = ConfigurationFacts({"trees": 12}, "param.ini", logs)
    record = Record(
        "Churn", (), Provenance(configuration=facts, sources={"own.ini": "sha256:1", "churn.py": "sha256:2"})
    )
    kept = without_private(tmp_path, record).provenance
    assert kept.sources == {"own.ini": PRIVATE, "churn.py": "sha256:2"}
    assert kept.configuration == ConfigurationFacts({"trees": 12}, "param.ini", {"log.ini": logs["log.ini"]})
    assert without_private(tmp_path, Record("Churn", ())) == Record("Churn", ())
