"""The one place that seeds, saves and restores random states: Python's, NumPy's global one, and torch's."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mlguard.core.error import UsageError

STATE = 1_389_512_407
"""The seed with which guarded code begins: one that no program uses, so that a seed of its own that goes is seen."""

LARGEST_SEED = 2**32 - 1
"""The largest seed that NumPy's global generator takes."""


def seed_all(seed: int) -> None:
    """Seed every global generator; torch only if it is imported, since importing it is the guarded code's choice.

    Raises UsageError for a seed that NumPy cannot take.
    """
    if not 0 <= seed <= LARGEST_SEED:
        raise UsageError(f"The seed is {seed}; use a whole number from 0 to {LARGEST_SEED}.", slug="seed-invalid")
    import numpy as np

    random.seed(seed)
    np.random.seed(seed)
    if (torch := _torch()) is not None:
        torch.manual_seed(seed)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed every global generator for the time of the `with` block, and leave each as it was before."""
    import numpy as np

    python, numpy, torch = random.getstate(), np.random.get_state(), _torch()
    states = None if torch is None else _torch_states(torch)
    try:
        seed_all(seed)
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
        if torch is not None and states is not None:
            _restore(torch, *states)


def unseed() -> None:
    """Seed NumPy's global generator from the operating system, if NumPy is imported.

    For a process that was forked: Python reseeds its own generator then, NumPy does not, so that code which forgot
    its seed would look repeatable.
    """
    # numpy.random itself: NumPy loads it on first use, and then from fresh entropy.
    if (generators := sys.modules.get("numpy.random")) is not None:
        generators.seed()


def _torch() -> Any:
    # A module that is still being imported, or a stub of that name, has no generator to seed.
    torch = sys.modules.get("torch")
    return torch if hasattr(torch, "manual_seed") else None


def _torch_states(torch: Any) -> tuple[Any, Any]:
    devices = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else None
    return torch.get_rng_state(), devices


def _restore(torch: Any, processor: Any, devices: Any) -> None:
    torch.set_rng_state(processor)
    if devices is not None:
        torch.cuda.set_rng_state_all(devices)
