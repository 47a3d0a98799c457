"""The strip of stages: which held, which moved, and which moved first."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from mlguard.core.finding import Finding
from mlguard.core.outcome import Outcome
from mlguard.core.record import EVIDENCE, INTERNAL, STAGES
from mlguard.core.run_name import MAIN, RunName
from mlguard.core.verdict import Verdict
from mlguard.report.html.element import element
from mlguard.report.html.marks import bar
from mlguard.report.moves import listed
from mlguard.report.numbers import counted

FIRST, MOVED, INSIDE, HELD, STOPPED, NOTHING = "first", "moved", "inside", "held", "stopped", "nothing"
"""What a stage can be; each is a class of the style sheet."""

WORDS = {
    FIRST: "first moved",
    MOVED: "moved",
    INSIDE: "moved inside",
    HELD: "unchanged",
    STOPPED: "stopped here",
    NOTHING: "not observed",
}
"""How each is told."""

SIGNS = {FIRST: "◆", MOVED: "●", INSIDE: "○", HELD: "✓", STOPPED: "✕", NOTHING: "·"}
"""And drawn, so that nobody has to tell colours apart."""

LENGTH = 100.0
"""Length of the bar of a stage."""

NAMED = 6
"""Runs without a strip of their own that are named."""


def strip(verdict: Verdict) -> Element:
    """The stages of the main run, and of each other run that moved."""
    runs = sorted({f.run for f in verdict.findings if f.run != MAIN}, key=lambda run: (run.rank, str(run)))
    moved = [run for run in runs if any(f.run == run for f in verdict.moves())]
    others = [str(run) for run in runs if run not in moved]
    rows = [_row(verdict, run) for run in (MAIN, *moved)]
    more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
    held = (
        f"Unchanged in {'the run' if len(others) == 1 else 'the runs'} {listed(others[:NAMED])}{more}."
        if others
        else ""
    )
    told = element("p", held, class_="quiet") if held else None
    return element("div", rows, told, class_=f"strips{' several' if moved else ''}")


def states(verdict: Verdict, run: RunName) -> dict[str, str]:
    """What each stage of a run is."""
    return {stage: _state(verdict, run, stage) for stage in STAGES}


def _state(verdict: Verdict, run: RunName, stage: str) -> str:
    here = [f for f in verdict.findings if (f.run, f.stage) == (run, stage)]
    is_first = verdict.outcome is not Outcome.MATCH and (run, stage) == (verdict.first_run, verdict.first_moved)
    if run == MAIN and stage == verdict.stage:
        return STOPPED
    if is_first and not verdict.only_gates:
        return FIRST
    if any(f.gates and f.outcome is not Outcome.MATCH for f in here):
        return MOVED
    if any(_is_inside(f) for f in here):
        return INSIDE
    return HELD if here else NOTHING


def _is_inside(finding: Finding) -> bool:
    return finding.role == INTERNAL and finding.outcome is Outcome.SHIFTED


def _row(verdict: Verdict, run: RunName) -> Element:
    found = states(verdict, run)
    name = element("span", str(run), class_="run")
    stages = [
        _stage(stage, state, _bar(verdict, stage) if run == MAIN else None, named=run == MAIN)
        for stage, state in found.items()
    ]
    return element("div", name, element("ol", stages), class_="strip" if run == MAIN else "strip other")


def _stage(stage: str, state: str, drawn: Element | None, *, named: bool) -> Element:
    """A stage; below the strip of the main run its column names it."""
    return element(
        "li",
        element("span", SIGNS[state], class_="sign", aria_hidden="true"),
        element("b", stage, class_=None if named else "unseen"),
        element("small", WORDS[state], class_="unseen" if state == NOTHING and not named else None),
        drawn,
        class_=f"stage {state}",
    )


def _bar(verdict: Verdict, stage: str) -> Element | None:
    """How many observations of a stage of the main run are the same, held and moved, as shares of a bar."""
    here = [f for f in verdict.findings if (f.run, f.stage) == (MAIN, stage) and f.role != EVIDENCE]
    kinds = [
        ("same", "the same, bit for bit", [f for f in here if f.outcome is Outcome.MATCH and f.difference.exact]),
        ("held", "within their limits", [f for f in here if f.outcome is Outcome.MATCH and not f.difference.exact]),
        ("moved", "moved", [f for f in here if f.outcome is not Outcome.MATCH]),
    ]
    if not here:
        return None
    told = ", ".join(f"{len(some)} {meaning}" for _, meaning, some in kinds if some)
    drawn, at = list[Element](), 0.0
    for name, _, some in kinds:
        width = LENGTH * len(some) / len(here)
        drawn += [bar(at, 0, width, 4, name)] if some else []
        at += width
    title = element("title", f"{stage}, {counted(len(here), 'observation')}: {told}")
    return element(
        "svg", title, drawn, viewBox=f"0 0 {LENGTH:g} 4", role="img", preserveAspectRatio="none", class_="bar"
    )
