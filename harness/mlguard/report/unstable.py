"""Guards that differ from themselves, and the cure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mlguard.core.cause import Cause
from mlguard.core.unstable import Suspect, Unstable
from mlguard.report.causes import say_cause
from mlguard.report.numbers import counted, few
from mlguard.report.sentence import in_words

JUMPS, NOT_TWICE = "jumps under round-off", "is not the same twice"
"""Why a secondary run is dropped."""

NAMED = 4
"""Further places that are named; the others are counted."""


@dataclass(frozen=True)
class Cure:
    """A likely cause and what to change, in words."""

    cause: str
    """What probably decides by round-off or by chance."""
    cure: str
    """What to change."""


CURES: Mapping[Suspect, Cure] = {
    Suspect.SET_ORDER: Cure("the order of a set", "sort it before it is iterated"),
    Suspect.TREE: Cure(
        "a tree split behind round-off",
        "round the features before the tree sees them, or let no two of them be equal but for round-off",
    ),
    Suspect.UNDEFINED: Cure(
        "a quotient or logarithm of something that is zero but for round-off",
        "guard it by a threshold well above 1e-12",
    ),
    Suspect.TIE: Cure(
        "a tie in a sort, a neighbour search or a maximum",
        "sort stably, and break ties by a key of the rows themselves",
    ),
    Suspect.CANCELLED: Cure(
        "a number that is only what round-off left of larger ones",
        "round it, or report what it is the difference of",
    ),
    Suspect.BEHIND: Cure(
        "a tie, a tree split or another decision taken on unrounded numbers",
        "sort stably, and round the features that decide",
    ),
    Suspect.CHANCE: Cure(
        "chance that no seed fixes, the time of day, or threads that update without a lock",
        "seed it, and use one thread where updates race",
    ),
}
"""What to say of each suspect."""


def unstable_in_words(found: Sequence[Unstable | Cause]) -> str:
    """What differs from itself, the first place of each likely cause in full, and each cause once with its cure."""
    lines = [say_cause(one) for one in found if isinstance(one, Cause)]
    places = [one for one in found if isinstance(one, Unstable)]
    for suspect in dict.fromkeys(one.suspect for one in places):
        first, *others = (one for one in places if one.suspect is suspect)
        lines += [_place(first), *_also(others), f"  likely {CURES[suspect].cause}; {CURES[suspect].cure}"]
    settings = dict.fromkeys(setting for one in places for setting in one.settings)
    if settings:
        lines.append(f"  a setting of the model's library may make it the same twice: {' or '.join(settings)}")
    return "\n".join(lines)


def _place(found: Unstable) -> str:
    row = f", row {found.row}" if found.row else ""
    if found.difference is not None:
        return f"{found.label} differs between two runs: {in_words(found.difference)}{row}"
    return f"{found.label} jumps{row} on {' and on '.join(found.machines)}"


def _also(others: Sequence[Unstable]) -> Iterator[str]:
    if others:
        yield f"  so {'does' if len(others) == 1 else 'do'} {few([one.label for one in others], NAMED)}"


def dropped(run: str, why: str) -> str:
    """A secondary run that does not decide; `why` is one of the reasons above."""
    return f"run {run} {why} and was dropped"


def rows_set_aside(number: int) -> str:
    """Probe rows whose answers jump."""
    return f"{counted(number, 'probe row')} {'jumps' if number == 1 else 'jump'} under round-off and do not decide"
