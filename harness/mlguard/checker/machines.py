"""The emulated machines of a noise certificate, and the round-off of the input where too few can be emulated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlguard.core.dataset import Dataset
from mlguard.worker.environment import Environment
from mlguard.worker.kernels import kernels_here
from mlguard.worker.moment import ELSEWHERE, OVERSEAS, Moment

MACHINES: Mapping[str, Environment] = {
    "old CPU, one thread": Environment(threads=1, blas_kernel="Prescott", simd="none", libm="no-fma"),
    "AVX2 CPU, four threads": Environment(threads=4, blas_kernel="Haswell", simd="avx2"),
    "AVX CPU, another hash seed": Environment(hash_seed=1, blas_kernel="Sandybridge"),
}
"""Three chosen machines: with the safety factor they left no false alarm on 21 others, over 66 pipelines.

Each has the kernels of another generation of instructions (SSE, AVX, AVX2 with FMA): where a solver stops is decided by
round-off, and kernels of one generation may all stop at the same step.
"""

MOMENTS: Mapping[str, Moment] = {"old CPU, one thread": ELSEWHERE, "AVX2 CPU, four threads": OVERSEAS}
"""In which time zone and on which day the machines believe to be; the others at the usual moment."""

JITTERS: Mapping[str, int] = {"input round-off, first": 1, "input round-off, second": 2}
"""Runs on tables that are moved by one unit in the last place, by name, with the seeds of the directions."""


def thorough_machines() -> dict[str, Environment]:
    """The default machines and every other one that can be emulated here.

    Each OpenBLAS kernel that the CPU runs; NumPy, MKL and torch without their instruction sets beyond SSE, and with
    AVX2 at most; the C library without FMA; two and four threads; two more hash seeds.
    """
    kernels = {f"{kernel} kernel": Environment(blas_kernel=kernel) for kernel in kernels_here()}
    others = {
        "no SIMD": Environment(simd="none"),
        "AVX2 at most": Environment(simd="avx2"),
        "C library without FMA": Environment(libm="no-fma"),
        "two threads": Environment(threads=2),
        "four threads": Environment(threads=4),
        "hash seed 2": Environment(hash_seed=2),
        "hash seed 3": Environment(hash_seed=3),
    }
    return {**MACHINES, **kernels, **others}


def inert(machines: Iterable[tuple[Environment, Sequence[str]]]) -> list[str]:
    """Which of the two knobs that move most bits, `blas_kernel` and `simd`, took effect on none of these machines.

    Each machine comes with the sentences about what had no effect on it.
    """
    worked: set[str] = set()
    for machine, without in machines:
        failed = {sentence.partition("=")[0] for sentence in without}
        wanted = {"blas_kernel"} if machine.blas_kernel is not None else set()
        worked |= (wanted | ({"simd"} if machine.simd in ("avx2", "none") else set())) - failed
    return [knob for knob in ("blas_kernel", "simd") if knob not in worked]


@dataclass(frozen=True)
class Jitter:
    """Moves every floating-point number of a Dataset by one unit in its last place, up or down.

    Equal numbers of a column move alike, so that ties and repeated rows stay what they are. What it shows is how far
    round-off of the input carries, which stands for other machines where none can be emulated.
    """

    seed: int
    """Of the directions."""

    def __call__(self, data: Dataset) -> Dataset:
        """The Dataset, moved."""
        tables = {name: self._table(table) for name, table in data.tables.items()}
        return Dataset(tables, target=data.target, decimals=data.decimals)

    def _table(self, table: Any) -> Any:
        if isinstance(table, np.ndarray):
            return self._array(table) if table.dtype.kind == "f" else table
        moved = table.copy()
        for position, dtype in enumerate(table.dtypes):
            if isinstance(dtype, np.dtype) and dtype.kind == "f":
                moved.isetitem(position, self._array(table.iloc[:, position].to_numpy()))
        return moved

    def _array(self, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        values, places = np.unique(array, return_inverse=True)
        up = np.random.RandomState(self.seed).randint(0, 2, len(values)) == 1
        towards = np.where(up, np.inf, -np.inf).astype(array.dtype)
        # Zero stays: its neighbours are subnormal numbers, which no round-off makes of it.
        moved = np.where(values == 0.0, values, np.nextafter(values, towards))
        return np.asarray(moved[places.reshape(array.shape)])
