"""What a worker is asked to do and what comes back: declarations only, no process is started here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from mlguard.worker.depends import NOTHING_HEARD, Depends
from mlguard.worker.environment import Environment
from mlguard.worker.moment import USUAL, Moment


@dataclass(frozen=True)
class Word:
    """What a function reported through `progress`: that a part of its work begins or has ended, or a call."""

    stage: str
    """The stage that is under way, where a failure belongs."""
    calling: str
    """The call of the user's code that is under way; empty where none is."""
    when: float
    """Seconds on the monotonic clock of the machine."""
    part: str
    """What the part is called; empty once all is over."""


class Follower(Protocol):
    """Follows one job from the process that asked for it; called in the thread that waits."""

    def started(self, pid: int, *, forked: bool) -> None:
        """A worker was started."""

    def heard(self, word: Word) -> None:
        """Its function reported something, a moment ago."""

    def ended(self, failure: Failure | None) -> None:
        """The worker is gone."""


@dataclass(frozen=True)
class Job:
    """One call of one function in a process of its own."""

    function: str
    """`package.module:function`; called in the worker as `function(payload, progress)`."""
    payload: object
    """The function's first argument; anything that pickle can carry."""
    root: Path
    """The project's root: the working directory; project sources are always compiled from source."""
    import_path: tuple[str, ...] = ()
    """Folders put at the front of `sys.path`, in this order."""
    timeout: float | None = None
    """Seconds after which the worker and everything that it started is killed; None waits for ever."""
    environment: Environment | None = None
    """Threads, hash seed and instruction sets, in force before the first import; None: the usual one of its Workers."""
    moment: Moment = USUAL
    """The time zone and the clock of the worker."""
    fresh: bool = False
    """True: a new interpreter, never one forked from the zygote."""
    alone: bool = False
    """True: while no other job of its Workers runs."""
    watched: tuple[Path, ...] = ()
    """Folders of which every change by the function, and by what is forked from it, is told."""
    listens: bool = False
    """Whether to tell what the outcome depends on."""
    follower: Follower | None = None
    """Who wants to know how far it is; None: nobody, and then it costs nothing."""


@dataclass(frozen=True)
class Frame:
    """One line of a traceback, so that the caller can show those of the user's code only."""

    path: str
    """The source file as the interpreter knows it."""
    line: int
    """Line number, from 1."""
    function: str
    """The function's own name."""
    code: str
    """The source line, stripped; empty where there is no source."""


Kind = Literal["raised", "timeout", "died", "lost"]


@dataclass(frozen=True)
class Failure:
    """Why a worker brought no value back."""

    kind: Kind
    """The function raised, ran past its limit, or its process ended without an answer; lost: what it needs to answer
    was taken away, by itself or by another job."""
    text: str
    """raised: the exception's type and message; timeout: the limit; died: the signal (`SIGSEGV`) or the exit code;
    lost: what was taken away."""
    stage: str | None = None
    """The last word that the function reported through `progress`."""
    traceback: str = ""
    """The whole traceback as text, causes included; empty unless raised."""
    frames: tuple[Frame, ...] = ()
    """The traceback's lines below the worker's own, outermost first; empty unless raised."""
    exception: BaseException | None = None
    """The exception itself where it is one of mlguard's or a built-in: others would import user code to be rebuilt."""
    calling: str = ""
    """The call of the user's code that was under way, as the function reported it; empty where none was."""


@dataclass(frozen=True)
class Called:
    """How another program ended."""

    code: int
    """Its exit code, or minus the number of the signal that ended it."""
    output: bytes
    """Its standard output."""
    errors: bytes
    """Its standard error."""


@dataclass(frozen=True)
class Result:
    """What came back from one job: a value, or a failure."""

    value: object | None
    """What the function returned; None where it failed."""
    failure: Failure | None
    """None where the function returned."""
    output: str
    """The end of what the worker and its children wrote to standard output and error."""
    forked: bool = False
    """True where the zygote forked this worker, False where it was a new interpreter."""
    changed: tuple[str, ...] = ()
    """Files and folders in watched folders that the job changed: absolute real paths."""
    depends: Depends = NOTHING_HEARD
    """What the outcome depends on, where that was asked for."""
