"""Say what this interpreter computes with, and which bytes every built-in dataset has in it.

`python tests/generators/witness.py` prints both as JSON; with `--expect` it writes `expected_digests.json` instead, which
is right only after a generator or the codec was changed on purpose.
"""

from __future__ import annotations

import hashlib
import json
import math
import platform
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy._core import _multiarray_umath as simd
from threadpoolctl import threadpool_info

from mlguard.tables.catalogue import catalogue
from mlguard.tables.generate import make
from mlguard.tables.manifest import encode_dataset

EXPECTED = Path(__file__).with_name("expected_digests.json")
SEEDS = (0, 3)


def digests() -> dict[str, dict[str, dict[str, str]]]:
    """The SHA-256 of each file, by dataset, seed and file name."""
    return {name: {str(seed): _files(name, path, seed) for seed in SEEDS} for name, path in _generators().items()}


def facts() -> dict[str, Any]:
    """What numbers depend on in this interpreter, and canaries: digests of computations that show it."""
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "pandas": pd.__version__,
        "glibc": platform.libc_ver()[0] == "glibc",
        "fma": bool(simd.__cpu_features__.get("FMA3")),
        "blas": sorted({f"{lib['internal_api']} {lib.get('architecture')}" for lib in threadpool_info()}),
        "simd": [name for name in simd.__cpu_dispatch__ if simd.__cpu_features__.get(name)],
        "hash": hash("a"),
        "canary libm": _libm(),
        "canary blas": _blas(),
    }


def _generators() -> dict[str, Path]:
    return catalogue(Path("no project")).pick()


def _files(name: str, path: Path, seed: int) -> dict[str, str]:
    files = encode_dataset(make(path, seed), name=name, seed=seed)
    return {file: hashlib.sha256(data).hexdigest() for file, data in files.items()}


def _libm() -> str:
    rng = random.Random(0)
    values = [rng.uniform(0.1, 5.0) for _ in range(20_000)]
    return _sha([f(x) for x in values for f in (math.exp, math.log, math.sin, math.tan)] + [x**1.7 for x in values])


def _blas() -> str:
    left = np.random.RandomState(0).uniform(size=(90, 90))
    return _sha((left @ left.T).ravel().tolist())


def _sha(values: list[float]) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()


if __name__ == "__main__":
    if "--expect" in sys.argv:
        EXPECTED.write_text(json.dumps(digests(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    else:
        json.dump({"facts": facts(), "digests": digests()}, sys.stdout)
