"""Workers that the tests of a module share: starting them takes longer than what they are asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mlguard.worker.pool import Workers


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers() as opened:
        yield opened
