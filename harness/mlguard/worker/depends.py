"""What the outcome of a job depends on besides its payload: the files that its process looked at, and what nobody sees.

Each look at the disk is kept as a question with its answer (`files.facts`): where all answers are the same later, the
job would see the same. Python tells of opens and listings by audit events; what it tells nobody of is wrapped. What a
process can do unseen is a doubt: nobody knows then whether a later job would see the same.
"""

from __future__ import annotations

import builtins
import importlib
import json
import os
import sys
import sysconfig
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from mlguard.core.copies import Copy, current, original
from mlguard.files.facts import Question, answer, is_regular
from mlguard.programs.written import CHANGES, touched
from mlguard.worker.asker import Asker, asker, asks_for, lists_for
from mlguard.worker.compiled import compiled_code, mapped
from mlguard.worker.keeper import below
from mlguard.worker.source import project_source_test

MOST: Final = 20_000
"""Looks that are kept at most."""

_MLGUARD: Final = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")
"""Its own files are no business of a job: whoever decides looks at all of them."""

_KERNEL: Final = ("/dev/", "/proc/")
"""What tells of the machine and of processes at the moment: another thing each time, which libraries look at."""

_MEMORY: Final = "/dev/shm/"  # noqa: S108 -- nothing is written there.
"""A folder of ordinary files among them."""

_CACHES: Final = frozenset({".cache", ".config", ".matplotlib", "__pycache__", "matplotlib", "fontconfig"})
"""Folders that libraries write for themselves."""

_PROGRAM, _NETWORK, _HIDDEN = "it starts another program", "it uses the network", "it reads what cannot be seen"

_UNSEEN: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile"), _PROGRAM
    ),
    **dict.fromkeys(("os.fork", "os.forkpty", "pty.spawn"), "it forks a process"),
    **dict.fromkeys(("socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"), _NETWORK),
    **dict.fromkeys(("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"), _NETWORK),
    **dict.fromkeys(("socket.getnameinfo", "socket.gethostname", "urllib.Request"), _NETWORK),
    **dict.fromkeys(("os.getxattr", "os.listxattr", "winreg.OpenKey", "winreg.ConnectRegistry"), _HIDDEN),
    "sqlite3.connect": "it uses SQLite, which opens files by itself",
    "cpython.PyInterpreterState_New": "it starts another interpreter, whose files cannot be seen",
}
"""Audit events after which a job may depend on anything."""


_EVENTS: Final = frozenset({"open", "os.listdir", "os.scandir", "os.mkdir", "ctypes.dlopen", *_UNSEEN, *CHANGES})
"""All audit events that are listened to."""


_OPENING: Final = ("ctypes", "cffi", "_ctypes", "pyarrow")
"""Modules by which the project's code can open files that nobody hears of."""


@dataclass(frozen=True)
class Depends:
    """What one job, or several, depended on."""

    facts: Mapping[Question, Mapping[str, str]] = field(default_factory=dict)
    """Question -> path -> the answer when it was first looked at."""
    doubts: tuple[str, ...] = ()
    """What it did that nobody can look at again, as ends of sentences."""

    def __or__(self, other: Depends) -> Depends:
        """Both; a file that changed between them is a doubt."""
        both = {q: {**other.facts.get(q, {}), **self.facts.get(q, {})} for q in {*self.facts, *other.facts}}
        moved = [
            changed(path)
            for question, answers in other.facts.items()
            for path, said in answers.items()
            if both[question][path] != said
        ]
        return Depends(both, tuple(dict.fromkeys((*self.doubts, *other.doubts, *moved))))

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "facts": {str(q): dict(sorted(of.items())) for q, of in self.facts.items()},
            "doubts": list(self.doubts),
        }

    @classmethod
    def from_json(cls, document: Any) -> Depends:
        """What `to_json` gave. Raises TypeError, ValueError, KeyError or AttributeError for anything else."""
        facts = {
            Question(q): {str(path): str(said) for path, said in of.items()} for q, of in document["facts"].items()
        }
        return cls(facts, tuple(map(str, document["doubts"])))


NOTHING_HEARD: Final = Depends(doubts=("nobody looked at what its process did",))
"""Of a job that left no account."""


def changed(path: str) -> str:
    """The doubt about a file that was not the same from the first look at it to the last."""
    return f"{path} changed while it ran"


class Listener:
    """Listens in this process until it ends; made once per worker, since an audit hook stays for good."""

    def __init__(self, root: str, own: str, began: float) -> None:
        """`own` is the folder of all jobs, `began` when the first library may have loaded (seconds since the epoch)."""
        self._is_project = project_source_test(root)
        self._own, self._root = (os.path.join(os.path.realpath(folder), "") for folder in (own, root))
        self._began = began
        self._facts: dict[tuple[Question, str], str] = {}
        self._doubts: dict[str, None] = {}
        self._copies: dict[str, Copy] = {}
        self._listening = True
        self._busy = threading.local()
        if sys.platform != "linux":
            self.doubt("only on Linux can be seen which files a process opens by itself")

    def start(self) -> None:
        """Listen from now on."""
        self._look_at_path()
        sys.addaudithook(self._heard)
        for name, follow in (("stat", True), ("lstat", False), ("access", True), ("readlink", False)):
            self._wrap(name, follow=follow)
        self._wrap("open", follow=True)
        self._wrap_fstat()
        self._wrap_imports()

    def result(self) -> Depends:
        """Everything so far; what changed meanwhile is a doubt."""
        self._listening = False
        for place in self._loaded():
            self._look(Question.CONTENT if self._is_source(place) else Question.STAMP, place)
            self._refuse_newer(place)
        for said in compiled_code(self._is_project):
            self.doubt(said)
        if _had_children():
            self.doubt(_PROGRAM)
        self._look_at_path()
        for (question, path), said in self._facts.items():
            if answer(question, path) != said:
                self.doubt(changed(path))
        facts: dict[Question, dict[str, str]] = {}
        for (question, path), said in self._facts.items():
            facts.setdefault(question, {})[path] = said
        return Depends(facts, tuple(self._doubts))

    def _look_at_path(self) -> None:
        """What lies on the import path, also where nothing is looked for: a new module may shadow a loaded library."""
        for entry in sys.path:
            self._look(Question.MODULES, entry)

    def doubt(self, said: str) -> None:
        """Remember why nobody knows whether a later job would see the same."""
        if len(self._doubts) < 20:
            self._doubts[said] = None

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _EVENTS:
            return  # Python tells of every call of `id`.
        with self._alone() as first:
            if not first:
                return
            if event in _UNSEEN:
                self.doubt(_told(event, arguments))
            elif event == "open":
                self._opened(event, arguments)
            elif event in ("os.listdir", "os.scandir"):
                self._look(lists_for(event, asker(2)), arguments[0] if arguments[0] is not None else ".")
            elif event == "os.mkdir":
                self._look(Question.KIND, arguments[0])
            elif event == "ctypes.dlopen":
                self._loads(arguments[0])
            else:
                self._written(event, arguments)

    def _loads(self, library: object) -> None:
        """Doubt a library that is loaded to be called through ctypes; threadpoolctl looks at those that are there."""
        frame = sys._getframe(3)
        while frame.f_back is not None and "ctypes" in frame.f_code.co_filename:
            frame = frame.f_back
        if library is not None and not frame.f_code.co_filename.endswith("threadpoolctl.py"):
            self.doubt("it calls compiled code through ctypes")

    def _opened(self, event: str, arguments: tuple[Any, ...]) -> None:
        if isinstance(arguments[0], int):
            return  # Whoever opened it was heard.
        path = _whole(arguments[0], None) or ""
        if path.startswith("/proc/") and self._is_project(asker(3).file):
            self.doubt(f"it reads {path}, which is another one each time")
        if _reads(arguments[2]):
            self._look(Question.CONTENT, arguments[0])
        self._written(event, arguments)

    def _written(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Doubt a change of a file outside of the job's own folder."""
        for place in map(str, touched(event, arguments)):
            ours = f"{place}{os.sep}".startswith((self._own, _MLGUARD)) or _is_of_kernel(place)
            # A project may itself lie below `~/.cache`, where build tools run what they build.
            if not ours and self._is_project(place) and _CACHES.isdisjoint(Path(place.removeprefix(self._root)).parts):
                self.doubt(f"it writes {place}")

    def _look(self, question: Question, given: Any, folder: int | None = None) -> None:
        """Keep what the disk says at the first look, which comes before the code's own."""
        if type(given) is str and ((question, given) in self._facts or (Question.STAMP, given) in self._facts):
            return
        path = _whole(given, folder)
        path = None if path is None else self._meant(path)
        if path is None or path.startswith(_MLGUARD) or _is_of_kernel(path):
            return
        if question is Question.CONTENT and os.path.exists(path) and not is_regular(path) and not os.path.isdir(path):
            self.doubt(f"it reads {path}, which is no ordinary file")
        if not self._is_project(os.path.join(path, "a file")):  # Installed, or the folder of what is.
            question = Question.STAMP
        if (question, path) not in self._facts:
            if len(self._facts) >= MOST:
                self.doubt(f"it looks at more than {MOST} files")
            else:
                self._facts[question, path] = answer(question, path)

    def _meant(self, path: str) -> str | None:
        """The project's own file where one of a copy of the project is looked at; None where nobody means any."""
        copy = current()
        if copy is not None:
            self._copies |= {os.path.join(str(folder), ""): copy for folder in copy.folders}
        if original(Path(path)) is None:
            return None
        # A thread of the code knows nothing of the copy in which the code runs.
        for folder, known in self._copies.items():
            if f"{path}{os.sep}".startswith(folder):
                return os.path.join(known.root, path[len(folder) :]).rstrip(os.sep)
        return None if f"{path}{os.sep}".startswith(self._own) else path

    def _loaded(self) -> Iterator[str]:
        """Files and folders of what is loaded, by whomever: a zygote has imported libraries before this process was."""
        files = {str(getattr(module, "__file__", None) or "") for module in list(sys.modules.values())}
        files |= mapped()
        found = {file for file in files if os.path.isabs(file) and not file.startswith((self._own, _MLGUARD))}
        yield from sorted(found | {os.path.dirname(file) for file in found if not self._is_project(file)})
        yield from (
            str(Path(sys.prefix, "pyvenv.cfg")),
            sysconfig.get_paths()["purelib"],
            sysconfig.get_paths()["platlib"],
        )

    def _is_source(self, place: str) -> bool:
        return place.endswith(".py") and self._is_project(place)

    def _refuse_newer(self, place: str) -> None:
        """Of what was loaded before this process looked at it, nobody knows whether it still is what was loaded."""
        if (Question.CONTENT, place) not in self._facts and os.path.isfile(place):
            found = os.stat(place)
            if max(found.st_mtime, found.st_ctime) > self._began - 2:
                self.doubt(changed(place))

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether this thread is not already listening to itself; nothing that goes wrong here reaches the code."""
        if not self._listening or getattr(self._busy, "now", False):
            yield False
            return
        self._busy.now = True
        try:
            yield True
        except Exception as error:  # Whatever it is, the code must not see it: nobody knows then what was missed.
            self.doubt(f"listening to it failed ({type(error).__name__})")
        finally:
            self._busy.now = False

    def _wrap(self, name: str, *, follow: bool) -> None:
        ordinary = getattr(os, name)

        def look(path: Any, *arguments: Any, **named: Any) -> Any:
            with self._alone() as first:
                if first:
                    self._stated(name, path, named, follow=follow and named.get("follow_symlinks", True))
            return ordinary(path, *arguments, **named)

        self._replace(name, look)

    def _stated(self, name: str, path: Any, named: Mapping[str, Any], *, follow: bool) -> None:
        folder = named.get("dir_fd")
        if name == "open":
            # Python tells of every open, but not below which folder.
            if folder is not None:
                self._look(Question.CONTENT, path, folder)
        elif name == "readlink":
            self._look(Question.LINK, path, folder)
        elif isinstance(path, int):
            self._look(Question.STATE, path)
        else:
            self._look(asks_for(asker(3), follow=follow), path, folder)

    def _wrap_fstat(self) -> None:
        ordinary = os.fstat

        def fstat(fd: int) -> os.stat_result:
            with self._alone() as first:
                if first:
                    self._look(Question.STATE, fd)
            return ordinary(fd)

        self._replace("fstat", fstat)

    def _replace(self, name: str, wrapper: Callable[..., Any]) -> None:
        ordinary = getattr(os, name)
        wrapper.__name__ = wrapper.__qualname__ = name
        wrapper.__module__ = "os"  # So that it can be pickled by its name, as the other can.
        for known in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks, os.supports_effective_ids):
            if ordinary in known:
                known.add(wrapper)
        setattr(os, name, wrapper)

    def _wrap_imports(self) -> None:
        statement, call = builtins.__import__, importlib.import_module

        def imported(name: str, globals: Any = None, *rest: Any, **named: Any) -> Any:
            if name.startswith(_OPENING):
                self._imports(name, asker(2))
            return statement(name, globals, *rest, **named)

        def import_module(name: str, package: str | None = None) -> Any:
            if name.startswith(_OPENING):
                self._imports(name, asker(2))
            return call(name, package)

        builtins.__import__, importlib.import_module = imported, import_module

    def _imports(self, name: str, by: Asker) -> None:
        top = name.partition(".")[0]
        if self._listening and top in _OPENING and self._is_project(by.file):
            self.doubt(f"it imports {top}, which opens files by itself" if top == "pyarrow" else f"it imports {top}")


def _reads(flags: object) -> bool:
    """Whether a file is opened to read what is in it, also where it is written too."""
    return not isinstance(flags, int) or not flags & (os.O_WRONLY | os.O_TRUNC)


def _is_of_kernel(path: str) -> bool:
    return path.startswith(_KERNEL) and not path.startswith(_MEMORY)


def _had_children() -> bool:
    """Whether this process has, or had, another one below it."""
    if os.name == "nt":
        return False
    import resource  # Not on Windows.

    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt > 0 or any(below(os.getpid()))


def _whole(given: Any, folder: int | None) -> str | None:
    """The path as the system takes it, made absolute and otherwise left alone: `link/..` is not the folder before."""
    if isinstance(given, int):
        path = os.readlink(f"/proc/self/fd/{given}")
        return path if os.path.isabs(path) and os.path.exists(path) else None  # A pipe or a socket has no path.
    if not isinstance(given, str | bytes | os.PathLike):
        return None
    base = os.getcwd() if folder is None else os.readlink(f"/proc/self/fd/{folder}")
    return os.path.join(base, os.fsdecode(given))


def _told(event: str, arguments: tuple[Any, ...]) -> str:
    if event in ("subprocess.Popen", "os.posix_spawn", "os.exec", "os.spawn") and arguments:
        program = arguments[0] if event != "os.spawn" else arguments[1]
        if isinstance(program, str | bytes | os.PathLike):
            return f"{_UNSEEN[event]} ({os.path.basename(os.fsdecode(program))})"
    return _UNSEEN[event]


def leave(depends: Depends, file: Path) -> None:
    """Write it where the parent of this process finds it."""
    file.write_text(json.dumps(depends.to_json()), encoding="utf-8")


def taken(content: str) -> Depends:
    """What a worker left."""
    try:
        return Depends.from_json(json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError):
        return NOTHING_HEARD
