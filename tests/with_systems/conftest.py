"""Tests with systems that other people run, real ones that pip installs and these tests start: `tox -e systems`.

Each file runs wherever what it needs is installed; nothing of it is in the extra `test`.
"""

from __future__ import annotations

from importlib.util import find_spec

NEEDED = {
    "test_killed.py": ("fastapi", "uvicorn"),
    "test_release.py": ("fastapi", "uvicorn"),
}
"""What each file needs. The first one needs nothing, and is too long for every run of the tests."""

collect_ignore = [file for file, needed in NEEDED.items() if not all(map(find_spec, needed))]
