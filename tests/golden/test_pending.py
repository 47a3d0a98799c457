"""Pending Records are kept as goldens are, in a folder that no repository sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlguard.core.error import RunError
from mlguard.core.record import Record
from mlguard.golden.codec import encode
from mlguard.golden.state import state
from mlguard.golden.stores import open_pending
from mlguard.settings import load


def test_a_pending_record_is_kept_until_it_is_deleted(tmp_path: Path, record: Record) -> None:
    open_pending(load(tmp_path)).save(record)
    assert open_pending(load(tmp_path)).names() == (record.guard,)
    loaded = open_pending(load(tmp_path)).load(record.guard)
    assert loaded is not None
    assert encode(loaded) == encode(record)
    assert (tmp_path / ".mlguard/pending/Churn/model_cat/record.json").is_file()
    open_pending(load(tmp_path)).delete(record.guard)
    assert open_pending(load(tmp_path)).names() == ()


def test_the_state_folder_ignores_itself_and_keeps_what_its_owner_wrote(tmp_path: Path) -> None:
    ignore = state(tmp_path).root / ".gitignore"
    assert ignore.read_text().splitlines()[-1] == "*"
    ignore.write_text("*\n!keep\n")
    assert state(tmp_path).root == tmp_path / ".mlguard"
    assert ignore.read_text() == "*\n!keep\n"


def test_a_state_folder_that_cannot_be_made_is_a_run_error(tmp_path: Path) -> None:
    (tmp_path / ".mlguard").write_text("a file")
    with pytest.raises(RunError) as caught:
        state(tmp_path)
    assert caught.value.slug == "state-folder"
