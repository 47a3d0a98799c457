"""The same seed gives the same bytes, whatever the machine computes with.

Each knob runs in a fresh interpreter, which first has to prove that the knob has an effect there. Other Pythons and
other releases of NumPy and pandas prove it by `expected_digests.json`: the files are the same in every tox environment.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from mlguard.tables.catalogue import catalogue

WITNESS = Path(__file__).with_name("witness.py")
EXPECTED = WITNESS.with_name("expected_digests.json")
KNOBS = ("OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES", "NPY_ENABLE_CPU_FEATURES", "GLIBC_TUNABLES")
KERNELS = {"x86_64": "Nehalem", "AMD64": "Nehalem"}
"""An OpenBLAS kernel that every processor of a kind can run, and that is not the one it would pick."""

# glibc renamed these in 2.33, and ignores the names that it does not know.
NO_FMA = "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX2_Usable,-FMA_Usable"


@cache
def witness(**knobs):
    """What a fresh interpreter says under these environment variables."""
    kept = {name: value for name, value in os.environ.items() if name not in KNOBS}
    environment = {**kept, "PYTHONHASHSEED": "0", **knobs}
    done = subprocess.run([sys.executable, WITNESS], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def plain():
    return witness()


def moved(one, other):
    """The files that differ, by dataset, seed and name."""
    flat = [
        {(d, s, f): sha for d, seeds in x.items() for s, files in seeds.items() for f, sha in files.items()}
        for x in (one, other)
    ]
    return sorted(key for key in {*flat[0], *flat[1]} if flat[0].get(key) != flat[1].get(key))


def canary(said, column):
    """The digest of a column of the control, unsettled, of the C library's functions, or of products of matrices."""
    return said["facts"]["canary"][column]


def test_every_release_of_python_numpy_and_pandas_gives_the_expected_bytes(plain):
    expected = json.loads(EXPECTED.read_text(encoding="utf-8"))
    hint = f"after a change on purpose, run: python {WITNESS.relative_to(Path.cwd())} --expect"
    assert moved(expected, plain["digests"]) == [], hint


def test_every_built_in_generator_is_witnessed(plain):
    assert set(plain["digests"]) == {*catalogue(Path("no project")), "control"}
    assert len(plain["digests"]) >= 12


def test_another_blas_kernel_changes_nothing(plain):
    if not has_kernels(plain["facts"]):
        assert platform.machine() not in KERNELS or "openblas" not in str(plain["facts"]["blas"])
        return
    other = witness(OPENBLAS_CORETYPE=KERNELS[platform.machine()])
    assert other["facts"]["blas"] != plain["facts"]["blas"]
    assert canary(other, "blas") != canary(plain, "blas")
    assert moved(plain["digests"], other["digests"]) == []


def has_kernels(facts):
    """Whether OPENBLAS_CORETYPE can do anything here."""
    return platform.machine() in KERNELS and "openblas" in str(facts["blas"])


def test_simd_switched_off_changes_nothing(plain):
    enabled = plain["facts"]["simd"]
    if not enabled:
        assert not plain["facts"]["fma"], "NumPy names no SIMD features on a processor that has them"
        return
    # The names are NumPy's own for this release: others would be ignored in silence.
    other = witness(NPY_DISABLE_CPU_FEATURES=" ".join(enabled))
    assert other["facts"]["simd"] == []
    assert canary(other, "bent") != canary(plain, "bent")
    assert moved(plain["digests"], other["digests"]) == []


def test_another_mathematical_library_changes_nothing(plain):
    if not (plain["facts"]["glibc"] and plain["facts"]["fma"]):
        assert platform.libc_ver()[0] != "glibc" or not plain["facts"]["fma"], "no knob for this C library"
        return
    other = witness(GLIBC_TUNABLES=NO_FMA)
    assert canary(other, "libm") != canary(plain, "libm")
    assert moved(plain["digests"], other["digests"]) == []


def test_another_hash_seed_changes_nothing(plain):
    other = witness(PYTHONHASHSEED="4242")
    assert other["facts"]["hash"] != plain["facts"]["hash"]
    assert moved(plain["digests"], other["digests"]) == []


def test_everything_at_once_changes_nothing(plain):
    facts = plain["facts"]
    knobs = {"hash": {"PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "3", "OPENBLAS_NUM_THREADS": "3"}}
    if has_kernels(facts):
        knobs["blas"] = {"OPENBLAS_CORETYPE": KERNELS[platform.machine()]}
    if facts["simd"]:
        knobs["simd"] = {"NPY_DISABLE_CPU_FEATURES": " ".join(facts["simd"])}
    if facts["glibc"] and facts["fma"]:
        knobs["canary"] = {"GLIBC_TUNABLES": NO_FMA}
    other = witness(**{name: value for knob in knobs.values() for name, value in knob.items()})
    assert [fact for fact in knobs if other["facts"][fact] == facts[fact]] == []
    assert moved(plain["digests"], other["digests"]) == []
