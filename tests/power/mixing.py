"""Commits that do several things at once, made of variants: harmless refactors, alone or with one real edit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle

from mlguard.tools.edits import Edits, Needs
from tests.power.planting import ROOT
from tests.power.variant import Variant
from tests.power.variants import VARIANTS

MOST = 4
"""Refactors that one commit holds."""


@dataclass(frozen=True)
class Mixed:
    """One commit."""

    whole: Variant
    """All of its edits as one."""
    shift: Variant
    """The real edit."""
    keeps: tuple[Variant, ...]
    """The harmless ones."""


def alone(shift: Variant) -> Mixed:
    """A commit that holds nothing but a real edit."""
    return Mixed(shift, shift, ())


def mixed(number: int) -> Iterator[Mixed]:
    """So many commits, guard by guard in turn: as many refactors of different kinds as can be made beside a shift."""
    guards = sorted({variant.guard for variant in VARIANTS})
    shifts = {
        name: iter([v for v in VARIANTS if v.guard == name and v.kind == "shift" and not v.hidden]) for name in guards
    }
    made = 0
    for guard in cycle(guards):
        shift = next(shifts[guard], None)
        commit = None if shift is None else _mixed(shift)
        if commit is not None:
            yield commit
            made += 1
        if made == number or not any(shift is not None for shift in shifts.values()):
            return


def _mixed(shift: Variant) -> Mixed | None:
    """The shift last, so that it is made in code that was refactored before; None where no refactor goes with it."""
    keeps: list[Variant] = []
    for keep in (v for v in VARIANTS if v.guard == shift.guard and v.kind == "keep"):
        is_another = keep.operator not in {other.operator for other in keeps}
        if len(keeps) < MOST and is_another and texts([*keeps, keep, shift]) is not None:
            keeps.append(keep)
    return Mixed(replace(shift, edits=_all_edits((*keeps, shift))), shift, tuple(keeps)) if keeps else None


def refactored() -> Iterator[tuple[Variant, tuple[Variant, ...]]]:
    """The refactors of each guard in few commits, with what each holds: all keep the bits, or all may not."""
    commits: dict[tuple[str, bool], list[list[Variant]]] = {}
    for keep in (v for v in VARIANTS if v.kind == "keep"):
        own = commits.setdefault((keep.guard, keep.moves_bits), [])
        beside = next((held for held in own if texts([*held, keep]) is not None), None)
        if beside is None:
            own.append([keep])
        else:
            beside.append(keep)
    for held in (tuple(held) for own in commits.values() for held in own):
        yield replace(held[0], id="+".join(keep.id for keep in held), edits=_all_edits(held)), held


def _all_edits(variants: Sequence[Variant]) -> tuple[tuple[str, str, str], ...]:
    return tuple(edit for variant in variants for edit in variant.edits)


def texts(variants: Sequence[Variant]) -> dict[str, str] | None:
    """The edited files with these variants applied one after the other; None where they do not go together."""
    found: dict[str, str] = {}
    for file, old, new in (edit for variant in variants for edit in variant.edits):
        place = ROOT / file
        text = found.get(file, place.read_text(encoding="utf-8") if place.exists() else "")
        if (text.count(old) if old else not text) != 1:
            return None
        found[file] = text.replace(old, new) if old else new
    return found


def edited(variants: Sequence[Variant]) -> frozenset[str]:
    """The names of what these variants edit, as a comparison of two revisions calls it."""
    return frozenset(edit.name for edit in _edits(variants).all())


def by_themselves(variants: Sequence[Variant]) -> frozenset[str]:
    """Those of them that are no import, and no helper that another one came to use."""
    return frozenset(edit.name for edit in Needs(_edits(variants).all()).candidates())


def _edits(variants: Sequence[Variant]) -> Edits:
    after: Mapping[str, str] = texts(variants) or {}
    before = {file: (ROOT / file).read_bytes() if (ROOT / file).exists() else None for file in after}
    now = {file: text.encode() for file, text in after.items()}
    return Edits.between(before, now, lambda file: file.removesuffix(".py").replace("/", "."))
