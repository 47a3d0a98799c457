"""Which keys of a configuration are changed in turn, and into what."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

SHARE = 0.01
"""From here to 1 a number may be a share, which must stay one; smaller ones are tolerances and rates."""

KEYS = 24
"""Keys that are changed, in order; more would make a check take longer than the main run deserves."""

GUESSES = 8
"""Texts and lists among them, which come after numbers and flags."""

_PLACE = re.compile(r"[/\\]|\.\w{1,8}$|^\w+:")
"""Texts that may name a file or an address: what code reads or writes there is nothing to experiment with."""

Steps = tuple[Any, ...]


@dataclass(frozen=True)
class ChangedKey:
    """One key of a configuration with another value."""

    key: str
    """Its name, with dots between the levels."""
    config: Any
    """The whole configuration with this key changed."""
    old: Any
    """Its value."""
    new: Any
    """Its other value."""
    guess: bool = False
    """Whether the code may well refuse the other value: another word, a list without its last entry."""


def changed_keys(config: Any, wanted: bool | Sequence[str] = True) -> Iterator[ChangedKey]:
    """Each key that has a neighbouring value, numbers and flags first.

    `wanted` narrows them: all, none, or the keys of these names and globs and everything below them.
    """
    for guess, steps, old, new in _changes(config, wanted):
        yield ChangedKey(_dotted(steps), _with(config, steps, new), old, new, guess)


def unchanged_keys(config: Any, wanted: bool | Sequence[str] = True) -> str | None:
    """What is said of keys past the first KEYS, which are not changed; None where there are none."""
    over = sum(1 for _ in _able(config, wanted)) - KEYS
    if over <= 0:
        return None
    return f"{over} configuration keys past the first {KEYS} are not changed in turn; `config_probes` chooses"


def _changes(config: Any, wanted: bool | Sequence[str]) -> list[tuple[bool, Steps, Any, Any]]:
    sure = [(False, *one) for one in _able(config, wanted)]
    guesses = [(True, *one) for one in _guesses(config) if _is_wanted(_dotted(one[0]), wanted)]
    return [*sure, *guesses[:GUESSES]][:KEYS]


def _able(config: Any, wanted: bool | Sequence[str]) -> Iterator[tuple[Steps, Any, Any]]:
    for steps, value in _leaves(config):
        new = _neighbour(steps[-1], value) if steps else None
        if new is not None and _is_wanted(_dotted(steps), wanted):
            yield steps, value, new


def _guesses(config: Any, steps: Steps = (), beside: Sequence[Any] = ()) -> Iterator[tuple[Steps, Any, Any]]:
    """Lists of texts without their last entry, and texts replaced: by another of their list, else by no known word."""
    if isinstance(config, Mapping):
        for key, value in config.items():
            yield from _guesses(value, (*steps, key))
    elif isinstance(config, list | tuple) and config:
        if steps and all(isinstance(leaf, str) for _, leaf in _leaves(config)):
            yield steps, config, config[:-1]
        for position, value in enumerate(config):
            yield from _guesses(value, (*steps, position), config)
    elif isinstance(config, str) and config and steps and not _PLACE.search(config):
        others = [other for other in beside if isinstance(other, str) and other != config]
        yield steps, config, others[0] if others else f"not {config}"


def _dotted(steps: Steps) -> str:
    return ".".join(map(str, steps))


def _is_wanted(key: str, wanted: bool | Sequence[str]) -> bool:
    if isinstance(wanted, bool):
        return wanted
    names = [wanted] if isinstance(wanted, str) else wanted
    return any(fnmatchcase(key, name) or key.startswith(f"{name}.") for name in names)


def _leaves(values: Any, steps: Steps = ()) -> Iterator[tuple[Steps, Any]]:
    """Every entry of a configuration with the keys that lead to it, as their containers have them."""
    if isinstance(values, Mapping):
        for key, value in values.items():
            yield from _leaves(value, (*steps, key))
    elif isinstance(values, list | tuple):
        for position, value in enumerate(values):
            yield from _leaves(value, (*steps, position))
    else:
        yield steps, values


def _neighbour(key: Any, value: Any) -> Any:
    """Another plausible value of a setting; None where there is no telling."""
    if isinstance(value, bool):
        return not value
    name = str(key).lower()
    if isinstance(value, int):
        return value + 1 if "seed" in name or "random_state" in name else value + max(1, round(abs(value) / 4))
    if isinstance(value, float) and math.isfinite(value * 1.5):
        return value + (1.0 - value) / 4 if SHARE <= value < 1.0 else value * 1.5 if value else 0.5
    return None


def _with(config: Any, steps: Steps, value: Any) -> Any:
    """A copy of the configuration with one entry changed; tuples, which cannot be changed, are built anew."""
    if not steps:
        return value
    if isinstance(config, tuple):
        inner = _with(config[steps[0]], steps[1:], value)
        return (*copy.deepcopy(config[: steps[0]]), inner, *copy.deepcopy(config[steps[0] + 1 :]))
    fresh = copy.deepcopy(config)
    fresh[steps[0]] = _with(config[steps[0]], steps[1:], value)
    return fresh
