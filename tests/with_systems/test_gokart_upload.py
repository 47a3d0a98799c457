"""Prices on their way to a real server of S3's protocol: streamed from memory, byte for byte those of the golden."""

from __future__ import annotations

import csv
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pandas as pd
import pytest

from mlguard import Dataset
from mlguard.configuration import configurations
from mlguard.core.notes import listening
from tests.examples.repositories.conftest import REPOSITORIES
from tests.with_systems.kart import Heard

ROOT = REPOSITORIES / "kart_prices"
BUCKET = "portal"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """Variables that name a server in a process of its own, with one bucket."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    log = (tmp_path_factory.mktemp("s3") / "log").open("wb")
    with log, subprocess.Popen(words, stdout=log, stderr=log) as process:
        try:
            wait_for(port, process)
            variables = {
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s",
                "AWS_DEFAULT_REGION": "us-east-1",
            }  # fmt: skip
            with pytest.MonkeyPatch.context() as patch:
                for name, value in variables.items():
                    patch.setenv(name, value)
                boto3.client("s3").create_bucket(Bucket=BUCKET)
            yield variables
        finally:
            process.terminate()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until somebody listens; a server that ended is told by its exit status."""
    for _ in range(1200):
        assert process.poll() is None
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server does not listen")


@pytest.fixture
def there(server: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of the server, which the variables of this process name."""
    for name, value in {**server, "PRICES_BUCKET": BUCKET}.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3")
    yield client
    for found in client.list_objects_v2(Bucket=BUCKET).get("Contents", ()):
        client.delete_object(Bucket=BUCKET, Key=found["Key"])


@pytest.fixture
def guard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The repository's own guard, which also looks at what the last task says."""
    root = tmp_path / "repository"
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(".mlguard", "__pycache__"))
    monkeypatch.syspath_prepend(root)
    source = (root / "tests/guards/test_prices.py").read_text(encoding="utf-8")
    space: dict[str, Any] = {"__name__": "test_prices"}
    exec(source, space)
    declared = type(
        "Uploaded", (space["Prices"],), {"bounds": {}, "outputs": {**space["Prices"].outputs, "sent": "UploadPrices"}}
    )
    (found,) = configurations(declared.config, root, "Uploaded")
    made = declared()
    made._root, made.folder, made.config, made.config_path = root, tmp_path / "run", found.values, found.path
    made.data = Dataset({"rows": pd.DataFrame({"flat": [0]})})
    made.folder.mkdir()
    yield made
    for name in [name for name in sys.modules if name.partition(".")[0] == "prices"]:
        del sys.modules[name]


def golden_csv() -> bytes:
    """The answers to the test rows, as the golden has them."""
    with (ROOT / "golden/Prices/predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["part"] == "test"]
    return "".join(["flat,price\n", *(f"{row['flat']},{row['price']}\n" for row in rows)]).encode()


def test_the_server_receives_the_golden_byte_for_byte_and_no_file_is_made(
    guard: Any, there: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    golden = golden_csv()
    assert golden.count(b"\n") == 31
    (tmp_path / "golden.csv").write_bytes(golden)
    answers = pd.read_csv(tmp_path / "golden.csv")
    with listening(heard := Heard()), written(but=guard.folder) as files:
        guard.evaluate(rows_of(guard), answers)
    assert there.get_object(Bucket=BUCKET, Key="prices.csv")["Body"].read() == golden
    assert heard.notes == {"sent": f"s3://{BUCKET}/prices.csv"}
    assert files == []


def rows_of(guard: Any) -> pd.DataFrame:
    """The test rows of the golden's own dataset."""
    guard.data = Dataset({"rows": pd.read_csv(ROOT / "golden/_datasets/flats/rows.csv")})
    return guard.split(guard.data)[1]


@contextmanager
def written(*, but: Path) -> Iterator[list[str]]:
    """The files outside of a folder that this process opens for writing, and the names of temporary ones."""
    found: list[str] = []
    listens, writing = True, os.O_WRONLY | os.O_RDWR | os.O_CREAT

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if not listens:
            return
        is_written = event == "open" and isinstance(arguments[0], str) and arguments[2] & writing
        if is_written and arguments[0] != os.devnull and not Path(arguments[0]).is_relative_to(but):
            if "__pycache__" not in arguments[0]:  # What Python keeps of modules that are imported for the first time.
                found.append(arguments[0])
        elif event in ("tempfile.mkstemp", "tempfile.mkdtemp"):
            found.append(str(arguments[0]))

    sys.addaudithook(hear)
    try:
        yield found
    finally:
        listens = False


def test_without_a_bucket_the_task_says_so_in_one_sentence(
    guard: Any, there: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PRICES_BUCKET")
    with pytest.raises(LookupError) as raised:
        guard.evaluate(rows_of(guard), pd.read_csv(ROOT / "golden/_datasets/flats/rows.csv")[["flat", "price"]][90:])
    assert str(raised.value) == "PRICES_BUCKET is not set: it names the bucket that the prices go to"
    assert raised.value.__notes__[0].startswith("in task UploadPrices, where ")


def main(root: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The pipeline as its users start it."""
    kept = {name: value for name, value in os.environ.items() if name != "PRICES_BUCKET"}
    (root / "temporary").mkdir()
    given = {**kept, "TMPDIR": str(root / "temporary"), **variables}
    words = [sys.executable, "main.py"]
    return subprocess.run(words, cwd=root, env=given, capture_output=True, text=True, check=False)


def test_the_whole_pipeline_ends_on_the_server(there: Any, tmp_path: Path) -> None:
    root = tmp_path / "repository"
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(".mlguard", "__pycache__"))
    (root / "data").mkdir()
    shutil.copyfile(ROOT / "golden/_datasets/flats/rows.csv", root / "data/flats.csv")
    done = main(root, PRICES_BUCKET=BUCKET)
    assert done.returncode == 0, done.stderr
    sent = there.get_object(Bucket=BUCKET, Key="prices.csv")["Body"].read().decode()
    assert len(sent.splitlines()) == 31
    assert re.match(r"flat,price\n1090,\d+\.\d+\n", sent)
    assert list((root / "temporary").iterdir()) == []


def test_without_a_bucket_the_program_says_so_and_shows_no_traceback(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(".mlguard", "__pycache__"))
    done = main(root)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "PRICES_BUCKET is not set: it names the bucket that the prices go to\n"
