"""Tests with the systems themselves: `tox -e systems`, or wherever what a test file needs is installed."""

from __future__ import annotations

from importlib.util import find_spec

NEEDED = {"test_gokart*.py": ("boto3", "gokart", "moto", "pandera", "smart_open", "toml")}

collect_ignore_glob = [files for files, modules in NEEDED.items() if not all(map(find_spec, modules))]
