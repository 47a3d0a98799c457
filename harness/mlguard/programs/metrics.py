"""Metrics that a program wrote or printed as JSON, rows of metrics, and numbers in what a program told people."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from mlguard.programs.error import ProgramError

# Not what belongs to a word, as in `v2` and `3rd`. A sign behind a word or number is none: `2024-05` is two numbers.
_NUMBER = re.compile(r"(?<![\w.])[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?(?!\w)|\b(nan|inf)\b", re.IGNORECASE)

_KINDS_OF_NUMBERS = "iufb"
"""Kinds of the columns that hold numbers, as NumPy calls them."""


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


def told(text: str) -> Any:
    """What a program printed: its lines with `#` in the place of numbers, and the numbers in order."""
    numbers = [float(found[0]) for found in _NUMBER.finditer(text)]
    return {"text": [_NUMBER.sub("#", line) for line in text.splitlines()], "numbers": numbers}


def of_rows(rows: Any, name: str) -> dict[str, Any]:
    """The metrics in a frame of one row of numbers, or with a row for each name and number.

    Raises ProgramError, which calls it `name`, where it is neither.
    """
    kinds = [dtype.kind for dtype in rows.dtypes]
    if len(kinds) == 2 and kinds[0] == "O" and kinds[1] in _KINDS_OF_NUMBERS:
        return dict(zip(*(rows[column].tolist() for column in rows), strict=True))
    if len(rows) == 1 and set(kinds) <= set(_KINDS_OF_NUMBERS):
        return {str(column): rows[column].tolist()[0] for column in rows}
    found = f"{len(rows)} row{'' if len(rows) == 1 else 's'} of {', '.join(rows.columns)}"
    raise ProgramError(f"{name} gave {found}, where one row of numbers is expected, or rows of a name and a number")


def _numbers(found: Any, name: str) -> Any:
    if isinstance(found, dict | int | float) and not isinstance(found, bool):
        return found
    raise ProgramError(f"{name}: {type(found).__name__}, where an object of names and numbers is expected")
