"""A piece of code in a process of its own, which listens to what it depends on."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlguard.worker import depends
from mlguard.worker.compiled import compiled_code
from mlguard.worker.depends import Depends, Listener
from mlguard.worker.source import project_source_test


def heard(code: str, root: Path, *, prepare: Callable[[], None] | None = None) -> tuple[str, Depends]:
    """What the code leaves in `said`, or what it raised, and what it depended on; it runs in the folder `root`.

    What is loaded in the process, much of it pytest's, counts only where there is something to `prepare` first.
    """
    answer = forked(lambda: _listened(code, root, prepare))
    return answer["said"], Depends.from_json(answer)


def said(code: str, root: Path) -> str:
    """What the code leaves in `said` where nobody listens."""

    def work() -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as own:
            return {"said": _said(code, root, own)}

    return str(forked(work)["said"])


def _listened(code: str, root: Path, prepare: Callable[[], None] | None) -> dict[str, Any]:
    others: set[str] = set()
    if prepare is None:
        depends.compiled_code = lambda is_project: iter(())
        Listener._loaded = lambda self: iter(())  # type: ignore[method-assign]  # This process ends soon.
    else:
        for name in [name for name in sys.modules if name.startswith("pyarrow.")]:
            del sys.modules[name]  # Another test may have loaded them.
        others = set(compiled_code(project_source_test(str(root))))
        prepare()
    with tempfile.TemporaryDirectory() as own:
        listener = Listener(str(root), own, time.time() + 60)  # Whatever is loaded here was not just installed.
        listener.start()
        answer = _said(code, root, own)
        account = listener.result()
        own_doubts = tuple(doubt for doubt in account.doubts if doubt not in others)
        return {"said": answer, **replace(account, doubts=own_doubts).to_json()}


def _said(code: str, root: Path, own: str) -> str:
    os.chdir(root)
    tempfile.tempdir = own
    sys.path.insert(0, str(root))
    sys.path_importer_cache.clear()
    sys.dont_write_bytecode = True
    threading.excepthook = lambda told: None
    names: dict[str, Any] = {"said": "", "__name__": "guarded"}
    try:
        exec(compile(code, str(root / "guarded.py"), "exec"), names)
    except BaseException as error:  # An exception is an answer.
        return f"{type(error).__name__}: {error}"
    return str(names["said"])


def forked(work: Callable[[], dict[str, Any]]) -> Any:
    """What the work answers in a forked process, since an audit hook stays for good."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        signal.alarm(60)  # Whatever it is caught in ends with it.
        try:
            with open(writing, "w", encoding="utf-8", errors="surrogateescape") as file:
                json.dump(work(), file)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writing)
    with contextlib.closing(open(reading, encoding="utf-8", errors="surrogateescape")) as file:
        content = file.read()
    os.waitpid(child, 0)
    return json.loads(content)
