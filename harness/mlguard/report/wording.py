"""The sentences that every report shares: what moved, where first, by how much, why, and what accepts it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlguard.core.difference import Difference
from mlguard.core.finding import Finding
from mlguard.core.outcome import Outcome
from mlguard.core.record import stage_rank
from mlguard.core.run_name import MAIN
from mlguard.core.verdict import Verdict
from mlguard.report.causes import say_cause
from mlguard.report.numbers import pair
from mlguard.report.quiet import remarks
from mlguard.report.sentence import GOLDEN, hint_in_words, say

SHOWN = 10
"""Findings of one guard that a report names; the others are counted."""

IN_FULL = 3
"""Findings that it draws with their sizes and worst rows; what moved later follows from them."""

MEANING = {
    Outcome.ERROR: "the guarded code did not run to its end",
    Outcome.SHIFTED: "behaviour moved",
    Outcome.VIOLATED: "a property that must hold does not",
    Outcome.CORRUPT: "the golden cannot be trusted",
    Outcome.MISSING: "there is nothing to compare with",
    Outcome.STALE: "a golden without a guard",
    Outcome.UNSTABLE: "two runs of the same code differ",
    Outcome.DATASET_CHANGED: "the data moved, and the code did not",
    Outcome.ENVIRONMENT_CHANGED: "something other than the code moved it",
    Outcome.MATCH: "behaviour is that of the golden",
}


def headline(verdict: Verdict) -> str:
    """One line: the guard, its outcome and where it first moved."""
    where = ""
    if verdict.first_moved is not None and verdict.outcome is not Outcome.MATCH:
        run = "" if verdict.first_run == MAIN else f" of run {verdict.first_run}"
        where = f", first moved in stage {verdict.first_moved}{run}"
    return f"{verdict.guard}: {verdict.outcome}{where}"


def explanation(verdict: Verdict) -> list[str]:
    """Everything that a failing guard has to say, line by line; one line for a match."""
    lines = [f"{headline(verdict)} ({MEANING[verdict.outcome]})"]
    if verdict.problem:
        lines += verdict.problem.splitlines()
    if verdict.traceback:
        lines += ["", *verdict.traceback.splitlines()]
    if verdict.outcome is not Outcome.MATCH:
        lines += [f"cause: {say_cause(cause)}" for cause in verdict.causes]
    lines += list(moves(verdict))
    lines += [f"note: {remark}" for remark in remarks(verdict)]
    return [*lines, *filter(None, (difference_command(verdict), next_command(verdict)))]


def finding_lines(finding: Finding, against: str = GOLDEN) -> list[str]:
    """One Finding with its size, its limit and its worst rows."""
    moved = finding.difference
    lines = [say(finding, against)]
    facts = []
    if moved.max_scaled is not None and finding.outcome is Outcome.SHIFTED and moved.limit:
        facts.append(f"{moved.max_scaled:.3g} of the scale, {times(moved)} the limit")
    if moved.signed is not None and moved.total > 1:
        facts.append(f"{moved.signed:+.3g} on average")
    if facts:
        lines.append("  " + "; ".join(facts))
    lines += [f"  {_place(m.place)}{pair(m.golden, m.new)}" for m in moved.worst[:3]]
    return [*lines, *(f"  {hint_in_words(hint)}" for hint in finding.hints)]


def times(moved: Difference) -> str:
    """How many times its limit something moved."""
    if not moved.limit or moved.max_abs is None:
        return "beyond"
    ratio = moved.max_abs / moved.limit
    return f"{ratio:.3g} times" if ratio < 1e6 else f"{ratio:.1e} times"


def difference_command(verdict: Verdict) -> str:
    """The command that finds the edit that moved it; empty where there is no commit to compare with."""
    if verdict.commit is None or verdict.outcome not in (Outcome.SHIFTED, Outcome.VIOLATED):
        return ""
    return (
        f"which edit? compare with the golden's commit: mlguard diff {verdict.commit} --guard {_quoted(verdict.guard)}"
    )


def next_command(verdict: Verdict) -> str:
    """The command that comes next; empty for a match."""
    name = _quoted(verdict.guard)
    if verdict.outcome is Outcome.ERROR or verdict.outcome is Outcome.MATCH:
        return ""
    if verdict.outcome is Outcome.STALE:
        return "delete it: mlguard prune"
    if verdict.outcome is Outcome.MISSING and not verdict.findings:
        return f'record it: mlguard regen-golden {name} --reason "first golden"'
    if verdict.outcome is Outcome.CORRUPT:
        return f'repair it: mlguard regen-golden {name} --reason "…"'
    if verdict.outcome is Outcome.UNSTABLE:
        return ""
    return f'intended? accept it: mlguard regen-golden {name} --reason "…"'


def _quoted(guard: str) -> str:
    """A guard's name as a shell takes it: the brackets of a variant are a pattern there."""
    return f'"{guard}"' if "[" in guard else guard


def summary(verdicts: Sequence[Verdict]) -> str:
    """One line for a whole run."""
    counts = {outcome: sum(1 for v in verdicts if v.outcome is outcome) for outcome in Outcome}
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
    compared = sum(verdict.compared for verdict in verdicts)
    guards = "1 guard" if len(verdicts) == 1 else f"{len(verdicts)} guards"
    return f"{guards}: {told or 'none'}; {compared} observations compared"


def cost_line(verdict: Verdict) -> str:
    """What each part of a guard's run cost; what narrows it is the guard's `seeds` and `config_probes`."""
    keys = {part: seconds for part, seconds in verdict.costs.items() if part.startswith("config ")}
    parts = [(part, seconds) for part, seconds in verdict.costs.items() if part not in keys]
    if keys:
        parts.append((f"{len(keys)} configuration keys", sum(keys.values())))
    told = ", ".join(f"{part} {seconds:.2f} s" for part, seconds in parts)
    return f"{verdict.guard}: {told or 'nothing ran'}"


def moves(verdict: Verdict) -> Iterator[str]:
    """The first moved stage in full, what explains it, and the later ones in a line each."""
    moved = list(verdict.moves())
    inside = [
        f for f in verdict.findings if not f.gates and f.outcome is Outcome.SHIFTED and f.run == verdict.first_run
    ]
    clean = _clean_before(verdict)
    if moved and clean:
        yield clean
    for finding in [f for f in inside if f.stage == verdict.first_moved][:3] if moved else []:
        yield f"inside: {say(finding, verdict.against)}"
    for position, finding in enumerate(moved[:SHOWN]):
        yield from finding_lines(finding, verdict.against) if position < IN_FULL else [_short(finding, verdict.against)]
    if len(moved) > SHOWN:
        later = ", ".join(dict.fromkeys(f.stage for f in moved[SHOWN:]))
        yield f"… and {len(moved) - SHOWN} more, in {later}"


def _short(finding: Finding, against: str) -> str:
    """One line; a single number, such as a metric, with both of its values and what carries it."""
    told = "".join(f"; {hint_in_words(hint)}" for hint in finding.hints)
    moved = finding.difference
    if moved.total != 1 or len(moved.worst) != 1:
        return f"{say(finding, against)}{told}"
    return f"{say(finding, against)}: {pair(moved.worst[0].golden, moved.worst[0].new)}{told}"


def _clean_before(verdict: Verdict) -> str:
    """Which stages hold before the first one that moved."""
    if verdict.first_moved is None:
        return ""
    rank = stage_rank(verdict.first_moved)
    held = dict.fromkeys(
        f.stage for f in verdict.findings if f.run == verdict.first_run and f.gates and stage_rank(f.stage) < rank
    )
    return f"{_list(list(held))} {'hold' if len(held) > 1 else 'holds'}, {verdict.first_moved} moved" if held else ""


def _list(words: list[str]) -> str:
    """Words as a sentence has them: `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _place(place: str) -> str:
    return f"row {place}: " if place else ""
