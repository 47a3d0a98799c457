"""How data loaders of torch gave their batches while a block ran; torch is never imported."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Loader:
    """One data loader, as far as the order and the content of its batches follow from it."""

    call: str
    """How it is called: `DataLoader(batch_size=4, sampler=RandomSampler, num_workers=2)`."""
    missing: tuple[str, ...] = ()
    """Settings each of which may make its batches the same twice."""

    @classmethod
    def of(cls, loader: Any) -> Loader:
        """What a loader was given."""
        # A batch sampler of one's own goes by a sampler of its own.
        sampler = getattr(loader.batch_sampler, "sampler", loader.sampler)
        draws = hasattr(sampler, "generator") and sampler.generator is None
        in_order = getattr(loader, "in_order", True)  # Since torch 2.6.
        given = {
            "batch_size": getattr(loader.batch_sampler, "batch_size", loader.batch_size),
            "sampler": type(sampler).__name__,
            "num_workers": loader.num_workers,
            "generator": (loader.generator or getattr(sampler, "generator", None)) and "given",
            "worker_init_fn": loader.worker_init_fn and "given",
            "in_order": None if in_order else False,
        }
        missing = {
            "generator=…": draws or (loader.num_workers and loader.generator is None),
            "worker_init_fn=…": loader.num_workers and loader.worker_init_fn is None,
            "in_order=True": loader.num_workers and not in_order,
        }
        told = ", ".join(f"{name}={value}" for name, value in given.items() if value is not None)
        return cls(f"DataLoader({told})", tuple(f"DataLoader({name})" for name, lacks in missing.items() if lacks))


@contextlib.contextmanager
def loaders() -> Iterator[list[Loader]]:
    """The data loaders over which the block goes, in the order of their first turn, equal ones once.

    Where the block itself is the first to load torch, none of them is seen.
    """
    kind = getattr(sys.modules.get("torch.utils.data.dataloader"), "DataLoader", None)
    seen: list[Loader] = []
    if kind is None:
        yield seen
        return
    ordinary = kind.__iter__

    @functools.wraps(ordinary)
    def going(loader: Any) -> Any:
        with contextlib.suppress(Exception):  # What cannot be told must not stop the training.
            found = Loader.of(loader)
            seen.extend([found] if found not in seen else [])
        return ordinary(loader)

    kind.__iter__ = going
    try:
        yield seen
    finally:
        if kind.__iter__ is going:
            kind.__iter__ = ordinary
