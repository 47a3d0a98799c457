"""Which file of this checkout would be an imported module, and what is said where another file was imported."""

from __future__ import annotations

import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from types import ModuleType

import pytest

from mlguard.core.error import UsageError
from mlguard.runner.checkout import Checkout, compared, refuse_differing, remarks_on


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path, Path]:
    """This checkout, another one beside it, and a folder of installed packages."""
    here, other = tmp_path / "b", tmp_path / "a"
    installed = tmp_path / "venv" / "lib" / "site-packages"
    for folder in (here, other, installed):
        folder.mkdir(parents=True)
    return here, other, installed


def wrote(file: Path, text: str = "x = 1\n") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def imported(monkeypatch: pytest.MonkeyPatch, name: str, file: Path) -> None:
    module = ModuleType(name)
    module.__file__ = str(file)
    monkeypatch.setitem(sys.modules, name, module)


@pytest.mark.parametrize("folder", ["", "src", "harness", "libs/shop/python", "a/b/c/d"])
@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("shop_x", "shop_x.py"),
        ("shop_x", "shop_x/__init__.py"),
        ("shop_x.train", "shop_x/train.py"),
        ("shop_x.deep.er", "shop_x/deep/er.py"),
        ("renamed_x.train", "some_folder/train.py"),
    ],
)
@pytest.mark.parametrize("edited", [True, False])
def test_a_module_of_another_checkout_is_that_of_the_same_path_here(
    places, monkeypatch, folder: str, name: str, file: str, edited: bool
):
    here, other, _ = places
    wrote(here / folder / file, "x = 2\r\n" if edited else "x = 1\r\n")
    imported(monkeypatch, name, wrote(other / folder / file))
    found = compared(here)
    strays = found.differing if edited else found.equal
    assert [(s.name, s.ran, s.here) for s in strays] == [(name, other / folder / file, here / folder / file)]
    assert not (found.equal if edited else found.differing)


@pytest.mark.parametrize("folder", ["", "src", "harness", "packages/shop"])
def test_an_installed_module_of_this_project_is_found_by_its_name(places, monkeypatch, folder: str):
    here, _, installed = places
    wrote(here / "pyproject.toml", '[project]\nname = "Our_Shop"\n')
    info = installed / "our_shop-1.dist-info"
    wrote(info / "METADATA", "Metadata-Version: 2.1\nName: our-shop\nVersion: 1\n")
    wrote(info / "RECORD", "shop_x/__init__.py,,\nshop_x/train.py,,\n")
    monkeypatch.syspath_prepend(str(installed))
    for name in ("__init__", "train"):
        wrote(here / folder / "shop_x" / f"{name}.py")
    imported(monkeypatch, "shop_x", wrote(installed / "shop_x/__init__.py"))
    imported(monkeypatch, "shop_x.train", wrote(installed / "shop_x/train.py", "stale = 1\n"))
    found = compared(here)
    assert [s.here for s in found.differing] == [here / folder / "shop_x/train.py"]
    assert [s.name for s in found.equal] == ["shop_x"]


def test_what_only_has_the_name_of_a_module_is_a_stranger(places, monkeypatch):
    here, other, installed = places
    wrote(here / "pyproject.toml", '[project]\nname = "our-shop"\n')
    for file in ("utils_x.py", "src/utils_x.py", "pkg_x/__init__.py", "scripts/run_x.py"):
        wrote(here / file, "other = 1\n")
    imported(monkeypatch, "utils_x", wrote(installed / "utils_x.py"))
    imported(monkeypatch, "sibling_x", wrote(other / "sibling_x/__init__.py"))
    imported(monkeypatch, "sibling_x.run_x", wrote(other / "sibling_x/run_x.py"))
    imported(monkeypatch, "pkg_x", here / "pkg_x/__init__.py")
    assert compared(here) == Checkout()


def test_a_stale_build_below_the_root_is_not_the_checkout(places, monkeypatch):
    here, _, _ = places
    source = wrote(here / "src/shop_x/train.py", "new = 1\n")
    imported(monkeypatch, "shop_x.train", wrote(here / "build/lib/shop_x/train.py"))
    assert [s.here for s in compared(here).differing] == [source]


def test_a_compiled_module_is_named_and_never_taken_for_equal(places, monkeypatch):
    here, other, _ = places
    suffix = EXTENSION_SUFFIXES[0]
    wrote(here / "src/shop_x/fast.pyx")
    imported(monkeypatch, "shop_x.fast", wrote(other / f"src/shop_x/fast{suffix}"))
    imported(monkeypatch, "shop_x.inplace", wrote(here / f"src/shop_x/inplace{suffix}"))
    found = compared(here)
    assert ([s.name for s in found.compiled], found.equal, found.differing) == (
        ["shop_x.fast", "shop_x.inplace"],
        (),
        (),
    )
    assert list(remarks_on(found)) == [
        "compiled, so that nobody can tell whether this checkout's source is what ran: shop_x.fast, shop_x.inplace"
    ]


def test_the_error_names_both_files_and_the_cure(places, monkeypatch):
    here, other, _ = places
    for name in ("one", "two"):
        wrote(here / f"src/shop_x/{name}.py", "edited = 1\n")
        imported(monkeypatch, f"shop_x.{name}", wrote(other / f"src/shop_x/{name}.py"))
    with pytest.raises(UsageError) as refused:
        refuse_differing(compared(here), here, "Churn")
    assert refused.value.slug == "code-from-elsewhere"
    ran, here_too = other / "src/shop_x/one.py", "src/shop_x/one.py"
    assert f"shop_x.one was imported from {ran}, which differs from this checkout's {here_too}" in refused.value.message
    assert "(and 1 more: shop_x.two)" in refused.value.message
    assert compared(here, besides=[other / "src/shop_x"]).differing == ()
