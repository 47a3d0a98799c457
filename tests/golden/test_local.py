"""Goldens in a folder: saved whole or not at all, never touched without need, found again by name."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlguard.core.dataset import Dataset
from mlguard.core.error import GoldenError, RunError
from mlguard.core.record import Approval, Observation, Record
from mlguard.core.value import number, numbers
from mlguard.golden.codec import RECORD, encode
from mlguard.golden.interface import OvertakenError, Store
from mlguard.golden.local import LocalStore
from mlguard.golden.naming import SUMMARY
from tests.disk import DiedError, Disk, used_up

FOLDER = "golden/Churn/model_cat"


def small(guard: str = "Churn", auc: float = 0.5) -> Record:
    return Record(guard, (Observation("evaluate", "auc", number(auc)),))


def moved(record: Record) -> Record:
    return record.with_observations(
        tuple(replace(o, value=number(0.1)) if o.name == "auc" else o for o in record if o.name != "wide")
    )


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_what_was_saved_is_loaded(store: LocalStore, record: Record, tmp_path: Path) -> None:
    kept: Store = store
    changed = kept.save(record)
    assert sorted(Path(path).relative_to(tmp_path).as_posix() for path in changed) == [
        f"{FOLDER}/{name}" for name in sorted(encode(record))
    ]
    loaded = kept.load(record.guard)
    assert loaded is not None
    assert encode(loaded) == encode(record)
    assert kept.load("Fraud") is None


def test_saving_the_same_again_touches_nothing(store: LocalStore, record: Record, tmp_path: Path) -> None:
    store.save(record)
    before = tree(tmp_path / "golden")
    assert store.save(record) == ()
    assert tree(tmp_path / "golden") == before


def test_saving_a_change_touches_only_what_changed(store: LocalStore, record: Record, tmp_path: Path) -> None:
    store.save(record)
    before = tree(tmp_path / FOLDER)
    changed = {Path(path).relative_to(tmp_path / FOLDER).as_posix() for path in store.save(moved(record))}
    after = tree(tmp_path / FOLDER)
    gone = before.keys() - after.keys()
    assert [name.partition("-")[0] for name in gone] == ["arrays/wide"]
    assert changed == {RECORD, SUMMARY, *gone}
    assert {name for name in after if after[name] != before[name]} == {RECORD, SUMMARY}
    assert not (tmp_path / FOLDER / "arrays").exists()


def test_a_checkout_with_other_line_ends_is_not_rewritten(store: LocalStore, record: Record, tmp_path: Path) -> None:
    store.save(record)
    for path in (tmp_path / FOLDER).iterdir():
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    before = tree(tmp_path / FOLDER)
    assert store.load(record.guard) is not None
    assert store.save(record) == ()
    assert tree(tmp_path / FOLDER) == before


def test_names_are_found_also_where_a_golden_is_unreadable(store: LocalStore, tmp_path: Path) -> None:
    guards = ["Churn", "Churn[a b]", "Churn[x]", "Größe", "Fraud", "tests/test_x.py::test_y[1]"]
    for guard in guards:
        store.save(small(guard))
    (tmp_path / "golden/_datasets/churn").mkdir(parents=True)
    (tmp_path / "golden/_datasets/churn/record.json").write_text("not ours")
    assert store.names() == tuple(sorted(guards))
    for guard in ("Churn[x]", "Fraud"):
        (Path(store.place(guard)) / RECORD).write_bytes(b"")
    cut = Path(store.place("Größe")) / RECORD
    cut.write_bytes(cut.read_bytes()[:-40])
    assert store.names() == tuple(sorted(guards))
    for guard in ("Churn[x]", "Fraud", "Größe"):
        with pytest.raises(GoldenError, match="golden/"):
            store.load(guard)


def test_names_cost_one_look_at_each_folder_however_deep_it_lies(
    store: LocalStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards = ["Churn", *(f"tests/deep/deeper/test_x.py::TestC::test_y[{number}]" for number in range(20))]
    for guard in guards:
        store.save(small(guard))
    opened: list[str] = []
    real = os.open
    monkeypatch.setattr(os, "open", lambda name, *rest, **more: opened.append(str(name)) or real(name, *rest, **more))
    assert store.names(of_tests=False) == ("Churn",)
    assert opened.count(RECORD) == 1
    opened.clear()
    assert store.names() == tuple(sorted(guards))
    folders = sum(path.is_dir() for path in (tmp_path / "golden").rglob("*"))
    assert opened.count(RECORD) == len(guards)
    assert len(opened) <= len(guards) + folders + 2


def test_a_golden_that_lost_its_name_has_one_that_finds_it(store: LocalStore) -> None:
    guards = ["Churn[a b]", "Größe", "tests/sub/test_x.py::TestC::test_y[a/b]", "x.py::test_y[1]"]
    for guard in guards:
        store.save(small(guard))
        (Path(store.place(guard)) / RECORD).write_bytes(b"")
    assert len(store.names()) == len(guards)
    for name in store.names():
        with pytest.raises(GoldenError, match="is empty"):
            store.load(name)


def test_a_folder_under_another_name_is_not_believed(store: LocalStore, tmp_path: Path) -> None:
    store.save(small("Churn"))
    (tmp_path / "golden/Churn").rename(tmp_path / "golden/Fraud")
    assert store.names() == ("Fraud",)
    with pytest.raises(GoldenError, match="is the golden of Churn"):
        store.load("Fraud")


def test_a_damaged_golden_is_repaired_by_saving(store: LocalStore, record: Record, tmp_path: Path) -> None:
    store.save(record)
    clean = {name: content for name, (content, _) in tree(tmp_path / FOLDER).items()}
    for name in clean:
        (tmp_path / FOLDER / name).write_bytes(b"<<<<<<< HEAD\n")
        with pytest.raises(GoldenError):
            store.load(record.guard)
        store.save(record)
        assert {file: content for file, (content, _) in tree(tmp_path / FOLDER).items()} == clean


def test_delete_leaves_other_goldens_and_no_empty_folder(store: LocalStore, record: Record, tmp_path: Path) -> None:
    store.save(record)
    store.save(small("Churn"))
    foreign = tmp_path / "golden/Churn/README.md"
    foreign.write_text("mine")
    assert {Path(path).name for path in store.delete("Churn")} == {RECORD, SUMMARY}
    assert store.names() == (record.guard,)
    assert len(store.delete(record.guard)) == len(encode(record))
    assert [path.name for path in (tmp_path / "golden").rglob("*")] == ["Churn", "README.md"]
    assert store.delete(record.guard) == ()


METHODS: dict[str, Callable[[LocalStore, Record], object]] = {
    "names": lambda store, record: store.names(),
    "held": lambda store, record: store.held(record.guard),
    "load": lambda store, record: store.load(record.guard),
    "finish": lambda store, record: store.finish(record.guard),
    "save": lambda store, record: store.save(moved(record)),
    "delete": lambda store, record: store.delete(record.guard),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("function", ["open", "scandir", "read"])
def test_whatever_the_disk_refuses_is_an_error_of_ours(
    store: LocalStore, record: Record, method: str, function: str
) -> None:
    store.save(record)
    for calls in range(40):
        with suppress(GoldenError, RunError), used_up(function, calls):
            METHODS[method](store, record)
        store.save(record)


def stopped_delete(store: LocalStore, name: str, disk: Disk, stop: Callable[[int], None]) -> str:
    """What a delete says that is stopped."""
    try:
        with disk.stopping(stop):
            store.delete(name)
    except (RunError, DiedError) as error:
        return str(error)
    return ""


@pytest.mark.parametrize("how", ["died_from", "refused"])
def test_a_delete_that_stops_anywhere_is_finished_by_the_next_one(
    store: LocalStore, record: Record, tmp_path: Path, how: str
) -> None:
    store.save(record)
    disk = Disk()
    with disk.stopping():
        store.delete(record.guard)
    for call in range(disk.calls):
        store.save(record)
        before = tree(tmp_path / "golden")
        said = stopped_delete(store, record.guard, disk, getattr(disk, how)(call))
        if how == "refused":
            assert ("is half deleted" in said) == (tree(tmp_path / "golden") not in (before, {})), said
        store.delete(record.guard)
        assert [path for path in (tmp_path / "golden").rglob("*") if path.is_file()] == [], call


def test_a_forged_record_cannot_delete_beyond_its_folder(store: LocalStore, tmp_path: Path) -> None:
    store.save(small())
    precious = tmp_path / "precious.csv"
    precious.write_text("1\n")
    path = Path(store.place("Churn")) / RECORD
    path.write_text(path.read_text().replace('"files": {}', '"files": {"../../precious.csv": "sha256:0"}'))
    store.save(small(auc=0.75))
    store.delete("Churn")
    assert precious.exists()


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the superuser's right to write anywhere."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_read_only_folder_is_said_and_nothing_changes(record: Record, world_folder: Path) -> None:
    store = LocalStore(world_folder / "golden", world_folder)
    with as_nobody():
        store.save(record)
        folders = [path for path in (world_folder / "golden").rglob("*") if path.is_dir()]
        before = tree(world_folder / "golden")
        for folder in (*folders, world_folder / "golden"):
            folder.chmod(0o555)
        try:
            for refused in (moved(record), small("Fraud")):
                with pytest.raises(RunError, match=r"read-only for this user \(.*\); make it writable") as caught:
                    store.save(refused)
                assert (caught.value.slug, caught.value.exit_code) == ("golden-read-only", 5)
            with pytest.raises(RunError, match="read-only"):
                store.delete(record.guard)
        finally:
            for folder in (*folders, world_folder / "golden"):
                folder.chmod(0o755)
        assert tree(world_folder / "golden") == before
        assert store.load(record.guard) is not None


@pytest.mark.parametrize("room", range(0, 15_000, 1_500))
def test_a_full_disk_is_said_and_nothing_is_half_written(
    store: LocalStore, record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    store.save(small(record.guard))
    before = tree(tmp_path / "golden")
    monkeypatch.setattr(os, "write", filling(room, os.write))
    with pytest.raises(RunError, match="the disk is full; free some space") as caught:
        store.save(record)
    assert caught.value.slug == "golden-disk-full"
    assert caught.value.message.startswith(f"{FOLDER} was not written")
    assert tree(tmp_path / "golden") == before
    with pytest.raises(RunError):
        store.save(replace(record, guard="Fraud"))
    assert not (tmp_path / "golden/Fraud").exists()


def filling(room: int, write: Any) -> Any:
    """Writes until so many bytes were taken, then half of the file and ENOSPC."""
    left = [room]

    def limited(handle: int, content: bytes) -> Any:
        left[0] -= len(content)
        if left[0] >= 0:
            return write(handle, content)
        write(handle, content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    return limited


def test_a_file_in_the_way_is_a_run_error(store: LocalStore, tmp_path: Path) -> None:
    (tmp_path / "golden").write_text("a file")
    with pytest.raises(RunError) as caught:
        store.save(small())
    assert caught.value.slug == "golden-not-written"


def test_a_record_that_is_a_folder_is_a_golden_error(store: LocalStore) -> None:
    (Path(store.place("Churn")) / RECORD).mkdir(parents=True)
    assert store.names() == ()
    with pytest.raises(GoldenError, match=r"^golden/Churn/record\.json is no plain file"):
        store.load("Churn")


def test_of_saves_at_once_one_wins_wholly_and_readers_never_see_a_mixture(store: LocalStore, record: Record) -> None:
    versions = [record, moved(record), small(record.guard)]
    whole = [encode(version) for version in versions]
    store.save(record)
    seen: list[bool] = []

    def write(version: Record) -> None:
        for _ in range(15):
            store.save(version)

    with ThreadPoolExecutor() as pool:
        writers = [pool.submit(write, version) for version in versions]
        while not all(writer.done() for writer in writers):
            loaded = store.load(record.guard)
            seen.append(loaded is not None and encode(loaded) in whole)
    assert [writer.result() for writer in writers] == [None, None, None]
    assert seen
    assert all(seen)
    last = store.load(record.guard)
    assert last is not None
    assert set(tree(Path(store.place(record.guard)))) == set(encode(last))


def test_a_golden_that_is_half_written_says_so_and_how_to_go_on(store: LocalStore) -> None:
    def of(value: float) -> Record:
        wide = numbers(np.full(20, value))
        parts = tuple(Observation("predict", f"p{i}.x", wide, file=f"f{i}") for i in range(2))
        return Record("Churn", (Observation("evaluate", "version", number(value)), *parts))

    disk, seen = Disk(), set()
    store.save(of(1.0))
    with disk.stopping():
        store.save(of(2.0))
    for call in range(disk.calls):
        store.save(of(1.0))
        with suppress(DiedError), disk.stopping(disk.died_from(call)):
            store.save(of(2.0))
        error = store.held("Churn").error
        seen.add(error and error.message)
        store.finish("Churn")
        assert store.held("Churn").error is None
    assert seen == {
        None,
        "golden/Churn is half written: the command that recorded it was interrupted; finish it with `mlguard "
        'regen-golden Churn --reason "…"`, or restore it from version control',
    }


def version(number_of: int) -> Record:
    values = numbers(np.full(3000, float(number_of)))
    parts = tuple(Observation("predict", f"p{i}.x", values, file=f"f{i}") for i in range(6))
    return Record("Churn", (Observation("evaluate", "version", number(number_of)), *parts))


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_local import LocalStore, version
store = LocalStore(Path({root!r}) / "golden", Path({root!r}))
store.save(version(0))
print("ready", flush=True)
for turn in range(1, 1_000_000):
    store.save(version(turn))
"""


@pytest.mark.parametrize("delay", [0.0, 0.03, 0.11, 0.17])
def test_a_writer_that_is_killed_leaves_a_readable_golden(tmp_path: Path, delay: float) -> None:
    script = WRITER.format(tests=str(Path(__file__).parent), root=str(tmp_path))
    writer = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(delay)
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
    store = LocalStore(tmp_path / "golden", tmp_path)
    store.finish("Churn")
    loaded = store.load("Churn")
    assert loaded is not None
    turn = int(loaded.observations[0].value.data[0])
    assert encode(loaded) == encode(version(turn))
    assert store.names() == ("Churn",)
    store.save(version(turn + 1))
    files = {path.relative_to(Path(store.place("Churn"))).as_posix() for path in Path(store.place("Churn")).rglob("*")}
    assert files == {RECORD, SUMMARY, *(f"f{i}.csv" for i in range(6))}


def test_of_many_writers_each_replaces_only_what_it_read(store: LocalStore) -> None:
    store.save(small())

    def writer(number_of: int) -> list[str]:
        recorded = []
        for turn in range(8):
            held, reason = store.held("Churn"), f"{number_of} {turn}"
            approval = Approval(f"2026-01-01T00:00:{turn:02d}Z", None, reason)
            accepted = replace(small(auc=number_of + turn / 10), approvals=(approval, *held.approvals))
            with suppress(OvertakenError):
                store.save(accepted, over=held.version)
                recorded.append(reason)
        return recorded

    with ThreadPoolExecutor() as pool:
        recorded = [reason for reasons in pool.map(writer, range(6)) for reason in reasons]
    assert recorded
    log = [approval.reason for approval in store.held("Churn").approvals]
    assert sorted(log) == sorted(recorded)


@pytest.mark.parametrize("deleted", [True, False])
def test_whoever_comes_second_is_told_what_came_first(store: LocalStore, deleted: bool) -> None:
    store.save(small())
    version = store.held("Churn").version
    first = replace(small(auc=0.75), approvals=(Approval("2026-01-01T00:00:00Z", None, "why", ("auc up", "x")),))
    _ = store.delete("Churn") if deleted else store.save(first, over=version)
    with pytest.raises(OvertakenError) as caught:
        store.save(small(auc=0.25), over=version)
    told = "was deleted" if deleted else 'was recorded at 2026-01-01T00:00:00Z with the reason "why" (auc up; x)'
    assert caught.value.what == f"golden/Churn {told} while this command was running, so nothing was written"
    assert caught.value.now.version != version
    with pytest.raises(OvertakenError):
        store.save(small(auc=0.25), over=None if not deleted else "another")


LOG = (Approval("2026-01-02T00:00:00Z", "abc", 'second "é"', ("auc 0.9369 -> 0.9342", "x")),
       Approval("2026-01-01T00:00:00Z", None, "first"))  # fmt: skip


@pytest.mark.parametrize(
    ("damage", "kept"),
    [
        (lambda text: text[:-40], 2),
        (lambda text: text[: text.index('"configuration"')], 2),
        (lambda text: text.replace('"auc"', '"acu"'), 2),
        (lambda text: text.replace("\n", "\r\n") + "x", 2),
        (lambda text: text.replace("first", "fir<<<"), 2),
        (lambda text: text[: text.index('"first"')], 0),
        (lambda text: text.replace('"reason"', '"raison"'), 0),
        (lambda text: "", 0),
        (lambda text: "[" * 100_000, 0),
    ],
)
def test_the_log_of_a_damaged_golden_is_kept_as_far_as_it_can_be_read(
    store: LocalStore, damage: Callable[[str], str], kept: int
) -> None:
    store.save(replace(small(), approvals=LOG))
    file = Path(store.place("Churn")) / RECORD
    file.write_bytes(damage(file.read_text(encoding="utf-8")).encode())
    held = store.held("Churn")
    assert held.error is not None
    assert held.record is None
    assert len(held.approvals) == kept
    assert kept != 2 or held.approvals[0] == LOG[0]


def test_of_a_merge_conflict_both_logs_are_kept(store: LocalStore) -> None:
    texts = []
    for number_of, reason in ((1, "ours"), (2, "theirs")):
        approval = Approval(f"2026-02-0{number_of}T00:00:00Z", None, reason)
        store.save(replace(small(auc=number_of), approvals=(approval, *LOG)))
        texts.append((Path(store.place("Churn")) / RECORD).read_text(encoding="utf-8").splitlines(keepends=True))
    merged = []
    for ours, theirs in zip(*texts, strict=True):
        merged += [ours] if ours == theirs else ["<<<<<<< HEAD\n", ours, "=======\n", theirs, ">>>>>>> theirs\n"]
    (Path(store.place("Churn")) / RECORD).write_text("".join(merged), encoding="utf-8")
    held = store.held("Churn")
    assert held.error is not None
    assert held.error.slug == "golden-conflict"
    assert [approval.reason for approval in held.approvals] == ["theirs", "ours", 'second "é"', "first"]


@pytest.mark.parametrize("number_of", [errno.EACCES, errno.EMFILE, errno.EIO])
def test_what_cannot_be_read_now_is_neither_missing_nor_corrupt(
    store: LocalStore, record: Record, monkeypatch: pytest.MonkeyPatch, number_of: int
) -> None:
    store.save(record)
    store.datasets.save(Dataset({"x": np.arange(3)}), "churn", 0)
    real = os.open, os.scandir

    def refusing(at: int, function: Any) -> Any:
        calls = iter(range(1000))

        def call(*arguments: Any, **options: Any) -> Any:
            if next(calls) == at:
                raise OSError(number_of, "refused")
            return function(*arguments, **options)

        return call

    for job in (store.names, lambda: store.held(record.guard)):
        for at in range(60):
            monkeypatch.setattr(os, "open", refusing(at, real[0]))
            monkeypatch.setattr(os, "scandir", refusing(at, real[1]))
            try:
                found = job()
            except RunError:
                continue
            finally:
                monkeypatch.undo()
            again = job()
            assert found == again or found.version == again.version
