"""The OpenBLAS kernels that can be forced on a machine: those whose instructions its CPU has."""

from __future__ import annotations

import platform
from collections.abc import Collection
from pathlib import Path
from typing import Final

_X86: Final = {
    "Prescott": ("pni",),
    "Core2": ("ssse3",),
    "Nehalem": ("sse4_2",),
    "Barcelona": ("sse4a", "misalignsse"),
    "Sandybridge": ("avx",),
    "Haswell": ("avx2", "fma"),
    "Zen": ("avx2", "fma", "sse4a"),
    "SkylakeX": ("avx512f", "avx512vl", "avx512dq", "avx512bw", "avx512cd"),
    "Cooperlake": ("avx512f", "avx512vl", "avx512_bf16"),
}
"""Core types with kernels of their own and the CPU flags that they need, as Linux names them; the others share these.

Bulldozer and its successors are left out: their kernels use FMA4, which later CPUs hide and execute in undefined ways.
"""

_ARM: Final = {"ARMV8": (), "CORTEXA57": (), "NEOVERSEN1": ("asimddp",), "NEOVERSEV1": ("sve",)}

_BY_MACHINE: Final = {"x86_64": _X86, "amd64": _X86, "aarch64": _ARM, "arm64": _ARM}


def runnable_kernels(machine: str, flags: Collection[str]) -> tuple[str, ...]:
    """Names of the OpenBLAS core types that a CPU runs, oldest first; none where the architecture is not known.

    A kernel that the CPU cannot run would end the process with SIGILL, so only what its flags promise is named.
    """
    known = _BY_MACHINE.get(machine.lower(), {})
    return tuple(name for name, needed in known.items() if set(needed) <= set(flags))


def kernels_here() -> tuple[str, ...]:
    """The OpenBLAS core types that this machine's CPU runs; none outside Linux, where nobody says what it can do."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    flags = next((line.partition(":")[2] for line in lines if line.lower().startswith(("flags", "features"))), "")
    return runnable_kernels(platform.machine(), flags.split())
