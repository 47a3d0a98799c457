"""Each knob, in a real process: it is in force before the first import, or `effect` says that it is not."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from mlguard.core.error import UsageError
from mlguard.worker.describe import effect
from mlguard.worker.environment import THREADS, Environment
from mlguard.worker.job import Job
from mlguard.worker.pool import Workers

PLAIN = Environment()
OTHER = Environment(threads=2, hash_seed=7, blas_kernel="Prescott", simd="none", libm="no-fma")


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


def test_the_shells_own_settings_do_not_reach_a_worker(project, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Prescott")
    monkeypatch.setenv("PYTHONHASHSEED", "99")
    monkeypatch.setenv("MY_SETTING", "kept")
    names = ["OMP_NUM_THREADS", "OPENBLAS_CORETYPE", "PYTHONHASHSEED", "MY_SETTING"]
    with Workers() as workers:
        monkeypatch.setenv("MY_SETTING", "changed after the start")
        seen = workers.run(Job("subject:variables", names, project, (str(project),), 60)).value
    assert seen == dict(zip(names, ["1", None, "0", "kept"], strict=True))


def test_a_pools_threads_are_set_by_every_librarys_name():
    assert {Environment(threads=3).variables()[name] for name in THREADS} == {"3"}


def test_applied_to_leaves_the_rest_alone():
    applied = PLAIN.applied_to({"HOME": "/home/ada", "GLIBC_TUNABLES": "x", "NPY_DISABLE_CPU_FEATURES": "AVX2"})
    assert applied["HOME"] == "/home/ada"
    assert not {"GLIBC_TUNABLES", "NPY_DISABLE_CPU_FEATURES"} & set(applied)


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
