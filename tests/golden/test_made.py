"""Files that runs made are known as long as they are what the run left."""

from __future__ import annotations

import os
from pathlib import Path

from mlguard.golden.made import made_earlier, remember_made


def test_a_file_is_known_until_somebody_replaces_or_deletes_it(tmp_path: Path):
    one, two = tmp_path / "one", tmp_path / "two"
    for file in (one, two):
        file.write_text("a")
    remember_made(tmp_path, [str(one)])
    remember_made(tmp_path, [str(two), str(tmp_path / "gone")])
    assert made_earlier(tmp_path) == {str(one), str(two)}
    one.write_text("another")
    two.unlink()
    assert made_earlier(tmp_path) == frozenset()
    remember_made(tmp_path, [str(one)])
    assert made_earlier(tmp_path) == {str(one)}
    os.utime(one, ns=(1, 1))
    assert made_earlier(tmp_path) == frozenset()


def test_a_damaged_list_is_an_empty_one(tmp_path: Path):
    (tmp_path / ".mlguard").mkdir()
    (tmp_path / ".mlguard" / "made.json").write_text("[")
    assert made_earlier(tmp_path) == frozenset()
