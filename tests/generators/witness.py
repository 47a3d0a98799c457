"""Say what this interpreter computes with, and which bytes every built-in dataset has in it.

`python tests/generators/witness.py` prints both as JSON; with `--expect` it writes `expected_digests.json` instead,
which is right only after a generator or the codec was changed on purpose.
"""

from __future__ import annotations

import hashlib
import json
import math
import platform
import runpy
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
CONTROL = Path(__file__).with_name("control.py")
SEEDS = (0, 3)


def digests() -> dict[str, dict[str, dict[str, str]]]:
    """The SHA-256 of each file, by dataset, seed and file name."""
    return {name: {str(seed): _files(name, path, seed) for seed in SEEDS} for name, path in _generators().items()}


def facts() -> dict[str, Any]:
    """What numbers depend on in this interpreter, and a canary that shows it."""
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "pandas": pd.__version__,
        "glibc": platform.libc_ver()[0] == "glibc",
        "fma": bool(simd.__cpu_features__.get("FMA3")),
        "blas": sorted({f"{lib['internal_api']} {lib.get('architecture')}" for lib in threadpool_info()}),
        "simd": [name for name in simd.__cpu_dispatch__ if simd.__cpu_features__.get(name)],
        "hash": hash("a"),
        "canary": _canary(),
    }


def _generators() -> dict[str, Path]:
    return {**catalogue(Path("no project")), CONTROL.stem: CONTROL}


def _files(name: str, path: Path, seed: int) -> dict[str, str]:
    files = encode_dataset(make(path, seed), name=name, seed=seed)
    return {file: hashlib.sha256(data).hexdigest() for file, data in files.items()}


def _canary() -> dict[str, str]:
    """Digests of the control's columns without any settling, and of the C library's functions."""
    frame = runpy.run_path(str(CONTROL))["computed"](np.random.RandomState(0), 8000, lambda values, *_: values)
    chances = frame["chance"].tolist()
    libm = [f(x) for x in chances for f in (math.exp, math.log, math.sin, math.tan)] + [x**1.7 for x in chances]
    # Sums of three products, as in the control, are the same in some kernels; those of a thousand are not.
    many = np.random.RandomState(0).normal(size=(8, 1000))
    columns = {**{str(name): frame[name].tolist() for name in frame}, "libm": libm, "blas": (many @ many.T).tolist()}
    return {name: hashlib.sha256(repr(values).encode()).hexdigest() for name, values in columns.items()}


if __name__ == "__main__":
    if "--expect" in sys.argv:
        EXPECTED.write_text(json.dumps(digests(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    else:
        json.dump({"facts": facts(), "digests": digests()}, sys.stdout)
