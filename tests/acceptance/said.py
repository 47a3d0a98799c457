"""What a command says, as a text that is the same on every machine."""

from __future__ import annotations

import re

from tests.cli.test_check import stable


def same_everywhere(text: str) -> str:
    """The text without what round-off, the version of Python or the folder decides."""
    lines = (line for line in stable(text).splitlines() if line.strip(" ^~"))
    return "\n".join(re.sub(r"(?<![\w.])\d+\.\d{3,}(e-?\d+)?|\d+e-\d+", "#.#", line) for line in lines)
