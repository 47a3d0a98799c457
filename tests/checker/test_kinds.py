"""What kind of change moved a guard: everything that differs, unless it was shown which of it did."""

from __future__ import annotations

import pytest

from mlguard.checker.kinds import kinds_of_change
from mlguard.core.cause import Cause, CauseKind, ChangeOf
from mlguard.core.record import PRIVATE, DatasetFacts, Provenance

CODE, CONFIGURATION, DATA, FILES, ENVIRONMENT = ChangeOf


def at(data: str = "sha256:0", **sources: str) -> Provenance:
    """Where a run came from: the digests of its data and of the files that it depended on."""
    files = {name.replace("_", "."): digest for name, digest in sources.items()}
    return Provenance(DatasetFacts("tiny", 0, data, {"rows": 3}), sources=files)


BEFORE = at(line_py="1", tiny_py="1", secret_py=PRIVATE, factor_txt="1")


@pytest.mark.parametrize(
    ("after", "kinds", "changed"),
    [
        (BEFORE, [], ()),
        (at(line_py="2", tiny_py="1"), [], (CODE,)),
        (at(line_py="1", tiny_py="2"), [], ()),
        (at("sha256:1", line_py="1", tiny_py="2"), [], (DATA,)),
        # Another class that the configuration names, and not an edit of code.
        (at(line_py="1", cat_py="7"), [CauseKind.CONFIGURATION_EDITED], (CONFIGURATION,)),
        (at(line_py="2"), [CauseKind.CONFIGURATION_EDITED], (CODE, CONFIGURATION)),
        (BEFORE, [CauseKind.FILES_EDITED, CauseKind.LIBRARIES_DIFFER], (FILES, ENVIRONMENT)),
        (BEFORE, [CauseKind.VARIABLES_DIFFER], (ENVIRONMENT,)),
        (BEFORE, [CauseKind.VARIABLES_UNKNOWN, CauseKind.FILES_UNKNOWN, CauseKind.MACHINE_DIFFERS], ()),
        (at(line_py="2"), [CauseKind.OWN_CODE_AGREES, CauseKind.LIBRARIES_DIFFER], (ENVIRONMENT,)),
        (at("sha256:1", line_py="2"), [CauseKind.OWN_CODE_AGREES, CauseKind.DATASET_CHANGED], (DATA,)),
        (
            at("sha256:1"),
            [CauseKind.OWN_CODE_AGREES, CauseKind.DATASET_CHANGED, CauseKind.LIBRARIES_DIFFER],
            (DATA, ENVIRONMENT),
        ),
        (
            at("sha256:1"),
            [CauseKind.MADE_OTHERWISE, CauseKind.OWN_CODE_AGREES, CauseKind.DATASET_CHANGED],
            (ENVIRONMENT,),
        ),
        (at(line_py="2"), [CauseKind.EMULATION_AGREES, CauseKind.MACHINE_DIFFERS], (ENVIRONMENT,)),
        (at("sha256:1", line_py="2"), [CauseKind.OWN_CODE_DIFFERS, CauseKind.DATASET_CHANGED], (CODE, DATA)),
        (at(line_py="2"), [CauseKind.OWN_CODE_DIFFERS, CauseKind.LIBRARIES_DIFFER], (CODE,)),
        (at("sha256:1", line_py="2"), [CauseKind.OWN_CODE_GONE, CauseKind.DATASET_CHANGED], (CODE, DATA)),
    ],
)
def test_what_is_named(after: Provenance, kinds: list[CauseKind], changed: tuple[ChangeOf, ...]) -> None:
    assert kinds_of_change(BEFORE, after, [Cause(kind) for kind in kinds], "tiny.py") == changed
