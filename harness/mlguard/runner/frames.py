"""The project's own frames of what went wrong in a worker, from a traceback or from what a crash left in the output."""

from __future__ import annotations

import linecache
import re
from pathlib import Path

from mlguard.programs.modules import is_inside
from mlguard.worker.job import Failure, Frame

SAID = 2000
"""Characters of a crashed worker's own words that are kept, the last ones."""

_OURS = Path(__file__).resolve().parents[1]
_FRAME = re.compile(r'  File "(.+)", line (\d+) in (.+)')
_DUMP = re.compile(r"^(Fatal Python error: |(Current t|T)hread 0x|Extension modules: )", re.MULTILINE)


def own_frames(failure: Failure, output: str, root: Path) -> str:
    """The frames below the project's root, outermost first, with what was raised or said; empty where there are none.

    A process that was killed or aborted raised nothing, but leaves its stack in the output.
    """
    shown = [_shown(frame, root) for frame in _own(failure, output, root)]
    if failure.kind == "raised":
        return "\n".join([*shown, failure.text]) if shown else output.strip()[-SAID:]
    # Without its folder, a worker says little but that it cannot answer.
    said = "" if failure.kind == "lost" else _DUMP.split(output, maxsplit=1)[0].strip()[-SAID:]
    return "\n".join(filter(None, [said, *shown]))


def last_place(failure: Failure, output: str, root: Path) -> str:
    """Where the project's code was, as `line.py:12 in fit`; empty where nobody knows."""
    frames = _own(failure, output, root)
    if not frames:
        return ""
    return f"{_place(frames[-1], root)}:{frames[-1].line} in {frames[-1].function}"


def _own(failure: Failure, output: str, root: Path) -> list[Frame]:
    """The frames of the project's own code, outermost first."""
    frames = failure.frames if failure.kind == "raised" else _dumped(output, last=failure.kind == "died")
    return [frame for frame in frames if _is_own(Path(frame.path), root)]


def _dumped(output: str, *, last: bool) -> list[Frame]:
    """The frames of the thread that crashed or was interrupted, outermost first.

    Processes that the worker forked are interrupted after it, and may have crashed before it died.
    """
    linecache.checkcache()
    parts = output.split("Current thread 0x")[1:]
    dump = parts[-1 if last else 0] if parts else ""
    stack = re.split(r"^Thread 0x|^$", dump, maxsplit=1, flags=re.MULTILINE)[0]
    found = [match for line in stack.splitlines() if (match := _FRAME.fullmatch(line))]
    return [
        Frame(match[1], int(match[2]), match[3], linecache.getline(match[1], int(match[2])).strip())
        for match in reversed(found)
    ]


def _is_own(path: Path, root: Path) -> bool:
    return is_inside(path, root) and not path.is_relative_to(_OURS)


def _place(frame: Frame, root: Path) -> str:
    return Path(frame.path).relative_to(root).as_posix()


def _shown(frame: Frame, root: Path) -> str:
    place = f'  File "{_place(frame, root)}", line {frame.line}, in {frame.function}'
    return f"{place}\n    {frame.code}" if frame.code else place
