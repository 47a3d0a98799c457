"""Whatever lies in `golden/`, `datasets/` or `.mlguard/`, no file outside the project is touched or taken in.

The places are not listed here: each path below the project that a tree is ever asked for is one, and so is each that
lies there afterwards.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlguard.core.dataset import Dataset
from mlguard.core.error import MlguardError
from mlguard.core.outcome import Outcome
from mlguard.core.record import Record
from mlguard.core.value import number
from mlguard.core.verdict import Verdict
from mlguard.files import handle as module
from mlguard.files.tree import Tree
from mlguard.golden import datasets, keyed, made, power
from mlguard.golden.local import LocalStore
from mlguard.plugin.shared import Result, Shared
from mlguard.tables.folder import read_dataset, write_dataset

SECRET = b"a private key\n"


def data(rows: int) -> Dataset:
    return Dataset({"train": pd.DataFrame({"x": np.arange(rows)}), "test": np.arange(float(rows))})


def moved(record: Record) -> Record:
    kept = tuple(replace(o, value=number(0.1)) if o.name == "auc" else o for o in record if o.name != "wide")
    return record.with_observations(kept)


def jobs(project: Path, record: Record) -> Iterator[Callable[[], Any]]:
    """Everything that reads or writes one of mlguard's own files in a project, in the order of a day's work."""
    store, one = LocalStore(project / "golden", project), project / "datasets/one"
    for kept in (record, moved(record)):
        yield lambda kept=kept: store.finish(kept.guard)
        yield lambda kept=kept: store.save(kept)
        yield lambda kept=kept: LocalStore(project / ".mlguard/pending", project).save(kept)
    for rows in (10, 500, 11):
        yield lambda rows=rows: store.datasets.save(data(rows), "churn", 0)
    yield store.names
    yield lambda: store.load(record.guard)
    yield lambda: store.datasets.load("churn")
    yield lambda: power.keep(project, record.guard, {"power": 1.0})
    yield lambda: power.kept(project, record.guard)
    yield lambda: keyed.remember(project, record, {"A": b"1"})
    yield lambda: keyed.known(project, record, {"A": b"1"})
    yield lambda: made.remember_made(project, [str(project / "golden")])
    yield lambda: made.made_earlier(project)
    yield lambda: Shared(project, "s").once("Churn", lambda: Result(Verdict("Churn", Outcome.MATCH)))
    yield lambda: Shared(project, "t")
    for format in ("csv", "jsonl"):
        yield lambda format=format: write_dataset(data(3), one, name="one", seed=0, format=format, project=project)
    yield lambda: read_dataset(one, project=project)
    yield lambda: LocalStore(project / ".mlguard/pending", project).load(record.guard)
    yield lambda: LocalStore(project / ".mlguard/pending", project).delete(record.guard)
    yield lambda: store.delete(record.guard)
    yield lambda: store.datasets.delete("churn")


def done(project: Path, record: Record) -> list[str]:
    """What became of every job: done, or the type of the error."""
    told = []
    for job in jobs(project, record):
        try:
            job()
        except (MlguardError, OSError) as error:
            told.append(type(error).__name__)
        else:
            told.append("done")
    return told


@pytest.fixture
def project(tmp_path: Path, record: Record, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project after half a day's work: everything that can lie there lies there."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    monkeypatch.setattr(datasets, "LIMIT", 1000)  # So that few rows are many.
    folder = tmp_path / "project"
    folder.mkdir()
    for job in list(jobs(folder, record))[:-4]:
        job()
    return folder


def places(project: Path, record: Record) -> list[str]:
    """Every file and folder that is ever opened, made or removed below the project, those above them included."""
    asked: set[str] = set()
    parts = Tree._parts

    def noting(tree: Tree, name: str) -> tuple[str, ...]:
        asked.add((tree.root / name).relative_to(project).as_posix())
        return parts(tree, name)

    copy = shutil.copytree(project, project.with_name("copy"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Tree, "_parts", noting)
        assert set(done(project, record)) == {"done"}
    shutil.rmtree(project)
    copy.rename(project)
    asked |= {path.relative_to(project).as_posix() for path in project.rglob("*")}
    asked |= {f"{place}/.saving-1" for place in ("golden/Churn/model_cat", "golden/_datasets/churn", "datasets/one")}
    asked |= {f"{place}/.saved" for place in ("golden/Churn/model_cat", "golden/_datasets/churn", "datasets/one")}
    unforeseen = re.compile(r"[0-9a-f]{16}")
    above = {parent.as_posix() for name in asked for parent in Path(name).parents}
    return sorted(name for name in asked | above if name != "." and not unforeseen.search(name))


def facts(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        p.relative_to(folder).as_posix(): (p.read_bytes() if p.is_file() else b"", p.stat().st_mtime_ns)
        for p in (folder, *sorted(folder.rglob("*")))
    }


def held(project: Path) -> bool:
    """Whether anything of the outside lies in the project."""
    return any(SECRET in path.read_bytes() for path in project.rglob("*") if path.is_file() and not path.is_symlink())


@pytest.mark.parametrize("by_descriptor", [True, False])
def test_a_link_in_any_place_leads_nowhere(
    project: Path, record: Record, monkeypatch: pytest.MonkeyPatch, by_descriptor: bool
) -> None:
    monkeypatch.setattr(module, "_RELATIVE", by_descriptor)
    found = places(project, record)
    assert len(found) > 60
    kept = shutil.copytree(project, project.with_name("kept"))
    for number_of, place in enumerate(found):
        if not by_descriptor and number_of % 9:
            continue
        outside = project.with_name(f"outside {number_of}")
        target = project / place
        # What lies outside looks like what was there, so that nothing but the link is wrong with it.
        if target.is_dir():
            shutil.move(target, outside)
            (outside / "id_rsa").write_bytes(SECRET)
            for name in ("arrays", "new"):
                (outside / name).mkdir(exist_ok=True)
                (outside / name / "id_rsa").write_bytes(SECRET)
        else:
            outside.mkdir()
            (outside / "file").write_bytes(target.read_bytes() + SECRET if target.exists() else SECRET)
            target.unlink(missing_ok=True)
            outside = outside / "file"
        before = facts(outside.parent if outside.is_file() else outside)
        target.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            target.symlink_to(outside)
        told = done(project, record)
        assert facts(outside.parent if outside.is_file() else outside) == before, place
        assert not held(project), place
        assert "done" in told
        shutil.rmtree(project)
        shutil.copytree(kept, project)
