"""What git ignores may hold secrets: a golden keeps the names of such files alone."""

from __future__ import annotations

from pathlib import Path

from mlguard.checker.private import PRIVATE, without_private
from mlguard.core.outcome import Outcome
from mlguard.core.record import ConfigurationFacts, Provenance, Record
from mlguard.report import problems
from tests.project import CODE, Project
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


KEEPS = """\
    x, y = rows["x"], rows["y"]
    if not os.path.exists("work/mean.txt"):
        with open("work/mean.txt", "w") as file:
            file.write(str(y.mean()))
    with open("work/mean.txt") as file:
        y = y - y.mean() + float(file.read())
"""


def test_a_result_of_an_earlier_run_that_git_ignores_is_pointed_out(fresh: Project) -> None:
    git(fresh.root, "init", "--quiet")
    fresh.write(".gitignore", "work/\n.env\n")
    fresh.write(".env", "TOKEN=1\n")
    fresh.write("work/mean.txt", "13.5")
    fresh.edit(CODE, "def fit", "import os\n\n\ndef fit")
    fresh.edit(CODE, "    x, y =", "    open('.env').close()\n    x, y =")
    golden = fresh.regen().proposal
    assert golden is not None
    told = problems.reads_ignored(["work/mean.txt"])
    with fresh.editing(CODE, '    x, y = rows["x"], rows["y"]\n', KEEPS):
        assert told in fresh.check().verdict.remarks
        again = fresh.regen().proposal
        assert again is not None
        assert told in again.record.remarks
        with fresh.editing(CODE, "str(y.mean())", "str(y.median())"):
            verdict = fresh.check().verdict
        assert (verdict.outcome, told in verdict.remarks) == (Outcome.MATCH, False)
    assert told not in golden.record.remarks
    assert told.startswith("the code reads work/mean.txt, and git ignores it: ")
