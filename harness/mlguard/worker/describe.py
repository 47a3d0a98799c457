"""What is really in force in the running process, and which wishes of an Environment came to nothing."""

from __future__ import annotations

import locale
import math
import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from mlguard.worker.environment import Environment
from mlguard.worker.moment import zone_effect

# exp and sin where the last bit tells whether the C library multiplies and adds in one rounding (glibc from 2.28).
_WITH_FMA: Final = (0.5488116360940264, 5.8532671937395415, 5.98346600764497, 0.998689378313453)
_WITHOUT_FMA: Final = (0.5488116360940265, 5.853267193739541, 5.983466007644971, 0.9986893783134531)

# Core types that OpenBLAS reports under another name, because they share their kernels.
_SAME_KERNEL: Final = {
    "prescott": ("katmai",),
    "core2": ("katmai", "nehalem"),
    "penryn": ("katmai", "nehalem"),
    "barcelona": ("nehalem",),
    "atom": ("nehalem",),
    "bulldozer": ("sandybridge",),
    "piledriver": ("sandybridge",),
    "steamroller": ("sandybridge",),
    "excavator": ("sandybridge",),
    "zen": ("haswell",),
    "cooperlake": ("skylakex",),
    "sapphirerapids": ("skylakex", "cooperlake"),
}


def describe() -> dict[str, Any]:
    """Say what this process computes with, as plain JSON values.

    Keys: `python`, `implementation`, `system`, `machine`, `cpu`, `libc`, `cpus`, `hash_seed` (None: random), `libm`
    (`fma`, `no-fma` or None where unknown), `blas` and `openmp` (lists of loaded libraries with `library`, `version`,
    `kernel`, `threads`, `layer`), `numpy` and `torch` (None unless imported), `without_effect` (sentences about a time
    zone or locale that the platform ignores). Imports neither of these two libraries.
    """
    pools = _pools()
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": platform.system(),
        "machine": platform.machine(),
        "cpu": _cpu(),
        "libc": " ".join(part for part in platform.libc_ver() if part) or None,
        "cpus": os.cpu_count(),
        "hash_seed": _hash_seed(),
        "libm": _libm(),
        "blas": [pool for kind, pool in pools if kind == "blas"],
        "openmp": [pool for kind, pool in pools if kind == "openmp"],
        "numpy": _numpy(),
        "torch": _torch(),
        "without_effect": [said for said in (zone_effect(os.environ.get("TZ")), _locale_effect()) if said],
    }


def effect(wanted: Environment, described: Mapping[str, Any]) -> list[str]:
    """Say, in one sentence each, which settings of `wanted` did not take effect in the process `described`."""
    found = [_hash_effect(wanted, described), *_thread_effects(wanted, described), _libm_effect(wanted, described)]
    if wanted.blas_kernel is not None:
        found += _kernel_effects(wanted.blas_kernel, described["blas"])
    if wanted.simd in ("avx2", "none"):
        found.append(_simd_effect(wanted.simd, described["numpy"]))
    return [sentence for sentence in found if sentence]


def _hash_effect(wanted: Environment, described: Mapping[str, Any]) -> str | None:
    if described["hash_seed"] == wanted.hash_seed:
        return None
    return f"hash_seed={wanted.hash_seed} has no effect: the interpreter runs with {described['hash_seed']}"


def _thread_effects(wanted: Environment, described: Mapping[str, Any]) -> list[str]:
    return [
        f"threads={wanted.threads} has no effect on {pool['library']}: it runs {pool['threads']}"
        for pool in (*described["blas"], *described["openmp"])
        if pool["threads"] != wanted.threads
    ]


def _libm_effect(wanted: Environment, described: Mapping[str, Any]) -> str | None:
    if wanted.libm != "no-fma" or described["libm"] == wanted.libm:
        return None
    return f"libm={wanted.libm} has no effect: the C library computes {described['libm'] or 'in a way unknown here'}"


def _kernel_effects(wanted: str, blas: list[dict[str, Any]]) -> list[str]:
    kernels = [pool for pool in blas if pool["library"] == "openblas"]
    if not kernels:
        return [f"blas_kernel={wanted} has no effect: no OpenBLAS is loaded"]
    names = (wanted.lower(), *_SAME_KERNEL.get(wanted.lower(), ()))
    return [
        f"blas_kernel={wanted} has no effect on OpenBLAS {pool['version']}: it runs {pool['kernel']}"
        for pool in kernels
        if str(pool["kernel"]).lower() not in names
    ]


def _simd_effect(wanted: str, numpy: dict[str, Any] | None) -> str | None:
    if numpy is None:
        return f"simd={wanted} has no effect: NumPy is not imported"
    beyond = (
        ("AVX512", "X86_V4") if wanted == "avx2" else ("AVX512", "X86_V4", "X86_V3", "AVX2", "FMA3", "SVE", "ASIMDHP")
    )
    # Only features that NumPy dispatches on choose between implementations; the others merely stand in its list.
    enabled = [name for name in numpy["simd"] if name.startswith(beyond)]
    return f"simd={wanted} has no effect: NumPy still uses {', '.join(enabled)}" if enabled else None


def _hash_seed() -> int | None:
    # The flag is what the interpreter did at its start; the variable alone could have been changed since.
    seed = os.environ.get("PYTHONHASHSEED", "random")
    randomised = bool(sys.flags.hash_randomization)
    return int(seed) if seed.isdigit() and randomised == (int(seed) != 0) else None


def _locale_effect() -> str | None:
    wanted = os.environ.get("LC_ALL")
    here = locale.setlocale(locale.LC_CTYPE)
    if wanted is None or _plain(here) == _plain(wanted):
        return None
    return f"LC_ALL={wanted} has no effect: the locale is {here}"


def _plain(name: str) -> str:
    return name.lower().replace("-", "")


def _libm() -> str | None:
    seen = (math.exp(-0.6), math.exp(1.767), math.exp(1.789), math.sin(1.622))
    return {_WITH_FMA: "fma", _WITHOUT_FMA: "no-fma"}.get(seen)


def _cpu() -> str | None:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or None
    names = (line.partition(":")[2].strip() for line in lines if line.lower().startswith("model name"))
    return next(names, None) or platform.processor() or None


def _pools() -> list[tuple[str, dict[str, Any]]]:
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return []
    described = [
        {
            "library": pool["internal_api"],
            "version": pool["version"],
            "kernel": pool.get("architecture"),
            "threads": pool["num_threads"],
            "layer": pool.get("threading_layer"),
        }
        | {"api": pool["user_api"]}
        for pool in threadpool_info()
    ]
    described.sort(key=lambda pool: (pool["library"], str(pool["version"])))
    return [(pool.pop("api"), pool) for pool in described]


def _numpy() -> dict[str, Any] | None:
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return None
    core = sys.modules.get("numpy._core._multiarray_umath")
    dispatched = list(getattr(core, "__cpu_dispatch__", ()))
    features: dict[str, bool] = getattr(core, "__cpu_features__", {})
    return {
        "version": numpy.__version__,
        "baseline": list(getattr(core, "__cpu_baseline__", ())),
        "dispatched": dispatched,
        "simd": [name for name in dispatched if features.get(name)],
    }


def _torch() -> dict[str, Any] | None:
    torch = sys.modules.get("torch")
    if torch is None or not hasattr(torch, "get_num_threads"):
        return None
    capability = getattr(getattr(torch.backends, "cpu", None), "get_cpu_capability", lambda: None)()
    return {
        "version": str(torch.__version__),
        "capability": capability,
        "threads": torch.get_num_threads(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "dtype": str(torch.get_default_dtype()),
    }
