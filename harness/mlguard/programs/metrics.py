"""Metrics that a program wrote or printed as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mlguard.programs.error import ProgramError


def written(file: Path, name: str) -> Any:
    """The metrics in a file, which messages call `name`. Raises ProgramError where there are none."""
    try:
        return _numbers(json.loads(file.read_text(encoding="utf-8")), name)
    except FileNotFoundError:
        raise ProgramError(f"no {name} was written") from None
    except ValueError as error:
        raise ProgramError(f"{name}: {error}") from None


def printed(text: str, program: str) -> Any:
    """The metrics in the last line that a program printed. Raises ProgramError where there are none."""
    last = (text.strip().splitlines() or [""])[-1]
    try:
        return _numbers(json.loads(last), f"the last line that `{program}` printed")
    except ValueError:
        told = f"`{program}` printed no JSON object of numbers as its last line: {last or 'nothing'}"
        raise ProgramError(told) from None


def _numbers(found: Any, name: str) -> Any:
    if isinstance(found, dict | int | float) and not isinstance(found, bool):
        return found
    raise ProgramError(f"{name}: {type(found).__name__}, where an object of names and numbers is expected")
