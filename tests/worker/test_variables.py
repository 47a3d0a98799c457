"""Which variables a worker starts with, and what settings change about it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mlguard.core.error import UsageError
from mlguard.worker.job import Job
from mlguard.worker.pool import Workers
from mlguard.worker.variables import USUAL, in_the_run, starting, withheld

SHELL = {
    "PATH": "/bin",
    "HOME": "/home/ada",
    "http_proxy": "http://proxy",
    "HTTPS_PROXY": "http://proxy",
    "CUDA_VISIBLE_DEVICES": "1",
    "SystemRoot": "C:\\Windows",
    "PYTHONPATH": "/lib",
    "VIRTUAL_ENV": "/venv",
    "OPENBLAS_CORETYPE": "Zen",
    "SHOP_MODE": "fast",
    "SHOP_URL": "db",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "PYTEST_CURRENT_TEST": "x",
    "COV_CORE_SOURCE": "x",
    "TZ": "Asia/Tokyo",
    "LANG": "de_DE.UTF-8",
    "CI": "true",
}


def test_a_worker_starts_with_what_processes_need_and_nothing_of_the_shell_beside():
    got = starting(SHELL)
    unneeded = {"SHOP_MODE", "SHOP_URL", "AWS_SECRET_ACCESS_KEY", "PYTEST_CURRENT_TEST", "COV_CORE_SOURCE", "CI"}
    assert {name for name in SHELL if name not in got} == unneeded
    assert {name: got[name] for name in USUAL} == USUAL
    assert withheld(SHELL) == unneeded


def test_a_hook_of_git_starts_it_with_what_the_shell_does():
    hook = {"PATH": f"/usr/lib/git-core{os.pathsep}/bin", "GIT_EXEC_PATH": "/usr/lib/git-core", "GIT_INDEX_FILE": "x"}
    assert starting(SHELL | hook) == starting(SHELL)
    assert starting(SHELL | {"GIT_EXEC_PATH": "/bin"}) == starting(SHELL)


def test_settings_add_to_the_list_by_name_glob_and_value():
    how = {"pass_env": ["SHOP_*", "PYTEST_*"], "set_env": {"AWS_REGION": "nowhere", "SHOP_URL": "test"}}
    got = starting(SHELL, **how)
    assert (got["SHOP_MODE"], got["SHOP_URL"], got["AWS_REGION"]) == ("fast", "test", "nowhere")
    assert "PYTEST_CURRENT_TEST" not in got
    assert not {"SHOP_MODE", "SHOP_URL"} & withheld(SHELL, **how)


@pytest.mark.parametrize(
    ("how", "zone", "locale"),
    [
        ({}, "UTC", ("C.UTF-8", "C.UTF-8")),
        ({"set_env": {"TZ": "Europe/Berlin"}}, "Europe/Berlin", ("C.UTF-8", "C.UTF-8")),
        ({"pass_env": ["TZ", "L*"]}, "Asia/Tokyo", ("de_DE.UTF-8", None)),
        ({"set_env": {"LC_NUMERIC": "de_DE.UTF-8"}}, "UTC", (None, None)),
    ],
)
def test_zone_and_locale_are_fixed_unless_the_settings_name_one(how, zone, locale):
    got = starting(SHELL, **how)
    assert (got["TZ"], got.get("LANG"), got.get("LC_ALL")) == (zone, *locale)


def test_what_mlguard_fixes_is_refused_all_at_once():
    with pytest.raises(UsageError) as refused:
        starting({}, pass_env=["PYTHONHASHSEED", "OMP_*"], set_env={"OMP_NUM_THREADS": "4", "MKL_CBWR": "AVX"})
    assert refused.value.slug == "settings-fixed-variable"
    assert "names PYTHONHASHSEED, which" in refused.value.message
    assert "names OMP_NUM_THREADS, which" in refused.value.message
    assert "MKL_CBWR" not in refused.value.message


@pytest.mark.parametrize("use_zygote", [True, False])
def test_the_list_is_that_of_the_moment_in_which_workers_were_made(project, monkeypatch, use_zygote):
    monkeypatch.setenv("SHOP_MODE", "fast")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("HTTP_PROXY", "first")
    with Workers(use_zygote=use_zygote) as workers:
        monkeypatch.setenv("HTTP_PROXY", "second")
        names = ["SHOP_MODE", "TZ", "HTTP_PROXY"]
        result = workers.run(Job("subject:variables", names, project, (str(project),), 60))
    assert result.forked is use_zygote
    assert result.value == {"SHOP_MODE": None, "TZ": "UTC", "HTTP_PROXY": "first"}


@pytest.mark.parametrize("use_zygote", [True, False])
def test_caches_and_records_of_experiments_lie_in_the_run_and_downloads_where_they_were(
    project, monkeypatch, use_zygote
):
    monkeypatch.setenv("XDG_CACHE_HOME", "/home/ada/caches")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://tracking")
    mlflow = ["MLFLOW_TRACKING_URI", "MLFLOW_ALLOW_FILE_STORE", "MLFLOW_DISABLE_TELEMETRY"]
    names = ["XDG_CACHE_HOME", *mlflow, "WANDB_MODE", "HF_HOME", "TORCH_HOME", "TMPDIR"]
    with Workers(use_zygote=use_zygote) as workers:
        seen = workers.run(Job("subject:variables", names, project, (str(project),), 60)).value
    assert seen["XDG_CACHE_HOME"].startswith(seen["TMPDIR"])
    assert [seen[name] for name in mlflow] == [f"file://{seen['TMPDIR']}/mlruns", "true", "true"]
    assert (seen["WANDB_MODE"], seen["HF_HOME"]) == ("offline", "/home/ada/caches/huggingface")
    assert seen["TORCH_HOME"] == "/home/ada/caches/torch"


def test_settings_keep_a_cache_or_a_tracking_server_where_it_is():
    how = {"pass_env": ["XDG_CACHE_HOME"], "set_env": {"MLFLOW_TRACKING_URI": "https://tracking"}}
    started = starting({"XDG_CACHE_HOME": "/caches"}, **how)
    assert (started["XDG_CACHE_HOME"], started["MLFLOW_TRACKING_URI"]) == ("/caches", "https://tracking")
    assert not {"XDG_CACHE_HOME", "MLFLOW_TRACKING_URI"} & set(in_the_run(Path("run"), started))
