"""Pages are followed with goldens whose noise counts as measured: measuring takes longer than all that pages show."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mlguard.worker.pool import Workers
from tests.checker.test_review import measured
from tests.project import sharing


@pytest.fixture(scope="module")
def followed(zygote: Workers) -> Iterator[None]:
    """Runs without a start of their own, until the module ends: other tests close the workers of theirs."""
    with sharing(zygote), measured():
        yield
