"""How far two Records are bitwise the same, so that the noise of training excuses nothing that came after."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from mlguard.core.difference import has_moved
from mlguard.core.record import GATE, INTERNAL, Observation, Record
from mlguard.core.run_name import MAIN
from mlguard.core.tolerance import Alike
from mlguard.core.value import DIGEST


def with_alike(golden: Record, record: Record) -> Record:
    """The golden, with limits that know how far the new Record is bitwise the same."""
    return replace(golden, tolerances=replace(golden.tolerances, alike=alike(golden, record)))


def alike(golden: Record, record: Record) -> Alike:
    """How far a Record is bitwise the golden's: in what was learned, and in the answers of the main run too."""
    if not _holds(_learned(golden), _learned(record)):
        return Alike.NOTHING
    return Alike.ANSWERS if _answers(golden) == _answers(record) else Alike.PARAMETERS


def moved_between(golden: Record, record: Record) -> bool:
    """Whether parameters differ, and an answer moved farther than answering alone may: both may have moved it."""
    if not _learned(golden) or alike(golden, record) is not Alike.NOTHING:
        return False
    strict = replace(golden.tolerances, alike=Alike.PARAMETERS)
    new = record.by_key()
    return any(
        (o.run, o.stage, o.role) == (MAIN, "predict", GATE)
        and o.value.is_float
        and o.key in new
        and has_moved(o.value, new[o.key].value, strict.rule(o))
        for o in golden
    )


def _holds(known: Counter[str], new: Counter[str]) -> bool:
    """Whether everything that was learned is there again, whatever its name; what nobody sees is not equal."""
    return bool(known) and known <= new


def _learned(record: Record) -> Counter[str]:
    """The contents of what the main run's model learned: its floating-point numbers, and digests of large arrays."""
    return Counter(o.value.digest() for o in record if _is_learned(o))


def _is_learned(observation: Observation) -> bool:
    value = observation.value
    place = (observation.run, observation.stage, observation.role)
    return place == (MAIN, "train", INTERNAL) and (value.is_float or value.dtype == DIGEST) and value.size > 0


def _answers(record: Record) -> dict[str, str]:
    return {o.name: o.value.digest() for o in record if (o.run, o.stage, o.role) == (MAIN, "predict", GATE)}
