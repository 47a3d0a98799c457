"""Which lines of a package run that never ran before: the guide of the fuzzer."""

from __future__ import annotations

import sys
from types import CodeType, FrameType
from typing import Any


class Reached:
    """Counts new lines while it listens; code of which all lines are known costs one call and no line."""

    def __init__(self, folder: str) -> None:
        """`folder` is above all sources that count."""
        self.folder = folder
        self._missing: dict[CodeType, set[int]] = {}
        self._new = 0
        self.lines = 0
        """Lines that ran so far."""

    def __enter__(self) -> Reached:
        self._new = 0
        sys.settrace(self._call)
        return self

    def __exit__(self, *problem: Any) -> None:
        sys.settrace(None)

    @property
    def is_new(self) -> bool:
        """Whether the block reached a line for the first time."""
        return self._new > 0

    def _call(self, frame: FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        missing = self._missing.get(code)
        if missing is None:
            ours = code.co_filename.startswith(self.folder)
            missing = {line for _, _, line in code.co_lines() if line} - {code.co_firstlineno} if ours else set()
            self._missing[code] = missing
        if not missing:
            return None

        def line(frame: FrameType, event: str, argument: Any) -> Any:
            if event == "line" and frame.f_lineno in missing:
                missing.discard(frame.f_lineno)
                self._new += 1
                self.lines += 1
            return line

        return line
