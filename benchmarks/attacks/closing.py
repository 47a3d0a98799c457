"""The one line of figures that ends each run, as docs/reliability.md quotes it."""

from __future__ import annotations

import time


def closing(started: float, **figures: int) -> str:
    """How much of what was tried and found since a moment of `time.perf_counter()`."""
    told = ", ".join(f"{count:,} {what.replace('_', ' ')}" for what, count in figures.items())
    return f"in all: {told}; {(time.perf_counter() - started) / 60:.1f} minutes"
