"""The distribution as users get it: built once from a copy of the tree, installed into interpreters of their own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*(ROOT / "harness/mlguard").rglob("*.py"), *(ROOT / "datasets/generators").glob("*.py")])
PACKAGED = ("harness", "docs", "datasets/generators", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a distribution is made of; building in the tree would leave a second package there."""
    copy = tmp_path_factory.mktemp("source")
    for name in PACKAGED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="session")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel."""
    out = tmp_path_factory.mktemp("wheel")
    told = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(source)]
    built = subprocess.run(told, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    return next(out.glob("*.whl"))


@pytest.fixture(scope="session")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The libraries of this interpreter without mlguard, which may be installed here in either way."""
    folder = tmp_path_factory.mktemp("libraries")
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if "mlguard" not in entry.name and entry.suffix != ".pth":
            (folder / entry.name).symlink_to(entry)
    return folder


@pytest.fixture
def interpreter(tmp_path: Path, libraries: Path) -> Callable[..., str]:
    """Install into a fresh interpreter that sees this one's libraries but not its mlguard, and run a script there."""

    def run(installed: list[str], script: str) -> str:
        home = tmp_path / "venv"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
        python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        site = answer([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], tmp_path)
        (Path(site.strip()) / "libraries.pth").write_text(f"{libraries}\n")
        pip = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
        answer([*pip, *installed], tmp_path)
        return answer([python, "-c", script], tmp_path)

    return run


def answer(told: Sequence[str | Path], folder: Path) -> str:
    """What a command prints; its error output where it fails."""
    ran = subprocess.run(told, capture_output=True, text=True, cwd=folder)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout
