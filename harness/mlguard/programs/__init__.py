"""Programs and queries under guard: how they are run, and how tables, bundles and metrics go to them and come back."""

FORMATS = (".csv", ".tsv", ".jsonl", ".parquet", ".feather", ".npy")
"""Ends of the names of files that hold tables."""
