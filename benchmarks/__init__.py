"""Measurements of mlguard itself, each a command: `python -m benchmarks.<name>` from the repository's root."""
