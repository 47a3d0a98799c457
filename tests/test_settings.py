from __future__ import annotations

from pathlib import Path

import pytest

from mlguard.core.error import UsageError
from mlguard.golden.state import STATE
from mlguard.settings import COPIES, Tracking, load, require_project


def project(folder: Path, text: str = "[tool.mlguard]\n", name: str = "pyproject.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_the_nearest_project_with_a_section_counts(tmp_path: Path) -> None:
    outer = project(tmp_path, '[tool.mlguard]\ngolden = "g"\n')
    inner = project(tmp_path / "a", '[tool.mlguard]\nguards = "checks"\ntimeout = 5\nenvironments = "any"\n')
    deep = project(inner / "b", "[project]\nname = 'x'\n") / "c"
    deep.mkdir()
    found = load(deep)
    assert (found.root, found.declared, found.here) == (inner, True, deep)
    assert (found.guards, found.golden) == ((inner / "checks",), inner / "golden")
    assert (found.timeout, found.environments, found.generators) == (5.0, "any", inner / "datasets" / "generators")
    assert load(tmp_path).golden == outer / "g"
    assert found.relative(inner / "checks" / "t.py") == "checks/t.py"
    assert found.relative(tmp_path / "x.py") == str(tmp_path / "x.py")


def test_variables_are_passed_by_name_or_glob_and_set_to_texts(tmp_path: Path) -> None:
    entries = 'pass_env = ["SHOP_*", "TZ"]\nset_env = {RATE = "2"}\n'
    found = load(project(tmp_path / "a", f"[tool.mlguard]\n{entries}"))
    assert (found.pass_env, found.set_env) == (("SHOP_*", "TZ"), {"RATE": "2"})
    assert load(project(tmp_path / "b", '[tool.mlguard]\npass_env = "SHOP_*"\n')).pass_env == ("SHOP_*",)
    with pytest.raises(UsageError, match="`set_env` must be a table of environment variables and their texts, not"):
        load(project(tmp_path / "c", "[tool.mlguard]\nset_env = {RATE = 2}\n"))


def test_without_a_section_the_nearest_project_is_the_root_and_is_not_declared(tmp_path: Path) -> None:
    inner = project(tmp_path / "a", "", "setup.py")
    project(tmp_path, "[project]\nname = 'x'\n")
    found = load(inner)
    assert (found.root, found.declared, found.guards) == (inner, False, (inner / "tests" / "guards",))
    with pytest.raises(UsageError, match=r"no \[tool.mlguard\] in a pyproject.toml at or above .*; run `mlguard init`"):
        require_project(found)
    assert require_project(load(project(tmp_path / "b"))) == tmp_path / "b"


def test_outside_any_project_the_defaults_serve(tmp_path: Path) -> None:
    found = load(tmp_path)
    assert (found.root, found.declared, found.base) == (None, False, tmp_path)
    assert found.import_path == (str(tmp_path),)


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    entries = (
        'guard = "x"',
        "timout = 3",
        "xyz = 1",
        "golden = 3",
        "guards = []",
        "timeout = -1",
        'environments = "all"',
    )
    text = "\n".join(("[tool.mlguard]", *entries, ""))
    with pytest.raises(UsageError) as caught:
        load(project(tmp_path, text))
    place = tmp_path / "pyproject.toml"
    assert caught.value.message.splitlines() == [
        "7 problems:",
        f"  - {place}: [tool.mlguard] has no entry `guard`; did you mean `guards`?",
        f"  - {place}: [tool.mlguard] has no entry `timout`; did you mean `timeout`?",
        f"  - {place}: [tool.mlguard] has no entry `xyz`; known are guards, generators, golden, golden_arrays, "
        "timeout, environments, pass_env, set_env, mlflow",
        f"  - {place}: [tool.mlguard] `golden` must be a folder or a URL, not 3",
        f"  - {place}: [tool.mlguard] `guards` must be a list of folders or files, not []",
        f"  - {place}: [tool.mlguard] `timeout` must be a positive number of seconds, not -1",
        f'  - {place}: [tool.mlguard] `environments` must be "one" or "any", not \'all\'',
    ]


def test_goldens_at_a_url_have_their_copies_below_the_state_folder(tmp_path: Path) -> None:
    found = load(project(tmp_path, '[tool.mlguard]\ngolden = "s3://bucket/goldens/"\n'))
    assert found.golden_url == "s3://bucket/goldens"
    assert found.golden.parent.parent == tmp_path / COPIES
    assert COPIES.split("/")[0] == STATE
    assert found.golden_arrays is None
    found = load(project(tmp_path, '[tool.mlguard]\ngolden_arrays = "s3://bucket/arrays"\n'))
    assert (found.golden, found.golden_url, found.golden_arrays) == (tmp_path / "golden", None, "s3://bucket/arrays")


@pytest.mark.parametrize("value", ["s3:/canary-secret", "canary-secret", "s3://canary-secret@b", "ftp://canary-secret"])
def test_a_url_that_cannot_be_used_is_not_repeated(value: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"`golden_arrays` (is no URL|must begin|holds a user name)") as raised:
        load(project(tmp_path, f'[tool.mlguard]\ngolden_arrays = "{value}"\n'))
    assert "canary-secret" not in raised.value.message


@pytest.mark.parametrize("value", ["3", "false", "[]", "''"])
def test_a_section_that_is_no_table_is_refused(value: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\[tool.mlguard\] must be a table, not "):
        load(project(tmp_path, f"[tool]\nmlguard = {value}\n"))


def test_a_tool_entry_that_is_no_table_is_no_section(tmp_path: Path) -> None:
    assert not load(project(tmp_path, "tool = 3\n")).declared


_DEEP = b"a = " + b"[" * 20_000


_LONG = b"a = " + b"1" * 5000


@pytest.mark.parametrize("text", [b"[tool", b"\xff", _DEEP, _LONG], ids=["cut off", "not UTF-8", "deep", "long"])
def test_a_broken_file_is_named(text: bytes, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(text)
    with pytest.raises(UsageError, match=r"pyproject.toml is not valid TOML: .*; mend it first") as caught:
        load(tmp_path)
    assert caught.value.slug == "settings-toml"


INI = "[pytest]\npythonpath = src 'my lib'\n"
TOML = '[tool.pytest.ini_options]\npythonpath = ["src", "my lib"]\n'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", INI),
        (".pytest.ini", INI),
        ("pyproject.toml", TOML),
        ("pyproject.toml", "[tool.pytest.ini_options]\npythonpath = \"src 'my lib'\"\n"),
        ("pyproject.toml", '[tool.pytest]\npythonpath = ["src", "my lib"]\n'),
        ("tox.ini", INI),
        ("setup.cfg", INI.replace("pytest]", "tool:pytest]")),
    ],
)
def test_the_import_path_is_the_one_that_pytest_is_configured_to_use(name: str, text: str, tmp_path: Path) -> None:
    project(tmp_path)
    with (tmp_path / name).open("a", encoding="utf-8") as file:
        file.write(text)
    assert load(tmp_path).import_path == tuple(map(str, (tmp_path, tmp_path / "src", tmp_path / "my lib")))


def test_the_first_configuration_of_pytest_decides(tmp_path: Path) -> None:
    project(tmp_path, "[tool.mlguard]\n" + TOML)
    project(tmp_path, "[pytest]\npythonpath = other\n", "pytest.ini")
    assert load(tmp_path).import_path == (str(tmp_path), str(tmp_path / "other"))


BROKEN = [
    ("pytest.ini", "[pytest\n"),
    ("pytest.ini", "[pytest]\npythonpath = 'src\n"),
    ("pyproject.toml", '[tool.pytest.ini_options]\npythonpath = "\'src"\n'),
    ("pyproject.toml", "[tool.pytest.ini_options]\npythonpath = 3\n"),
    ("pyproject.toml", '[tool.pytest.ini_options]\npythonpath = ["\\u0000", 3]\n'),
    ("pyproject.toml", "[tool.pytest]\nini_options = 3\n"),
]


@pytest.mark.parametrize(("name", "text"), BROKEN)
def test_a_broken_configuration_of_pytest_is_not_ours_to_judge(name: str, text: str, tmp_path: Path) -> None:
    project(tmp_path)
    with (tmp_path / name).open("a", encoding="utf-8") as file:
        file.write(text)
    assert load(tmp_path).import_path == (str(tmp_path),)


def test_a_tracking_server_is_named_by_its_address_its_experiment_or_neither(tmp_path):
    assert load(project(tmp_path / "a", "[tool.mlguard]\n")).mlflow is None
    assert load(project(tmp_path / "b", "[tool.mlguard.mlflow]\n")).mlflow == Tracking()
    both = '[tool.mlguard.mlflow]\nuri = "http://tracking:5000"\nexperiment = "churn"\n'
    assert load(project(tmp_path / "c", both)).mlflow == Tracking("http://tracking:5000", "churn")
    for number, entry in enumerate(('url = "http://ana:secret@tracking"', 'uri = ""', "experiment = 3")):
        with pytest.raises(UsageError, match="`mlflow` must be a table with a `uri`, an `experiment`, both") as caught:
            load(project(tmp_path / str(number), f"[tool.mlguard.mlflow]\n{entry}\n"))
        assert caught.value.message.endswith(f"or neither, not a table of {entry.partition(' ')[0]}")


@pytest.mark.parametrize("entry", ['guards = ["a\\u0000"]', 'golden = "a\\u0000"', 'set_env = {A = "a\\u0000"}'])
def test_what_no_file_and_no_variable_can_hold_is_refused(entry: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"`{entry.split()[0]}` must be "):
        load(project(tmp_path, f"[tool.mlguard]\n{entry}\n"))
