"""Goldens on a real server of S3: writers that race, ways that are cut, buckets of strangers, secrets."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mlguard.core.error import GoldenError, MlguardError, UsageError
from mlguard.core.record import Approval, Record
from mlguard.golden.bucket import UnreachableError
from mlguard.golden.codec import encode
from mlguard.golden.fsspec import FsspecBucket
from mlguard.golden.interface import Store
from mlguard.golden.local import LocalStore
from mlguard.golden.objects import Objects
from mlguard.golden.remote import RemoteStore
from mlguard.golden.stores import open_store
from mlguard.golden.transfer import Came, transfer, verify
from mlguard.settings import settings_of
from tests.golden.conftest import record, store
from tests.golden.hostile import ATTACKS, GUARD, Hostile
from tests.with_systems.s3 import SECRET, Place, Server, environment

__all__ = ["record", "store"]

ROUNDS, WRITERS = 4, 4

WRITER = """
import sys
from dataclasses import replace
from pathlib import Path

from mlguard.core.error import MlguardError
from mlguard.core.record import Approval
from mlguard.golden.stores import open_store
from mlguard.settings import settings_of

name, url, root = sys.argv[1], sys.argv[2], Path(sys.argv[3])
settings = settings_of(root, root, {"golden": url}, declared=True)
for line in sys.stdin:
    store = open_store(settings)
    held = store.held("Churn[model_cat]")
    print("read", flush=True)
    sys.stdin.readline()
    new = replace(held.record, approvals=(Approval("2026-03-01T00:00:00Z", None, name), *held.record.approvals))
    try:
        store.save(new, over=held.version)
        print("recorded", flush=True)
    except MlguardError as error:
        print(error.slug, error.message, flush=True)
"""


@pytest.fixture
def machine(bucket: Place, tmp_path: Path) -> Callable[[str], RemoteStore]:
    """Opens the goldens in the bucket as a machine of this name does, with copies of its own."""
    Objects(bucket.bucket()).found()

    def opened(name: str) -> RemoteStore:
        (tmp_path / name).mkdir(exist_ok=True)
        return at(bucket.url, tmp_path / name)

    return opened


def at(url: str, root: Path) -> RemoteStore:
    found = open_store(settings_of(root, root, {"golden": url}, declared=True))
    assert isinstance(found, RemoteStore)
    return found


def recorded(record: Record, reason: str) -> Record:
    return replace(record, approvals=(Approval("2026-03-01T00:00:00Z", None, reason), *record.approvals))


def files(found: Store) -> dict[str, bytes]:
    loaded = found.load(GUARD)
    assert loaded is not None
    return encode(loaded)


def test_only_the_first_creates_an_object(bucket: Place) -> None:
    objects = bucket.bucket()
    assert objects.create("x/y", b"first")
    assert not objects.create("x/y", b"second")
    assert objects.read({"x/y": 10, "x/none": 10}) == {"x/y": b"first", "x/none": None}
    assert objects.create("x/empty", b"")
    assert objects.read({"x/empty": 10}) == {"x/empty": b""}
    assert len(objects.read({"x/y": 2})["x/y"] or b"") == 3
    objects.mend("x/y", b"third")
    assert objects.read({"x/y": 10}) == {"x/y": b"third"}
    assert sorted(objects.names("x")) == ["empty", "y"]
    assert objects.names("nothing") == ()


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("Version: 0.4.2", "s3fs 0.4.2 is too old"),
        ("Version: unknown", "nothing says which s3fs that is"),
        ("", "nothing says which s3fs that is"),
    ],
)
def test_a_library_that_cannot_create_a_file_only_once_is_named(
    version: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = tmp_path / "s3fs-0.4.2.dist-info" / "METADATA"
    facts.parent.mkdir()
    facts.write_text(f"Metadata-Version: 2.1\nName: s3fs\n{version}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(UsageError, match=re.escape(f"need s3fs 2024.12 or newer, and {said}")):
        FsspecBucket("s3://bucket/goldens")


def test_of_writers_that_race_one_wins_each_time_and_the_others_are_told(
    machine: Callable[[str], RemoteStore], bucket: Place, record: Record, tmp_path: Path
) -> None:
    machine("first").save(record)
    writers = {}
    for number in range(WRITERS):
        name = f"writer {number}"
        (tmp_path / name).mkdir()
        writers[name] = subprocess.Popen(
            [sys.executable, "-c", WRITER, name, bucket.url, str(tmp_path / name)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(bucket),
            text=True,
        )
    log = ["first golden"]
    for _ in range(ROUNDS):
        for said in ("read", ""):
            for writer in writers.values():
                assert writer.stdin is not None
                writer.stdin.write("go\n")
                writer.stdin.flush()
            answers = {name: writer.stdout.readline().strip() for name, writer in writers.items() if writer.stdout}
            assert said == "" or set(answers.values()) == {said}
        won = [name for name, answer in answers.items() if answer == "recorded"]
        assert len(won) == 1, answers
        told = [answer for answer in answers.values() if answer != "recorded"]
        assert all(answer.startswith("golden-overtaken ") for answer in told)
        assert all(f'with the reason "{won[0]}"' in answer for answer in told)
        log.insert(0, won[0])
    for writer in writers.values():
        writer.communicate()
    loaded = machine("reader").load(GUARD)
    assert loaded is not None
    assert [approval.reason for approval in loaded.approvals] == log
    assert len(bucket.bucket().names("heads")) == ROUNDS + 1


@pytest.fixture
def many(store: LocalStore, record: Record) -> LocalStore:
    """A folder with several goldens."""
    for number in range(4):
        store.save(replace(record, guard=f"Guard{number}"))
    return store


@pytest.mark.parametrize("requests", [1, 9, 20, 36])
def test_a_way_that_is_cut_in_the_middle_of_a_push_leaves_whole_goldens_alone(
    bucket: Place, many: LocalStore, tmp_path: Path, requests: int
) -> None:
    before = {path: path.read_bytes() for path in (tmp_path / "golden").rglob("*") if path.is_file()}
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    Objects(bucket.bucket()).found()
    bucket.way.cut_after = bucket.way.requests + requests
    with pytest.raises(MlguardError) as raised:
        list(transfer(many, at(bucket.url, tmp_path / "one")))
    assert raised.value.slug == "golden-server"
    assert SECRET not in str(raised.value)
    bucket.way.mend()
    assert {path: path.read_bytes() for path in (tmp_path / "golden").rglob("*") if path.is_file()} == before
    there = at(bucket.url, tmp_path / "two")
    assert {one.came for one in verify(there, many)} <= {Came.SAME, Came.ONLY_HERE}
    for name in there.names():
        assert encode(there.load(name)) == encode(many.load(name))  # type: ignore[arg-type]
    assert {one.came for one in transfer(many, at(bucket.url, tmp_path / "one"))} <= {Came.COPIED, Came.SAME}
    assert {one.came for one in verify(at(bucket.url, tmp_path / "two"), many)} == {Came.SAME}


def test_a_pusher_that_is_killed_leaves_whole_goldens_alone(bucket: Place, many: LocalStore, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.mlguard]\n")
    (tmp_path / "two").mkdir()
    pushing = subprocess.Popen(
        [sys.executable, "-m", "mlguard", "golden", "push", bucket.url], cwd=tmp_path, env=environment(bucket)
    )
    while bucket.way.requests < 20:
        assert pushing.poll() is None
    pushing.kill()
    pushing.wait()
    assert {one.came for one in verify(at(bucket.url, tmp_path / "two"), many)} <= {Came.SAME, Came.ONLY_HERE}
    done = subprocess.run(
        [sys.executable, "-m", "mlguard", "golden", "push", bucket.url], cwd=tmp_path, env=environment(bucket)
    )
    assert done.returncode == 0
    assert {one.came for one in verify(at(bucket.url, tmp_path / "two"), many)} == {Came.SAME}


def test_a_server_that_is_killed_in_the_middle_of_a_push_is_told_in_one_sentence(
    many: LocalStore, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.mlguard]\n")
    before = {path: path.read_bytes() for path in (tmp_path / "golden").rglob("*") if path.is_file()}
    (tmp_path / "server").mkdir()
    with Server.started(tmp_path / "server") as server, server.place() as place:
        pushing = subprocess.Popen(
            [sys.executable, "-m", "mlguard", "golden", "push", place.url],
            cwd=tmp_path,
            env=environment(place),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        while place.way.requests < 12:
            assert pushing.poll() is None
        server.process.kill()
        out, err = pushing.communicate(timeout=120)
    assert pushing.returncode == 5
    assert out == ""
    assert err.count("\n") == 1
    assert "golden-server" in err
    assert "Traceback" not in err
    assert SECRET not in err
    assert {path: path.read_bytes() for path in (tmp_path / "golden").rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    "attack",
    ["swapped object", "swapped record", "way out", "huge claim", "wrong size", "no digest", "another golden"],
)
def test_a_hostile_bucket_is_corrupt_and_touches_nothing_outside(
    machine: Callable[[str], RemoteStore], bucket: Place, record: Record, tmp_path: Path, attack: str
) -> None:
    machine("a").save(record)
    ATTACKS[attack](Hostile(bucket.bucket()))
    victim = tmp_path / "victim"
    before = {path for path in tmp_path.rglob("*") if not path.is_relative_to(victim)}
    held = machine("victim").held(GUARD)
    assert held.record is None
    assert held.error is not None
    with pytest.raises(GoldenError):
        machine("victim").load(GUARD)
    assert {path for path in tmp_path.rglob("*") if not path.is_relative_to(victim)} == before
    inside = [path for path in victim.rglob("*") if path.is_file() and not path.is_relative_to(victim / ".mlguard")]
    assert inside == []
    machine("victim").save(recorded(record, "mended"), over=held.version)
    assert files(machine("another")) == encode(recorded(record, "mended"))


def test_a_server_that_writes_over_objects_is_refused(
    machine: Callable[[str], RemoteStore], bucket: Place, record: Record
) -> None:
    bucket.way.changed = lambda data: data.replace(b"If-None-Match: *", b"X-None-Matched: *")
    with pytest.raises(UsageError) as raised:
        machine("a").save(record)
    assert raised.value.slug == "golden-url-unconditional"
    with pytest.raises(UsageError, match="not be told of the other"):
        Objects(bucket.bucket()).found()
    assert machine("b").names() == ()


def test_a_bucket_that_is_not_there_is_named(bucket: Place, tmp_path: Path) -> None:
    with pytest.raises(MlguardError, match=r"^s3://no-such-bucket/goldens") as raised:
        at("s3://no-such-bucket/goldens", tmp_path).held(GUARD)
    assert raised.value.slug in ("golden-url-unknown", "golden-server")
    with pytest.raises(UnreachableError, match="NoSuchBucket"):
        Objects(FsspecBucket("s3://no-such-bucket/goldens")).found()


@pytest.mark.parametrize(
    "variables",
    [
        {"AWS_ENDPOINT_URL": f"http://user:{SECRET}@127.0.0.1:9/"},
        {"AWS_ENDPOINT_URL": f"http://127.0.0.1:9/?{SECRET}"},
        {"AWS_ENDPOINT_URL": f"{SECRET}"},
        {"AWS_ACCESS_KEY_ID": f"{SECRET}\n"},
        {"AWS_PROFILE": SECRET},
    ],
    ids=["password", "query", "no URL", "key", "profile"],
)
@pytest.mark.parametrize("more", [(), ("--json",)], ids=["text", "json"])
def test_no_secret_is_shown_whatever_a_library_says(
    bucket: Place, tmp_path: Path, variables: dict[str, str], more: tuple[str, ...]
) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.mlguard]\n")
    ran = subprocess.run(
        [sys.executable, "-m", "mlguard", "golden", "verify", bucket.url, *more],
        cwd=tmp_path,
        env=environment(bucket, **variables),
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 5
    assert "golden-server" in ran.stderr
    assert SECRET not in ran.stdout + ran.stderr
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in kept if SECRET.encode() in path.read_bytes()] == []
