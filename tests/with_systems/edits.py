"""Rewrites and bugs of the tiny project, which each system is given: a text of its code, and what takes its place."""

from __future__ import annotations

REWRITES = {
    "columns as attributes": ('x, y = rows["x"], rows["y"]', "x, y = rows.x, rows.y"),
    "the other difference": ("abs(y.to_numpy() - answers)", "abs(answers - y.to_numpy())"),
}
"""What changes no behaviour, and has to stay quiet."""

BUGS = {
    "train": ("+ ridge)", "+ ridge + 1)"),
    "predict": ("return (model", "return 1.01 * (model"),
    "evaluate": ('"mae": float(abs', '"mae": 2 * float(abs'),
}
"""What moves behaviour, by the stage that has to be named."""

EDITS = {
    **{name: (edit, None) for name, edit in REWRITES.items()},
    **{name: (edit, name) for name, edit in BUGS.items()},
}
"""All of them by name, each with the stage that has to be named; None for a rewrite."""
