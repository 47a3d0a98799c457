"""Goldens that go from a folder to an address and back, forwards only."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from mlguard.core.dataset import Dataset
from mlguard.core.record import Approval, Record
from mlguard.files.content import file_digest
from mlguard.golden.bucket import UnreachableError
from mlguard.golden.codec import encode
from mlguard.golden.folder import FolderBucket
from mlguard.golden.interface import Held
from mlguard.golden.local import LocalStore
from mlguard.golden.objects import object_name
from mlguard.golden.remote import RemoteStore
from mlguard.golden.stores import open_store
from mlguard.golden.transfer import Came, Transferred, copied, exit_code, transfer, verify
from mlguard.settings import settings_of

GUARD = "Churn[model_cat]"


@pytest.fixture
def there(tmp_path: Path, place: Path) -> Callable[[], RemoteStore]:
    """The goldens at the address, as a command sees them."""

    def opened() -> RemoteStore:
        store = open_store(settings_of(tmp_path, tmp_path, {"golden": place.as_uri()}, declared=True))
        assert isinstance(store, RemoteStore)
        return store

    return opened


def recorded(record: Record, *reasons: str) -> Record:
    log = tuple(Approval("2026-03-01T00:00:00Z", None, reason) for reason in reasons)
    return replace(record, approvals=(*log, *record.approvals))


def came(found: object) -> dict[str, str]:
    assert isinstance(found, list)
    return {one.name: str(one.came) for one in found}


def test_a_push_copies_once_and_then_has_nothing_to_do(
    store: LocalStore, record: Record, there: Callable[[], RemoteStore]
) -> None:
    dataset = Dataset({"rows": pd.DataFrame({"x": [1.5, 2.5]})})
    store.datasets.save(dataset, "churn", 0)
    store.save(record)
    assert came(list(transfer(store, there()))) == {GUARD: "copied"}
    assert came(list(transfer(store, there()))) == {GUARD: "same"}
    loaded = there().load(GUARD)
    assert loaded is not None
    assert encode(loaded) == encode(record)
    assert there().datasets.load("churn") is not None


def test_a_pull_writes_what_was_pushed_byte_for_byte(
    store: LocalStore, record: Record, there: Callable[[], RemoteStore], tmp_path: Path
) -> None:
    store.datasets.save(Dataset({"rows": pd.DataFrame({"x": [1.5, 2.5]})}), "churn", 0)
    store.save(record)
    list(transfer(store, there()))
    other = LocalStore(tmp_path / "other/golden", tmp_path)
    assert came(list(transfer(there(), other))) == {GUARD: "copied"}
    files = [p.relative_to(tmp_path / "golden") for p in (tmp_path / "golden").rglob("*") if p.is_file()]
    assert len(files) > 5
    assert all((tmp_path / "golden" / f).read_bytes() == (tmp_path / "other/golden" / f).read_bytes() for f in files)
    assert came(list(transfer(there(), other))) == {GUARD: "same"}


def test_goldens_go_forwards_only(store: LocalStore, record: Record, there: Callable[[], RemoteStore]) -> None:
    store.save(record)
    list(transfer(store, there()))
    store.save(recorded(record, "second"))
    assert came(list(transfer(there(), store))) == {GUARD: "behind"}
    assert came(list(transfer(store, there()))) == {GUARD: "copied"}
    store.save(record)
    assert came(list(transfer(store, there()))) == {GUARD: "behind"}
    store.save(recorded(record, "another second"))
    for found in (list(transfer(store, there())), list(transfer(there(), store))):
        assert came(found) == {GUARD: "differs"}
        assert exit_code(found) == 1
    there_now = there().load(GUARD)
    assert there_now is not None
    assert there_now.approvals[0].reason == "second"


def test_one_log_with_two_contents_is_no_way_forwards(
    store: LocalStore, record: Record, there: Callable[[], RemoteStore]
) -> None:
    store.save(record)
    list(transfer(store, there()))
    store.save(replace(record, remarks=("another",)))
    assert came(list(transfer(store, there()))) == {GUARD: "differs"}


def test_a_push_does_not_touch_what_only_the_address_has(
    store: LocalStore, record: Record, there: Callable[[], RemoteStore]
) -> None:
    there().save(record)
    assert came(list(transfer(store, there()))) == {GUARD: "absent"}
    assert there().names() == (GUARD,)


def test_a_damaged_golden_stays_where_it_is(
    store: LocalStore, record: Record, there: Callable[[], RemoteStore], tmp_path: Path
) -> None:
    store.save(record)
    (tmp_path / "golden/Churn/model_cat/predictions.csv").write_text("row\n")
    found = list(transfer(store, there()))
    assert came(found) == {GUARD: "damaged"}
    assert exit_code(found) == 3
    assert there().names() == ()


def test_a_push_mends_objects_that_are_gone_or_damaged(
    store: LocalStore, record: Record, there: Callable[[], RemoteStore], place: Path
) -> None:
    store.datasets.save(Dataset({"rows": pd.DataFrame({"x": [1.5, 2.5]})}), "churn", 0)
    store.save(record)
    list(transfer(store, there()))
    for number, file in enumerate(sorted(path for path in (place / "objects").rglob("*") if path.is_file())):
        file.unlink() if number % 2 else file.write_bytes(b"damaged")
    assert {one.came for one in verify(there(), None)} == {Came.DAMAGED}
    assert came(list(transfer(store, there()))) == {GUARD: "mended"}
    assert came(list(verify(there(), None))) == {GUARD: "same"}


@pytest.mark.parametrize("head", ["Churn/model_cat", "_datasets/churn"])
@pytest.mark.parametrize("damage", [b"", b"{", None])
def test_a_head_is_read_again_and_mended_like_an_object(
    store: LocalStore, record: Record, there: Callable[[], RemoteStore], place: Path, head: str, damage: bytes | None
) -> None:
    store.datasets.save(Dataset({"rows": pd.DataFrame({"x": [1.5, 2.5]})}), "churn", 0)
    store.save(record)
    list(transfer(store, there()))
    file = place / f"heads/{head}/00000001.json"
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b'"size": ', b'"size": 1') if damage is None else damage)
    found = list(verify(there(), None))
    assert [one.came for one in found].count(Came.DAMAGED) == 1
    assert f"heads/{head}" in next(one.detail for one in found if one.came is Came.DAMAGED)
    assert came(list(transfer(store, there()))) == {GUARD: "mended"}
    assert file.read_bytes() == whole
    assert came(list(verify(there(), None))) == {GUARD: "same"}


def test_tables_that_are_damaged_keep_no_other_golden_back(
    store: LocalStore, record: Record, there: Callable[[], RemoteStore], place: Path, tmp_path: Path
) -> None:
    store.datasets.save(Dataset({"rows": pd.DataFrame({"x": [1.5, 2.5]})}), "churn", 0)
    store.save(record)
    store.save(replace(record, guard="Zoo", provenance=replace(record.provenance, dataset=None)))
    list(transfer(store, there()))
    shutil.rmtree(tmp_path / ".mlguard")
    table = file_digest(store.datasets.files("churn")["rows.csv"])
    (place / object_name(table)).write_bytes(b"damaged")
    for found in (list(transfer(there(), LocalStore(tmp_path / "other", tmp_path))), list(copied(there()))):
        assert {one.name: one.came for one in found}[GUARD] is Came.DAMAGED
        assert object_name(table) in found[0].detail
    assert LocalStore(tmp_path / "other", tmp_path).names() == ("Zoo",)
    assert there().has_copy("Zoo")


def test_verify_reads_what_lies_there_whatever_copies_are_here(
    store: LocalStore, record: Record, there: Callable[[], RemoteStore], place: Path
) -> None:
    store.save(record)
    list(transfer(store, there()))
    assert came(list(verify(there(), store))) == {GUARD: "same"}
    file = next(path for path in (place / "objects").rglob("*") if path.is_file())
    file.write_bytes(b"damaged")
    assert there().load(GUARD) is not None
    found = list(verify(there(), store))
    assert came(found) == {GUARD: "damaged"}
    assert exit_code(found) == 3
    assert file.name in found[0].detail


def test_verify_names_what_only_one_side_has(
    store: LocalStore, record: Record, there: Callable[[], RemoteStore]
) -> None:
    store.save(record)
    assert came(list(verify(there(), store))) == {GUARD: "only here"}
    there().save(replace(record, guard="Other"))
    there().save(recorded(record, "second"))
    found = list(verify(there(), store))
    assert came(found) == {GUARD: "differs", "Other": "only there"}
    assert exit_code(found) == 1


def test_copies_are_brought_before_a_journey(
    record: Record, there: Callable[[], RemoteStore], tmp_path: Path, place: Path
) -> None:
    there().save(record)
    settings = settings_of(tmp_path / "b", tmp_path / "b", {"golden": place.as_uri()}, declared=True)
    (tmp_path / "b").mkdir()
    opened = open_store(settings)
    assert isinstance(opened, RemoteStore)
    assert came(list(copied(opened))) == {GUARD: "copied"}
    place.rename(place.with_name("away"))
    again = open_store(settings)
    assert again.load(GUARD) is not None


def test_whoever_comes_in_between_is_told(
    store: LocalStore, record: Record, there: Callable[[], RemoteStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(recorded(record, "mine"))
    there().save(record)
    late = there()
    real = late.held

    def held(name: str) -> Held:
        seen = real(name)
        monkeypatch.undo()
        there().save(recorded(record, "theirs"))
        return seen

    monkeypatch.setattr(late, "held", held)
    (found,) = transfer(store, late)
    assert found.came is Came.DIFFERS
    assert 'with the reason "theirs"' in found.detail


@pytest.mark.parametrize("stop", range(0, 14, 2))
def test_a_push_that_ends_anywhere_leaves_the_old_or_the_new_whole(
    store: LocalStore,
    record: Record,
    there: Callable[[], RemoteStore],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stop: int,
) -> None:
    there().save(record)
    new = recorded(replace(record, observations=record.observations[:6]), "second")
    store.save(new)
    calls = 0

    def until(*arguments: object) -> bool:
        nonlocal calls
        calls += 1
        if calls > stop:
            raise UnreachableError("file:///mounted", "gone")
        return real(*arguments)  # type: ignore[arg-type]

    real = FolderBucket.create
    monkeypatch.setattr(FolderBucket, "create", until)
    try:
        list(transfer(store, there()))
        came_through = True
    except UnreachableError:
        came_through = False
    monkeypatch.undo()
    fresh = settings_of(tmp_path / "b", tmp_path / "b", {"golden": (tmp_path / "mounted").as_uri()}, declared=True)
    (tmp_path / "b").mkdir()
    found = open_store(fresh).load(GUARD)
    assert found is not None
    assert encode(found) == encode(new if came_through else record)
    assert came(list(transfer(store, there()))) == {GUARD: "same" if came_through else "copied"}


def test_the_exit_code_is_that_of_the_worst() -> None:
    assert exit_code([]) == 0
    assert exit_code([Transferred("a", Came.SAME), Transferred("b", Came.ABSENT), Transferred("c", Came.MENDED)]) == 0
    assert exit_code([Transferred("a", Came.DAMAGED), Transferred("b", Came.BEHIND)]) == 3
