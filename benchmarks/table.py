"""Count what each tool said to each trial: pure functions from what was seen to a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.trial import KEEP, MACHINE, SHIFT, Trial

MLGUARD = "mlguard"


@dataclass(frozen=True)
class Heard:
    """What one tool said to one trial."""

    red: bool
    """Whether it failed because of what the guarded code does."""
    quiet: bool
    """Whether it passed; a tool can be neither, when it says that something else is wrong."""
    stage: str | None = None
    """The first stage that moved, where the tool names one."""
    text: str = ""
    """Its first sentence."""

    def right(self, trial: Trial) -> bool:
        """Whether this is the answer that the trial deserves."""
        return self.red if trial.kind == SHIFT else self.quiet


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    good: int
    """Trials answered rightly."""
    of: int
    """All such trials."""

    def __str__(self) -> str:
        return f"{self.good} of {self.of}" if self.of else "-"


@dataclass(frozen=True)
class Row:
    """One tool's line of the table."""

    tool: str
    """`mlguard` or a peer."""
    caught: Share
    """Shifts that turned it red."""
    hidden: Share
    """The same, of shifts that move neither predictions nor metrics of the main run."""
    refactors: Share
    """True refactors that it let pass."""
    machines: Share
    """Emulated machines on which it let unchanged code pass."""
    stage: Share
    """Of the shifts that it caught and whose first stage is known: those where it names that stage."""


def count(tool: str, heard: Mapping[Trial, Heard], hidden: frozenset[str]) -> Row:
    """One tool's line; `hidden` holds the keys of the shifts that no test of predictions and metrics can see."""

    def share(kind: str, *, only_hidden: bool = False) -> Share:
        wanted = [t for t in heard if t.kind == kind and (not only_hidden or t.key in hidden)]
        return Share(sum(heard[t].right(t) for t in wanted), len(wanted))

    staged = [t for t, h in heard.items() if t.kind == SHIFT and h.red and t.stage is not None and names_stages(heard)]
    stage = Share(sum(heard[t].stage == t.stage for t in staged), len(staged))
    return Row(tool, share(SHIFT), share(SHIFT, only_hidden=True), share(KEEP), share(MACHINE), stage)


def names_stages(heard: Mapping[Trial, Heard]) -> bool:
    """Whether this tool ever names a stage; the peers never do."""
    return any(h.stage is not None for h in heard.values())


HEADS = ("", "shifts caught", "hidden caught", "refactors quiet", "machines quiet", "first stage right")


def draw(rows: Sequence[Row]) -> str:
    """The table as plain text."""
    cells = [HEADS, *((r.tool, *map(str, (r.caught, r.hidden, r.refactors, r.machines, r.stage))) for r in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(HEADS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    return "\n".join(lines)


def exceptions(heard: Mapping[Trial, Heard]) -> list[str]:
    """Every trial that was answered wrongly, or at another stage than its author declared, in one line each."""
    lines = []
    for trial, said in heard.items():
        if not said.right(trial):
            what = "missed" if trial.kind == SHIFT else "not quiet"
            lines.append(f"{what}: {trial.key}: {said.text}")
        elif trial.kind == SHIFT and trial.stage is not None and said.stage != trial.stage:
            lines.append(f"first stage: {trial.key}: {said.stage}, declared {trial.stage}: {said.text}")
    return lines
