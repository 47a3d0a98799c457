"""What a transfer of goldens, or a look at them where they are kept, came to: in words and as data."""

from __future__ import annotations

from collections.abc import Sequence

from mlguard.core.visible import one_line
from mlguard.report.documents.goldens import Transfer
from mlguard.report.numbers import counted

_IN_WORDS = {
    "same": "same",
    "copied": "copied",
    "mended": "same; what was damaged was written again",
    "differs": "differs, and neither log goes on from the other; nothing was done",
    "behind": "the other side has a newer one; nothing was done",
    "damaged": "cannot be trusted; nothing was done",
    "absent": "only where it would go to; nothing was done",
    "only here": "is in the folder alone",
    "only there": "is at the address alone",
}

Row = tuple[str, str, str]
"""A golden, what came of it, and why."""


def draw(rows: Sequence[Row], url: str, action: str) -> str:
    """A line for each golden that is not just the same, and one line on all."""
    told = [f"{name}: {_told(action, came, detail)}" for name, came, detail in rows if came != "same"]
    counts = {came: sum(one == came for _, one, _ in rows) for came in _IN_WORDS}
    number = counted(len(rows), "golden")
    shown = ", ".join(f"{count} {came}" for came, count in counts.items() if count)
    return "\n".join(map(one_line, [*told, f"{url}: {number}" + (f" ({shown})" if shown else "")]))


def as_data(rows: Sequence[Row], url: str, action: str, exit_code: int) -> Transfer:
    """The same as plain data."""
    return {
        "action": action,
        "url": url,
        "goldens": [{"name": name, "came": came, "detail": detail} for name, came, detail in rows],
        "exit_code": exit_code,
    }


def _told(action: str, came: str, detail: str) -> str:
    told = _IN_WORDS[came]
    if action == "verify":
        told = {"differs": "differs from the one in the folder", "damaged": "is damaged"}.get(came, told)
    return f"{told}: {detail}" if detail else told
