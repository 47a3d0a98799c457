"""The sentences that every report shares: what moved, where first, by how much, why, and what accepts it."""

from __future__ import annotations

from collections.abc import Sequence

from mlguard.core.finding import Kind
from mlguard.core.outcome import Outcome
from mlguard.core.run_name import MAIN
from mlguard.core.verdict import Verdict
from mlguard.core.visible import one_line
from mlguard.report import unchanged
from mlguard.report.causes import say_cause
from mlguard.report.moves import moves
from mlguard.report.numbers import counted
from mlguard.report.quiet import remarks
from mlguard.report.sentence import say

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


def meaning(verdict: Verdict) -> str:
    """What the outcome of a guard says, in half a sentence."""
    if verdict.only_gates:
        return "nothing moved, and a required metric is missed"
    if verdict.only_new:
        return f"everything else matches: {counted(verdict.compared - len(verdict.moves()), 'observation')}"
    if verdict.outcome is not Outcome.ERROR or (verdict.blames_code and not verdict.usage):
        return MEANING[verdict.outcome]
    if verdict.usage:
        return "what was declared, returned or asked for cannot be used"
    return "the guarded code is not to blame"


def headline(verdict: Verdict) -> str:
    """One line: the guard, its outcome and where it first moved."""
    if verdict.unchanged is not None:
        return unchanged.line(verdict.guard, verdict.unchanged)
    where = ""
    if verdict.only_new:
        where = f", {counted(len(verdict.moves()), 'value')} without a golden"
    elif verdict.first_moved is not None and verdict.outcome is not Outcome.MATCH and not verdict.only_gates:
        run = "" if verdict.first_run == MAIN else f" of run {verdict.first_run}"
        where = f", first moved in stage {verdict.first_moved}{run}"
    return one_line(f"{verdict.guard}: {verdict.outcome}{where}")


def explanation(verdict: Verdict) -> list[str]:
    """Everything that a failing guard has to say, line by line; one line for a match."""
    lines = [f"{headline(verdict)} ({meaning(verdict)})"]
    if verdict.problem:
        word = f" [{verdict.slug}]" if verdict.slug else ""
        lines += f"{verdict.problem}{word}".split("\n")
    if verdict.traceback:
        lines += ["", *verdict.traceback.split("\n")]
    if verdict.outcome is not Outcome.MATCH:
        lines += [f"cause: {say_cause(cause)}" for cause in verdict.causes]
    lines += list(moves(verdict))
    lines += [f"note: {remark}" for remark in remarks(verdict)]
    lines += filter(None, (difference_command(verdict), next_command(verdict)))
    return list(map(one_line, lines))


def reason(verdict: Verdict) -> str:
    """The most telling sentence on a guard that failed: what went wrong, or what moved first."""
    moved = verdict.moves()
    return verdict.problem or (say(moved[0], verdict.against) if moved else explanation(verdict)[0])


def difference_command(verdict: Verdict) -> str:
    """The command that finds the edit that moved it; empty where there is no commit to compare with."""
    is_of_code = verdict.outcome in (Outcome.SHIFTED, Outcome.VIOLATED) or verdict.raises
    if verdict.commit is None or not is_of_code or verdict.only_gates:
        return ""
    return (
        f"which edit? compare with the golden's commit: mlguard diff {verdict.commit} --guard {quoted(verdict.guard)}"
    )


def next_command(verdict: Verdict) -> str:
    """What comes next, with its command; empty for a match, and for an error, which says it itself."""
    name = quoted(verdict.guard)
    if verdict.outcome is Outcome.ERROR or verdict.outcome is Outcome.MATCH:
        return ""
    if verdict.outcome is Outcome.STALE:
        return "delete it: mlguard prune"
    if verdict.outcome is Outcome.MISSING and not verdict.findings:
        return f'record it: mlguard regen-golden {name} --reason "first golden"'
    if verdict.outcome is Outcome.CORRUPT:
        return f'repair it: mlguard regen-golden {name} --reason "…"'
    if verdict.outcome is Outcome.UNSTABLE:
        return f'once it is the same twice: mlguard regen-golden {name} --reason "…"'
    if verdict.only_gates:
        return "recording cannot help: change the code until the metric passes, or change `require`"
    if verdict.only_new:
        return f'record it: mlguard regen-golden {name} --reason "…"'
    return f'intended? accept it: mlguard regen-golden {name} --reason "…"{_besides(verdict)}'


def _besides(verdict: Verdict) -> str:
    """What an accept does not mend, or what could be declared in its place."""
    moves = verdict.moves()
    if any(f.kind is Kind.GATE_MISSED for f in moves):
        return "; what `require` asks for stays red until the metric passes"
    if moves and all(f.difference.dtype_only and not f.difference.moved for f in moves):
        return f'; or let types change: `allow = {{"{moves[0].observation}": "why"}}` on the guard'
    return ""


def quoted(guard: str) -> str:
    """A guard's name as a shell takes it: the brackets of a variant are a pattern there."""
    return f'"{guard}"' if "[" in guard else guard


def summary(verdicts: Sequence[Verdict]) -> str:
    """One line for a whole run."""
    ran = [verdict for verdict in verdicts if verdict.unchanged is None]
    counts = {outcome: sum(1 for v in ran if v.outcome is outcome) for outcome in Outcome}
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
    compared = sum(verdict.compared for verdict in ran)
    counted_guards = unchanged.counted(len(verdicts) - len(ran), told, len(verdicts))
    return f"{counted_guards}; {compared} observations compared"


def after_push(seconds: float | None) -> list[str]:
    """A line on how long whoever pushed had to wait; none where nobody knows."""
    if seconds is None:
        return []
    hours, minutes = divmod(int(seconds // 60), 60)
    if hours >= 48:
        told = f"{hours // 24} days"
    elif hours:
        told = f"{hours} h {minutes} min"
    else:
        told = f"{minutes} min" if minutes else "less than a minute"
    return [f"verdict {told} after the push"]


def left_out(not_run: Sequence[str]) -> list[str]:
    """A line on the guards that did not begin after another one failed; none where all did."""
    if not not_run:
        return []
    return [one_line(f"not run after the first failure: {counted(len(not_run), 'guard')} ({', '.join(not_run)})")]


def ran_because(why: str) -> str:
    """Why a guard was not skipped."""
    return f"not skipped: {why}"


def checked_as_staged(why: str) -> str:
    """Why a guard was not checked in the working tree."""
    return f"checked as it is staged, in a folder of its own: {why}"


def accept_staged() -> str:
    """How to look at, or to accept, what is staged and stands on no disk."""
    return (
        "other commands run the working tree: `git stash push --keep-index --include-untracked` makes it what is "
        "staged, and `git stash pop` brings the rest back"
    )


def cost_line(verdict: Verdict) -> str:
    """What each part of a guard's run cost; what narrows it is the guard's `seeds` and `config_probes`."""
    keys = {part: seconds for part, seconds in verdict.costs.items() if part.startswith("config ")}
    parts = [(part, seconds) for part, seconds in verdict.costs.items() if part not in keys]
    if keys:
        parts.append((f"{len(keys)} configuration keys", sum(keys.values())))
    told = ", ".join(f"{part} {seconds:.2f} s" for part, seconds in parts)
    return one_line(f"{verdict.guard}: {told or 'nothing ran'}")
