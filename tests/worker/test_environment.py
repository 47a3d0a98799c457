"""Each knob, in a real process: it is in force before the first import, or `effect` says that it is not."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from mlguard.core.error import UsageError
from mlguard.worker.describe import effect
from mlguard.worker.environment import MACHINE, THREADS, Environment
from mlguard.worker.job import Job
from mlguard.worker.pool import Workers

PLAIN = Environment()
OTHER = Environment(threads=2, hash_seed=7, blas_kernel="Prescott", simd="none", libm="no-fma")


@pytest.fixture(autouse=True)
def no_owner(monkeypatch):
    """Whatever this whole suite runs as, these tests say themselves what a machine's owner set."""
    for name in MACHINE:
        monkeypatch.delenv(name, raising=False)


def described(project, environment):
    with Workers() as workers:
        result = workers.run(Job("subject:describes", None, project, (str(project),), 60, environment))
    assert result.failure is None, result.output
    return result.value


def test_the_default_is_in_force(call):
    described = call("describes").value
    assert effect(PLAIN, described) == []
    assert described["hash_seed"] == 0
    assert described["blas"]
    assert {pool["threads"] for pool in described["blas"]} == {1}


def test_every_knob_moves_what_it_is_for(project):
    plain, other = described(project, PLAIN), described(project, OTHER)
    assert effect(OTHER, other) == []
    assert other["hash_seed"] == 7
    assert other["blas"][0]["threads"] == 2
    assert other["blas"][0]["kernel"] != plain["blas"][0]["kernel"]
    assert set(other["numpy"]["simd"]) < set(plain["numpy"]["simd"])
    assert (plain["libm"], other["libm"]) == ("fma", "no-fma")


def test_each_knob_without_effect_is_named(project):
    plain = described(project, PLAIN)
    told = effect(OTHER, plain)
    assert len(told) == 5
    for wish in ("hash_seed=7", "threads=2", "libm=no-fma", "blas_kernel=Prescott", "simd=none"):
        assert any(sentence.startswith(f"{wish} has no effect") for sentence in told), wish
    assert effect(Environment(blas_kernel="Nosuch"), plain) == [
        f"blas_kernel=Nosuch has no effect on OpenBLAS {plain['blas'][0]['version']}: "
        f"it runs {plain['blas'][0]['kernel']}"
    ]
    assert effect(Environment(blas_kernel="Haswell"), plain | {"blas": []}) == [
        "blas_kernel=Haswell has no effect: no OpenBLAS is loaded"
    ]


def test_hash_order_follows_the_seed(project):
    with Workers() as workers:
        job = Job("subject:order", None, project, (str(project),), 60)
        orders = [workers.run(replace(job, environment=Environment(hash_seed=seed))).value for seed in (0, 0, 1)]
    assert orders[0] == orders[1] != orders[2]


@pytest.mark.parametrize("use_zygote", [True, False])
def test_the_usual_environment_is_that_of_jobs_without_one(project, use_zygote):
    usual = replace(OTHER, threads=1)
    job = Job("subject:describes", None, project, (str(project),), 60)
    with Workers(preload=["numpy"], use_zygote=use_zygote, usual=usual) as workers:
        first, named = workers.run(job), workers.run(replace(job, environment=PLAIN))
    assert (first.forked, named.forked) == (use_zygote, False)
    assert effect(usual, first.value) == []
    assert effect(PLAIN, named.value) == []
    assert first.value["blas"][0]["kernel"] != named.value["blas"][0]["kernel"]


def test_the_shells_threads_and_hash_seed_do_not_reach_a_worker(project, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.setenv("PYTHONHASHSEED", "99")
    names = ["OMP_NUM_THREADS", "PYTHONHASHSEED"]
    with Workers() as workers:
        seen = workers.run(Job("subject:variables", names, project, (str(project),), 60)).value
    assert seen == dict(zip(names, ["1", "0"], strict=True))


@pytest.mark.parametrize("use_zygote", [True, False])
def test_what_a_machines_owner_set_is_honoured_and_described(project, monkeypatch, use_zygote):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Prescott")
    monkeypatch.setenv("NPY_DISABLE_CPU_FEATURES", Environment(simd="none").variables()["NPY_DISABLE_CPU_FEATURES"])
    monkeypatch.setenv("GLIBC_TUNABLES", Environment(libm="no-fma").variables()["GLIBC_TUNABLES"])
    job = Job("subject:describes", None, project, (str(project),), 60)
    with Workers(preload=["numpy"], use_zygote=use_zygote) as workers:
        ran = workers.run(job)
        emulated = workers.run(replace(job, environment=Environment(blas_kernel="Nehalem", simd="avx2"))).value
    assert ran.forked is use_zygote
    assert effect(Environment(blas_kernel="Prescott", simd="none", libm="no-fma"), ran.value) == []
    # Emulation overrides what it names and inherits the rest.
    assert effect(Environment(blas_kernel="Nehalem", simd="avx2", libm="no-fma"), emulated) == []


def test_a_pools_threads_are_set_by_every_librarys_name():
    assert {Environment(threads=3).variables()[name] for name in THREADS} == {"3"}


def test_only_what_an_environment_names_overrides_the_machines_owner():
    owner = {"HOME": "/home/ada", "OPENBLAS_CORETYPE": "Zen", "GLIBC_TUNABLES": "x", "NPY_DISABLE_CPU_FEATURES": "AVX2"}
    assert owner.items() <= PLAIN.applied_to(owner).items()
    everything = Environment(blas_kernel="Haswell", simd="all", libm="all").applied_to(owner)
    assert {name: everything.get(name) for name in owner} == {
        "HOME": "/home/ada",
        "OPENBLAS_CORETYPE": "Haswell",
        "GLIBC_TUNABLES": None,
        "NPY_DISABLE_CPU_FEATURES": None,
    }


@pytest.mark.parametrize(
    "wrong", [{"simd": "avx9"}, {"libm": "musl"}, {"threads": 0}, {"hash_seed": -1}, {"hash_seed": 2**32}]
)
def test_values_that_would_be_ignored_are_refused(wrong):
    with pytest.raises(UsageError, match="environment-invalid"):
        Environment(**wrong)


def test_all_wrong_values_are_named_at_once():
    with pytest.raises(UsageError) as refused:
        Environment(simd="avx9", libm="musl", threads=0)
    assert all(name in str(refused.value) for name in ("simd", "libm", "threads"))


def test_the_parent_is_left_as_it_was(project):
    before = dict(os.environ)
    described(project, OTHER)
    assert dict(os.environ) == before
