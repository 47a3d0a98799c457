"""The difference of two Values: structure exactly, floats in an exact and a close lane, everything else exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mlguard.core.forms import in_one_form
from mlguard.core.nested import NESTED, inside
from mlguard.core.structure import Change, structure_of
from mlguard.core.tolerance import EXACT, Tolerance
from mlguard.core.value import Value

SHOWN = 5
"""Number of worst elements that a Finding keeps."""

BLOCK = 1 << 15
"""Elements whose bits are compared at once."""

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Moved:
    """One element that moved: the worst ones are shown."""

    place: str
    """The row's name, or the index."""
    golden: object
    """The element in the golden; None where it was missing."""
    new: object
    """The element in this run."""


@dataclass(frozen=True)
class Difference:
    """What lies between a golden Value and a new one."""

    structure: tuple[Change, ...] = ()
    """What differs in dtype, shape or row names; empty where all are equal."""
    dtype_only: bool = False
    """Whether the dtype is all that differs in structure."""
    exact: bool = True
    """The exact lane: bitwise equal elements."""
    moved: int = 0
    """Elements beyond the limit."""
    total: int = 0
    """Elements compared."""
    max_abs: float | None = None
    """Absolute difference of the finite element that comes nearest to its limit or is farthest beyond; None where
    elements are no numbers or none were compared."""
    max_scaled: float | None = None
    """Largest difference per unit, the spread of the golden's column; infinite where nothing became something."""
    limit: float | None = None
    """The largest absolute difference of that element that passes; None where elements must be equal, or all are."""
    signed: float | None = None
    """Mean of new minus golden."""
    worst: tuple[Moved, ...] = ()
    """The elements that moved most."""
    rows: tuple[str, ...] = ()
    """Names of the rows with a moved element, in order."""
    beyond_noise: bool = False
    """Whether it passes only thanks to the floor: the move is larger than the measured noise allows."""

    @property
    def close(self) -> bool:
        """The close lane: same structure, and nothing beyond the limit."""
        return not self.structure and not self.moved


def difference(golden: Value, new: Value, rule: Tolerance) -> Difference:
    """Compare two Values under a Tolerance.

    Rows are compared by position when both name the same rows in the same order; otherwise the structure differs and
    the rows that both have are compared all the same, so that the message can say how far they moved.
    """
    if _is_same(golden, new):
        # Most Values are, and limits take longer than all the rest.
        far = 0.0 if (golden.is_numeric and golden.size) or golden.dtype in NESTED else None
        return Difference(total=golden.size, max_abs=far if golden.is_numeric else None, max_scaled=far)
    structure = structure_of(golden, new)
    golden, new = in_one_form(golden, new)
    pair = _alignable(golden, new)
    if pair is None:
        total = max(golden.size, new.size)
        return Difference(structure=structure, exact=False, moved=total, total=total)
    dtype_only = bool(structure) and golden.shape == new.shape and golden.rows == new.rows
    rule = _measured(pair[0], rule)
    return _summary(*pair, rule, _lanes(*pair, rule, structure), structure, dtype_only=dtype_only)


def _is_same(golden: Value, new: Value) -> bool:
    """Whether two Values are equal to the last bit, in the same form."""
    if (golden.dtype, golden.shape, golden.data.dtype, golden.rows) != (new.dtype, new.shape, new.data.dtype, new.rows):
        return False
    gaps = golden.missing is not None or new.missing is not None
    if gaps and not np.array_equal(golden.absent(), new.absent()):
        return False
    if golden.data.dtype == object:
        return bool(golden.data.tolist() == new.data.tolist())
    # In blocks: the bytes of a whole array are a copy of it.
    parts = [slice(at, at + BLOCK) for at in range(0, max(golden.size, new.size), BLOCK)]
    return all(golden.data[part].tobytes() == new.data[part].tobytes() for part in parts)


def _measured(golden: Value, rule: Tolerance) -> Tolerance:
    """The rule with the columns of the golden, which limits, units and noise all ask for."""
    return rule.on(golden) if golden.is_float and rule.columns is None and not rule.whole else rule


def has_moved(golden: Value, new: Value, rule: Tolerance) -> bool:
    """Whether any element of two Values moved: as `difference` says, in a fraction of its time."""
    if _is_same(golden, new):
        return False
    pair = _alignable(*in_one_form(golden, new))
    if pair is None:
        return max(golden.size, new.size) > 0
    return bool(_lanes(*pair, rule, ()).moved.any())


def by_element(golden: Value, new: Value, rule: Tolerance) -> tuple[Value, Value, Lanes] | None:
    """What `difference` sums up: both Values cut to what both have, and how far each of their elements moved.

    None where nothing lines up.
    """
    pair = _alignable(*in_one_form(golden, new))
    return None if pair is None else (*pair, _lanes(*pair, _measured(pair[0], rule), ()))


def shares(golden: Value, new: Value) -> Array:
    """How far each number moved per unit, one row per first index; NaN where it came, went or stopped being finite.

    Both Values must have the same shape. A number that was nothing and is something moved infinitely far.
    """
    sizes = _lanes(golden, new, EXACT, ()).sizes
    found = _per_unit(sizes, EXACT.units(golden))
    return np.where(np.isfinite(sizes), found, np.nan).reshape(-1, max(golden.row_width, 1))


def _alignable(golden: Value, new: Value) -> tuple[Value, Value] | None:
    """The two Values cut to what both have, in the golden's order; None where nothing lines up."""
    if golden.shape == new.shape and golden.rows == new.rows:
        return golden, new
    if golden.rows is not None and new.rows is not None and golden.shape[1:] == new.shape[1:]:
        places = {name: position for position, name in enumerate(new.rows)}
        both = [(i, places[name]) for i, name in enumerate(golden.rows) if name in places]
        if both and len(places) == len(new.rows):
            return golden.take_rows([i for i, _ in both]), new.take_rows([j for _, j in both])
    return (golden, new) if golden.shape == new.shape else None


@dataclass(frozen=True)
class Lanes:
    """How far each element of two Values moved, and how far it may."""

    sizes: Array
    """Absolute differences; infinite where an element came, went or stopped being finite."""
    moved: Array
    """Which elements are beyond their limit."""
    exact: bool
    """Whether every bit is the same."""
    limits: Array | None = None
    """The limit of each element; None where elements must be equal."""


def _lanes(golden: Value, new: Value, rule: Tolerance, structure: tuple[Change, ...]) -> Lanes:
    absent = _absent(golden), _absent(new)
    moved = absent[0] != absent[1]
    present = ~(absent[0] | absent[1])
    limits = None
    if golden.is_numeric and new.is_numeric:
        sizes, exact_moved = _numeric(golden, new, present)
        if golden.is_float or new.is_float:
            limits = rule.limits(golden)
        moved = moved | (sizes > (0.0 if limits is None else limits)) | np.isinf(sizes)
    elif golden.dtype == new.dtype and golden.dtype in NESTED:
        sizes, exact_moved, beyond = _nested(golden, new, rule, present)
        moved = moved | beyond
    else:
        differs = _unequal(golden.data, new.data) & present
        sizes, exact_moved = differs.astype(np.float64), differs
        moved = moved | differs
    # A value that came or went is the worst of moves, and has no size.
    sizes[absent[0] != absent[1]] = np.inf
    exact = not bool((exact_moved | (absent[0] != absent[1])).any()) and not structure
    return Lanes(sizes, moved, exact, limits)


def _absent(value: Value) -> Array:
    """Where elements are missing, as a mask or as NaN."""
    return value.absent() | np.isnan(value.data) if value.data.dtype.kind == "f" else value.absent()


def _numeric(golden: Value, new: Value, present: Array) -> tuple[Array, Array]:
    """Absolute differences (inf where finiteness differs), and where bits differ."""
    if not golden.is_float and not new.is_float:
        differs = (golden.data != new.data) & present
        sizes = np.zeros(golden.size)
        sizes[differs] = [abs(int(a) - int(b)) for a, b in zip(golden.data[differs], new.data[differs], strict=True)]
        return sizes, differs
    kind = np.complex128 if "c" in (golden.data.dtype.kind, new.data.dtype.kind) else np.float64
    a, b = golden.data.astype(kind), new.data.astype(kind)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    finite = np.isfinite(a) & np.isfinite(b)
    with np.errstate(invalid="ignore", over="ignore"):
        sizes = np.where(finite, np.abs(a - b), np.inf)
    sizes[same | ~present] = 0.0
    signs = (np.signbit(a.real) != np.signbit(b.real)) | (np.signbit(a.imag) != np.signbit(b.imag))
    bits = ~same | (signs & ~np.isnan(a))
    return sizes, bits & present


def _nested(golden: Value, new: Value, rule: Tolerance, present: Array) -> tuple[Array, Array, Array]:
    """Cells of several values: how far the floats in each moved, per unit of their place within the cell (inf where
    anything else differs), which cells differ at all, and which by more than a float's limit.
    """
    differs = _unequal(golden.data, new.data) & present
    sizes, beyond = np.where(differs, np.inf, 0.0), differs.copy()
    if not differs.any():
        return sizes, differs, beyond
    old, other = inside(golden), inside(new)
    alike = np.fromiter((a == b for a, b in zip(old.forms, other.forms, strict=True)), bool, golden.size) & present
    sizes[alike], beyond[alike] = 0.0, False
    paired = alike[old.elements]
    after = np.full(len(old.floats), np.nan)
    after[paired] = other.floats[alike[other.elements]]
    for positions in old.columns().values():
        column, cells = old.column(positions), old.elements[positions]
        apart, _ = _numeric(column, old.column(positions, after), paired[positions])
        beyond[cells[(apart > rule.limits(column)) | np.isinf(apart)]] = True
        np.maximum.at(sizes, cells, _per_unit(apart, rule.units(column)))
    return sizes, differs, beyond


def _unequal(a: Array, b: Array) -> Array:
    if a.dtype.kind in "iufcb" and b.dtype.kind in "iufcb":
        return np.asarray(a != b)
    return np.fromiter((x != y for x, y in zip(a.tolist(), b.tolist(), strict=True)), dtype=bool, count=len(a))


def _summary(
    golden: Value, new: Value, rule: Tolerance, lanes: Lanes, structure: tuple[Change, ...], *, dtype_only: bool
) -> Difference:
    numeric = golden.is_numeric and new.is_numeric
    places = np.flatnonzero(lanes.moved)
    order = _order(golden, rule, lanes) if numeric and lanes.sizes.any() else lanes.sizes
    far = _farthest(order, lanes.sizes) if numeric else None
    return Difference(
        structure=structure,
        dtype_only=dtype_only,
        exact=lanes.exact,
        moved=len(places),
        total=golden.size,
        max_abs=None if far is None else float(lanes.sizes[far]),
        max_scaled=_scaled(golden, rule, lanes.sizes) if far is not None or golden.dtype in NESTED else None,
        limit=None if lanes.limits is None else float(lanes.limits[far]) if far is not None else 0.0,
        signed=_signed(golden, new) if numeric and len(places) else None,
        worst=_worst(golden, new, order, places),
        rows=_rows(golden, places),
        beyond_noise=not len(places) and _beyond_noise(golden, rule, lanes),
    )


def _order(golden: Value, rule: Tolerance, lanes: Lanes) -> Array:
    """How far each element moved: per limit; per unit where nothing may move; by its size where both are zero."""
    if lanes.limits is None:
        return lanes.sizes
    per = np.where(lanes.limits > 0, lanes.limits, rule.units(golden))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(per > 0, lanes.sizes / per, np.where(lanes.sizes > 0, np.inf, 0.0))


def _farthest(order: Array, sizes: Array) -> int | None:
    """The finite element that moved farthest; None where there is none."""
    finite = np.flatnonzero(np.isfinite(sizes))
    if not len(finite):
        return None
    first = finite[order[finite] == order[finite].max()]
    return int(first[sizes[first].argmax()])


def _scaled(golden: Value, rule: Tolerance, sizes: Array) -> float:
    """The farthest move per unit; of nested cells sizes are that already, infinite where more than a float differs."""
    if golden.dtype in NESTED:
        return float(sizes.max(initial=0.0))
    finite = np.isfinite(sizes) & (sizes > 0)
    return float(_per_unit(sizes[finite], rule.units(golden)[finite]).max(initial=0.0))


def _per_unit(sizes: Array, units: Array) -> Array:
    """Sizes in these units; nothing is nothing in any unit, even in none."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(sizes > 0, sizes / units, 0.0)


def _beyond_noise(golden: Value, rule: Tolerance, lanes: Lanes) -> bool:
    """Whether an element moved farther than the measured noise allows."""
    return lanes.limits is not None and bool((lanes.sizes > rule.noise_limits(golden)).any())


def _signed(golden: Value, new: Value) -> float | None:
    if "c" in (golden.data.dtype.kind, new.data.dtype.kind):
        return None
    with np.errstate(invalid="ignore", over="ignore"):
        shift = new.data.astype(np.float64) - golden.data.astype(np.float64)
    finite = shift[np.isfinite(shift)]
    return float(finite.mean()) if finite.size else None


def _worst(golden: Value, new: Value, order: Array, places: Array) -> tuple[Moved, ...]:
    first = places[np.argsort(-order[places], kind="stable")][:SHOWN]
    return tuple(Moved(golden.row_name(int(i)), golden.element(int(i)), new.element(int(i))) for i in first)


def _rows(value: Value, places: Array) -> tuple[str, ...]:
    """The names of the rows in which these elements stand, in order, each once."""
    if not value.shape:
        return ("",) if len(places) else ()
    positions = places // max(value.row_width, 1)
    once = positions[np.diff(positions, prepend=-1) > 0].tolist()
    return tuple(map(str, once) if value.rows is None else dict.fromkeys(value.rows[position] for position in once))
