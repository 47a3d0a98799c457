"""A disk that can be stopped."""

from __future__ import annotations

import os

import pytest

from tests.disk import Disk


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # Slow, and no crash here is one of the machine.
    return Disk()
