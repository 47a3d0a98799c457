"""Compare a golden Record with a new one: a Finding per Observation, and the first stage that moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from mlguard.core import contract as contracts
from mlguard.core import probe as probes
from mlguard.core.alike import with_alike
from mlguard.core.difference import Difference, difference
from mlguard.core.finding import Added, Finding, Judged, Kind, Missed, Question, Symmetry
from mlguard.core.internals import match_internals, written_otherwise
from mlguard.core.notes import IDENTITY
from mlguard.core.outcome import Outcome
from mlguard.core.question import answered, in_form_of, is_newer, new_questions, probe_question, unasked
from mlguard.core.record import CONTRACT, EFFECT, EVIDENCE, GATE, GUESS, INTERNAL, Observation, Record, same_libraries
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN
from mlguard.core.structure import structure_of
from mlguard.core.symmetry import symmetry
from mlguard.core.tie import excuse_ties
from mlguard.core.value import number

EFFECTIVE, EFFECTLESS = 1e-6, 1e-8
"""From which size on a changed configuration key has an effect, and up to which it has none, per unit of scale."""

HARDLY = 1e-12
"""Up to which size it has none in goldens of before mlguard knew columns: what is small per unit of the largest number
may be large for its own column."""


@dataclass(frozen=True)
class Comparison:
    """What comparing two Records gave, before anybody asks for causes."""

    findings: tuple[Finding, ...]
    """One per Observation that could be compared, in the golden's order; added ones last."""

    def moves(self) -> list[Finding]:
        """Gating Findings that did not match."""
        return [f for f in self.findings if f.gates and f.outcome is not Outcome.MATCH]

    @property
    def outcome(self) -> Outcome:
        """The worst gating outcome; `missing` where nothing was compared at all."""
        gating = [f.outcome for f in self.findings if f.gates]
        return min(gating, key=lambda outcome: outcome.rank) if gating else Outcome.MISSING

    @property
    def first(self) -> Finding | None:
        """The first Finding that moved, in the order of explanation; internals name the place once something gates."""
        moves = self.moves()
        if not moves:
            return None
        # Inside the run that moved first, internals may have moved before the outputs did.
        run = min(moves, key=_rank).run
        inside = [f for f in self.findings if f.run == run and f.role == INTERNAL and f.outcome is Outcome.SHIFTED]
        # Another seed is the reason for a move, and none by itself.
        inside = [f for f in inside if not f.observation.endswith(IDENTITY)]
        return min([*(m for m in moves if m.run == run), *inside], key=_rank)


_rank = attrgetter("rank")


def compare(
    golden: Record,
    record: Record,
    rules: Rules | None = None,
    *,
    left_out: frozenset[str] = frozenset(),
) -> Comparison:
    """Compare a new Record with a golden one, under the golden's Tolerances and the guard's Rules.

    `left_out` names runs (`seed 1`), stages of runs (`main/contracts`) and files of runs (`main/probes`) that were not
    run on purpose; they are neither compared nor missing.
    """
    return _Comparer(golden, record, rules or Rules(), left_out).compare()


class _Comparer:
    """One comparison under way."""

    def __init__(self, golden: Record, record: Record, rules: Rules, left_out: frozenset[str]) -> None:
        self.golden, self.rules, self.left_out = with_alike(golden, record), rules, left_out
        self.new_questions = new_questions(golden, record)
        self.whole, self.record = record, in_form_of(golden, record)
        self.unasked = unasked(golden, self.record)
        self.before, self.after = golden.by_key(), self.record.by_key()

    def compare(self) -> Comparison:
        findings = [
            *self._kept(),
            *self._internals(),
            *self._probes(),
            *self._contracts(),
            *self._effects(),
            *self._added(),
            *self._required(),
            *self._newly_asked(),
        ]
        findings = list(excuse_ties(self.golden, self.record, findings, self.rules))
        return Comparison(tuple(sorted(findings, key=_rank)))

    def _kept(self) -> Iterator[Finding]:
        for observation in self.golden:
            if observation.role != GATE or self._skipped(observation):
                continue
            new = self._same(observation)
            yield self._lost(observation) if new is None else self._pair(observation, new)

    def _same(self, observation: Observation) -> Observation | None:
        """The new Observation of the same key and role; one that does not decide any more is lost."""
        new = self.after.get(observation.key)
        return new if new is not None and new.role == observation.role else None

    def _pair(self, observation: Observation, new: Observation) -> Finding:
        rule = self.golden.tolerances.rule(observation)
        moved = difference(observation.value, new.value, rule)
        if moved.close:
            return self._measured(observation, moved)
        same_by = symmetry(observation.value, new.value, rule)
        if same_by is not None:
            allowed = self.rules.equal_up_to(observation) == same_by
            outcome = Outcome.MATCH if allowed else Outcome.SHIFTED
            detail = Symmetry(same_by)
            return self._finding(observation, Kind.SYMMETRIC, outcome, difference=moved, detail=detail)
        if moved.dtype_only and not moved.moved and self.rules.dtype_allowed(observation):
            return self._finding(observation, Kind.DTYPE, Outcome.MATCH, difference=moved)
        return self._measured(observation, moved)

    def _internals(self) -> Iterator[Finding]:
        """What was found inside models; what other libraries only write down in another way is no move, in any run."""
        same = same_libraries(self.golden.provenance, self.record.provenance)
        excused = set() if same else written_otherwise(self.golden, self.record)
        for finding in self._inside():
            quiet = not finding.gates and (finding.stage, finding.observation) in excused
            yield replace(finding, outcome=Outcome.MATCH) if quiet else finding

    def _inside(self) -> Iterator[Finding]:
        inside = [o for o in self.golden if o.role == INTERNAL and not self._skipped(o)]
        offered = [o for o in self.record if o.role == INTERNAL and not self._skipped(o)]
        matched = set()
        for observation, found in match_internals(inside, offered, self.golden.tolerances):
            new = found or (self._same(observation) if self.rules.gate_internals else None)
            if new is not None:
                matched.add(new.key)
                moved = difference(observation.value, new.value, self.golden.tolerances.rule(observation))
                yield self._measured(observation, moved, gates=self.rules.gate_internals)
            elif self.rules.gate_internals:
                yield self._lost(observation)
            elif self._same(observation) is not None:
                yield self._restructured(observation)
        if self.rules.gate_internals:
            yield from (self._new(o) for o in offered if o.key not in matched)

    def _restructured(self, observation: Observation) -> Finding:
        """Another dtype or shape under the same name: no move by itself, but the place where outputs first moved."""
        changed = Difference(structure_of(observation.value, self.after[observation.key].value), exact=False)
        return self._finding(observation, Kind.RESTRUCTURED, Outcome.SHIFTED, difference=changed, gates=False)

    def _probes(self) -> Iterator[Finding]:
        for group in probes.groups(self.golden):
            if self._skipped(group.status):
                continue
            new = probes.find(self.record, group)
            if new is None:
                yield self._lost(group.status)
                continue
            defined = [name for name in group.defined() if not self._is_set_aside(group.status, name, new)]
            for observation, moved in probes.differences(group, new, defined, self.golden.tolerances):
                kind = Kind.RAISED if observation.is_probe_status and not moved.close else None
                yield self._measured(observation, moved, kind=kind)

    def _is_set_aside(self, status: Observation, row: str, new: probes.Group) -> bool:
        """Whether a probe row does not decide: it is waived, or asked in another way since."""
        question = probe_question(row, self.record.asked)
        replaced = question is not None and is_newer(question, self.golden, self.record) and row not in new.places()
        return replaced or self.rules.waived(status, row)

    def _contracts(self) -> Iterator[Finding]:
        for observation in self.golden:
            if observation.role != CONTRACT or self._skipped(observation):
                continue
            new = self._same(observation)
            if new is not None:
                yield self._contract(observation, new)
            elif not self._follows(observation):
                yield self._lost(observation)

    def _follows(self, contract: Observation) -> bool:
        """Whether a contract was not checked because another one raised, which is told instead."""
        whole = self.after.get((contract.run, contract.stage, contracts.BUILDS_ON.get(contract.name, "")))
        if whole is None or self._skipped(whole) or self.rules.waived(whole):
            return False
        return _way(whole).startswith(contracts.RAISED)

    def _contract(self, observation: Observation, new: Observation) -> Finding:
        judged = Judged(
            contracts.judge(self.golden, observation, self.golden), contracts.judge(self.record, new, self.golden)
        )
        before, after = judged.before.held, judged.after.held
        if after is False and (before is not False or self.rules.require_contracts):
            return self._finding(observation, Kind.CONTRACT_BROKEN, Outcome.VIOLATED, detail=judged)
        if before is False:
            return self._unheld(observation, new, judged)
        if after is None:
            outcome = Outcome.SHIFTED if before else Outcome.MATCH
            gates = bool(before)
            return self._finding(observation, Kind.CONTRACT_INAPPLICABLE, outcome, gates=gates, detail=judged)
        same = Difference(exact=judged.before.status == judged.after.status)
        return self._finding(observation, Kind.CONTRACT_HOLDS, Outcome.MATCH, difference=same, detail=judged)

    def _effects(self) -> Iterator[Finding]:
        for observation in self.golden:
            if observation.role != EFFECT or self._skipped(observation):
                continue
            new = self._same(observation)
            if new is not None:
                yield self._effect(observation, new)
            elif not observation.detail.get(GUESS) and not self._is_no_loss(observation):
                yield self._lost(observation)

    def _is_no_loss(self, effect: Observation) -> bool:
        """Whether a key that had no effect is gone from the configuration, so that nothing was lost."""
        key = effect.run.removeprefix("config ")
        return _size(effect) <= EFFECTLESS and _has(self.golden, key) and not _has(self.record, key)

    def _effect(self, observation: Observation, new: Observation) -> Finding:
        """Whether a configuration key gained or lost its effect; sizes in between decide nothing."""
        before, after = _size(observation), _size(new)
        if before >= EFFECTIVE and after <= EFFECTLESS:
            return self._finding(observation, Kind.EFFECT_LOST, Outcome.SHIFTED)
        if before <= (HARDLY if self.golden.tolerances.largest else EFFECTLESS) and after >= EFFECTIVE:
            return self._finding(observation, Kind.EFFECT_GAINED, Outcome.SHIFTED)
        return self._finding(observation, Kind.EFFECT_SAME, Outcome.MATCH)

    def _unheld(self, observation: Observation, new: Observation, judged: Judged) -> Finding:
        """A contract that did not hold in the golden: its values gate instead."""
        before, after = self._contract_values(self.golden, observation), self._contract_values(self.record, new)
        for name, old in before.items():
            if name not in after:
                continue
            moved = difference(old.value, after[name].value, self.golden.tolerances.rule(old))
            if not moved.close and _way(new) != contracts.SAME:
                return self._measured(old, moved, gates=not self.rules.waived(observation))
        if before.keys() != after.keys() or _way(observation) != _way(new):
            return self._finding(observation, Kind.CONTRACT_CHANGED, Outcome.SHIFTED, detail=judged)
        return self._finding(observation, Kind.CONTRACT_HOLDS, Outcome.MATCH, detail=judged)

    def _contract_values(self, record: Record, status: Observation) -> dict[str, Observation]:
        """A contract's values by answer, taken from the main run where they are bitwise the same."""
        found = {o.name: o for o in contracts.values_of(record, status)}
        other = self.golden if record is self.record else self.record
        known = record.by_key()
        for observation in contracts.values_of(other, status):
            key = contracts.reference_key(observation)
            if observation.name not in found and key in known and not _way(status).startswith(contracts.RAISED):
                # Some contracts ask a part of the rows only.
                cut = contracts.same_rows(known[key].value, observation.value)
                found[observation.name] = replace(known[key], value=cut)
        return found

    def _added(self) -> Iterator[Finding]:
        for observation in self.record:
            old = self.before.get(observation.key)
            if observation.role not in _DECIDING or self._skipped(observation):
                continue
            if old is None or old.role != observation.role:
                yield self._new(observation)

    def _new(self, observation: Observation) -> Finding:
        """Not in the golden; a changed configuration that raised there, or that it did not have, is evidence."""
        unknown = observation.role == EFFECT and (
            _size(observation) <= EFFECTLESS or observation.run not in {o.run for o in self.golden}
        )
        single = observation.role == GATE and observation.value.size == 1
        added = Added(observation.value.element(0)) if single else None
        return self._finding(observation, Kind.NEW, Outcome.MISSING, gates=not unknown, detail=added)

    def _newly_asked(self) -> Iterator[Finding]:
        """One for each question that the golden was not asked, about the first Observation that answers it."""
        for question in self.new_questions:
            first = next(o for o in self.whole if question in answered(o, self.whole.asked))
            detail = Question(question)
            yield self._finding(first, Kind.NEW_QUESTION, Outcome.MATCH, gates=False, detail=detail)

    def _required(self) -> Iterator[Finding]:
        for requirement in self.rules.requirements:
            key = (MAIN, "evaluate", requirement.metric)
            observation, before = self.after.get(key), _metric(self.before.get(key))
            seen = _metric(observation)
            if seen is None or not requirement.holds(seen):
                place = observation or Observation("evaluate", requirement.metric, number(0.0))
                missed = self._finding(
                    place, Kind.GATE_MISSED, Outcome.VIOLATED, detail=Missed(requirement, seen, before)
                )
                yield replace(missed, gates=True, waiver="")  # A promise of the owner's own cannot be waived.

    def _lost(self, observation: Observation) -> Finding:
        return self._finding(observation, Kind.LOST, Outcome.SHIFTED)

    def _measured(
        self, observation: Observation, moved: Difference, *, gates: bool = True, kind: Kind | None = None
    ) -> Finding:
        """The Finding of two Values."""
        outcome = Outcome.MATCH if moved.close else Outcome.SHIFTED
        usual = Kind.SAME if moved.close else Kind.MOVED
        return self._finding(observation, kind or usual, outcome, difference=moved, gates=gates)

    def _finding(
        self, observation: Observation, kind: Kind, outcome: Outcome, *, gates: bool = True, **facts: Any
    ) -> Finding:
        waiver = self.rules.waiver(observation)
        gates = gates and observation.role != EVIDENCE and not waiver
        place = (observation.run, observation.stage, observation.name, observation.role)
        return Finding(*place, kind, outcome, gates, waiver=waiver, **facts)

    def _skipped(self, observation: Observation) -> bool:
        run, stage, file = observation.run, observation.stage, observation.file
        left_out = not self.left_out.isdisjoint({run, f"{run}/{stage}", f"{run}/{file}"})
        return left_out or observation.key in self.unasked


_DECIDING = (GATE, CONTRACT, EFFECT)


def _metric(observation: Observation | None) -> float | None:
    """The number that a requirement is about; None where there is none."""
    if observation is None or observation.value.size != 1 or observation.value.data.dtype.kind not in "biuf":
        return None
    seen = observation.value.element(0)
    return float(seen) if isinstance(seen, int | float) else None


def _size(effect: Observation) -> float:
    """How much changing a key changes, per unit of scale."""
    return float(effect.value.data[0])


def _has(record: Record, key: str) -> bool:
    """Whether the configuration that a Record was made with has this key, or keys below it."""
    return any(name == key or name.startswith(f"{key}.") for name in record.provenance.configuration_values)


def _way(status: Observation) -> str:
    """The beginning of a contract's status, without the words of an exception."""
    return str(status.value.data[0]).split(":")[0]
