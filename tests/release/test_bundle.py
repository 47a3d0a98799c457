"""What is kept with a bundle is read as data of strangers: what it says, or one error of ours, and nothing else."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlguard.core.bundle import ApprovalSeen, BundleCheck, GuardSeen, Libraries, MetricSeen
from mlguard.core.error import GoldenError, RunError, UsageError
from mlguard.core.outcome import Outcome
from mlguard.files import tree
from mlguard.release import bundle as module
from mlguard.release.bundle import CHECK, BundleFolder, read, write

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
FLOAT = st.none() | st.floats(allow_nan=False, allow_infinity=False)
GUARDS = st.builds(
    GuardSeen,
    TEXT,
    st.sampled_from([str(outcome) for outcome in Outcome]),
    st.integers(0),
    st.none() | TEXT,
    st.none() | TEXT,
    st.lists(st.builds(ApprovalSeen, TEXT, st.sampled_from(["", "preserving", "changing: auc up 0.01"]))).map(tuple),
    st.dictionaries(TEXT, st.builds(MetricSeen, FLOAT, FLOAT, st.floats(0, 1))),
)
CHECKS = st.builds(
    BundleCheck,
    st.dictionaries(st.sampled_from(["model", "a/b", "ü"]), st.just(64 * "0")),
    st.lists(GUARDS, unique_by=lambda guard: guard.name).map(tuple),
    st.builds(Libraries, TEXT, st.dictionaries(TEXT, TEXT)),
    st.none() | TEXT,
    st.none() | st.booleans(),
    TEXT,
)
WHOLE = BundleCheck(
    {"model": 64 * "a"},
    (GuardSeen("G", "match", 1, None, "sha256:1", (ApprovalSeen("2026"),), {"auc": MetricSeen(1.0, 1.0)}),),
    Libraries("3.12.0", {"numpy": "2.0"}),
)


@given(CHECKS)
def test_a_check_is_read_as_it_is_written(check: BundleCheck) -> None:
    assert read(write(check), "x") == check
    assert write(read(write(check), "x")) == write(check)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.data())
def test_whatever_stands_in_it_is_a_check_or_one_error(data: st.DataObject) -> None:
    document: Any = {"format": 1, **asdict(WHOLE)}
    place = document
    while isinstance(place, dict | list | tuple) and place:  # Something else in one place, at any depth.
        keys = list(place) if isinstance(place, dict) else [*range(len(place))]
        key = data.draw(st.sampled_from(keys))
        if isinstance(place, tuple) or not isinstance(place[key], dict | list | tuple) or data.draw(st.booleans()):
            break
        if isinstance(place[key], tuple):
            place[key] = list(place[key])
        place = place[key]
    if isinstance(place, dict | list) and place:
        place[key] = data.draw(JSON)
    found: list[Exception] = []
    try:
        read(json.dumps(document).encode(), "x")
    except Exception as error:
        found.append(error)
    slugs = [error.slug for error in found if isinstance(error, GoldenError) and "\n" not in str(error)]
    assert len(slugs) == len(found)
    assert {*slugs} <= {"bundle-check-unreadable", "bundle-check-newer"}


@given(st.binary())
def test_so_it_is_with_bytes_of_any_kind(content: bytes) -> None:
    with pytest.raises(GoldenError):
        read(content, "x")


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        ({"files": {"../model": 64 * "a"}}, "is no file of a bundle"),
        ({"files": {"/model": 64 * "a"}}, "is no file of a bundle"),
        ({"files": {"model": "a"}}, "is no file of a bundle"),
        ({"guards": [{"name": "G", "outcome": "fine"}]}, "'fine' is not a valid"),
        ({"guards": [{"name": "G", "outcome": "match"}] * 2}, "twice"),
        ({"guards": [{"name": "G", "outcome": "match", "metrics": {"x": {"now": 10**400}}}]}, "too large"),
        ({"guards": [{"name": "G", "outcome": "match", "approvals": [{"when": "", "intent": "x"}]}]}, "intent"),
        ({"more": 1}, "has 'more', which it cannot have"),
        ({"format": 0}, "no format number"),
        ({"format": True}, "no format number"),
        ({"format": 2}, "newer mlguard"),
    ],
)
def test_what_is_wrong_is_said(edit: dict[str, Any], why: str) -> None:
    with pytest.raises(GoldenError, match=why):
        read(json.dumps({"format": 1, **asdict(WHOLE), **edit}).encode(), "x")


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 10)
    (tmp_path / CHECK).write_bytes(write(WHOLE))
    with pytest.raises(GoldenError, match="more than 10 bytes"):
        BundleFolder(tmp_path).kept()


def test_its_files_are_all_but_the_check_and_folders_may_be_deep(tmp_path: Path) -> None:
    deep = tmp_path / "/".join(200 * "d")
    deep.mkdir(parents=True)
    (deep / CHECK).write_text("of another bundle")
    (tmp_path / CHECK).write_text("of this one")
    (tmp_path / "a").write_text("")
    assert BundleFolder(tmp_path).files() == ["a", f"{'/'.join(200 * 'd')}/{CHECK}"]


def test_a_model_may_be_larger_than_other_files_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "LARGEST", 10)
    (tmp_path / "model").write_bytes(100 * b"x")
    assert len(BundleFolder(tmp_path).digests()["model"]) == 64


def test_a_name_that_not_every_system_can_hold_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model:1").write_text("")
    with pytest.raises(GoldenError, match="model:1") as raised:
        BundleFolder(tmp_path).files()
    assert raised.value.slug == "bundle-odd"


def test_what_the_disk_refuses_is_an_error_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "model").write_text("")
    bundle = BundleFolder(tmp_path)
    monkeypatch.setattr(tree.Tree, "entries", refuse)
    with pytest.raises(RunError, match="cannot be read: Permission denied"):
        bundle.files()
    monkeypatch.setattr(tree.Tree, "put", refuse)
    with pytest.raises(RunError, match="cannot be written"):
        bundle.keep(WHOLE)


def test_a_bundle_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no folder"):
        BundleFolder(tmp_path / "gone")
