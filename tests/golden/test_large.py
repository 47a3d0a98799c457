"""Large arrays that lie by digest at an address, while all else of a golden lies in its folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mlguard.core.error import UsageError
from mlguard.core.record import Approval, Record
from mlguard.golden.bucket import UnreachableError
from mlguard.golden.codec import encode, is_array
from mlguard.golden.large import LargeArrays
from mlguard.golden.local import LocalStore
from mlguard.golden.objects import object_name
from mlguard.golden.stores import arrays_of, open_store
from mlguard.golden.transfer import Came
from mlguard.golden.transfer_arrays import pull_arrays, push_arrays, verify_arrays
from mlguard.settings import Settings, settings_of

GUARD = "Churn[model_cat]"


@pytest.fixture
def settings(tmp_path: Path, place: Path) -> Settings:
    return settings_of(tmp_path, tmp_path, {"golden_arrays": place.as_uri()}, declared=True)


@pytest.fixture
def opened(settings: Settings) -> Callable[[], LocalStore]:
    def store() -> LocalStore:
        found = open_store(settings)
        assert isinstance(found, LocalStore)
        return found

    return store


@pytest.fixture
def arrays(settings: Settings) -> Callable[[], LargeArrays]:
    def found() -> LargeArrays:
        there = arrays_of(settings)
        assert there is not None
        return there

    return found


def forget(tmp_path: Path) -> None:
    """A fresh clone has no copies."""
    for path in (tmp_path / ".mlguard/shared").rglob("*"):
        if path.is_file():
            path.unlink()


def test_text_stays_in_the_folder_and_arrays_go_elsewhere(
    opened: Callable[[], LocalStore], record: Record, place: Path, tmp_path: Path
) -> None:
    files = encode(record)
    numbers = [name for name in files if is_array(name)]
    assert len(numbers) == 2
    changed = opened().save(record)
    folder = tmp_path / "golden/Churn/model_cat"
    assert {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} == {*files} - {*numbers}
    assert len(changed) == len(files) - 2
    assert len([p for p in (place / "objects").rglob("*") if p.is_file()]) == 2
    forget(tmp_path)
    loaded = opened().load(GUARD)
    assert loaded is not None
    assert encode(loaded) == files


def test_arrays_that_lie_in_the_folder_still_are_read_and_go_with_the_next_acceptance(
    store: LocalStore, opened: Callable[[], LocalStore], record: Record, tmp_path: Path, place: Path
) -> None:
    store.save(record)
    place.rename(place.with_name("away"))
    assert opened().load(GUARD) is not None
    place.with_name("away").rename(place)
    opened().save(replace(record, approvals=(Approval("2026-03-01T00:00:00Z", None, "x"), *record.approvals)))
    assert list((tmp_path / "golden").rglob("*.npy")) == []
    assert opened().load(GUARD) is not None


def test_offline_a_copy_does_and_without_one_nothing_is_known(
    opened: Callable[[], LocalStore], record: Record, place: Path, tmp_path: Path
) -> None:
    opened().save(record)
    place.rename(place.with_name("away"))
    assert opened().load(GUARD) is not None
    forget(tmp_path)
    with pytest.raises(UnreachableError, match="no copy of the array") as raised:
        opened().held(GUARD)
    assert raised.value.slug == "golden-server"


def test_offline_nothing_is_recorded(
    opened: Callable[[], LocalStore], record: Record, place: Path, tmp_path: Path
) -> None:
    place.rename(place.with_name("away"))
    with pytest.raises(UnreachableError, match="so that nothing was recorded"):
        opened().save(record)
    assert [path for path in (tmp_path / "golden").rglob("*") if path.is_file()] == []


def test_a_place_that_is_none_is_named(record: Record, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    settings = settings_of(tmp_path, tmp_path, {"golden_arrays": (tmp_path / "empty").as_uri()}, declared=True)
    with pytest.raises(UsageError) as raised:
        open_store(settings).save(record)
    assert raised.value.slug == "golden-url-unknown"


@pytest.mark.parametrize("how", ["gone", "swapped", "longer"])
def test_a_damaged_array_is_corrupt(
    opened: Callable[[], LocalStore], record: Record, place: Path, tmp_path: Path, how: str
) -> None:
    opened().save(record)
    forget(tmp_path)
    for file in [path for path in (place / "objects").rglob("*") if path.is_file()]:
        content = file.read_bytes()
        file.unlink() if how == "gone" else file.write_bytes(b"x" if how == "swapped" else content + b"x")
    held = opened().held(GUARD)
    assert held.error is not None
    assert held.error.slug == "golden-object"
    assert [path for path in (tmp_path / ".mlguard/shared").rglob("*") if path.is_file()] == []


def test_a_damaged_copy_is_brought_again(opened: Callable[[], LocalStore], record: Record, tmp_path: Path) -> None:
    opened().save(record)
    for file in (tmp_path / ".mlguard/shared").rglob("*"):
        if file.is_file():
            file.write_bytes(b"damaged")
    loaded = opened().load(GUARD)
    assert loaded is not None
    assert encode(loaded) == encode(record)


def test_a_record_that_names_a_way_out_reads_nothing(arrays: Callable[[], LargeArrays]) -> None:
    assert arrays().fetch("../../secret") is None


def test_push_pull_and_verify(
    store: LocalStore,
    opened: Callable[[], LocalStore],
    arrays: Callable[[], LargeArrays],
    record: Record,
    tmp_path: Path,
    place: Path,
) -> None:
    store.save(record)
    assert [one.came for one in push_arrays(opened(), arrays())] == [Came.COPIED]
    assert [one.came for one in push_arrays(opened(), arrays())] == [Came.SAME]
    for file in (tmp_path / "golden").rglob("*.npy"):
        file.unlink()
    assert [one.came for one in pull_arrays(opened(), arrays())] == [Came.COPIED]
    assert [one.came for one in pull_arrays(opened(), arrays())] == [Came.SAME]
    assert [one.came for one in verify_arrays(opened(), arrays())] == [Came.SAME]
    sha256 = next(path.name for path in (place / "objects").rglob("*") if path.is_file())
    (place / object_name(sha256)).write_bytes(b"damaged")
    (found,) = verify_arrays(opened(), arrays())
    assert found.came is Came.DAMAGED
    assert sha256 in found.detail
    assert [one.came for one in push_arrays(opened(), arrays())] == [Came.COPIED]
    assert [one.came for one in verify_arrays(opened(), arrays())] == [Came.SAME]


def test_a_golden_whose_record_is_damaged_is_named(
    opened: Callable[[], LocalStore], arrays: Callable[[], LargeArrays], record: Record, tmp_path: Path
) -> None:
    opened().save(record)
    (tmp_path / "golden/Churn/model_cat/record.json").write_text("{}\n")
    assert [one.came for one in verify_arrays(opened(), arrays())] == [Came.DAMAGED]
