"""Is a planted change noticed? Compare what it left with the reference, over what was run and what may count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from mlguard.core.compare import Comparison, compare
from mlguard.core.error import Ending, MlguardError, RunError
from mlguard.core.power import Fate
from mlguard.core.record import EFFECT, GATE, Observation, Record
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN

OWN_FACTS = ("schema", "shape", "content")
"""What is observed of the Dataset itself, table by table."""

UNFIT = ("IndentationError", "NameError", "SyntaxError", "TabError", "UnboundLocalError")
"""What a change raises that nobody could have committed: it is no behaviour."""


def compared(reference: Record, record: Record, rules: Rules, *, kind: str) -> Comparison:
    """The Comparison of a run with the reference, of which only what was run is asked for.

    What was planted in the configuration or the data is not noticed by the recorded configuration or the Dataset's own
    Observations, which would see any edit at all; and rows of changed data are told by their place, since their names
    are those of the Dataset's rows.
    """
    counts = _counting(reference, kind)
    left_out = reference.left_out | record.left_out
    # Contracts find the rows that they are about by name, so where those are asked the names must stay.
    placed = kind == "data" and f"{MAIN}/contracts" in left_out
    wanted, seen = ([_placed(o) if placed else o for o in r if counts(o)] for r in (reference, record))
    return compare(
        reference.with_observations(tuple(wanted)), record.with_observations(tuple(seen)), rules, left_out=left_out
    )


def only_answers(rules: Rules) -> Rules:
    """The rules without gates on metrics, for data on which the owner promised nothing."""
    return replace(rules, requirements=())


def of_error(error: MlguardError) -> tuple[Fate, str]:
    """What a run that brought nothing back says of the change, in a few words.

    Raises the error again where it is about this machine and not about the change.
    """
    if not error.blames_code:
        raise error
    method, kind = error.raised or ("", "")
    if isinstance(error, RunError) and error.ending is Ending.HUNG:
        return Fate.NOTICED, "hung"
    if isinstance(error, RunError) and kind:
        if kind in UNFIT or (not method and error.stage == "dataset"):
            return Fate.INVALID, f"raised {kind}" + ("" if method else " at import")
        return Fate.NOTICED, f"raised {kind}"
    died = isinstance(error, RunError) and error.ending is Ending.DIED
    return Fate.NOTICED, "died" if died else f"refused [{error.slug}]"


def _counting(reference: Record, kind: str) -> Callable[[Observation], bool]:
    tables = reference.provenance.dataset.rows if reference.provenance.dataset else {}
    own = {f"{table}.{fact}" for table in (tables if isinstance(tables, Mapping) else ()) for fact in OWN_FACTS}

    def counts(observation: Observation) -> bool:
        if kind != "code" and observation.stage == "dataset" and observation.name in own:
            return False
        if kind == "data" and observation.stage == "split" and observation.name.endswith(".rows"):
            return False
        return kind != "configuration" or observation.role != EFFECT

    return counts


def _placed(observation: Observation) -> Observation:
    if observation.role != GATE or observation.stage not in ("features", "predict"):
        return observation
    return replace(observation, value=replace(observation.value, rows=None))
