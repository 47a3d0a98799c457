"""Tests beside other plugins of pytest, which would disturb this suite itself: `tox -e plugins`, or where they are."""

from importlib.util import find_spec

PLUGINS = ("inline_snapshot", "pytest_randomly", "pytest_regtest")

collect_ignore_glob = [] if all(map(find_spec, PLUGINS)) else ["test_*.py"]
