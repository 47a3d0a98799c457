"""Which environment variables a worker starts with: a fixed list, as tox has one, and what the settings add to it.

Whatever else stands in somebody's shell reaches no guarded code, so that no run depends on whose shell it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from mlguard.core.error import several
from mlguard.worker import coverage
from mlguard.worker.environment import FIXED, MACHINE

_PROCESS: Final = "PATH HOME USER LOGNAME TMPDIR TEMP TMP LD_LIBRARY_PATH LD_PRELOAD NIX_LD* CC CXX *FLAGS SDKROOT"
_PYTHON: Final = (
    "PYTHONPATH PYTHONHOME PYTHONUSERBASE PYTHONNOUSERSITE PYTHONPYCACHEPREFIX PYTHONMALLOC PYTHONUTF8 "
    "VIRTUAL_ENV CONDA_* PYENV_*"
)
_NETWORK: Final = "*_PROXY SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE"
_MACOS: Final = "DYLD_* __CF_USER_TEXT_ENCODING MACOSX_DEPLOYMENT_TARGET"
_WINDOWS: Final = (
    "SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT OS APPDATA LOCALAPPDATA ALLUSERSPROFILE PROGRAMDATA PROGRAMFILES* "
    "PROGRAMW6432 COMMONPROGRAM* USERPROFILE USERNAME USERDOMAIN HOMEDRIVE HOMEPATH PUBLIC PSMODULEPATH MSYSTEM "
    "NUMBER_OF_PROCESSORS PROCESSOR_*"
)
_ACCELERATORS: Final = "CUDA_* CUBLAS_* CUDNN_* NVIDIA_* NCCL_* HIP_* HSA_* ROCR_* ROCM_* XLA_* TF_*"
_NUMERICS: Final = "OPENBLAS_* MKL_* BLIS_* VECLIB_* OMP_* GOMP_* KMP_* NPY_* NUMEXPR_* NUMBA_* LOKY_* JOBLIB_*"
_RUNTIMES: Final = "JAVA_HOME JDK_HOME JRE_HOME SPARK_HOME HADOOP_HOME PYSPARK_PYTHON R_HOME R_LIBS* CMDSTAN"
_DOWNLOADS: Final = (
    "XDG_* HF_HOME HF_HUB_CACHE HF_HUB_OFFLINE HF_DATASETS_CACHE TRANSFORMERS_CACHE SENTENCE_TRANSFORMERS_HOME "
    "TORCH_HOME KERAS_HOME TFHUB_CACHE_DIR NLTK_DATA SCIKIT_LEARN_DATA TIKTOKEN_CACHE_DIR MPLCONFIGDIR"
)

PASSED: Final = (
    *" ".join((_PROCESS, _PYTHON, _NETWORK, _MACOS, _WINDOWS, _ACCELERATORS, _NUMERICS, _RUNTIMES, _DOWNLOADS)).split(),
    *MACHINE,
)
"""Variables that reach a worker where they are set, as globs that ignore case: what processes, compilers, networks,
accelerators and numerical libraries need to start at all, and where downloaded models and data lie."""

USUAL: Final = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
"""Time zone and locale of a worker, unless the settings set or pass one."""

_CACHES: Final = {"HF_HOME": "huggingface", "TORCH_HOME": "torch", "MPLCONFIGDIR": "matplotlib"}
"""Where downloads and fonts lie below the user's cache folder, which itself begins empty in every run."""

_TERMINAL: Final = frozenset({"COLUMNS", "LINES", "TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR"})
"""What a library that draws text asks of a terminal, such as pandas in a message. A worker has none."""

_OWN: Final = {
    "PYTHONIOENCODING": "utf-8:backslashreplace",
    # pandas imports pyarrow where it is installed, whose allocator starts a thread: no zygote could ever fork.
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}

_NEVER: Final = ("PYTEST_", *coverage.VARIABLES)
"""Beginnings of names that would tell guarded code that pytest runs it, or start a measurement."""


def starting(
    environ: Mapping[str, str], *, pass_env: Sequence[str] = (), set_env: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The variables that a worker starts with, of those in `environ` and of the settings.

    Raises UsageError naming every variable of the settings that mlguard fixes itself.
    """
    chosen = dict(set_env or {})
    _refuse_fixed([*pass_env, *chosen])
    passed = {name: _outside_hooks(name, environ) for name in environ if _passes(name, pass_env)}
    named = {*chosen, *(name for name in passed if _matches(name, pass_env))}
    started = {**_usual(named), **_downloads(environ), **passed, **chosen, **_OWN}
    return {name: text for name, text in started.items() if name != "XDG_CACHE_HOME" or name in named}


def in_the_run(folder: Path, started: Mapping[str, str]) -> dict[str, str]:
    """Variables that lead caches and records of experiments into a run's own folder, but for those it started with."""
    places = {
        "XDG_CACHE_HOME": str(folder / "cache"),
        "NUMBA_CACHE_DIR": str(folder / "numba"),
        "MLFLOW_TRACKING_URI": (folder / "mlruns").absolute().as_uri(),
        # A database takes seconds to begin with, and newer releases of MLflow keep plain files only when told to.
        "MLFLOW_ALLOW_FILE_STORE": "true",
        # Files beside a database that code names itself, which MLflow would put into the working directory.
        "_MLFLOW_SERVER_ARTIFACT_ROOT": (folder / "mlruns").absolute().as_uri(),
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "WANDB_MODE": "offline",
        "WANDB_DIR": str(folder),
        "NEPTUNE_MODE": "offline",
        "CLEARML_OFFLINE_MODE": "1",
        "CODECARBON_OUTPUT_DIR": str(folder),
    }
    return {name: text for name, text in places.items() if name not in started}


def withheld(
    environ: Mapping[str, str], *, pass_env: Sequence[str] = (), set_env: Iterable[str] = ()
) -> frozenset[str]:
    """The names of the variables in `environ` that reach no worker."""
    fixed = {*set_env, *USUAL, *_OWN, *FIXED, *in_the_run(Path(), {})}
    return frozenset(name for name in environ if name not in fixed and not _passes(name, pass_env))


def is_default(name: str) -> bool:
    """Whether a worker has, without a word in the settings, what this variable is to say."""
    ours = {*USUAL, *_OWN, *_TERMINAL, *FIXED, *in_the_run(Path(), {})}
    return name in ours or _matches(name, PASSED, fold=True)


def zone_is_chosen(*, pass_env: Sequence[str], set_env: Iterable[str]) -> bool:
    """Whether the settings say which time zone guarded code is in."""
    return "TZ" in set_env or _matches("TZ", pass_env)


def _downloads(environ: Mapping[str, str]) -> dict[str, str]:
    caches = environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return {name: os.path.join(caches, folder) for name, folder in _CACHES.items()}


def _usual(named: Iterable[str]) -> dict[str, str]:
    """Zone and locale, each left out where the settings name a variable of its kind: LC_ALL would override LANG."""
    kinds = {_kind(name) for name in named}
    return {name: text for name, text in USUAL.items() if _kind(name) not in kinds}


def _outside_hooks(name: str, environ: Mapping[str, str]) -> str:
    """A variable's text; PATH without the folder that git puts in front of it for its hooks and aliases.

    A guard must not see a difference between a commit's hook and the shell in which somebody commits.
    """
    own = environ.get("GIT_EXEC_PATH")
    return environ[name].removeprefix(f"{own}{os.pathsep}") if own and name == "PATH" else environ[name]


def _kind(name: str) -> str:
    return "locale" if name in ("LANG", "LANGUAGE") or name.startswith("LC_") else name


def _passes(name: str, pass_env: Sequence[str]) -> bool:
    if name.startswith(_NEVER):
        return False
    return _matches(name, PASSED, fold=True) or _matches(name, pass_env)


def _matches(name: str, globs: Iterable[str], *, fold: bool = os.name == "nt") -> bool:
    """`fold`: case does not count, as for Windows' variables and for proxies."""
    shown = name.upper() if fold else name
    return any(fnmatchcase(shown, glob.upper() if fold else glob) for glob in globs)


def _refuse_fixed(names: Iterable[str]) -> None:
    fixed = [name for name in names if name in FIXED]
    if fixed:
        raise several(
            [
                f"[tool.mlguard] names {name}, which mlguard fixes itself so that a run is the same twice; take it out"
                for name in fixed
            ],
            slug="settings-fixed-variable",
        )
