"""What kind of change moved a guard, in a word for whoever reviews it, such as `configuration`."""

from __future__ import annotations

from collections.abc import Sequence

from mlguard.checker.changes import edited_code
from mlguard.core.cause import Cause, CauseKind, ChangeOf
from mlguard.core.record import Provenance

_ENVIRONMENT = {CauseKind.LIBRARIES_DIFFER, CauseKind.VARIABLES_DIFFER}


def kinds_of_change(
    before: Provenance, after: Provenance, causes: Sequence[Cause], generator: str
) -> tuple[ChangeOf, ...]:
    """What is another than for the golden and can have moved values; what was shown to be innocent is left out.

    `generator` is the file that makes the data, which count themselves.
    """
    found = {cause.kind for cause in causes}
    has_data = CauseKind.DATASET_CHANGED in found
    if CauseKind.OWN_CODE_DIFFERS in found:
        return (ChangeOf.CODE, ChangeOf.DATA) if has_data else (ChangeOf.CODE,)
    if found & {CauseKind.OWN_CODE_AGREES, CauseKind.EMULATION_AGREES}:
        if not has_data or CauseKind.MADE_OTHERWISE in found:
            return (ChangeOf.ENVIRONMENT,)
        # Libraries and variables were the same for both runs, and may have moved what both of them gave.
        return (ChangeOf.DATA, ChangeOf.ENVIRONMENT) if found & _ENVIRONMENT else (ChangeOf.DATA,)
    changed = {
        ChangeOf.CODE: bool(edited_code(before, after, generator)),
        ChangeOf.CONFIGURATION: CauseKind.CONFIGURATION_EDITED in found,
        ChangeOf.DATA: has_data or before.data_digest != after.data_digest,
        ChangeOf.FILES: CauseKind.FILES_EDITED in found,
        ChangeOf.ENVIRONMENT: bool(found & _ENVIRONMENT),
    }
    return tuple(kind for kind, is_changed in changed.items() if is_changed)
