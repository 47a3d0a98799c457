"""What a process looks at is heard, whichever way it looks; what it can do unseen is a doubt."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

import mlguard.runner.bundle  # noqa: F401 -- in a forked process it would be imported anew.
from mlguard.files.facts import Question, answer
from mlguard.worker.depends import NOTHING_HEARD, Depends, taken
from tests.worker.heard import heard


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path.resolve() / ".cache" / "project"
    (root / "shop").mkdir(parents=True)
    (root / "shop" / "__init__.py").touch()
    (root / "shop" / "model.py").write_text("RATE = 2\n")
    (root / "inner").mkdir()
    (root / "data.csv").write_text("a,b\n1,2\n")
    (root / "link").symlink_to("data.csv")
    (root / "run.py").write_text("print()\n")
    return root


LOOKS = {
    "open('data.csv').read()": ("content", "data.csv"),
    "open(b'data.csv').read()": ("content", "data.csv"),
    "import pathlib; pathlib.Path('link').read_text()": ("content", "link"),
    "import os; os.read(os.open('data.csv', os.O_RDONLY), 9)": ("content", "data.csv"),
    "import os; os.open('data.csv', os.O_RDONLY, dir_fd=os.open('.', os.O_RDONLY))": ("content", "data.csv"),
    "import threading; t = threading.Thread(target=lambda: open('data.csv').read()); t.start(); t.join()": (
        "content",
        "data.csv",
    ),
    "import numpy as np; np.loadtxt('data.csv', delimiter=',', skiprows=1)": ("content", "data.csv"),
    "import numpy as np; np.fromfile('data.csv', dtype='uint8')": ("content", "data.csv"),
    "import numpy as np; np.memmap('data.csv', dtype='uint8', mode='r')": ("content", "data.csv"),
    "import pandas as pd; pd.read_csv('data.csv')": ("content", "data.csv"),
    "import mmap; mmap.mmap(open('data.csv', 'rb').fileno(), 0, access=mmap.ACCESS_READ)": ("content", "data.csv"),
    "import shop.model": ("content", "shop/model.py"),
    "import importlib; importlib.import_module('shop.model')": ("content", "shop/__init__.py"),
    "import runpy; runpy.run_path('run.py')": ("content", "run.py"),
    "from importlib import resources; resources.files('shop').joinpath('model.py').read_text()": (
        "content",
        "shop/model.py",
    ),
    "open('none.csv').read()": ("content", "none.csv"),
    "import os; os.path.exists('.env')": ("kind", ".env"),
    "import pathlib; pathlib.Path('.env').is_file()": ("kind", ".env"),
    "import os; os.path.isdir(b'inner')": ("kind", "inner"),
    "import os; os.path.islink('link')": ("link", "link"),
    "import os; os.path.realpath('link')": ("link", "link"),
    "import os; os.readlink('link')": ("link", "link"),
    "import os; os.path.getmtime('data.csv')": ("state", "data.csv"),
    "import pathlib; pathlib.Path('data.csv').stat().st_size": ("state", "data.csv"),
    "import os; os.stat('data.csv', dir_fd=os.open('.', os.O_RDONLY))": ("state", "data.csv"),
    "import os; f = open('data.csv'); os.fstat(f.fileno())": ("state", "data.csv"),
    "import os; os.stat(os.open('data.csv', os.O_RDONLY))": ("state", "data.csv"),
    "import os; os.lstat('link')": ("own", "link"),
    "import os; os.access('data.csv', os.X_OK)": ("state", "data.csv"),
    "import os; os.listdir('inner')": ("names", "inner"),
    "import os; os.listdir()": ("names", "."),
    "import os; os.listdir(os.open('inner', os.O_RDONLY))": ("names", "inner"),
    "import pathlib; list(pathlib.Path('inner').iterdir())": ("kinds", "inner"),
    "import glob; glob.glob('inner/*.csv')": ("kinds", "inner"),
    "import os; list(os.walk('.'))": ("kinds", "inner"),
    "import pathlib; list(pathlib.Path().rglob('*.csv'))": ("kinds", "inner"),
    "import os; [e.stat() for e in os.scandir('inner')]": ("entries", "inner"),
    "import fastlib": ("modules", "."),
    "import shop.fast": ("modules", "shop"),
    "import os; os.mkdir('inner')": ("kind", "inner"),
}


@pytest.mark.parametrize("code", LOOKS, ids=lambda code: code.rpartition("; ")[2][:50])
def test_a_look_is_heard(project: Path, code: str):
    question, name = LOOKS[code]
    _, depends = heard(code, project)
    # A path is kept as the system was given it.
    found = {os.path.normpath(path): told for path, told in depends.facts.get(Question(question), {}).items()}
    place = os.path.normpath(project / name)
    assert found.get(place) == answer(Question(question), place)
    assert depends.doubts == ()


@pytest.mark.parametrize("name", ["shop/pkgutil.py", "shop/importlib/metadata/__init__.py"])
def test_a_project_that_names_its_code_as_python_does_lists_files_for_itself(project: Path, name: str):
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    (project / name).write_text("import os\nfound = os.listdir('inner')\n")
    module = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    _, depends = heard(f"import {module}", project)
    assert str(project / "inner") in depends.facts[Question.NAMES]


@pytest.mark.parametrize("opened", ["open('.cache/seen', 'r+')", "open('.cache/seen', 'a+')"])
def test_a_file_that_is_opened_to_be_read_and_written_is_looked_at(project: Path, opened: str):
    (project / ".cache").mkdir()
    (project / ".cache" / "seen").write_text("1")
    _, depends = heard(f"f = {opened}; f.seek(0); said = f.read()", project)
    seen = str(project / ".cache" / "seen")
    assert (depends.facts[Question.CONTENT][seen], depends.doubts) == (answer(Question.CONTENT, seen), ())


NEVER = {
    "import subprocess; subprocess.run(['true'])": "starts another program (true)",
    "import os; os.system('true')": "starts another program",
    "import os; os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)": "starts another program (true)",
    "import os; os.waitpid(os.fork() or os._exit(0), 0)": "forks a process",
    "import multiprocessing as m; p = m.get_context('spawn').Process(target=print); p.start(); p.join()": "program",
    "import multiprocessing as m; p = m.get_context('fork').Process(target=print); p.start(); p.join()": "forks",
    "import multiprocessing.util as u, os; os.waitpid(u.spawnv_passfds(b'/bin/true', ['true'], []), 0)": "program",
    "import socket; socket.create_connection(('127.0.0.1', 9))": "network",
    "import socket; socket.getaddrinfo('localhost', 80)": "network",
    "import urllib.request as u; u.urlopen('http://127.0.0.1:9')": "network",
    "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('127.0.0.1', 9))": "network",
    "import sqlite3; sqlite3.connect(':memory:')": "SQLite",
    "import sys; __import__('_xxsubinterpreters' if sys.version_info < (3, 13) else '_interpreters').create()": (
        "another interpreter"
    ),
    "import ctypes": "imports ctypes",
    "import numpy; numpy.ctypeslib.load_library('data.csv', '.')": "compiled code through ctypes",
    "import importlib; importlib.import_module('ctypes')": "ctypes",
    "def f():\n import pyarrow\nf()": "pyarrow",
    "open('out.txt', 'w').close()": "writes",
    "open('data.csv', 'a').close()": "writes",
    "import os; os.remove('data.csv')": "writes",
    "import os; os.rename('data.csv', 'other.csv')": "writes",
    "import numpy as np; np.save('out.npy', np.zeros(1))": "writes",
    "import os; os.path.exists('made'); os.mkdir('made')": "changed while it ran",
    "open('/proc/self/status').read()": "another one each time",
    "import os; os.mkfifo('p'); os.open('p', os.O_RDONLY | os.O_NONBLOCK)": "no ordinary file",
    "import os; os.listxattr('data.csv')": "cannot be seen",
    "open('data.csv').read(); import os; os.utime('data.csv', (1, 1)); os.stat('data.csv'); os.utime('data.csv')": (
        "changed while it ran"
    ),
}
"""Nothing that does one of these may ever be skipped."""


@pytest.mark.parametrize("code", NEVER, ids=lambda code: code.replace("\n", " ")[-50:])
def test_what_nobody_can_look_at_again_is_a_doubt(project: Path, code: str):
    _, depends = heard(code, project)
    assert any(NEVER[code] in doubt for doubt in depends.doubts), depends.doubts


def test_compiled_code_of_which_nothing_is_known_is_a_doubt(project: Path):
    def load() -> None:
        libraries = Path("/x/site-packages")
        for name, file in (
            ("fast", project / "fast.so"),
            ("tables", libraries / "tables/core.so"),
            ("numpy.core", libraries / "numpy/core.so"),
            ("pyarrow.parquet", libraries / "pyarrow/parquet.py"),
            ("_gdbm", Path("/x/lib-dynload/_gdbm.so")),
        ):
            sys.modules[name] = ModuleType(name)
            sys.modules[name].__file__ = str(file)

    _, depends = heard("", project, prepare=load)
    assert {
        "fast.so is compiled code, whose files cannot be seen",
        "tables is compiled code, whose files cannot be seen",
        "pyarrow.parquet opens files by itself",
        "_gdbm opens files by itself",
    } < {*depends.doubts}
    assert not any("numpy" in doubt for doubt in depends.doubts)


def test_what_would_shadow_a_loaded_library_is_looked_at(project: Path):
    def path() -> None:
        sys.path.insert(0, str(project))

    _, depends = heard(f"import sys; sys.path.insert(0, {str(project / 'shop')!r})", project, prepare=path)
    (project / "numpy.py").touch()
    (project / "shop" / "pandas.py").touch()
    for folder in (project, project / "shop"):
        assert depends.facts[Question.MODULES][str(folder)] != answer(Question.MODULES, str(folder))


def test_a_library_that_is_newer_than_its_process_is_a_doubt(project: Path):
    new = project / ".venv" / "lib" / "new.py"
    new.parent.mkdir(parents=True)

    def load() -> None:
        new.touch()
        os.utime(new, (2**33, 2**33))
        sys.modules["new"] = ModuleType("new")
        sys.modules["new"].__file__ = str(new)

    _, depends = heard("", project, prepare=load)
    assert depends.doubts == (f"{new} changed while it ran",)


def test_the_code_sees_what_it_would_see_otherwise(project: Path):
    code = (
        "import os, pickle\n"
        "said = [os.stat in os.supports_dir_fd, os.stat in os.supports_follow_symlinks,\n"
        "        os.open in os.supports_dir_fd, pickle.loads(pickle.dumps(os.stat)) is os.stat,\n"
        "        os.stat('data.csv').st_size, os.path.exists('none')]\n"
        "os.stat('none')"
    )
    told, _ = heard(code, project)
    assert told == "FileNotFoundError: [Errno 2] No such file or directory: 'none'"
    told, _ = heard(code.rpartition("\n")[0], project)
    assert told == str([True, True, True, True, 8, False])


def test_what_is_hidden_from_the_code_is_still_looked_at(project: Path):
    code = (
        "import pathlib\nfrom mlguard.runner.bundle import _hide\nopen('data.csv').read()\n_hide(pathlib.Path())\n"
        "try:\n    open('data.csv')\nexcept FileNotFoundError:\n    said = 'hidden'"
    )
    told, depends = heard(code, project)
    assert (told, depends.doubts) == ("hidden", ())


def test_a_file_of_a_copy_stands_for_that_of_the_project(project: Path):
    code = (
        "import shutil\nfrom pathlib import Path\nfrom mlguard.core.copies import Copy, running_in\n"
        "root = Path.cwd()\nfor name in ('inner', 'shop'):\n    shutil.copy('data.csv', name)\n"
        "with running_in(Copy(root, root / 'inner', (), root / 'shop')):\n    open('{}/data.csv').read()"
    )
    for folder in ("inner", "shop"):
        _, depends = heard(code.format(folder), project)
        assert str(project / "data.csv") in depends.facts[Question.CONTENT]
        assert str(project / folder / "data.csv") not in depends.facts[Question.CONTENT]


def test_an_account_that_cannot_be_read_is_a_doubt():
    depends = Depends({Question.KIND: {"/a": "file"}}, ("why",))
    assert Depends.from_json(depends.to_json()) == depends
    for content in ("", "{", "[]", "null", '{"facts": {"other": {}}, "doubts": []}', '{"facts": 1, "doubts": []}'):
        assert taken(content) == NOTHING_HEARD
    assert NOTHING_HEARD.doubts


def test_what_changes_between_two_jobs_is_a_doubt():
    one, other = Depends({Question.KIND: {"/a": "file"}}), Depends({Question.KIND: {"/a": "absent", "/b": "file"}})
    assert (one | other) == Depends({Question.KIND: {"/a": "file", "/b": "file"}}, ("/a changed while it ran",))
