"""The emulated machines: which there are, which knobs did nothing, and the round-off of the input."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlguard.checker.machines import MACHINES, Jitter, inert, thorough_machines
from mlguard.core.dataset import Dataset
from mlguard.worker.environment import Environment
from mlguard.worker.kernels import kernels_here, runnable_kernels

OLD, NEW, HASHED = MACHINES.values()


def test_a_thorough_certificate_keeps_the_default_machines_and_adds_every_kernel_of_this_cpu():
    machines = thorough_machines()
    assert list(machines.items())[: len(MACHINES)] == list(MACHINES.items())
    assert {m.blas_kernel for m in machines.values()} >= set(kernels_here())
    assert {m.simd for m in machines.values()} == {"usual", "avx2", "none"}
    assert {m.libm for m in machines.values()} == {"usual", "no-fma"}
    assert len({m.threads for m in machines.values()}) == 3
    assert len({m.hash_seed for m in machines.values()}) == 4
    assert len(set(machines.values())) == len(machines)


def test_no_kernel_is_forced_that_the_cpu_cannot_run():
    assert runnable_kernels("x86_64", ["pni", "ssse3", "sse4_2", "avx"]) == (
        "Prescott",
        "Core2",
        "Nehalem",
        "Sandybridge",
    )
    assert "SkylakeX" not in runnable_kernels("AMD64", ["avx2", "fma", "avx512f"])
    assert runnable_kernels("aarch64", []) == ("ARMV8", "CORTEXA57")
    assert runnable_kernels("riscv64", ["pni"]) == ()


def test_a_knob_is_inert_only_where_it_worked_nowhere():
    kernel, simd = "blas_kernel=Prescott has no effect", "simd=none has no effect"
    assert inert([(OLD, []), (HASHED, [])]) == []
    assert inert([(OLD, [kernel]), (NEW, [])]) == []
    assert inert([(OLD, [kernel]), (NEW, ["blas_kernel=Haswell has no effect"])]) == ["blas_kernel"]
    assert inert([(OLD, [kernel, simd])]) == ["blas_kernel", "simd"]
    assert inert([(Environment(hash_seed=3), [])]) == ["blas_kernel", "simd"]


def test_jitter_moves_floats_by_one_unit_in_the_last_place_and_nothing_else():
    data = Dataset(
        {"rows": pd.DataFrame({"x": [0.1, 0.1, np.nan, 0.0], "n": [1, 2, 3, 4], "t": list("abcd")}), "a": np.ones(3)},
        target="x",
    )
    moved = Jitter(1)(data)
    x = moved["rows"]["x"].to_numpy()
    assert abs(x[0] - 0.1) == np.spacing(0.1)
    assert x[0] == x[1], "equal numbers move alike"
    assert np.isnan(x[2])
    assert x[3] == 0.0
    pd.testing.assert_frame_equal(moved["rows"].drop(columns="x"), data["rows"].drop(columns="x"))
    assert set(np.abs(moved["a"] - 1.0)) <= {np.spacing(1.0), np.spacing(1.0) / 2}
    assert moved.target == "x"
    assert data["rows"]["x"][0] == 0.1


def test_jitter_is_the_same_twice_and_differs_by_seed():
    data = Dataset(np.linspace(1.0, 2.0, 50))
    one, again, other = (Jitter(seed)(data)["rows"] for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
