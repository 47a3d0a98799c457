"""One pending Record as its owner decides by it: metrics first, what moved, what held, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mlguard.core.direction import higher_is_better
from mlguard.core.finding import Finding
from mlguard.core.obstacle import Obstacle, ObstacleKind
from mlguard.core.outcome import Outcome
from mlguard.core.record import GATE, INTERNAL, Observation, Record, stage_rank
from mlguard.core.requirement import Requirement
from mlguard.core.run_name import MAIN
from mlguard.core.verdict import Verdict
from mlguard.report.approval import shifts
from mlguard.report.causes import say_cause
from mlguard.report.documents.goldens import Reviewed
from mlguard.report.moves import finding_lines, listed
from mlguard.report.numbers import few, pair, shown
from mlguard.report.plain import plain
from mlguard.report.wording import headline, quoted

LINES = 6
"""Lines about what moved beside metrics that are shown before somebody wants the details."""

NAMED = 3
"""Files or Observations that a line names; the others are counted."""


@dataclass(frozen=True)
class Metric:
    """One metric of the main run, before and now."""

    name: str
    """Its name."""
    golden: object
    """In the golden; None where it is new."""
    new: object
    """In the pending Record; None where it was lost."""
    moved: bool
    """Whether it moved beyond its limit, came or went."""
    better: bool | None
    """Whether the move is for the better; None where it held, or nobody knows."""

    def __str__(self) -> str:
        if self.golden is None or self.new is None:
            return (
                f"{self.name} {shown(self.new)}, new" if self.golden is None else f"{self.name}, not observed any more"
            )
        if not self.moved:
            return f"{self.name} {shown(self.golden)}, unchanged"
        told = {True: ", better", False: ", worse", None: ""}[self.better]
        return f"{self.name} {pair(self.golden, self.new)}{told}"


def metrics(
    golden: Record | None, record: Record, findings: Iterable[Finding], requirements: Sequence[Requirement]
) -> list[Metric]:
    """The metrics of the main run, those that moved first."""
    before, after = _metrics(golden), _metrics(record)
    own = [f for f in findings if (f.run, f.stage) == (MAIN, "evaluate") and f.gates]
    moved = {f.observation for f in own if f.outcome is not Outcome.MATCH and f.difference.moved}
    found = []
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        has_moved = name in moved or old is None or new is None
        found.append(Metric(name, old, new, has_moved, _better(name, old, new, requirements) if has_moved else None))
    return sorted(found, key=lambda metric: not metric.moved)


def lines(verdict: Verdict, found: Sequence[Metric], obstacles: Sequence[Obstacle]) -> Iterator[str]:
    """Everything that a decision needs, in about ten lines."""
    yield headline(verdict)
    if found:
        yield f"  metrics: {'; '.join(map(str, found))}"
    yield from (f"  {line}" for line in _stages(verdict))
    others = [f for f in verdict.findings if (f.run, f.stage) != (MAIN, "evaluate")]
    told = list(shifts(others))
    yield from (f"  {line}" for line in told[:LINES])
    if len(told) > LINES:
        yield f"  … and {len(told) - LINES} more"
    yield from (f"  cause: {say_cause(cause)}" for cause in verdict.causes)
    yield from (f"  cannot be accepted: {say_obstacle(obstacle)}" for obstacle in obstacles)
    if obstacles:
        yield f"  {way_out(verdict.guard, obstacles)}"


def details(verdict: Verdict) -> Iterator[str]:
    """Every Observation that moved, with its size, its limit and its worst rows."""
    for finding in sorted(verdict.moves(), key=lambda one: one.rank):
        yield from (f"  {line}" for line in finding_lines(finding, verdict.against))
    yield from (f"  note: {remark}" for remark in verdict.remarks)


def say_obstacle(obstacle: Obstacle) -> str:
    """Why a pending Record cannot be accepted, in one sentence."""
    return _SENTENCES[obstacle.kind].format(names=few(obstacle.names, NAMED) or "none")


def way_out(guard: str, obstacles: Sequence[Obstacle]) -> str:
    """What to do instead of accepting."""
    kinds = {obstacle.kind for obstacle in obstacles}
    if ObstacleKind.GATE_ONLY in kinds:
        return "change the code until the metric passes, or change `require`"
    if ObstacleKind.NO_GUARD in kinds:
        return f"restore the guard, or: mlguard review --reject {quoted(guard)}"
    if any(obstacle.is_outdated for obstacle in obstacles):
        return f"see what the code of now gives: mlguard check {quoted(guard)}"
    return f'measure and record it: mlguard regen-golden {quoted(guard)} --reason "…"'


def _metrics(record: Record | None) -> dict[str, object]:
    found = [] if record is None else [o for o in record if _is_metric(o)]
    return {observation.name: observation.value.element(0) for observation in found}


def _is_metric(observation: Observation) -> bool:
    place = (observation.run, observation.stage, observation.role)
    value = observation.value
    return place == (MAIN, "evaluate", GATE) and value.is_numeric and value.size == 1


def _better(name: str, old: object, new: object, requirements: Sequence[Requirement]) -> bool | None:
    higher = higher_is_better(name, requirements)
    if higher is None or not (isinstance(old, int | float) and isinstance(new, int | float)) or old == new:
        return None
    return (new > old) is higher


def _stages(verdict: Verdict) -> Iterator[str]:
    """Which stages of the main run moved and which held, and what other runs moved."""
    own = [f for f in verdict.findings if f.gates]
    moved = {(f.run, f.stage) for f in own if f.outcome is not Outcome.MATCH}
    here = sorted({stage for run, stage in moved if run == MAIN}, key=stage_rank)
    held = sorted({f.stage for f in own if f.run == MAIN} - set(here), key=stage_rank)
    others = sorted({run for run, _ in moved if run != MAIN}, key=lambda run: (run.rank, str(run)))
    inside = [f"{verdict.first_moved} (inside)"] if verdict.first_run == MAIN and _is_inside(verdict, here) else []
    told = [f"moved: {listed([*inside, *here])}"] if here else []
    told += [f"unchanged: {listed(held)}"] if held else []
    told += [f"moved in other runs: {listed([str(run) for run in others])}"] if others else []
    if told:
        yield "; ".join(told)


def _is_inside(verdict: Verdict, moved: Sequence[str]) -> bool:
    """Whether the first moved stage moved inside the model only, where nothing decides."""
    internals = [f for f in verdict.findings if f.run == MAIN and f.role == INTERNAL and f.outcome is Outcome.SHIFTED]
    return verdict.first_moved not in moved and any(f.stage == verdict.first_moved for f in internals)


_SENTENCES: Mapping[ObstacleKind, str] = {
    ObstacleKind.UNREADABLE: "{names}",
    ObstacleKind.NO_GUARD: "no guard of this name is declared, or its module cannot be imported",
    ObstacleKind.FILES_EDITED: "edited since that run: {names}",
    ObstacleKind.FILES_GONE: "not there any more since that run: {names}",
    ObstacleKind.FILES_UNKNOWN: "the run used files that git ignores, and whether they changed is not known: {names}",
    ObstacleKind.CONFIGURATION_EDITED: "the configuration was edited since that run: {names}",
    ObstacleKind.SETTINGS_EDITED: "`set_env`, `pass_env` or the import path was edited since that run",
    ObstacleKind.GOLDEN_CHANGED: "the golden is another one since that run; there is now: {names}",
    ObstacleKind.OTHER_VERSION: "another version of mlguard ran it: {names}",
    ObstacleKind.TABLES_GONE: "the tables of dataset {names} are not kept with it",
    ObstacleKind.GATE_ONLY: "nothing moved, so recording cannot help",
    ObstacleKind.FIRST_GOLDEN: "there is no golden yet, so that its noise has to be measured",
    ObstacleKind.DAMAGED_GOLDEN: "the golden is damaged",
    ObstacleKind.UNMERGED: "the golden is that of one side of a merge, and the log of the other one has to be kept",
    ObstacleKind.NEVER_MEASURED: "the noise of the golden was never measured on other machines",
    ObstacleKind.OTHER_QUESTIONS: "the golden was recorded by mlguard {names}, which looked at other things",
    ObstacleKind.OTHER_OPTIONS: "the guard sets another `{names}` than the golden was recorded with",
    ObstacleKind.OTHER_PRECISION: "the model learns in another type, whose noise has to be measured: {names}",
    ObstacleKind.MACHINES: "the noise of the golden was measured on too few machines",
    ObstacleKind.BROKEN_CONTRACTS: "contracts do not hold, whose values have to be measured: {names}",
    ObstacleKind.NEW_VALUES: "their noise was never measured: {names}",
    ObstacleKind.OTHER_FORM: "another type or number of columns, whose noise has to be measured: {names}",
    ObstacleKind.OTHER_SIZE: "more than ten times larger or smaller than what noise was measured for: {names}",
}
"""How each kind is told; `{names}` are its names."""


def as_data(verdict: Verdict, found: Sequence[Metric], obstacles: Sequence[Obstacle]) -> Reviewed:
    """One pending Record in the JSON of `mlguard review`."""
    return {
        "name": verdict.guard,
        "outcome": str(verdict.outcome),
        "exit_code": verdict.exit_code,
        "first_moved": verdict.first_moved,
        "metrics": [
            {"name": m.name, "golden": plain(m.golden), "new": plain(m.new), "moved": m.moved, "better": m.better}
            for m in found
        ],
        "summary": list(shifts(verdict.findings)),
        "causes": [say_cause(cause) for cause in verdict.causes],
        "obstacles": [{"kind": str(one.kind), "message": say_obstacle(one)} for one in obstacles],
        "acceptable": not obstacles,
        "next": way_out(verdict.guard, obstacles) if obstacles else None,
    }
