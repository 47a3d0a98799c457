"""Causes in words: one sentence for each kind of fact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from mlguard.core.cause import Cause, CauseKind, Change


def say_cause(cause: Cause) -> str:
    """One sentence about one cause."""
    return _SENTENCES[cause.kind](cause)


def say_surroundings(changes: Iterable[Change]) -> str:
    """One sentence about what surrounds a run otherwise than that of the golden."""
    return f"not as for the golden, which decides nothing: {'; '.join(map(say_change, changes))}"


def _changes(cause: Cause) -> str:
    return "; ".join(map(say_change, cause.changes))


def say_change(change: Change) -> str:
    """What something was and what it is now, such as `numpy 2.3.1 -> 2.4.0`."""
    return f"{change.name} {change.before or 'absent'} -> {change.after or 'absent'}"


def _names(cause: Cause) -> str:
    return ", ".join(cause.names)


def _first(cause: Cause) -> str:
    return f"{cause.stage}, in the contract {cause.detail!r}" if cause.detail else str(cause.stage)


def _files_edited(cause: Cause) -> str:
    what = "a file that the code reads was" if len(cause.names) == 1 else "files that the code reads were"
    return f"{what} edited: {_names(cause)}"


def _own_code_gone(cause: Cause) -> str:
    fetch = f"`git fetch --depth=1 origin {cause.commit}`" if cause.commit else "commit goldens with their code"
    return f"no commit at hand holds the golden's own code, which would show whether the code is to blame; {fetch}"


_SENTENCES: Mapping[CauseKind, Callable[[Cause], str]] = {
    CauseKind.CONFIGURATION_EDITED: lambda cause: f"the configuration was edited: {_changes(cause).replace(';', ',')}",
    CauseKind.FILES_EDITED: _files_edited,
    CauseKind.FILES_UNKNOWN: lambda cause: (
        f"the code reads files that git ignores, and whether they changed is not known here: {_names(cause)}"
    ),
    CauseKind.DATASET_CHANGED: lambda cause: f"the dataset changed: {'; '.join(cause.names)}",
    CauseKind.MADE_OTHERWISE: lambda cause: (
        f"the generator ({_names(cause)}) is the golden's and makes other data here; of what it uses differs: "
        f"{_changes(cause)}"
    ),
    CauseKind.NOTHING_EDITED: lambda cause: "no file that the code runs or reads differs from the golden's",
    CauseKind.LIBRARIES_DIFFER: lambda cause: f"libraries differ from the golden's: {_changes(cause)}",
    CauseKind.VARIABLES_DIFFER: lambda cause: (
        f"environment variables that the code reads have other values than for the golden: {_names(cause)}"
    ),
    CauseKind.VARIABLES_UNKNOWN: lambda cause: (
        f"whether these environment variables have the golden's values is not known here: {_names(cause)}"
    ),
    CauseKind.ZONE_DECIDES: lambda cause: (
        f"what the guard gives depends on the machine's time zone, first in {_first(cause)}; name the zone where times "
        "are read or written, or fix TZ by `set_env`"
    ),
    CauseKind.DAY_DECIDES: lambda cause: (
        f"what the guard gives depends on today's date, first in {_first(cause)}; pass the day in as data, or fix it "
        'with `clock = "2026-01-01"` on the guard'
    ),
    CauseKind.MACHINE_DIFFERS: lambda cause: f"the machine differs from the golden's: {_changes(cause)}",
    CauseKind.OWN_CODE_AGREES: lambda cause: (
        f"the golden's own code (commit {cause.commit}), run here on the same data, gives the same new values: "
        "the code did not move them"
    ),
    CauseKind.OWN_CODE_DIFFERS: lambda cause: (
        f"the golden's own code (commit {cause.commit}), run here on the same data, gives other values, first in "
        f"{cause.stage}: the code changed them; `mlguard diff {cause.commit}` names the edit"
    ),
    CauseKind.OWN_CODE_FAILS: lambda cause: (
        f"the golden's own code (commit {cause.commit}) does not run here, so that it proves nothing: {cause.detail}"
    ),
    CauseKind.OWN_CODE_GONE: _own_code_gone,
    CauseKind.OWN_CODE_UNPROVEN: lambda cause: (
        f"files of commit {cause.commit} are not those that the golden was recorded with, so that it proves nothing: "
        f"{_names(cause)}"
    ),
    CauseKind.TABLES_AGREE: lambda cause: (
        "on the golden's own tables nothing moves; whether the new rows meet changed code is not shown"
    ),
    CauseKind.TABLES_MOVE: lambda cause: (
        f"on the golden's own tables the answers move as well, first in {cause.stage}: the code changed too"
    ),
    CauseKind.TABLES_RUN: lambda cause: (
        "on the golden's own tables the code raises nothing, "
        + (f"and values move, first in {cause.stage}: the code changed too" if cause.stage else "and nothing moves")
        + (f"; edited since the golden, and may be what raises now: {_names(cause)}" if cause.names else "")
    ),
    CauseKind.TABLES_FAIL: lambda cause: f"on the golden's own tables the code fails: {cause.detail}",
    CauseKind.TABLES_GONE: lambda cause: (
        f"the golden's own tables cannot be trusted: {cause.detail}"
        if cause.detail
        else "the golden's own tables are not stored any more"
    ),
    CauseKind.TRAINING_OR_EDIT: lambda cause: (
        "the machine differs from the golden's; answers moved farther than answering alone moves them, and no farther "
        "than training does"
    ),
    CauseKind.PARAMETERS_AGREE: lambda cause: (
        "with the golden's machine emulated, training gives the golden's parameters, and the answers moved"
    ),
    CauseKind.PARAMETERS_DIFFER: lambda cause: (
        "with the golden's machine emulated, the learned parameters still differ from the golden's"
    ),
    CauseKind.EMULATION_AGREES: lambda cause: (
        "with the golden's machine emulated, the values come back: its noise was measured on too few machines; "
        "measure again with `mlguard calibrate`"
    ),
    CauseKind.EMULATION_MOVES: lambda cause: "with the golden's machine emulated, the values do not come back",
    CauseKind.EMULATION_FAILS: lambda cause: f"emulating the golden's machine failed: {cause.detail}",
    CauseKind.NO_EMULATION: lambda cause: f"the golden's machine cannot be emulated here: {cause.detail}",
}
