"""The project's own frames of what went wrong in a worker, from a traceback or from what a crash left in the output."""

from __future__ import annotations

import linecache
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

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
    if failure.kind == "raised":
        shown = [*_shown(failure.frames, root)]
        return "\n".join([*shown, failure.text]) if shown else output.strip()[-SAID:]
    said = _DUMP.split(output, maxsplit=1)[0].strip()[-SAID:]
    return "\n".join(filter(None, [said, *_shown(_dumped(output), root)]))


def _dumped(output: str) -> list[Frame]:
    """The frames of the thread that crashed or was interrupted, outermost first."""
    linecache.checkcache()
    _, _, dump = output.partition("Current thread 0x")
    stack = re.split(r"^Thread 0x|^$", dump, maxsplit=1, flags=re.MULTILINE)[0]
    found = [match for line in stack.splitlines() if (match := _FRAME.fullmatch(line))]
    return [
        Frame(match[1], int(match[2]), match[3], linecache.getline(match[1], int(match[2])).strip())
        for match in reversed(found)
    ]


def _shown(frames: Iterable[Frame], root: Path) -> Iterator[str]:
    for frame in frames:
        path = Path(frame.path)
        if path.is_relative_to(root) and "site-packages" not in frame.path and not path.is_relative_to(_OURS):
            place = f'  File "{path.relative_to(root).as_posix()}", line {frame.line}, in {frame.function}'
            yield f"{place}\n    {frame.code}" if frame.code else place
