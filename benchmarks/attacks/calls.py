"""Watch the system calls by which a process changes or reads files, and let one of them fail, or be its last.

Linux tells a supervisor of each call that a filter names, and waits for its answer (seccomp user notification, Linux
5.5 and later, x86-64 and ARM64). It needs no compiler, no tracer and no rights, and sees what a program really asks of
the system, whichever library asks.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import platform
import select
import signal
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.attacks.project import TREES
from benchmarks.attacks.warm import Child, Ran, collected

KILL = "kill"
"""The process ends at the call, which is not made."""

LASTING = "…"
"""At the end of an error's name: every later call that it can meet fails as well, as on a full disk."""

_FD, _AT = "fd", "at"

_HERE = -100
"""AT_FDCWD: the descriptor that stands for the working folder."""

_REMOVE_FOLDER = 0x200
"""AT_REMOVEDIR: the flag with which `unlinkat` removes a folder."""

_NOTICE, _RECEIVE, _SEND, _CONTINUE = 80, 0xC0502100, 0xC0182101, 1
"""The size of a notice of a call, the two requests of its listener, and the flag that lets the call be made."""


@dataclass(frozen=True)
class _Call:
    """A system call that is watched."""

    name: str
    """Its name, the same on every machine."""
    places: tuple[tuple[str | None, int], ...]
    """Where its paths are: `fd` and the argument that is a descriptor; `at` and the first of a descriptor and a path;
    None and the argument that is a path."""


_X86 = {
    2: _Call("open", ((None, 0),)), 85: _Call("open", ((None, 0),)), 257: _Call("open", ((_AT, 0),)),
    437: _Call("open", ((_AT, 0),)), 0: _Call("read", ((_FD, 0),)), 17: _Call("read", ((_FD, 0),)),
    1: _Call("write", ((_FD, 0),)), 18: _Call("write", ((_FD, 0),)),
    20: _Call("write", ((_FD, 0),)), 40: _Call("write", ((_FD, 0),)), 326: _Call("write", ((_FD, 2),)),
    74: _Call("fsync", ((_FD, 0),)), 75: _Call("fsync", ((_FD, 0),)), 77: _Call("truncate", ((_FD, 0),)),
    217: _Call("list", ((_FD, 0),)), 73: _Call("lock", ((_FD, 0),)), 82: _Call("rename", ((None, 0), (None, 1))),
    264: _Call("rename", ((_AT, 0), (_AT, 2))), 316: _Call("rename", ((_AT, 0), (_AT, 2))),
    83: _Call("mkdir", ((None, 0),)), 258: _Call("mkdir", ((_AT, 0),)), 84: _Call("rmdir", ((None, 0),)),
    87: _Call("unlink", ((None, 0),)), 263: _Call("unlink", ((_AT, 0),)),
    86: _Call("link", ((None, 0), (None, 1))), 265: _Call("link", ((_AT, 0), (_AT, 2))),
    88: _Call("symlink", ((None, 1),)), 266: _Call("symlink", ((_AT, 1),)),
    90: _Call("chmod", ((None, 0),)), 268: _Call("chmod", ((_AT, 0),)), 91: _Call("chmod", ((_FD, 0),)),
}  # fmt: skip
_ARM = {
    56: _X86[257], 437: _X86[437], 63: _X86[0], 67: _X86[17], 64: _X86[1],
    68: _X86[18], 66: _X86[20], 71: _X86[40], 285: _X86[326],
    82: _X86[74], 83: _X86[75], 46: _X86[77], 61: _X86[217], 32: _X86[73], 38: _X86[264], 276: _X86[316],
    34: _X86[258], 35: _X86[263], 37: _X86[265], 36: _X86[266], 53: _X86[268], 52: _X86[91],
}  # fmt: skip

_MACHINES = {"x86_64": (317, _X86), "aarch64": (277, _ARM)}
"""The number of the call `seccomp`, and the watched ones."""

_FULL = {"write", "fsync", "mkdir", "rename", "link", "symlink", "create", "truncate"}
_REFUSED = {"open", "create", "mkdir", "rename", "rmdir", "unlink", "link", "symlink", "chmod"}

_MEETS = {"ENOSPC": _FULL, "EACCES": _REFUSED, "EMFILE": {"open", "create"}}
"""The calls that an error can meet; every other fault can meet all."""


@dataclass(frozen=True)
class Point:
    """One call on a path below the folders that are looked at."""

    call: str
    """What it does: `open`, `create`, `read`, `write`, `list`, `rename`, …"""
    path: str
    """The path, or the last of two, below the folder of all."""


@dataclass(frozen=True)
class Fault:
    """What happens at one point."""

    point: int
    """Its number, from 0."""
    kind: str
    """`kill`, or the name of an error, with `…` where it lasts."""


def meets(kind: str, point: Point) -> bool:
    """Whether a fault of this kind can happen at such a call."""
    calls = _MEETS.get(kind.removesuffix(LASTING))
    return calls is None or point.call in calls


def is_possible() -> bool:
    """Whether this system lets a process watch another one; containers may forbid it, and old kernels cannot."""
    if platform.machine() not in _MACHINES:
        return False
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            _install()
            code = 0
        finally:
            os._exit(code)
    return os.waitpid(pid, 0)[1] == 0


class Watch:
    """Watches one command; pass `prepare` to its start, and call `wait` in place of that of the warm process."""

    def __init__(self, project: Path, fault: Fault | None = None) -> None:
        """Points are named from the root of the project; calls below its trees count."""
        self.root = str(project)
        self.trees = tuple(f"{self.root}/{tree}" for tree in TREES)
        self.fault = fault
        self.points: list[Point] = []
        """What was seen, in order."""
        self._ours, self._theirs = socket.socketpair()

    def prepare(self) -> None:
        """In the process that is watched: give the other one the descriptor that tells of its calls."""
        listener = _install()
        socket.send_fds(self._theirs, [b"x"], [listener])
        os.close(listener)
        self._ours.close()
        self._theirs.close()

    def wait(self, child: Child) -> Ran:
        """Answer every call until the process ends; it is ended where it hangs."""
        self._theirs.close()
        watch = os.pidfd_open(child.pid)
        hung = False
        try:
            _, listeners, _, _ = socket.recv_fds(self._ours, 1, 1)
            if listeners:
                hung = self._serve(listeners[0], watch, child)
                os.close(listeners[0])
        finally:
            os.close(watch)
            self._ours.close()
        return collected(child, hung=hung)

    def _serve(self, listener: int, watch: int, child: Child) -> bool:
        while True:
            left = child.deadline - time.monotonic()
            ready, _, _ = select.select([listener, watch], [], [], max(0.0, left))
            if watch in ready:
                return False
            if not ready:
                os.kill(child.pid, signal.SIGKILL)
                return True
            self._answer(listener, child.pid)

    def _answer(self, listener: int, pid: int) -> None:
        try:
            notice = fcntl.ioctl(listener, _RECEIVE, bytes(_NOTICE))
        except OSError:
            return  # The process that asked has ended meanwhile.
        number, asker, _, call, _, _, *arguments = struct.unpack_from("QIIiIQ6Q", notice)
        error = 0
        point = self._point(asker, call, arguments)
        if point is not None:
            self.points.append(point)
            error = self._error(point, pid)
        answer = struct.pack("QqiI", number, 0, -error, 0 if error else _CONTINUE)
        try:
            fcntl.ioctl(listener, _SEND, answer)
        except OSError as gone:
            if gone.errno != errno.ENOENT:
                raise

    def _error(self, point: Point, pid: int) -> int:
        fault, at = self.fault, len(self.points) - 1
        if fault is None or at < fault.point:
            return 0
        if fault.kind == KILL:
            os.kill(pid, signal.SIGKILL)
            return errno.EINTR
        happens = (at == fault.point or fault.kind.endswith(LASTING)) and meets(fault.kind, point)
        return int(getattr(errno, fault.kind.removesuffix(LASTING))) if happens else 0

    def _point(self, asker: int, number: int, arguments: Sequence[int]) -> Point | None:
        call = _MACHINES[platform.machine()][1][number]
        try:
            paths = [_path(asker, kind, place, arguments) for kind, place in call.places]
        except OSError:
            return None
        inside = [path for path in paths if path.startswith(self.trees)]
        if not inside:
            return None
        return Point(_named(call, number, arguments), inside[-1].removeprefix(f"{self.root}/"))


def _named(call: _Call, number: int, arguments: Sequence[int]) -> str:
    """The call's name; an `open` that may make a file is a `create`, and one of a folder's removal a `rmdir`."""
    if call.name == "open" and number != 437:
        flags = arguments[call.places[0][1] + (1 if call.places[0][0] is None else 2)]
        return "create" if number == 85 or flags & os.O_CREAT else "open"
    if call is _X86[263] and arguments[2] & _REMOVE_FOLDER:
        return "rmdir"
    return call.name


def _path(pid: int, kind: str | None, place: int, arguments: Sequence[int]) -> str:
    """An absolute path of a call, as it was given."""
    if kind == _FD:
        return os.readlink(f"/proc/{pid}/fd/{arguments[place]}").removesuffix(" (deleted)")
    text = _text(pid, arguments[place + (kind == _AT)])
    if text.startswith("/"):
        return os.path.normpath(text)
    descriptor = ctypes.c_int32(arguments[place] & 0xFFFFFFFF).value if kind == _AT else _HERE
    base = "cwd" if descriptor == _HERE else f"fd/{descriptor}"
    return os.path.normpath(os.path.join(os.readlink(f"/proc/{pid}/{base}"), text))


def _text(pid: int, address: int) -> str:
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        memory.seek(address)
        content = memory.read(4096 - address % 4096)
        if b"\0" not in content:
            content += memory.read(4096)
    return os.fsdecode(content.partition(b"\0")[0])


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _install() -> int:
    """Ask the system to report every watched call of this process; returns the descriptor that reports them."""
    seccomp, calls = _MACHINES[platform.machine()]
    # A program for the system: load the number of the call; allow it, unless it equals one of these: then report it.
    jumps = [struct.pack("HBBI", 0x15, len(calls) - i, 0, number) for i, number in enumerate(calls)]
    steps = [struct.pack("HBBI", 0x20, 0, 0, 0), *jumps]
    steps += [struct.pack("HBBI", 0x06, 0, 0, code) for code in (0x7FFF0000, 0x7FC00000)]
    content = ctypes.create_string_buffer(b"".join(steps))
    program = _Program(len(steps), ctypes.cast(content, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs")
    listener = int(libc.syscall(seccomp, 1, 8, ctypes.byref(program)))
    if listener < 0:
        raise OSError(ctypes.get_errno(), "seccomp with a listener")
    return listener
