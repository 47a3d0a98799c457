"""What moved, as every report tells it: a cause before what follows from it, and in one line what held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlguard.core.difference import Difference
from mlguard.core.finding import Finding, Kind
from mlguard.core.outcome import Outcome
from mlguard.core.record import INTERNAL, stage_rank
from mlguard.core.run_name import LATER, MAIN, REFIT
from mlguard.core.verdict import Verdict
from mlguard.report.numbers import counted, pair
from mlguard.report.sentence import GOLDEN, hint_in_words, is_single, noun, of_table, say

SHOWN = 10
"""Findings of one guard that a report names; the others are counted."""

IN_FULL = 3
"""Findings that it draws with their sizes and worst rows; what moved later follows from them."""

CAUSES = ("inputs unchanged", "configuration unchanged", "predict twice")
"""Contracts whose breach breaks others: whoever is given a changed input answers otherwise, and so does chance."""


def moves(verdict: Verdict) -> Iterator[str]:
    """What held, what moved first in full with what explains it, and what moved later in a line each."""
    moved = list(verdict.moves())
    if not moved:
        return
    yield from _held(verdict)
    yield from _where(verdict, moved)
    yield from _state_kept(moved)
    yield from (f"inside: {_short(f, verdict.against)}" for f in _inside(verdict))
    moved, followers = _causes_first(moved)
    for position, finding in enumerate(moved[:SHOWN]):
        yield from finding_lines(finding, verdict.against) if position < IN_FULL else [_short(finding, verdict.against)]
        if position == 0 and followers:
            yield f"{counted(len(followers), 'other contract')} may break for that alone: {', '.join(followers)}"
    gates = [f for f in moved[SHOWN:] if f.kind is Kind.GATE_MISSED]
    if rest := [f for f in moved[SHOWN:] if f not in gates]:
        yield f"… and {len(rest)} more, in {', '.join(dict.fromkeys(f.stage for f in rest))}"
    # What the owner requires is named however much else moved: an accept does not turn it green.
    yield from (_short(finding, verdict.against) for finding in gates)


def finding_lines(finding: Finding, against: str = GOLDEN) -> list[str]:
    """One Finding with its size, its limit and its worst rows."""
    moved = finding.difference
    lines = [say(finding, against)]
    if of_table(finding):
        return [*lines, *(f"  {hint_in_words(hint)}" for hint in finding.hints)]
    facts = []
    if moved.moved and moved.max_scaled and finding.outcome is Outcome.SHIFTED and moved.limit:
        share = "" if is_single(moved) else f"{moved.max_scaled:.3g} of the spread, "
        facts.append(f"{share}{times(moved)} the limit")
    if moved.signed is not None and moved.max_abs and moved.total > 1:
        facts.append(f"{moved.signed:+.3g} on average")
    if facts:
        lines.append("  " + "; ".join(facts))
    if not is_single(moved):
        named = noun(finding)
        lines += [f"  {f'{named} {m.place}: ' if m.place else ''}{pair(m.golden, m.new)}" for m in moved.worst[:3]]
    return [*lines, *(f"  {hint_in_words(hint)}" for hint in finding.hints)]


def times(moved: Difference) -> str:
    """How many times its limit something moved."""
    if not moved.limit or moved.max_abs is None:
        return "beyond"
    ratio = moved.max_abs / moved.limit
    return f"{ratio:.3g} times" if ratio < 1e6 else f"{ratio:.1e} times"


def _held(verdict: Verdict) -> Iterator[str]:
    """The stages of the run that moved first in which everything holds, in one line."""
    inside = [f for f in verdict.findings if f.run == verdict.first_run and f.gates]
    if verdict.first_moved is None or verdict.only_gates or verdict.only_new:
        return
    moved = {f.stage for f in inside if f.outcome is not Outcome.MATCH}
    held = sorted({f.stage for f in inside} - moved - {verdict.first_moved}, key=stage_rank)
    if held:
        are_many = len(held) > 1 or held == ["contracts"]
        yield f"{listed(held)} {'hold' if are_many else 'holds'}, {verdict.first_moved} moved"


def _where(verdict: Verdict, moved: Sequence[Finding]) -> Iterator[str]:
    """Which part of its subject gives what moved first."""
    first = [f for f in (*moved, *_inside(verdict)) if f.run == verdict.first_run and f.stage == verdict.first_moved]
    places = dict.fromkeys(filter(None, map(verdict.place, first)))
    yield from (f"{verdict.first_moved} comes from {place}" for place in places)


def _state_kept(moved: Sequence[Finding]) -> Iterator[str]:
    """What moves only once others were trained in the same process."""
    runs = {f.run for f in moved}
    if MAIN not in runs and runs & {LATER, REFIT}:
        yield (
            "holds in the first run, moves only after another training: state is kept between trainings (a cache, a "
            "default argument, a shared generator)"
        )


def _inside(verdict: Verdict) -> list[Finding]:
    """A few internals of the first moved stage that moved as well; those of the main run, which are whole, first.

    Among them, a flag comes first: that a solver no longer converged says more than what it was left with.
    """
    inside = [f for f in verdict.findings if not f.gates and f.outcome is Outcome.SHIFTED]
    of_main = [f for f in inside if f.run == MAIN and f.role == INTERNAL] if verdict.first_run != MAIN else []
    own = [f for f in inside if f.run == verdict.first_run and f.stage == verdict.first_moved]
    return sorted([*of_main, *own], key=lambda f: (f.run != MAIN, not _is_flag(f)))[:3]


def _is_flag(finding: Finding) -> bool:
    """Whether it is a single flag, which flipped."""
    moved = finding.difference
    return is_single(moved) and all(isinstance(one, bool) for one in (moved.worst[0].golden, moved.worst[0].new))


def _causes_first(moved: Sequence[Finding]) -> tuple[list[Finding], list[str]]:
    """The Findings with what breaks other contracts in front, and those that break with it, by name."""
    causes = [f for f in moved if f.kind is Kind.CONTRACT_BROKEN and f.observation in CAUSES]
    if not causes:
        return list(moved), []
    others = [f for f in moved if f not in causes]
    followers = [f.observation for f in others if f.kind is Kind.CONTRACT_BROKEN]
    return [*causes, *(f for f in others if f.kind is not Kind.CONTRACT_BROKEN)], followers


def _short(finding: Finding, against: str) -> str:
    """One line, with what carries a metric."""
    return "; ".join([say(finding, against), *map(hint_in_words, finding.hints)])


def listed(words: Sequence[str]) -> str:
    """Words as a sentence has them: `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
