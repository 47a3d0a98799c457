"""Keyed digests: recognised on this machine, for one acceptance of a golden, and worth nothing without the key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mlguard.core.record import Approval, Record
from mlguard.golden.keyed import KNOWN, known, remember

GOLDEN = Record("Churn[a/b]", (), approvals=(Approval("2026-01-01T00:00:00Z", "abc", "first"),))


def files(root: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted((root / ".mlguard" / KNOWN).rglob("*")) if p.is_file()}


def test_a_value_is_recognised_and_another_one_is_not(tmp_path: Path):
    remember(tmp_path, GOLDEN, {"A": b"secret", "B": None, "C": b""})
    told = known(tmp_path, GOLDEN, {"A": b"secret", "B": b"", "C": None, "D": b"secret"})
    assert told == {"A": "same", "B": "changed", "C": "changed", "D": "unknown"}
    assert known(tmp_path, GOLDEN, {"B": None, "C": b""}) == {"B": "same", "C": "same"}


def test_nothing_is_known_before_or_of_another_acceptance(tmp_path: Path):
    assert known(tmp_path, GOLDEN, {"A": b"1"}) == {"A": "unknown"}
    remember(tmp_path, GOLDEN, {"A": b"1"})
    later = replace(GOLDEN, approvals=(Approval("2026-01-02T00:00:00Z", "abc", "again"), *GOLDEN.approvals))
    assert known(tmp_path, later, {"A": b"1"}) == {"A": "unknown"}


def test_no_value_lies_on_the_disk_and_no_key_of_another_project_tells_it(tmp_path: Path):
    for place in ("one", "other"):
        remember(tmp_path / place, GOLDEN, {"A": b"secret"})
    one, other = files(tmp_path / "one"), files(tmp_path / "other")
    assert not any(b"secret" in content for content in one.values())
    assert len(one) == 2
    assert all(one[name] != other[name] for name in one)
    assert (tmp_path / "one/.mlguard/known/key").stat().st_mode & 0o077 == 0


def test_a_damaged_file_is_unknown_and_written_anew(tmp_path: Path):
    remember(tmp_path, GOLDEN, {"A": b"1"})
    (place,) = (tmp_path / ".mlguard" / KNOWN / "guards").rglob("*.json")
    place.write_text("[]")
    assert known(tmp_path, GOLDEN, {"A": b"1"}) == {"A": "unknown"}
    remember(tmp_path, GOLDEN, {"A": b"1"})
    assert known(tmp_path, GOLDEN, {"A": b"1"}) == {"A": "same"}
