"""The text of a generator script: one statement for each column, and below them only the functions that these need."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Any

from mlguard.core.dataset import DECIMALS
from mlguard.tables.rounding import MOST_DECIMALS
from mlguard.tools.like.described import (
    Column,
    Drawn,
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
    Whole,
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
    methods = {statement.method for statement in statements}
    return f'''{_docstring(profile, file)}
from __future__ import annotations

{_imports(methods)}


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


def _imports(methods: set[str]) -> str:
    lines = ["from collections.abc import Sequence"] + ["from decimal import Decimal"] * ("decimal" in methods)
    return "\n".join([*lines, "", "import numpy as np", "import pandas as pd", _OURS])


_OURS = "from mlguard import Dataset, run_script, settle"


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
        case Numbers(told, step, decimals, dtype):
            named = _given(step=_brief(step, decimals), decimals=decimals, dtype=dtype)
            return Statement("numbers", (column.name, _short(told, decimals)), (*named, *relation))
        case Whole(counts, whole_step, whole_dtype, whole_decimals, whole_unit):
            method = "duration" if whole_unit else "whole" if whole_decimals is None else "decimal"
            units = _given(step=_told_step(whole_step), decimals=whole_decimals, unit=whole_unit, dtype=whole_dtype)
            return Statement(method, (column.name, _short(counts, 0)), (*units, *relation))
        case Times(told_times, unit, time_step, weekdays, dates, zone):
            named = _given(step=_told_step(time_step), weekdays=weekdays, dates=dates, zone=zone)
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
        case Lists(lengths, shares, quantiles, list_step, list_decimals, whole):
            elements = _given(shares=dict(shares)) or _given(
                quantiles=_short(quantiles, list_decimals),
                step=_brief(list_step, list_decimals),
                decimals=list_decimals,
            )
            named = _given(whole=whole)
            return Statement("lists", (column.name,), (("lengths", _short(lengths, 0)), *elements, *named))
        case Missing(dtype):
            return Statement("missing", (column.name, dtype))


def _given(**named: Any) -> tuple[tuple[str, Any], ...]:
    """The arguments that say anything."""
    return tuple((name, value) for name, value in named.items() if value)


def _relation(relation: Relation) -> tuple[tuple[str, Any], ...]:
    own = (("own", relation.own),) if relation.own != 1.0 else ()
    return (*_given(shift=relation.shift, spread=relation.spread, lean=dict(relation.lean)), *own)


def _short(knots: Sequence[float], decimals: int) -> tuple[int | float, ...]:
    """Numbers as they are written: without a point where they are whole, and two of them where all are equal."""
    return tuple(_brief(knot, decimals) for knot in (knots if len(set(knots)) > 1 else knots[:2]))


def _brief(number: float, decimals: int) -> int | float:
    """A number without a point where it is whole and short."""
    whole = decimals == 0 and (isinstance(number, int) or (abs(number) < 1e15 and number == math.floor(number)))
    return int(number) if whole else number


def _told_step(step: int) -> int | None:
    return step if step != 1 else None


def _returned(profile: Profile) -> str:
    fine = {column.name: most for column in profile.columns if (most := _decimals(column.drawn)) > DECIMALS}
    target = [f"target={literal(profile.target)}"] * (profile.target is not None)
    return f"Dataset({', '.join(['table.frame(order)', *target, *[f'decimals={literal(fine)}'] * bool(fine)])})"


def _decimals(drawn: Drawn) -> int:
    """The decimals that the floats of a column or of its lists have."""
    if isinstance(drawn, Numbers | Lists) and not (isinstance(drawn, Lists) and drawn.shares):
        return drawn.decimals
    if isinstance(drawn, Levels | Lists):
        floats = [value for value, _ in drawn.shares if isinstance(value, float)]
        return min(MOST_DECIMALS, max((-int(Decimal(repr(one)).as_tuple().exponent) for one in floats), default=0))
    return 0


def _functions(methods: set[str]) -> str:
    """The class that the statements call, without the methods that none of them calls."""
    source = files("mlguard.tools.like").joinpath("columns.py.txt").read_text(encoding="utf-8")
    parts = re.split(r"^#: (\w+)\n", source, flags=re.MULTILINE)
    needed = set(methods)
    if "groups" in methods:
        needed.add("levels")
    if {"levels", "groups", "gaps", "lists"} & methods:
        needed.add("level")
    if {"whole", "decimal", "duration", "times", "lists"} & methods:
        needed.add("exact")
    if {"exact", "numbers", "keys", "text"} & needed:
        needed.add("between")
    kept = [parts[0], *(text for name, text in zip(parts[1::2], parts[2::2], strict=True) if name in needed)]
    return "".join(kept).rstrip("\n") + "\n"
