"""The text of a generator script: one statement for each column, and below them only the functions that these need."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from mlguard.tools.like.described import (
    Column,
    Gaps,
    Keys,
    Levels,
    Lists,
    Missing,
    Numbers,
    Profile,
    Relation,
    Text,
    Times,
)
from mlguard.tools.like.literal import WIDTH, literal, packed

MOST_ROWS = 400
"""Rows that the script makes unless it is told otherwise, at most."""


@dataclass(frozen=True)
class Statement:
    """One call in `make`."""

    method: str
    """What of."""
    positional: tuple[Any, ...]
    """Arguments without a name."""
    named: tuple[tuple[str, Any], ...] = ()
    """Arguments with one."""

    def text(self) -> str:
        """The call as it stands in `make`, broken into lines where it is long."""
        parts = [("", value) for value in self.positional] + [(f"{name}=", value) for name, value in self.named]
        line = f"    table.{self.method}({', '.join(prefix + literal(value) for prefix, value in parts)})"
        if len(line) <= WIDTH:
            return line
        broken = "\n".join(packed(prefix, value, indent=8) for prefix, value in parts)
        return f"    table.{self.method}(\n{broken}\n    )"


def script_text(profile: Profile, file: str) -> str:
    """The generator script for tables like this one, which was learned from a file of this name."""
    statements = list(_statements(profile))
    body = "\n".join(statement.text() for statement in statements)
    order = packed("order = ", [column.name for column in profile.columns], indent=4).removesuffix(",")
    returned = _returned(profile)
    methods = {statement.method for statement in statements} | _kinds(profile)
    return f'''{_docstring(profile, file)}
from __future__ import annotations

{_imports(_kinds(profile))}


def make(rng: np.random.RandomState, rows: int = {min(profile.rows, MOST_ROWS)}) -> Dataset:
    """One row is what a row of the real table is.

    A column's statement gives its values by their shares of the rows, or by quantiles at evenly spaced shares. `lean`
    names columns drawn before it and their weights in its score, `own` is the weight of its own noise; `shift` and
    `spread` are the mean and deviation of the score in each group of the target.
    """
    table = _Columns(rng, rows)
{body}
{order}
    return {returned}


{_functions(methods)}

if __name__ == "__main__":
    run_script(__file__)
'''


def _docstring(profile: Profile, file: str) -> str:
    first = f'"""Tables like {_quiet(file)}, drawn from what was learned of {profile.rows:,} of its rows.'
    rest = (
        "No row of it stands here, no name and no rare value: labels that few rows share are merged or have invented "
        "names, quantiles are means of several rows, keys and texts are made up. The script is its owner's: say what a "
        "row is, name the units, and plant the rows on which a refactor breaks (exact threshold hits, ties, categories "
        "that only the last rows have)."
    )
    notes = [textwrap.fill(_quiet(note), WIDTH, initial_indent="- ", subsequent_indent="  ") for note in profile.notes]
    listed = "\n\nReplaced or left out:\n\n" + "\n".join(notes) if notes else ""
    return f'{first}\n\n{textwrap.fill(rest, WIDTH)}{listed}\n"""\n'


def _quiet(text: str) -> str:
    """A text that can stand in a docstring."""
    return text.encode("unicode_escape").decode("ascii").replace('"', "'") if not _plain(text) else text


def _plain(text: str) -> bool:
    return text.isprintable() and "\\" not in text and '"' not in text


def _imports(kinds: set[str]) -> str:
    lines = ["from collections.abc import Sequence"] + ["from decimal import Decimal"] * ("decimal" in kinds)
    return "\n".join([*lines, "", "import numpy as np", "import pandas as pd", _OURS])


_OURS = "from mlguard import Dataset, run_script, settle"


def _kinds(profile: Profile) -> set[str]:
    """The kinds of numbers that the script must spell in their own way."""
    kinds = {column.drawn.kind for column in profile.columns if isinstance(column.drawn, Numbers)}
    return {"duration" if kind.startswith("timedelta") else kind for kind in kinds} & {"decimal", "duration"}


def _statements(profile: Profile) -> Iterable[Statement]:
    """The calls in the order in which they are made: the target, what leans on it, gaps, order, and keys last."""
    target = [column for column in profile.columns if column.name == profile.target]
    rest = [column for column in profile.columns if column.name != profile.target]
    for column in target:
        yield _statement(column, groups=profile.grouped)
    for column in rest:
        if not isinstance(column.drawn, Keys):
            yield _statement(column)
    if profile.order is not None:
        name, ascending = profile.order
        yield Statement("sort", (name,), () if ascending else (("ascending", False),))
    for column in rest:
        if isinstance(column.drawn, Keys):
            yield _statement(column)
    if profile.gaps is not None:
        yield _gaps(profile.gaps)


def _gaps(gaps: Gaps) -> Statement:
    held = 1.0 - sum(share for _, share in gaps.patterns)
    shares = [(columns, share if columns else max(0.0, round(held, 2))) for columns, share in gaps.patterns]
    return Statement("gaps", (shares,), _relation(gaps.relation))


def _statement(column: Column, *, groups: bool = False) -> Statement:
    drawn, relation = column.drawn, _relation(column.relation)
    match drawn:
        case Levels(shares, dtype, categories, ordered):
            how = _given(dtype=dtype, categories=categories, ordered=ordered)
            return Statement("groups" if groups else "levels", (column.name, dict(shares)), (*how, *relation))
        case Numbers(told, step, decimals, kind, dtype):
            named = _given(decimals=decimals, kind=kind if kind != "float" else "", dtype=dtype)
            return Statement(
                "numbers", (column.name, _short(told, decimals), *_short((step,), decimals)), (*named, *relation)
            )
        case Times(told_times, unit, time_step, weekdays, dates, zone):
            named = _given(step=time_step if time_step != 1 else None, weekdays=weekdays, dates=dates, zone=zone)
            return Statement("times", (column.name, told_times, unit), (*named, *relation))
        case Keys(form, first, distinct, curve, shuffled, dtype):
            repeated = _given(distinct=distinct, curve=curve) if distinct < 1.0 else ()
            spelled = _given(form=form) if form else _given(first=first)
            return Statement(
                "keys",
                (column.name,),
                (*spelled, *repeated, *_given(shuffled=shuffled, dtype=dtype if dtype != "int64" else "")),
            )
        case Text(lengths, words, rest, capital, end):
            named = _given(lengths=_short(lengths, 0), words=dict(words) or {}, rest=rest, capital=capital, end=end)
            return Statement("text", (column.name,), named if words else (*named, ("words", {})))
        case Lists(lengths, shares, quantiles, step, decimals):
            elements = _given(shares=dict(shares)) or _given(
                quantiles=_short(quantiles, decimals), step=step if step != 1 else None, decimals=decimals
            )
            return Statement("lists", (column.name,), (("lengths", _short(lengths, 0)), *elements))
        case Missing(dtype):
            return Statement("missing", (column.name, dtype))


def _given(**named: Any) -> tuple[tuple[str, Any], ...]:
    """The arguments that say anything."""
    return tuple((name, value) for name, value in named.items() if value)


def _relation(relation: Relation) -> tuple[tuple[str, Any], ...]:
    own = (("own", relation.own),) if relation.own != 1.0 else ()
    return (*_given(shift=relation.shift, spread=relation.spread, lean=dict(relation.lean)), *own)


def _short(knots: tuple[float, ...], decimals: int) -> tuple[int | float, ...]:
    """Numbers as they are written: without a point where they are whole, and two of them where all are equal."""
    knots = knots if len(set(knots)) > 1 else knots[:2]
    return tuple(int(knot) if decimals == 0 and knot == math.floor(knot) else knot for knot in knots)


def _returned(profile: Profile) -> str:
    fine = {c.name: c.drawn.decimals for c in profile.columns if isinstance(c.drawn, Numbers) and c.drawn.decimals > 6}
    named = [f"target={literal(profile.target)}"] * (profile.target is not None) + [f"decimals={literal(fine)}"] * bool(
        fine
    )
    return f"Dataset({', '.join(['table.frame(order)', *named])})"


def _functions(methods: set[str]) -> str:
    """The class that the statements call, without the methods that none of them calls."""
    source = files("mlguard.tools.like").joinpath("columns.py.txt").read_text(encoding="utf-8")
    parts = re.split(r"^#: (\w+)\n", source, flags=re.MULTILINE)
    needed = set(methods)
    if "groups" in methods:
        needed.add("levels")
    if {"levels", "groups", "gaps", "lists"} & methods:
        needed.add("level")
    if {"numbers", "times", "keys", "text", "lists"} & methods:
        needed.add("between")
    kept = [parts[0], *(text for name, text in zip(parts[1::2], parts[2::2], strict=True) if name in needed)]
    return "".join(kept).rstrip("\n") + "\n"
