"""The settings of a process that move floating-point bits: which ones a worker gets, as environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mlguard.core.error import several

THREADS: Final = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "GOTO_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
"""Every variable that sets the size of a BLAS or OpenMP thread pool."""

_AVX512: Final = "AVX512F AVX512CD AVX512_KNL AVX512_KNM AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR X86_V4"
_NUMPY: Final = {
    # NumPy renamed its dispatched features in 2.4 and ignores names that it does not know, so each level lists both
    # spellings. A feature of NumPy's baseline would stop the import: nothing at or below SSE4.2 may stand here.
    "none": f"AVX F16C FMA3 AVX2 X86_V3 {_AVX512} ASIMDHP ASIMDDP ASIMDFHM SVE",
    "avx2": _AVX512,
}
_MKL: Final = {"none": "COMPATIBLE", "avx2": "AVX2"}
_TORCH: Final = {"none": "default", "avx2": "avx2"}
# glibc before 2.33 knows only the second spelling, later ones only the first; each ignores the other.
_NO_FMA: Final = "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX2_Usable,-FMA_Usable"

SIMD_LEVELS: Final = ("usual", "all", "avx2", "none")
LIBM_LEVELS: Final = ("usual", "all", "no-fma")

_KERNEL: Final = ("OPENBLAS_CORETYPE",)
_SIMD: Final = ("NPY_DISABLE_CPU_FEATURES", "NPY_ENABLE_CPU_FEATURES", "MKL_CBWR", "ATEN_CPU_CAPABILITY")
_LIBM: Final = ("GLIBC_TUNABLES",)

MACHINE: Final = (*_KERNEL, *_SIMD, *_LIBM)
"""Variables by which a machine's owner chooses among what its CPU can do; only an emulated machine overrides them."""

FIXED: Final = (
    *THREADS,
    "PYTHONHASHSEED",
    "MKL_DYNAMIC",
    "OMP_DYNAMIC",
    "OMP_THREAD_LIMIT",
    "OMP_WAIT_POLICY",
    "OMP_SCHEDULE",
    "OPENBLAS_VERBOSE",
)
"""Variables that an Environment always decides about; what the user's shell says of them reaches no worker.

Threads and the hash seed are no property of a machine: a run must be the same twice, and the certificate varies both.
Threads that wait let others run: guards share cores, and a machine with more threads than cores is emulated.
"""


@dataclass(frozen=True)
class Environment:
    """What is fixed in a worker before its first import; the default is that of every ordinary run."""

    threads: int = 1
    """Threads of each BLAS and OpenMP pool."""
    hash_seed: int = 0
    """PYTHONHASHSEED: the order of sets of text; 0 switches randomisation off."""
    blas_kernel: str | None = None
    """An OpenBLAS core type such as `Haswell` or `Prescott`; None: what the machine's owner set, else its own."""
    simd: str = "usual"
    """Instruction sets of NumPy, MKL and torch: `usual` as the machine's owner set them, `all` that the machine has,
    at most `avx2`, or `none` beyond SSE."""
    libm: str = "usual"
    """The C mathematics library: `usual` as the machine's owner set it, `all` instructions that the machine has, or
    `no-fma` (glibc only)."""

    def __post_init__(self) -> None:
        """Refuse values that would be ignored in silence."""
        problems = [
            f"Environment.{name} is {getattr(self, name)!r}; use one of {', '.join(allowed)}."
            for name, allowed in (("simd", SIMD_LEVELS), ("libm", LIBM_LEVELS))
            if getattr(self, name) not in allowed
        ]
        if self.threads < 1:
            problems.append(f"Environment.threads is {self.threads}; use a whole number from 1.")
        if not 0 <= self.hash_seed <= 4294967295:
            problems.append(f"Environment.hash_seed is {self.hash_seed}; use a whole number from 0 to 4294967295.")
        if problems:
            raise several(problems, slug="environment-invalid")

    def variables(self) -> dict[str, str]:
        """The environment variables to set before the interpreter starts."""
        wanted = dict.fromkeys(THREADS, str(self.threads))
        wanted |= {"PYTHONHASHSEED": str(self.hash_seed), "MKL_DYNAMIC": "FALSE", "OMP_DYNAMIC": "FALSE"}
        wanted["OMP_WAIT_POLICY"] = "PASSIVE"
        if self.blas_kernel is not None:
            wanted["OPENBLAS_CORETYPE"] = self.blas_kernel
        if self.simd in _NUMPY:
            wanted["NPY_DISABLE_CPU_FEATURES"] = _NUMPY[self.simd]
            wanted["MKL_CBWR"] = _MKL[self.simd]
            wanted["ATEN_CPU_CAPABILITY"] = _TORCH[self.simd]
        if self.libm == "no-fma":
            wanted["GLIBC_TUNABLES"] = _NO_FMA
        return wanted

    def applied_to(self, variables: Mapping[str, str]) -> dict[str, str]:
        """`variables` with all that this Environment decides about replaced by what it says.

        What it leaves to the machine's owner stays as it is in `variables`.
        """
        rest = {name: value for name, value in variables.items() if name not in self._decided()}
        return rest | self.variables()

    def _decided(self) -> set[str]:
        decided = set(FIXED)
        decided.update(_KERNEL if self.blas_kernel is not None else ())
        decided.update(_SIMD if self.simd != "usual" else ())
        decided.update(_LIBM if self.libm != "usual" else ())
        return decided
