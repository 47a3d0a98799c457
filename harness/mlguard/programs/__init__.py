"""Programs under guard: how they are run, and how tables, bundles and metrics go to them and come back as files."""

FORMATS = (".csv", ".tsv", ".jsonl", ".parquet", ".feather", ".npy")
"""Ends of the names of files that hold tables."""
