"""A process that switches releases without pause is killed with SIGKILL at random moments, while a server reads."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mlguard.release.place import Releases
from tests.project import Project
from tests.release.releasing import BUNDLE, PLACE, checked, served, train

BOTH = {"slope 2\n", "slope 3\n"}


@pytest.fixture
def project(at_once: None, tmp_path: Path) -> Project:
    """A project with a release of the first model, and a checked bundle of the second."""
    made = checked(tmp_path / "project")
    assert made.project.command("release", BUNDLE, PLACE).code == 0
    train(made.project, "slope 3\n")
    assert made.project.command("check", "--bundle", BUNDLE).code == 0
    return made.project


def whole(project: Project) -> str:
    """What is served, once it is known that all of it is there."""
    place = Releases(project.root / PLACE)
    place.whole(place.history()[0])
    return served(project)


class Reader:
    """A server that reads what is current again and again, from `with` to its end."""

    def __init__(self, project: Project) -> None:
        self.project, self.read, self.is_over = project, list[str](), threading.Event()
        self.raised: list[Exception] = []
        self.turn = threading.Lock()
        """Held while it reads: nobody deletes a release then, which would be a mistake of whoever does."""
        self.thread = threading.Thread(target=self._reads)

    def _reads(self) -> None:
        while not self.is_over.is_set():
            try:
                with self.turn:
                    self.read.append(served(self.project))
            except Exception as error:
                self.raised.append(error)

    def __enter__(self) -> Reader:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over.set()
        self.thread.join()
        assert self.raised == []


SCRIPT = """
import os
import sys
from pathlib import Path
from mlguard.golden.stores import open_store
from mlguard.release.bundle import BundleFolder
from mlguard.release.place import Releases
from mlguard.settings import load

root = Path(sys.argv[1])
place, goldens = Releases(root / "place"), open_store(load(root))


def switch_for_ever():
    while True:
        for name in ("build/line", "build/other"):
            bundle = BundleFolder(root / name)
            kept = bundle.kept()
            with place.writing():
                digest = place.add(bundle, kept, goldens, {g.name: g.golden for g in kept.check.guards})
                place.switch((digest, *place.history()[:1]))
            print(digest, flush=True)


for _ in sys.stdin:
    child = os.fork()
    if not child:
        switch_for_ever()
    print(child, flush=True)
    os.waitpid(child, 0)
    print("dead", flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_killed_at_random_moments_it_is_always_one_whole_bundle(project: Project):
    """A real process that switches without pause is killed with SIGKILL, and a server reads all the time."""
    old = (project.root / PLACE / "current").read_text().split("\n")[0]
    shutil.copytree(project.root / PLACE / old, project.root / "build/other")
    chance, seen = random.Random(0), set[str]()
    told = [sys.executable, "-c", SCRIPT, str(project.root)]
    with (
        Reader(project) as server,
        subprocess.Popen(told, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as switching,
    ):
        assert switching.stdin is not None
        assert switching.stdout is not None
        for number in range(30):
            switching.stdin.write("another\n")
            switching.stdin.flush()
            lines = [switching.stdout.readline() for _ in range(number % 3 + 2)]
            child = next(int(line) for line in lines if len(line) < 20)
            time.sleep(chance.uniform(0, 0.1))
            os.kill(child, signal.SIGKILL)
            while switching.stdout.readline() != "dead\n":
                pass
            seen.add(whole(project))
            current = (project.root / PLACE / "current").read_text()
            for other in (project.root / PLACE / "releases").iterdir():  # So that the next child copies again.
                if not other.name.startswith(".") and not current.startswith(f"releases/{other.name}/"):
                    with server.turn:
                        shutil.rmtree(other)
        switching.stdin.close()
    assert seen == BOTH
    assert {*server.read} <= BOTH
    assert len(server.read) > 30
