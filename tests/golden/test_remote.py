"""Goldens at an address that several machines share: here a folder, of which each machine has copies."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from mlguard.core.dataset import Dataset
from mlguard.core.error import GoldenError, RunError, UsageError
from mlguard.core.record import Approval, Record
from mlguard.golden.bucket import UnreachableError
from mlguard.golden.codec import encode
from mlguard.golden.copies import copies, put_back
from mlguard.golden.folder import FolderBucket
from mlguard.golden.interface import OvertakenError
from mlguard.golden.local import LocalStore
from mlguard.golden.objects import MARKER
from mlguard.golden.remote import RemoteStore
from mlguard.golden.stores import open_store
from mlguard.settings import settings_of
from tests.golden.hostile import ATTACKS, GUARD, Hostile


@pytest.fixture
def machine(tmp_path: Path, place: Path) -> Callable[[str], RemoteStore]:
    """Opens the goldens as a machine of this name does, with copies of its own."""

    def opened(name: str) -> RemoteStore:
        root = tmp_path / name
        root.mkdir(exist_ok=True)
        store = open_store(settings_of(root, root, {"golden": place.as_uri()}, declared=True))
        assert isinstance(store, RemoteStore)
        return store

    return opened


def loaded(store: RemoteStore) -> dict[str, bytes]:
    """The files of what a machine loads."""
    record = store.load(GUARD)
    assert record is not None
    return encode(record)


def recorded(record: Record, reason: str) -> Record:
    return replace(record, approvals=(Approval("2026-03-01T00:00:00Z", None, reason), *record.approvals))


def test_what_one_machine_records_another_one_loads(machine: Callable[[str], RemoteStore], record: Record) -> None:
    assert machine("b").load(GUARD) is None
    files = machine("a").save(record, over=None)
    assert f"{machine('a')._mirror.url}/Churn/model_cat/record.json" in files
    assert loaded(machine("b")) == encode(record)
    assert machine("b").names() == (GUARD,)
    assert machine("b").save(record) == ()


def test_a_copy_is_what_a_local_golden_is(
    machine: Callable[[str], RemoteStore], record: Record, tmp_path: Path, store: LocalStore
) -> None:
    machine("a").save(record)
    store.save(record)
    machine("b").held(GUARD)
    copy, local = Path(machine("b").place(GUARD)), Path(store.place(GUARD))
    assert {p.relative_to(copy): p.read_bytes() for p in copy.rglob("*") if p.is_file()} == {
        p.relative_to(local): p.read_bytes() for p in local.rglob("*") if p.is_file()
    }


def test_only_what_changed_is_written_there(machine: Callable[[str], RemoteStore], record: Record, place: Path) -> None:
    machine("a").save(record)
    before = {path.name for path in (place / "objects").rglob("*") if path.is_file()}
    changed = machine("a").save(recorded(record, "again"))
    after = {path.name for path in (place / "objects").rglob("*") if path.is_file()}
    assert {name.rpartition("/")[2] for name in changed} == {"record.json", "summary.md"}
    assert before < after
    assert len(after - before) == 2
    assert [path.name for path in sorted((place / "heads/Churn/model_cat").iterdir())] == [
        "00000001.json", "00000002.json",
    ]  # fmt: skip


def test_whoever_comes_second_is_told_what_came_first_and_writes_nothing(
    machine: Callable[[str], RemoteStore], record: Record, place: Path
) -> None:
    one, other = machine("a"), machine("b")
    read = one.held(GUARD).version
    assert other.held(GUARD).version == read
    one.save(recorded(record, "mine"), over=read)
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    with pytest.raises(OvertakenError, match='with the reason "mine"') as raised:
        other.save(recorded(record, "yours"), over=read)
    assert raised.value.slug == "golden-overtaken"
    assert raised.value.now.approvals[0].reason == "mine"
    assert {path: path.read_bytes() for path in place.rglob("*") if path.is_file()} == before
    assert loaded(machine("b")) == encode(recorded(record, "mine"))


def test_of_many_writers_at_once_each_replaces_only_what_it_read(
    machine: Callable[[str], RemoteStore], record: Record, place: Path
) -> None:
    machine("a").save(record)

    def write(number: int) -> bool:
        store = machine(f"m{number}")
        version = store.held(GUARD).version
        try:
            store.save(recorded(record, f"writer {number}"), over=version)
        except OvertakenError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(write, range(6)))
    heads = sorted((place / "heads/Churn/model_cat").iterdir())
    assert any(won)
    assert len(heads) == 1 + sum(won)
    assert [json.loads(head.read_bytes())["number"] for head in heads] == [*range(1, len(heads) + 1)]
    assert machine("reader").load(GUARD) is not None


def test_a_deleted_golden_is_gone_for_all_and_its_objects_stay(
    machine: Callable[[str], RemoteStore], record: Record, place: Path
) -> None:
    machine("a").save(record)
    machine("b").held(GUARD)
    assert len(machine("a").delete(GUARD)) == len(encode(record))
    assert machine("b").held(GUARD).version is None
    assert machine("b").names() == ()
    assert machine("a").delete(GUARD) == ()
    assert (place / "heads/Churn/model_cat/00000001.json").exists()
    machine("b").save(record, over=None)
    assert loaded(machine("a")) == encode(record)


class TestOffline:
    def test_a_check_works_from_the_copy_and_knows_as_of_when(
        self, machine: Callable[[str], RemoteStore], record: Record, place: Path
    ) -> None:
        machine("a").save(record)
        machine("b").held(GUARD)
        place.rename(place.with_name("away"))
        store = machine("b")
        assert loaded(store) == encode(record)
        assert store.names() == (GUARD,)
        assert store.as_of is not None
        assert store.as_of.url == place.as_uri()
        assert store.as_of.when.startswith("20")

    def test_without_a_copy_nothing_is_known(
        self, machine: Callable[[str], RemoteStore], record: Record, place: Path
    ) -> None:
        machine("a").save(record)
        machine("b").names()
        place.rename(place.with_name("away"))
        for store, name in ((machine("b"), GUARD), (machine("b"), "Other"), (machine("never"), GUARD)):
            with pytest.raises(UnreachableError) as raised:
                store.held(name)
            assert raised.value.slug == "golden-server"
            assert place.as_uri() in raised.value.what
        with pytest.raises(UnreachableError):
            machine("never").names()

    def test_a_deleted_golden_may_be_there_again(
        self, machine: Callable[[str], RemoteStore], record: Record, place: Path
    ) -> None:
        machine("a").save(record)
        machine("a").delete(GUARD)
        assert machine("b").held(GUARD).version is None
        place.rename(place.with_name("away"))
        with pytest.raises(UnreachableError):
            machine("b").held(GUARD)

    def test_nothing_is_recorded(self, machine: Callable[[str], RemoteStore], record: Record, place: Path) -> None:
        machine("a").save(record)
        place.rename(place.with_name("away"))
        for write in (
            lambda: machine("a").save(recorded(record, "offline")),
            lambda: machine("a").delete(GUARD),
            lambda: machine("a").finish(GUARD),
        ):
            with pytest.raises(UnreachableError, match="so that nothing was recorded"):
                write()
        assert not place.exists()
        assert loaded(machine("a")) == encode(record)

    def test_a_damaged_copy_is_brought_again_or_not_believed(
        self, machine: Callable[[str], RemoteStore], record: Record, place: Path
    ) -> None:
        machine("a").save(record)
        file = Path(machine("a").place(GUARD)) / "predictions.csv"
        whole = file.read_bytes()
        file.write_bytes(whole[:-20])
        assert loaded(machine("a")) == encode(record)
        assert file.read_bytes() == whole
        file.unlink()
        place.rename(place.with_name("away"))
        with pytest.raises(UnreachableError, match="no whole copy"):
            machine("a").held(GUARD)


def test_a_wrong_address_does_not_look_like_one_without_goldens(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    settings = settings_of(tmp_path, tmp_path, {"golden": (tmp_path / "empty").as_uri()}, declared=True)
    with pytest.raises(UsageError, match=f"it has no {MARKER}") as raised:
        open_store(settings).held("Churn")
    assert raised.value.slug == "golden-url-unknown"
    assert list((tmp_path / "empty").iterdir()) == []


def test_a_place_of_a_newer_format_is_left_alone(machine: Callable[[str], RemoteStore], place: Path) -> None:
    (place / MARKER).write_text('{"format": 2}\n')
    with pytest.raises(GoldenError, match="something else"):
        machine("a").names()


def test_a_place_that_writes_over_files_is_refused(
    machine: Callable[[str], RemoteStore], record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FolderBucket, "create", lambda *_: True)
    with pytest.raises(UsageError) as raised:
        machine("a").save(record)
    assert raised.value.slug == "golden-url-unconditional"


def test_an_answer_that_was_lost_is_asked_for(
    machine: Callable[[str], RemoteStore], record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FolderBucket.create

    def lost(bucket: FolderBucket, name: str, content: bytes) -> bool:
        written = real(bucket, name, content)
        if name.startswith("heads/"):
            raise UnreachableError(bucket.url, "ConnectionError")
        return written

    monkeypatch.setattr(FolderBucket, "create", lost)
    assert machine("a").save(record)
    assert loaded(machine("b")) == encode(record)


def test_a_place_that_goes_away_meanwhile_leaves_the_golden_in_doubt_and_says_so(
    machine: Callable[[str], RemoteStore], record: Record, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FolderBucket.create

    def gone(bucket: FolderBucket, name: str, content: bytes) -> bool:
        if name.startswith("heads/"):
            place.rename(place.with_name("away"))
        return real(bucket, name, content)

    monkeypatch.setattr(FolderBucket, "create", gone)
    with pytest.raises(RunError, match="before it said whether it has recorded this"):
        machine("a").save(record)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_hostile_bucket_is_corrupt_touches_nothing_outside_and_is_mended_by_recording_again(
    machine: Callable[[str], RemoteStore], record: Record, place: Path, tmp_path: Path, attack: str
) -> None:
    machine("a").save(record)
    ATTACKS[attack](Hostile(FolderBucket(place.as_uri())))
    before = {path for path in tmp_path.rglob("*") if not path.is_relative_to(tmp_path / "victim")}
    store = machine("victim")
    held = store.held(GUARD)
    assert held.record is None
    assert held.error is not None
    assert held.version is not None
    with pytest.raises(GoldenError):
        store.load(GUARD)
    assert {path for path in tmp_path.rglob("*") if not path.is_relative_to(tmp_path / "victim")} == before
    outside = [
        path
        for path in (tmp_path / "victim").rglob("*")
        if path.is_file() and not path.is_relative_to(tmp_path / "victim/.mlguard")
    ]
    assert outside == []
    assert store.names() == (GUARD,)
    store.save(recorded(record, "mended"), over=held.version)
    assert loaded(machine("another")) == encode(recorded(record, "mended"))


def test_heads_that_lie_elsewhere_are_no_goldens(
    machine: Callable[[str], RemoteStore], record: Record, place: Path
) -> None:
    machine("a").save(record)
    content = (place / "heads/Churn/model_cat/00000001.json").read_bytes()
    for name in ("00000001.json", "Other/1.json", "Other/00000001.json.abc", "Other/x/00000001.txt"):
        file = place / "heads" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    assert machine("b").names() == (GUARD,)


def test_the_log_of_a_golden_that_is_damaged_there_is_that_of_the_copy(
    machine: Callable[[str], RemoteStore], record: Record, place: Path
) -> None:
    machine("a").save(recorded(record, "first"))
    log = machine("a").held(GUARD).approvals
    (place / "heads/Churn/model_cat/00000002.json").write_bytes(b"nothing")
    held = machine("a").held(GUARD)
    assert held.error is not None
    assert held.approvals == log
    assert machine("b").held(GUARD).approvals == ()


def test_a_link_in_the_bucket_is_not_followed(
    machine: Callable[[str], RemoteStore], record: Record, place: Path, tmp_path: Path
) -> None:
    machine("a").save(record)
    head = place / "heads/Churn/model_cat/00000001.json"
    secret = tmp_path / "secret.json"
    head.rename(secret)
    head.symlink_to(secret)
    assert machine("b").load(GUARD) is None


def test_a_folder_that_is_a_link_is_named_with_the_address(
    machine: Callable[[str], RemoteStore], record: Record, place: Path
) -> None:
    machine("a").save(record)
    (place / "heads").rename(place / "elsewhere")
    (place / "heads").symlink_to("elsewhere")
    with pytest.raises(GoldenError, match=f"{place.as_uri()}/heads is a link") as raised:
        machine("b").names()
    assert "put back what was there" in raised.value.message


def test_a_golden_that_went_back_is_named(machine: Callable[[str], RemoteStore], record: Record, place: Path) -> None:
    machine("a").save(record)
    machine("a").save(recorded(record, "second"))
    machine("b").held(GUARD)
    (place / "heads/Churn/model_cat/00000002.json").unlink()
    held = machine("b").held(GUARD)
    assert held.error is not None
    assert "went back from acceptance 2 to 1" in held.error.what
    assert held.approvals[0].reason == "second"
    machine("b").save(recorded(record, "third"), over=held.version)
    assert loaded(machine("b")) == encode(recorded(record, "third"))
    assert loaded(machine("a")) == encode(recorded(record, "third"))


def test_what_is_kept_beside_a_release_is_put_back_at_the_address(
    machine: Callable[[str], RemoteStore], record: Record
) -> None:
    store = machine("one")
    store.save(record)
    kept = copies(store, GUARD)
    store.save(recorded(record, "another one"))
    assert "Churn/model_cat/record.json" in put_back(store, kept, GUARD)
    assert machine("two").files(GUARD) == encode(record)


def test_tables_are_shared_too(machine: Callable[[str], RemoteStore], place: Path) -> None:
    dataset = Dataset({"rows": pd.DataFrame({"x": [1.5, 2.5]})})
    machine("a").datasets.save(dataset, "churn", 0)
    found = machine("b").datasets.load("churn")
    assert found is not None
    assert found[0]["rows"].equals(dataset["rows"])
    assert machine("b").names() == ()
    assert machine("b").datasets.load("other") is None
    machine("a").datasets.delete("churn")
    assert machine("b").datasets.load("churn") is None


def test_copies_lie_in_the_folder_that_ignores_itself(
    machine: Callable[[str], RemoteStore], record: Record, tmp_path: Path
) -> None:
    machine("a").save(record)
    assert Path(machine("a").place(GUARD)).is_relative_to(tmp_path / "a/.mlguard/shared")
    assert (tmp_path / "a/.mlguard/.gitignore").exists()
    shutil.rmtree(tmp_path / "a/.mlguard/shared")
    assert loaded(machine("a")) == encode(record)
