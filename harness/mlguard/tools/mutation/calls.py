"""Operators on calls: another function, a call left out, arguments dropped or swapped."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from mlguard.tools.mutation.call import called
from mlguard.tools.mutation.site import Edit, Site

_AVERAGES = {"mean": "median", "median": "mean", "nanmean": "nanmedian", "nanmedian": "nanmean"}

_GROUPING = frozenset({"ewm", "expanding", "groupby", "resample", "rolling"})
"""What has a median of its own, for each group."""

_LOGARITHMS = {"log": "log1p", "log1p": "log", "log2": "log", "log10": "log", "exp": "expm1", "expm1": "exp"}

_FITTING = {"fit_transform": "transform", "transform": "fit_transform"}

_DROPPED = frozenset(
    {"abs", "astype", "clip", "copy", "deepcopy", "drop_duplicates", "dropna", "fillna", "lower", "reset_index"}
    | {"round", "sort", "sort_index", "sort_values", "sorted", "strip", "upper"}
)
"""Calls that prepare, settle or protect what they are given, and return the same kind of thing."""

_SEEDS = frozenset({"random_state", "rng", "seed"})

_SEEDED = frozenset({"Generator", "Random", "RandomState", "SeedSequence", "default_rng", "manual_seed", "seed"})

_SYMMETRIC = frozenset(
    {"getattr", "hasattr", "hypot", "isclose", "isinstance", "issubclass", "max", "maximum", "min", "minimum"}
    | {"setattr", "union", "intersection"}
)
"""Functions that give the same either way, or are asked by name and raise."""


def average(site: Site) -> Iterator[Edit]:
    """The median for the mean, and the other way round; also where their names are arguments."""
    node = site.node
    if isinstance(node, ast.Call) and (median := _array_median(site, node)):
        yield site.replace(node, median)
    else:
        yield from _other_function(site, _AVERAGES)
    inside = any(isinstance(parent, ast.Call | ast.keyword) for parent in site.parents[:2])
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in _AVERAGES and inside:
        yield site.replace(node, f'"{_AVERAGES[node.value]}"')


def _array_median(site: Site, node: ast.Call) -> str:
    """The median of what may be an array, which has no method of that name; empty where it is none or nobody knows."""
    numpy = next((name for name in ("np", "numpy") if name in site.modules), None)
    if (
        numpy is None
        or called(node) != "mean"
        or node.args
        or node.keywords
        or not isinstance(node.func, ast.Attribute)
    ):
        return ""
    receiver = site.of(node.func.value)
    in_groups = any(isinstance(part, ast.Call) and called(part) in _GROUPING for part in ast.walk(node.func.value))
    return "" if in_groups or site.is_module(node.func.value) else f"{numpy}.nanmedian({receiver})"


def logarithm(site: Site) -> Iterator[Edit]:
    """The logarithm for the one that counts from one, and their like."""
    yield from _other_function(site, _LOGARITHMS)


def fitting(site: Site) -> Iterator[Edit]:
    """Learning a transformation from what it should only be applied to, and the other way round."""
    node = site.node
    if isinstance(node, ast.Call) and not any(isinstance(a, ast.Constant) for a in node.args):
        yield from _other_function(site, _FITTING)


def dropped_call(site: Site) -> Iterator[Edit]:
    """What was copied, sorted, cleaned, cast or bounded is used as it came."""
    node = site.node
    if not isinstance(node, ast.Call) or called(node) not in _DROPPED or isinstance(site.parent, ast.Expr):
        return
    receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
    if receiver is None or site.is_module(receiver):
        if node.args and not isinstance(node.args[0], ast.Starred):
            yield site.replace(node, site.closed(node.args[0]))
        return
    if isinstance(receiver, ast.Attribute) and receiver.attr == "str":
        receiver = receiver.value
    gap = site.source.text[site.source.end(receiver) : site.source.end(node)]
    # Brackets and line ends in front of the dot stay where they are.
    yield Edit(site.source.end(node) - len(gap[gap.index(".") :]), site.source.end(node), "")


def dropped_keyword(site: Site) -> Iterator[Edit]:
    """An argument that falls back to its default."""
    node = site.node
    if isinstance(node, ast.keyword) and node.arg is not None and node.arg not in _SEEDS:
        yield _without(site, node)


def removed_seed(site: Site) -> Iterator[Edit]:
    """Chance that nobody fixed."""
    node = site.node
    if isinstance(node, ast.keyword) and node.arg in _SEEDS:
        yield _without(site, node)
    elif isinstance(node, ast.Call) and seeds(node):
        yield site.replace(node, "pass") if isinstance(site.parent, ast.Expr) else site.replace(node.args[0], "")


def seeds(node: ast.Call) -> bool:
    """Whether a call is given a seed and nothing else."""
    return called(node) in _SEEDED and len(node.args) == 1 and not node.keywords


def unstable_sort(site: Site) -> Iterator[Edit]:
    """A sort that leaves ties in any order."""
    node = site.node
    if isinstance(node, ast.keyword) and node.arg == "kind" and isinstance(node.value, ast.Constant):
        if node.value.value in ("stable", "mergesort"):
            yield site.replace(node.value, '"quicksort"')
    elif isinstance(node, ast.keyword) and node.arg == "stable" and site.of(node.value) == "True":
        yield site.replace(node.value, "False")


def swapped_arguments(site: Site) -> Iterator[Edit]:
    """Two neighbours among the first three arguments in each other's place."""
    node = site.node
    if not isinstance(node, ast.Call) or called(node) in _SYMMETRIC:
        return
    for one, other in pairwise(node.args[:3]):
        if not isinstance(one, ast.Starred) and not isinstance(other, ast.Starred):
            between = site.source.text[site.source.end(one) : site.source.start(other)]
            yield Edit(site.source.start(one), site.source.end(other), f"{site.of(other)}{between}{site.of(one)}")


def _other_function(site: Site, table: dict[str, str]) -> Iterator[Edit]:
    node = site.node
    if not isinstance(node, ast.Call) or called(node) not in table:
        return
    end = site.source.end(node.func)
    yield Edit(end - len(called(node)), end, table[called(node)])


def _without(site: Site, node: ast.keyword) -> Edit:
    """The call without one argument, and without its comma: the one behind it, else the one before it on its line."""
    text, start, end = site.source.text, site.source.start(node), site.source.end(node)
    behind = text[end:].lstrip(" \t")
    if behind.startswith(","):
        end = len(text) - len(behind) + 1
        end += len(text[end:]) - len(text[end:].lstrip(" \t"))
    elif text[:start].rstrip(" \t").endswith(","):
        start = len(text[:start].rstrip(" \t")) - 1
    return Edit(start, end, "")
