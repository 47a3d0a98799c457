"""What is shipped is what the tree holds, and the generators are importable from every sort of install."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.house.conftest import ROOT


def expected() -> set[str]:
    """Every file of the package, as it must be named in the wheel."""
    package = ROOT / "harness/mlguard"
    found = {f"mlguard/{file.relative_to(package).as_posix()}" for file in package.rglob("*.py")}
    for kind in ("txt", "css", "js"):
        found |= {f"mlguard/{file.relative_to(package).as_posix()}" for file in package.rglob(f"*.{kind}")}
    found |= {f"mlguard/generators/{file.name}" for file in (ROOT / "datasets/generators").glob("*.py")}
    return found | {"mlguard/py.typed", "mlguard/docs/messages.md"}


def test_the_wheel_holds_the_tree_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = {name for name in names if ".dist-info/" not in name}
    assert shipped == expected()
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_wheel_has_its_command_and_its_plugin(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith("entry_points.txt"))
        text = archive.read(name).decode()
    assert "mlguard = mlguard.cli.main:main" in text
    assert "[pytest11]\nmlguard = mlguard.pytest_plugin" in text


def test_a_message_is_explained_wherever_mlguard_is_installed(interpreter: Callable[..., str], wheel: Path) -> None:
    script = "from mlguard.cli.explain import sections; print(sections()['golden-conflict'][:9])"
    assert interpreter([str(wheel)], script) == "A file of\n"


SCRIPT = """
import importlib, pkgutil, mlguard, mlguard.generators
for module in pkgutil.iter_modules(mlguard.generators.__path__):
    importlib.import_module(f"mlguard.generators.{module.name}")
    print(module.name)
print(mlguard.__file__)
"""


def scripts() -> list[str]:
    return sorted(file.stem for file in (ROOT / "datasets/generators").glob("*.py") if file.stem != "__init__")


def test_generators_from_a_wheel(interpreter: Callable[..., str], wheel: Path, tmp_path: Path) -> None:
    *names, home = interpreter([str(wheel)], SCRIPT).split()
    assert sorted(names) == scripts()
    assert home.startswith(str(tmp_path))


def test_generators_from_an_editable_install(interpreter: Callable[..., str], source: Path) -> None:
    *names, home = interpreter(["--editable", str(source)], SCRIPT).split()
    assert sorted(names) == scripts()
    assert home.startswith(str(source))


def test_the_editable_install_sees_a_script_added_later(interpreter: Callable[..., str], source: Path) -> None:
    added = source / "datasets/generators/added_later.py"
    script = f"open({str(added)!r}, 'w').write('WORD = 7'); import mlguard.generators.added_later as m; print(m.WORD)"
    try:
        assert interpreter(["--editable", str(source)], script) == "7\n"
    finally:
        added.unlink(missing_ok=True)
