"""What `--json` answers has the keys that are declared, in each of its parts.

mypy compares the declarations with the code that makes the documents; here real documents are, also those of commands
whose parts mypy does not see.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest

from mlguard.core.power import Power, Shrunk
from mlguard.report.differential import Answer, History, Origin, Told, answer_as_data, history_as_data
from mlguard.report.documents import DOCUMENTS
from mlguard.report.edits import How, NamedEdit, Proof
from mlguard.report.plain import run_as_data
from mlguard.report.power import audits_as_data, shrunk_as_data
from tests.docs.reference.json_documents import hints, may_be_absent
from tests.project import Project
from tests.release.releasing import BUNDLE, PLACE, train
from tests.report.test_power import AUDIT
from tests.report.verdicts import VERDICTS

EDIT = NamedEdit("line.fit", "function", "line.py", 1, brings=("line.columns",))
ANSWER = Answer("HEAD", "the working tree", (Told(VERDICTS["shifted"], Proof(How.ALONE, (EDIT,))),))
MADE = {
    "check": run_as_data([*VERDICTS.values()]),
    "audit": audits_as_data([AUDIT], 0),
    "make-dataset --shrink": shrunk_as_data(Shrunk("Line", "tiny", 8, 16, ((16, Power(3, 1)), (8, None)))),
    "diff": answer_as_data(ANSWER),
    "diff --bisect": history_as_data(History(ANSWER, (Origin("0a1b2c3", "2024-05-17", "Edit"),), 1, 0)),
}
"""Documents of commands that would run guards."""
TYPED = {
    "make-dataset": "make-dataset --json",
    "list": "list --json",
    "explain": "explain --json",
    "explain SLUG": "explain no-project --json",
    "prune": "prune --dry-run --json",
    "review --list": "review --list --json",
    "any command that fails": "check Nobody --json",
}
"""Commands that answer at once."""


def differences(document: Any, declared: Any, place: str = "$") -> Iterator[str]:
    """Where a document is another than declared."""
    origin, inner = get_origin(declared), get_args(declared)
    of_parts = dict if hasattr(declared, "__required_keys__") else origin
    if of_parts in (dict, list) and not isinstance(document, of_parts):
        yield f"{place} is {document!r}, not {declared}"
    elif hasattr(declared, "__required_keys__"):
        wanted = hints(declared)
        needed = {key for key, kind in wanted.items() if not may_be_absent(kind)}
        yield from (f"{place}.{key} is not declared" for key in sorted(document.keys() - wanted.keys()))
        yield from (f"{place}.{key} is not there" for key in sorted(needed - document.keys()))
        for key in document.keys() & wanted.keys():
            yield from differences(document[key], wanted[key], f"{place}.{key}")
    elif may_be_absent(declared):
        yield from differences(document, inner[0], place)
    elif origin is list:
        for position, one in enumerate(document):
            yield from differences(one, inner[0], f"{place}[{position}]")
    elif origin is dict:
        for key, one in document.items():
            yield from differences(one, inner[1], f"{place}.{key}")
    elif inner:
        found = [list(differences(document, one, place)) for one in inner]
        yield from [] if [] in found else min(found, key=len)
    elif declared is not object and not isinstance(document, (int, float) if declared is float else declared):
        yield f"{place} is {document!r}, not {declared}"


def unlike(name: str, document: Any) -> list[str]:
    return list(differences(json.loads(json.dumps(document)), DOCUMENTS[name]))


@pytest.mark.parametrize("name", MADE)
def test_a_document_is_as_declared(name: str) -> None:
    assert unlike(name, MADE[name]) == []


def test_a_command_answers_as_declared(line: Project) -> None:
    for name, typed in TYPED.items():
        assert unlike(name, line.command(*typed.split()).json) == [], typed


def test_datasets_and_their_scripts_answer_as_declared(line: Project) -> None:
    assert unlike("make-dataset", line.command("make-dataset", "--verify", "--json").json) == []
    line.command("make-dataset")
    assert unlike("make-dataset", line.command("make-dataset", "--verify", "--json").json) == []
    (line.root / "real.csv").write_text("x,y\n" + "".join(f"{i},{i % 3}\n" for i in range(30)), encoding="utf-8")
    assert unlike("make-dataset --like", line.command("make-dataset", "--like", "real.csv", "--json").json) == []


def test_a_project_is_set_up_as_declared(tmp_path: Path) -> None:
    assert unlike("init", Project(tmp_path, {}).command("init", "--json").json) == []


def test_releases_answer_as_declared(line: Project, tmp_path: Path) -> None:
    project = line.copied(tmp_path / "copy")
    for model in ("one", "two"):
        train(project, model)
        assert unlike("gate", project.command("gate", BUNDLE, "--json").json) == []
        assert project.command("check", "--bundle", BUNDLE).code == 0
        assert unlike("gate", project.command("gate", BUNDLE, "--json").json) == []
        assert unlike("release", project.command("release", BUNDLE, PLACE, "--json").json) == []
    assert unlike("rollback", project.command("rollback", PLACE, "--json").json) == []


def test_a_key_more_or_less_or_of_another_type_is_found() -> None:
    document = {**MADE["check"], "exit_code": "0", "more": 1}
    del document["outcome"]
    assert unlike("check", document) == [
        "$.more is not declared",
        "$.outcome is not there",
        "$.exit_code is '0', not <class 'int'>",
    ]
