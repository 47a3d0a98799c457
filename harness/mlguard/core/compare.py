"""Compare a golden Record with a new one: a Finding per Observation, and the first stage that moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from operator import attrgetter

from mlguard.core import contract as contracts
from mlguard.core import probe as probes
from mlguard.core.contract import in_words
from mlguard.core.difference import Difference, difference
from mlguard.core.internals import match_internals
from mlguard.core.question import in_form_of, is_newer, new_questions, probe_question, unasked
from mlguard.core.record import CONTRACT, EFFECT, EVIDENCE, GATE, GUESS, INTERNAL, Observation, Record
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN, Config
from mlguard.core.symmetry import symmetry
from mlguard.core.tie import excuse_ties
from mlguard.core.value import number
from mlguard.core.verdict import Finding, Outcome

EFFECTIVE, EFFECTLESS = 1e-6, 1e-8
"""From which size on a changed configuration key has an effect, and up to which it has none, per unit of scale."""


@dataclass(frozen=True)
class Comparison:
    """What comparing two Records gave, before anybody asks for causes."""

    findings: tuple[Finding, ...]
    """One per Observation that could be compared, in the golden's order; added ones last."""
    remarks: tuple[str, ...] = ()
    """Quiet lines."""

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
        return min([*(m for m in moves if m.run == run), *inside], key=_rank)


_rank = attrgetter("rank")


def compare(
    golden: Record,
    record: Record,
    rules: Rules | None = None,
    *,
    left_out: frozenset[str] = frozenset(),
    called: str = "the golden",
) -> Comparison:
    """Compare a new Record with a golden one, under the golden's Tolerances and the guard's Rules.

    `left_out` names runs (`seed 1`), stages of runs (`main/contracts`) and files of runs (`main/probes`) that were not
    run on purpose; they are neither compared nor missing. `called` is what messages call the first Record.
    """
    return _Comparer(golden, record, rules or Rules(), left_out, called).compare()


class _Comparer:
    """One comparison under way."""

    def __init__(self, golden: Record, record: Record, rules: Rules, left_out: frozenset[str], called: str) -> None:
        self.new_questions = new_questions(golden, record)
        self.golden, self.rules, self.left_out, self.called = golden, rules, left_out, called
        self.record = in_form_of(golden, record)
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
        ]
        findings = list(excuse_ties(self.golden, self.record, findings, self.rules.thresholds))
        return Comparison(tuple(sorted(findings, key=_rank)), tuple(self._remarks(findings)))

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
        same_by = None if moved.close else symmetry(observation.value, new.value, rule)
        if same_by is not None:
            return self._symmetric(observation, moved, same_by)
        if moved.dtype_only and not moved.moved and self.rules.dtype_allowed(observation):
            moved = Difference(exact=False, total=moved.total, max_abs=moved.max_abs, limit=moved.limit)
        return self._finding(observation, moved)

    def _symmetric(self, observation: Observation, moved: Difference, same_by: str) -> Finding:
        """A move that is none up to a symmetry: said in words, and passed where the owner declared it."""
        finding = self._finding(observation, moved)
        text = f"{finding.message}; equal up to {same_by}"
        if self.rules.equal_up_to(observation) != same_by:
            return replace(finding, message=text)
        return replace(finding, outcome=Outcome.MATCH, message=text)

    def _internals(self) -> Iterator[Finding]:
        inside = [o for o in self.golden if o.role == INTERNAL and not self._skipped(o)]
        offered = [o for o in self.record if o.role == INTERNAL and not self._skipped(o)]
        matched = set()
        for observation, found in match_internals(inside, offered, self.golden.tolerances):
            new = found or (self._same(observation) if self.rules.gate_internals else None)
            if new is not None:
                matched.add(new.key)
                moved = difference(observation.value, new.value, self.golden.tolerances.rule(observation))
                yield self._finding(observation, moved, gates=self.rules.gate_internals)
            elif self.rules.gate_internals:
                yield self._lost(observation)
            elif self._same(observation) is not None:
                yield self._restructured(observation)
        if self.rules.gate_internals:
            yield from (self._new(o) for o in offered if o.key not in matched)

    def _restructured(self, observation: Observation) -> Finding:
        """Another dtype or shape under the same name: no move by itself, but the place where outputs first moved."""
        new = self.after[observation.key].value
        old = observation.value
        facts = (("dtype", old.dtype, new.dtype), ("shape", old.shape, new.shape))
        told = ", ".join(f"{name} {before} -> {after}" for name, before, after in facts if before != after)
        return _plain(observation, Outcome.SHIFTED, f"{observation.label}: {told}", gates=False)

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
                yield self._finding(observation, moved)

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
            yield self._lost(observation) if new is None else self._contract(observation, new)

    def _contract(self, observation: Observation, new: Observation) -> Finding:
        before = contracts.judge(self.golden, observation, self.golden)
        after = contracts.judge(self.record, new, self.golden)
        gates = not self.rules.waived(observation)
        if after.held is False and (before.held is not False or self.rules.require_contracts):
            text = f"{observation.name}: {_BROKEN[before.held]}: {after.reason}"
            return _plain(observation, Outcome.VIOLATED, text, gates=gates)
        if before.held is False:
            return self._unheld(observation, new, gates=gates)
        if before.held and after.held is None:
            return _plain(
                observation, Outcome.SHIFTED, f"{observation.name}: cannot apply any more: {after.reason}", gates=gates
            )
        if after.held is None:
            text = f"{observation.name}: does not apply: {after.reason}"
            return _plain(observation, Outcome.MATCH, text, gates=False)
        exact = str(observation.value.data[0]) == str(new.value.data[0])
        return _plain(observation, Outcome.MATCH, f"{observation.name}: holds", gates=gates, exact=exact)

    def _effects(self) -> Iterator[Finding]:
        for observation in self.golden:
            if observation.role != EFFECT or self._skipped(observation):
                continue
            new = self._same(observation)
            if new is not None:
                yield self._effect(observation, new)
            elif not observation.detail.get(GUESS):
                yield self._lost(observation)

    def _effect(self, observation: Observation, new: Observation) -> Finding:
        """Whether a configuration key gained or lost its effect; sizes in between decide nothing."""
        before, after = float(observation.value.data[0]), float(new.value.data[0])
        key = observation.run.key if isinstance(observation.run, Config) else observation.run
        gates = not self.rules.waived(observation)
        if before >= EFFECTIVE and after <= EFFECTLESS:
            text = (
                f"`{key}` no longer has an effect on {observation.stage}: it is hard-coded, shadowed or not passed on"
            )
            return _plain(observation, Outcome.SHIFTED, text, gates=gates)
        if before <= EFFECTLESS and after >= EFFECTIVE:
            text = f"`{key}` now has an effect on {observation.stage}, and had none"
            return _plain(observation, Outcome.SHIFTED, text, gates=gates)
        return _plain(observation, Outcome.MATCH, f"`{key}` acts on {observation.stage} as before", gates=gates)

    def _unheld(self, observation: Observation, new: Observation, *, gates: bool) -> Finding:
        """A contract that never held: its values gate instead."""
        before, after = self._contract_values(self.golden, observation), self._contract_values(self.record, new)
        for name, old in before.items():
            if name not in after:
                continue
            moved = difference(old.value, after[name].value, self.golden.tolerances.rule(old))
            if not moved.close:
                return self._finding(old, moved, gates=gates)
        if before.keys() != after.keys() or _kind(observation) != _kind(new):
            status = str(new.value.data[0])
            now = "holds now" if status == contracts.SAME else f"now differs in another way: {status}"
            text = f"{observation.name}: did not hold and {now}"
            return _plain(observation, Outcome.SHIFTED, text, gates=gates)
        return _plain(
            observation, Outcome.MATCH, f"{observation.name}: does not hold, as in {self.called}", gates=gates
        )

    def _contract_values(self, record: Record, status: Observation) -> dict[str, Observation]:
        """A contract's values by answer, taken from the main run where they are bitwise the same."""
        found = {o.name: o for o in contracts.values_of(record, status)}
        other = self.golden if record is self.record else self.record
        known = record.by_key()
        for observation in contracts.values_of(other, status):
            key = contracts.reference_key(observation)
            if observation.name not in found and key in known and not _kind(status).startswith(contracts.RAISED):
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
        gates = not self.rules.waived(observation)
        if observation.role == EFFECT and observation.run not in {o.run for o in self.golden}:
            gates = False
        return _plain(observation, Outcome.MISSING, f"{observation.label} is not in {self.called}", gates=gates)

    def _required(self) -> Iterator[Finding]:
        for requirement in self.rules.requirements:
            observation = self.after.get((MAIN, "evaluate", requirement.metric))
            seen = _metric(observation)
            if seen is None or not requirement.holds(seen):
                told = "was not observed as a number" if seen is None else f"is {seen!r}"
                text = f"{requirement.metric} {told}, required is {requirement.comparison} {requirement.bound!r}"
                place = observation or Observation("evaluate", requirement.metric, number(0.0))
                yield _plain(place, Outcome.VIOLATED, text, gates=True)

    def _lost(self, observation: Observation) -> Finding:
        text = f"{observation.label} is in {self.called} and was not observed"
        return _plain(observation, Outcome.SHIFTED, text, gates=not self.rules.waived(observation))

    def _finding(self, observation: Observation, moved: Difference, *, gates: bool = True) -> Finding:
        return Finding(
            run=observation.run,
            stage=observation.stage,
            observation=observation.name,
            outcome=Outcome.MATCH if moved.close else Outcome.SHIFTED,
            message=_sentence(observation, moved),
            role=observation.role,
            gates=gates and observation.role != EVIDENCE and not self.rules.waived(observation),
            exact=moved.exact,
            max_abs=moved.max_abs,
            max_scaled=moved.max_scaled,
            limit=moved.limit,
            beyond_noise=moved.close and moved.beyond_noise,
            moved=moved.moved,
            total=moved.total,
            worst=moved.worst,
            signed=moved.signed,
            rows=moved.rows,
        )

    def _skipped(self, observation: Observation) -> bool:
        run, stage, file = observation.run, observation.stage, observation.file
        left_out = not self.left_out.isdisjoint({run, f"{run}/{stage}", f"{run}/{file}"})
        return left_out or observation.key in self.unasked

    def _remarks(self, findings: list[Finding]) -> Iterator[str]:
        close = [f for f in findings if f.gates and f.outcome is Outcome.MATCH and not f.exact and f.max_abs]
        if close:
            used = (
                max(f.max_abs / f.limit for f in close if f.max_abs and f.limit) if any(f.limit for f in close) else 0
            )
            moved = _count(len(close), "observation")
            yield f"{moved} moved in the last digits and passed, using at most {used:.2g} of the tolerance"
        for finding in close:
            if finding.beyond_noise:
                yield finding.message
        yield from (f.message for f in findings if f.tie)
        if self.new_questions:
            yield f"new in this version: {', '.join(self.new_questions)}; `mlguard regen-golden` adds it"
        yield from self._set_aside(findings)
        internals = [f for f in findings if not f.gates and f.role == INTERNAL]
        inside = [f for f in internals if f.outcome is Outcome.SHIFTED and f.moved]
        if inside and not any(f.gates and f.outcome is not Outcome.MATCH for f in findings):
            moved = _count(len(inside), "internal")
            yield f"outputs hold while {moved} moved, first {inside[0].stage} {inside[0].observation}"

    def _set_aside(self, findings: list[Finding]) -> Iterator[str]:
        """What moved and does not decide: a waiver must not be forgotten, a new effect not be taken for guarded."""
        known = {**self.after, **self.before}
        for finding in findings:
            if finding.gates or finding.role == INTERNAL or finding.outcome is Outcome.MATCH:
                continue
            observation = known[(finding.run, finding.stage, finding.observation)]
            reason = self.rules.waiver(observation)
            yield f"waived ({reason}): {finding.message}" if reason else f"{finding.message}, so it decides nothing"


_DECIDING = (GATE, CONTRACT, EFFECT)

_BROKEN = {None: "does not hold", True: "no longer holds", False: "does not hold and is required"}
"""What to say of a contract that does not hold, by whether it held in the golden."""


def _metric(observation: Observation | None) -> float | None:
    """The number that a requirement is about; None where there is none."""
    if observation is None or observation.value.size != 1 or observation.value.data.dtype.kind not in "biuf":
        return None
    seen = observation.value.element(0)
    return float(seen) if isinstance(seen, int | float) else None


def _kind(status: Observation) -> str:
    """The beginning of a contract's status, without the words of an exception."""
    return str(status.value.data[0]).split(":")[0]


def _plain(observation: Observation, outcome: Outcome, message: str, *, gates: bool, exact: bool = True) -> Finding:
    return Finding(
        run=observation.run,
        stage=observation.stage,
        observation=observation.name,
        outcome=outcome,
        message=message,
        role=observation.role,
        gates=gates,
        exact=exact and outcome is Outcome.MATCH,
        total=1,
    )


def _sentence(observation: Observation, moved: Difference) -> str:
    if moved.close and moved.exact:
        return f"{observation.label} is the same, bit for bit"
    if moved.close and moved.beyond_noise:
        return f"moved beyond the noise, below the floor: {observation.label}, {in_words(moved)}"
    if moved.close:
        size, limit = moved.max_abs or 0.0, moved.limit or 0.0
        return f"{observation.label} holds within its tolerance: at most {size:.3g}, limit {limit:.3g}"
    return f"{observation.label}: {in_words(moved)}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
