"""What keeps a pending Record from being accepted as it is: facts; the words are made in `report.review`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ObstacleKind(StrEnum):
    """What one obstacle is."""

    UNREADABLE = "unreadable"
    """What it was compared with is not kept beside it, or cannot be read (`names`: why)."""
    NO_GUARD = "no guard"
    """No guard of its name is declared, or its module cannot be imported."""
    FILES_EDITED = "files edited"
    """Files that the run used have other content now (`names`)."""
    FILES_GONE = "files gone"
    """Files that the run used are not there any more (`names`)."""
    FILES_UNKNOWN = "files unknown"
    """Files that git ignores were used, and nobody knows here whether they changed (`names`)."""
    CONFIGURATION_EDITED = "configuration edited"
    """The configuration has other values now (`names`: its file)."""
    SETTINGS_EDITED = "settings edited"
    """What guarded code is given by the project's settings is another now: variables, or folders to import from."""
    GOLDEN_CHANGED = "golden changed"
    """Another golden lies there than the one that it was compared with (`names`: when and why it was recorded)."""
    OTHER_VERSION = "other version"
    """Another mlguard ran it (`names`: its version)."""
    TABLES_GONE = "tables gone"
    """The run's tables differ from the golden's, and are not kept beside the Record (`names`: the dataset)."""
    GATE_ONLY = "gate only"
    """Nothing moved: a `require` gate fails, which no golden changes."""
    FIRST_GOLDEN = "first golden"
    """There is no golden, so no tolerance was ever measured."""
    DAMAGED_GOLDEN = "damaged golden"
    """The golden cannot be read."""
    UNMERGED = "unmerged"
    """The golden is that of one side of a merge, and the log of the other side is not in it."""
    NEVER_MEASURED = "never measured"
    """The golden's noise was measured on no other machine."""
    OTHER_QUESTIONS = "other questions"
    """The golden was recorded by a mlguard that looked at other things (`names`: its version)."""
    OTHER_OPTIONS = "other options"
    """The guard declares another `floor` or `loose` than the golden was recorded with (`names`)."""
    OTHER_PRECISION = "other precision"
    """The model learns in another floating-point type (`names`: before, now)."""
    MACHINES = "machines"
    """The golden's noise was measured on too few machines."""
    BROKEN_CONTRACTS = "broken contracts"
    """Contracts that do not hold, whose values would gate from now on (`names`)."""
    NEW_VALUES = "new values"
    """Numbers with a tolerance whose noise was never measured (`names`)."""
    OTHER_FORM = "other form"
    """Numbers of another type, or of another number of columns, than those whose noise was measured (`names`)."""
    OTHER_SIZE = "other size"
    """Numbers that spread over ten times more or less than those whose noise was measured (`names`)."""


OUTDATED = frozenset(
    {
        ObstacleKind.UNREADABLE, ObstacleKind.NO_GUARD, ObstacleKind.FILES_EDITED, ObstacleKind.FILES_GONE,
        ObstacleKind.FILES_UNKNOWN, ObstacleKind.CONFIGURATION_EDITED, ObstacleKind.SETTINGS_EDITED,
        ObstacleKind.GOLDEN_CHANGED, ObstacleKind.OTHER_VERSION, ObstacleKind.TABLES_GONE,
    }
)  # fmt: skip
"""Kinds after which the Record says nothing of what is here now; the others ask for a measurement, or for no golden."""


@dataclass(frozen=True)
class Obstacle:
    """One reason why a pending Record cannot be accepted as it is."""

    kind: ObstacleKind
    """What it is; says what `names` are."""
    names: tuple[str, ...] = ()
    """Files, Observations or whatever else the kind is about."""

    @property
    def is_outdated(self) -> bool:
        """Whether the Record belongs to code, data, configuration or a golden that is not here any more."""
        return self.kind in OUTDATED
