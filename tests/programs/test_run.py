"""Programs run as they run by hand: their arguments, their folder, a state of their own, and how they end."""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mlguard.programs.error import ProgramError
from mlguard.programs.run import Program

INSIDE_AND_OUT = pytest.mark.parametrize("isolated", [False, True], ids=["inside", "isolated"])


@pytest.fixture(autouse=True)
def at_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))


def program(root: Path, source: str, *words: str, name: str = "bin/tool.py", **how: Any) -> Program:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(source)
    return Program("python tool.py", ("python", name, *words), root, **how)


@INSIDE_AND_OUT
def test_a_script_has_its_arguments_its_name_and_its_folder(tmp_path: Path, *, isolated: bool) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/beside.py").write_text("WORD = 'beside'\n")
    (tmp_path / "data.csv").write_text("")
    source = "import sys, beside\nprint(__name__, sys.argv[1:], beside.WORD, __file__ == sys.argv[0])\n"
    printed = program(tmp_path, source, "data.csv", "--k", "3", isolated=isolated).run()
    assert printed == f"__main__ ['{tmp_path / 'data.csv'}', '--k', '3'] beside True\n"
    assert "beside" not in sys.modules


@INSIDE_AND_OUT
def test_a_module_beside_a_script_goes_before_one_of_others_that_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, isolated: bool
) -> None:
    for name in ("beside", "kit", "kit.words", "elsewhere"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    (tmp_path / "bin/kit").mkdir(parents=True)
    for name in ("beside.py", "kit/__init__.py", "kit/words.py"):
        (tmp_path / "bin" / name).write_text("WORD = __name__\n")
    loaded = dict(sys.modules)
    source = "import beside, kit.words\nprint(beside.WORD, kit.WORD, kit.words.WORD)\n"
    assert program(tmp_path, source, isolated=isolated).run() == "beside kit kit.words\n"
    assert {name: sys.modules[name] for name in loaded} == loaded


@INSIDE_AND_OUT
def test_a_module_runs_as_a_program(tmp_path: Path, *, isolated: bool) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/__init__.py").write_text("RATE = 2\n")
    (tmp_path / "shop/serve.py").write_text("from . import RATE\nimport sys\nprint(RATE, sys.argv[1:], __package__)\n")
    (tmp_path / "shop/__main__.py").write_text("print('all of it')\n")
    words = ("python", "-m", "shop.serve", "x")
    assert Program("serve", words, tmp_path, isolated).run() == "2 ['x'] shop\n"
    assert "shop" not in sys.modules
    assert Program("shop", ("python", "-m", "shop"), tmp_path, isolated).run() == "all of it\n"


@INSIDE_AND_OUT
def test_nothing_of_one_program_is_there_for_the_next(tmp_path: Path, *, isolated: bool) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/counter.py").write_text("calls = 0\n")
    source = (
        "import counter, os, sys\n"
        "counter.calls += 1\n"
        "print(counter.calls, os.environ.get('SEEN'), 'else' in sys.path, os.getcwd())\n"
        "os.environ['SEEN'] = 'yes'\nsys.path.append('else')\nos.chdir('/')\n"
    )
    one = program(tmp_path, source, isolated=isolated)
    assert [one.run(), one.run()] == [f"1 None False {tmp_path}\n"] * 2
    assert Path.cwd() == tmp_path
    assert "SEEN" not in os.environ


@INSIDE_AND_OUT
@pytest.mark.parametrize("leaving", ["sys.exit()", "sys.exit(0)", "sys.exit(None)"])
def test_a_program_that_leaves_in_good_order_has_ended(tmp_path: Path, leaving: str, *, isolated: bool) -> None:
    assert program(tmp_path, f"import sys\nprint(1)\n{leaving}\n", isolated=isolated).run() == "1\n"


@INSIDE_AND_OUT
def test_another_exit_status_is_an_error(tmp_path: Path, *, isolated: bool) -> None:
    with pytest.raises(ProgramError, match=r"^`python tool\.py` ended with exit status 3"):
        program(tmp_path, "import sys\nsys.exit(3)\n", isolated=isolated).run()


@INSIDE_AND_OUT
@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import sys\nsys.exit('no rows left')\n", "ended with exit status 1: no rows left"),
        (
            "import argparse\np = argparse.ArgumentParser()\np.add_argument('--need', required=True)\np.parse_args()\n",
            "ended with exit status 2: tool.py: error: the following arguments are required: --need",
        ),
    ],
)
def test_the_reason_for_an_exit_is_told(tmp_path: Path, source: str, told: str, *, isolated: bool) -> None:
    with pytest.raises(ProgramError) as raised:
        program(tmp_path, source, isolated=isolated).run()
    assert str(raised.value) == f"`python tool.py` {told}"


@INSIDE_AND_OUT
def test_standard_output_is_a_stream_like_any_other(tmp_path: Path, *, isolated: bool) -> None:
    source = (
        "import io, sys\nsys.stdout.reconfigure(encoding='utf-8')\nprint('Köln', sys.stdout.isatty(), flush=True)\n"
        "sys.stdout.buffer.write(b'raw\\n')\n"
        "sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-8')\nprint('wrapped')\nsys.stdout.flush()\n"
    )
    assert program(tmp_path, source, isolated=isolated).run().split() == ["Köln", "False", "raw", "wrapped"]


def test_what_a_program_raises_inside_is_raised_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="age"):
        program(tmp_path, "{}['age']\n").run()


def test_the_last_line_of_a_process_says_why_it_failed(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match=r"ended with exit status 1: KeyError: 'age'$"):
        program(tmp_path, "{}['age']\n", isolated=True).run()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("TypeError: no such column\n    at main.js:7\n\nNode.js v20", "TypeError: no such column"),
        ("warning: old file\nError in f(x): no x\nExecution halted", "Error in f(x): no x"),
        ("no space left\n", "no space left"),
        ("", "it said nothing"),
    ],
)
def test_the_line_that_names_the_error_is_told(tmp_path: Path, said: str, told: str) -> None:
    with pytest.raises(ProgramError) as raised:
        Program("sh", ("sh", "-c", 'printf "%s" "$0" >&2; exit 1', said), tmp_path).run()
    assert str(raised.value) == f"`sh` ended with exit status 1: {told}"


def test_programs_in_other_languages_are_processes(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("1\n2\n")
    assert Program("awk", ("awk", "{print $1 * 2}", "rows.csv"), tmp_path).run() == "2\n4\n"
    with pytest.raises(ProgramError, match=r"^`sh` was ended by SIGKILL: it said nothing$"):
        Program("sh", ("sh", "-c", "kill -9 $$"), tmp_path).run()
    with pytest.raises(ProgramError, match=r"^`frobnicate` cannot be started: No such file or directory$"):
        Program("frobnicate", ("frobnicate",), tmp_path).run()


@pytest.mark.parametrize(
    ("words", "told"), [(("gone.py",), "there is no gone.py in the project"), (("-m", "gone"), "no such module")]
)
def test_a_program_that_is_not_there_is_named(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    with pytest.raises(ProgramError, match=told):
        Program("python gone.py", ("python", *words), tmp_path).run()


def test_a_change_in_memory_reaches_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.machinery import SourceFileLoader

    from mlguard.worker.source import substitute

    for name in ("get_data", "get_code"):
        monkeypatch.setattr(SourceFileLoader, name, getattr(SourceFileLoader, name))
    one = program(tmp_path, "print('as it lies there')\n")
    substitute({str(tmp_path / "bin/tool.py"): "print('changed')\n"})
    assert one.run() == "changed\n"


def test_a_projects_module_may_be_called_nearly_as_mlguard_is(tmp_path: Path) -> None:
    (tmp_path / "mlguarded.py").write_text("calls = 0\n")
    one = program(tmp_path, "import mlguarded\nmlguarded.calls += 1\nprint(mlguarded.calls)\n")
    assert [one.run(), one.run()] == ["1\n"] * 2


def test_a_package_without_a_file_keeps_no_module_for_the_next_program(tmp_path: Path) -> None:
    (tmp_path / "bin/kit").mkdir(parents=True)
    (tmp_path / "bin/kit/counted.py").write_text("calls = 0\n")
    one = program(tmp_path, "from kit import counted\ncounted.calls += 1\nprint(counted.calls)\n")
    assert [one.run(), one.run()] == ["1\n"] * 2
    assert "kit" not in sys.modules


def test_settings_of_libraries_end_with_their_program(tmp_path: Path) -> None:
    settings = "import warnings, numpy\nwarnings.simplefilter('error')\nnumpy.seterr(all='raise')\n"
    program(tmp_path, settings).run()
    rest = "import warnings, numpy\nwarnings.warn('old')\nprint(numpy.log(numpy.zeros(1))[0])\n"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert program(tmp_path, rest, name="bin/other.py").run() == "-inf\n"


def test_threads_and_exit_handlers_of_a_program_end_before_it_does(tmp_path: Path) -> None:
    (tmp_path / "late.py").write_text("import atexit\natexit.register(print, 'of a module')\n")
    code = """
import atexit, sys, threading, time
import late
atexit.register(print, "last")
atexit.register(lambda: print("first"))
threading.Thread(target=lambda: (time.sleep(0.05), print("thread"))).start()
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
sys.exit(0)
"""
    assert program(tmp_path, code).run() == "thread\nfirst\nlast\nof a module\n"


def test_a_relative_folder_on_the_path_is_that_of_each_program(tmp_path: Path) -> None:
    source = "import sys\nsys.path.append('../src')\nimport counted\nprint(counted.NAME)\n"
    for name in ("one", "two"):
        (tmp_path / name / "src").mkdir(parents=True)
        (tmp_path / name / "run").mkdir()
        (tmp_path / name / "src/counted.py").write_text(f"NAME = {name!r}\n")
        printed = program(tmp_path, source, folder=tmp_path / name / "run").run()
        assert printed == f"{name}\n"
        shutil.rmtree(tmp_path / name)


def test_pools_that_a_program_leaves_behind_finish_what_they_were_given(tmp_path: Path) -> None:
    code = """
import time
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(1)
for number in range(2):
    pool.submit(lambda number=number: (time.sleep(0.02), print(number)))
"""
    assert program(tmp_path, code).run() == "0\n1\n"


def test_a_program_that_uses_processes_of_joblib_ends_and_leaves_none(tmp_path: Path) -> None:
    code = """
import os, joblib
print(joblib.Parallel(2)(joblib.delayed(lambda: os.path.basename(os.getcwd()))() for _ in range(2)))
"""
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        assert program(tmp_path, code, folder=tmp_path / name).run() == f"{[name] * 2}\n"
        (tmp_path / name).rmdir()
