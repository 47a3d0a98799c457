"""Causes: what is known of why something moved, as facts; reports put them into words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CauseKind(StrEnum):
    """What one fact is about."""

    CONFIGURATION_EDITED = "configuration edited"
    """Keys of the configuration differ from the golden's (`changes`)."""
    FILES_EDITED = "files edited"
    """Files that the code reads, and that are no code or that git ignores, differ from the golden's (`names`)."""
    FILES_UNKNOWN = "files unknown"
    """Files that git ignores were read; whether they differ from the golden's is not known here (`names`)."""
    DATASET_CHANGED = "dataset changed"
    """Tables differ from the golden's (`names`, with their columns)."""
    MADE_OTHERWISE = "made otherwise"
    """The generator (`names`) is the golden's and makes other data here, with other libraries (`changes`)."""
    NOTHING_EDITED = "nothing edited"
    """Every file that the guarded code runs or reads is the golden's."""
    LIBRARIES_DIFFER = "libraries differ"
    """Python or libraries differ from the golden's (`changes`)."""
    VARIABLES_DIFFER = "variables differ"
    """Environment variables that the code reads have other values than for the golden (`names`)."""
    VARIABLES_UNKNOWN = "variables unknown"
    """Whether environment variables that the code reads have the golden's values is not known here (`names`)."""
    ZONE_DECIDES = "zone decides"
    """What the guard gives depends on the machine's time zone, first in `stage`."""
    DAY_DECIDES = "day decides"
    """What the guard gives depends on today's date, first in `stage`."""
    MACHINE_DIFFERS = "machine differs"
    """The machine differs from the golden's (`changes`)."""
    OWN_CODE_AGREES = "own code agrees"
    """The golden's own code (`commit`), run here on the same data, gives what this run gave."""
    OWN_CODE_DIFFERS = "own code differs"
    """The golden's own code (`commit`), run here on the same data, gives other values, first in `stage`."""
    OWN_CODE_FAILS = "own code fails"
    """The golden's own code (`commit`) does not run here (`detail`)."""
    OWN_CODE_GONE = "own code gone"
    """No commit that holds the golden's own code can be had; `commit` is the one that would have to be."""
    OWN_CODE_UNPROVEN = "own code unproven"
    """The commit that should hold the golden's own code has other files (`names`)."""
    TABLES_AGREE = "tables agree"
    """On the golden's own tables the code gives what the golden holds."""
    TABLES_MOVE = "tables move"
    """On the golden's own tables the code gives other values as well, first in `stage`."""
    TABLES_RUN = "tables run"
    """On the golden's own tables code runs to its end that raised on this run's; values differ first in `stage`.
    Files of it were edited since (`names`)."""
    TABLES_FAIL = "tables fail"
    """On the golden's own tables the code fails (`detail`)."""
    TABLES_GONE = "tables gone"
    """The golden's own tables cannot be used: they are not stored any more, or cannot be trusted (`detail`)."""
    TRAINING_OR_EDIT = "training or edit"
    """Answers moved farther than answering alone moves them, and no farther than training does (`changes`: machine)."""
    PARAMETERS_AGREE = "parameters agree"
    """With the golden's machine emulated, training gives the golden's parameters, and the answers moved."""
    PARAMETERS_DIFFER = "parameters differ"
    """With the golden's machine emulated, training still gives other parameters than the golden's."""
    EMULATION_AGREES = "emulation agrees"
    """With the golden's machine emulated, the values come back: the noise was measured on too few machines."""
    EMULATION_MOVES = "emulation moves"
    """With the golden's machine emulated, the values do not come back."""
    EMULATION_FAILS = "emulation fails"
    """The run with the golden's machine emulated failed (`detail`)."""
    NO_EMULATION = "no emulation"
    """The golden's machine cannot be emulated here (`detail`)."""


@dataclass(frozen=True)
class Change:
    """Something that has another value than in the golden."""

    name: str
    """Of a configuration key, a library or a part of the machine."""
    before: str | None
    """In the golden; None where it was absent."""
    after: str | None
    """In this run; None where it is absent."""


@dataclass(frozen=True)
class Cause:
    """One fact about why something moved."""

    kind: CauseKind
    """What it is about; says which of the fields below are set."""
    changes: tuple[Change, ...] = ()
    """What has another value than in the golden."""
    names: tuple[str, ...] = ()
    """Files, tables or variables."""
    commit: str | None = None
    """Of the golden's own code."""
    stage: str | None = None
    """Where values first differ."""
    detail: str = ""
    """The text of an error, what cannot be emulated, or the one contract in which values differ."""


class ChangeOf(StrEnum):
    """What a change is of, in a word."""

    CODE = "code"
    """Code that ran in both runs, or that was shown to give other values."""
    CONFIGURATION = "configuration"
    """Keys of the configuration."""
    DATA = "data"
    """The tables of the dataset."""
    FILES = "files"
    """Files that the code reads."""
    ENVIRONMENT = "environment"
    """Libraries, environment variables or the machine."""
