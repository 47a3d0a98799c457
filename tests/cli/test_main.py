"""The command line itself: which command runs, and what every kind of error is turned into."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from mlguard.cli import main as cli_main
from mlguard.core.error import GoldenError, RunError, UsageError
from tests.project import Project


def answer(args: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of one call."""
    with pytest.raises(SystemExit) as left:
        cli_main.main(args)
    captured = capsys.readouterr()
    code = left.value.code
    return code if isinstance(code, int) else -1, captured.out, captured.err


@pytest.fixture
def acting(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Put a command `act` in the group that does what a test wants."""

    def install(action: Callable[[], object]) -> None:
        command = click.command("act")(click.option("--json", "as_json", is_flag=True)(lambda as_json: action()))
        found = cli_main.LazyGroup.get_command
        monkeypatch.setitem(cli_main.COMMANDS, "act", cli_main.Entry("nowhere:at_all", "Act."))
        monkeypatch.setattr(
            cli_main.LazyGroup,
            "get_command",
            lambda group, ctx, name: command if name == "act" else found(group, ctx, name),
        )

    return install


def raiser(error: BaseException) -> Callable[[], object]:
    def raise_it() -> object:
        raise error

    return raise_it


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("the guard is wrong", slug="some-slug"), 2),
        (GoldenError("the golden is wrong", slug="some-slug"), 3),
        (RunError("the code raised", slug="some-slug"), 5),
    ],
)
def test_our_errors_are_their_text_and_their_exit_code(acting, capsys, error, code) -> None:
    acting(raiser(error))
    assert answer(["act"], capsys) == (code, "", f"mlguard: {error.message} [some-slug]\n")


def test_an_error_under_json_is_json_on_standard_output(acting, capsys) -> None:
    acting(raiser(UsageError("the guard is wrong", slug="some-slug")))
    code, out, err = answer(["act", "--json"], capsys)
    assert code == 2
    assert json.loads(out) == {"error": {"message": "the guard is wrong", "slug": "some-slug"}, "exit_code": 2}
    assert "the guard is wrong" in err


def test_a_defect_of_our_own_never_looks_like_a_shift(acting, capsys) -> None:
    acting(raiser(ZeroDivisionError("oops")))
    code, _, err = answer(["act"], capsys)
    assert code == 5
    assert "ZeroDivisionError: oops" in err
    assert "defect in mlguard" in err


def test_a_defect_of_our_own_is_json_too(acting, capsys) -> None:
    acting(raiser(ZeroDivisionError("oops")))
    code, out, _ = answer(["act", "--json"], capsys)
    assert (code, json.loads(out)["error"]["slug"]) == (5, "defect")


def test_an_interrupt_is_one_line_and_130(acting, capsys) -> None:
    acting(raiser(KeyboardInterrupt()))
    code, _, err = answer(["act"], capsys)
    assert (code, err.strip()) == (130, "mlguard: interrupted")


def test_a_question_without_a_terminal_names_the_option(acting, capsys, monkeypatch) -> None:
    acting(lambda: click.confirm("accept?"))
    with open("/dev/null") as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        code, _, err = answer(["act"], capsys)
    assert code == 2
    assert "--yes" in err


@pytest.mark.parametrize("code", [0, 1, 4])
def test_what_a_command_returns_or_exits_with_is_the_exit_code(acting, capsys, code) -> None:
    acting(lambda: code)
    assert answer(["act"], capsys)[0] == code
    acting(lambda: sys.exit(code))
    assert answer(["act"], capsys)[0] == code
    acting(lambda: click.get_current_context().exit(code))
    assert answer(["act"], capsys)[0] == code


def test_the_command_lines_own_errors_exit_2(acting, capsys) -> None:
    acting(raiser(click.ClickException("a plain one, 1 by itself")))
    assert answer(["act"], capsys)[0] == 2
    code, _, err = answer(["act", "--nonsense"], capsys)
    assert code == 2
    assert "--nonsense" in err


def test_an_unknown_command_gets_the_nearest(capsys) -> None:
    code, out, err = answer(["chek"], capsys)
    assert (code, out) == (2, "")
    assert "'chek'" in err
    assert "did you mean check?" in err
    assert "there are init, make-dataset, list, check" in answer(["zzz"], capsys)[2]


def test_no_command_is_no_pass(capsys) -> None:
    code, out, err = answer([], capsys)
    assert (code, out) == (2, "")
    assert "regen-golden" in err


def test_h_and_help_and_version(capsys) -> None:
    short, long = answer(["-h"], capsys), answer(["--help"], capsys)
    assert short == long
    assert short[0] == 0
    assert all(f"  {name} " in short[1] for name in cli_main.COMMANDS)
    assert answer(["--version"], capsys) == (0, "mlguard, version 0.1.0\n", "")


@pytest.mark.parametrize("name", cli_main.COMMANDS)
def test_every_command_of_the_table_is_there_and_takes_json(name: str) -> None:
    with cli_main.cli.make_context("mlguard", [name]) as ctx:
        command = cli_main.cli.get_command(ctx, name)
    assert command is not None
    assert command.name == name
    assert any("--json" in option.opts for option in command.params)
    assert command.help, f"{name} --help says nothing"


def test_python_dash_m_is_the_command_and_h_reaches_every_one(tmp_path: Path) -> None:
    # In a process of its own: click remembers the help option of the first context that a command was used in.
    told = [sys.executable, "-m", "mlguard", "init", "-h"]
    assert subprocess.run(told, capture_output=True, text=True, cwd=tmp_path).stdout.startswith("Usage: mlguard init ")


def into(command: str, *, out: bool = True) -> subprocess.CompletedProcess[str]:
    """What `mlguard` does whose standard output, or else standard error, nobody reads any more."""
    reader, writer = os.pipe()
    os.close(reader)
    streams = {"stdout": writer, "stderr": subprocess.PIPE} if out else {"stdout": subprocess.PIPE, "stderr": writer}
    try:
        return subprocess.run([sys.executable, "-m", "mlguard", *command.split()], text=True, check=False, **streams)
    finally:
        os.close(writer)


@pytest.mark.parametrize("command", ["explain golden-missing", "explain golden-missing --json", "--help", "--version"])
def test_an_answer_that_nobody_reads_is_no_verdict(command: str) -> None:
    ran = into(command)
    assert (ran.returncode, ran.stderr) == (
        5,
        "mlguard: standard output takes no answer: Broken pipe [output-refused]\n",
    )


@pytest.mark.parametrize("command", ["explain no-such-word --json", "explain --no-such-option --json"])
def test_what_is_said_of_an_error_to_nobody_is_no_verdict(command: str) -> None:
    ran = into(command)
    assert ran.returncode == 5
    assert ran.stderr.endswith("\nmlguard: standard output takes no answer: Broken pipe [output-refused]\n")
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("command", ["explain --help", "--version", "explain no-such-word --json"])
def test_a_full_disk_is_told_in_a_sentence(command: str) -> None:
    with open("/dev/full", "w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "mlguard", *command.split()], text=True, stdout=full, stderr=subprocess.PIPE
        )
    assert ran.returncode == 5
    assert ran.stderr.endswith("mlguard: standard output takes no answer: No space left on device [output-refused]\n")
    assert "Traceback" not in ran.stderr


def test_what_nobody_reads_beside_the_answer_changes_nothing() -> None:
    ran = into("explain no-such-word --json", out=False)
    assert (ran.returncode, json.loads(ran.stdout)["exit_code"]) == (2, 2)


@pytest.mark.parametrize("closed", ["0", "2"])
def test_a_standard_file_that_is_closed_is_no_other_one(line: Project, closed: str) -> None:
    command = ["sh", "-c", f'"$0" -m mlguard check --json --log - {closed}>&-', sys.executable]
    ran = subprocess.run(command, cwd=line.root, capture_output=True, text=True, check=False)
    assert (ran.returncode, json.loads(ran.stdout)["outcome"]) == (0, "match")
