"""What commands print is clean, and JSON stays JSON whatever is in it."""

from __future__ import annotations

import io
import json
import os
import sys

import click
import pytest

from mlguard import printing

HOSTILE = "x\x1b]0;pwn\x07\x7f\x9b\u202e\u2028\ud800\ny"


def clean(text: str) -> bool:
    return text.isprintable() or all(c.isprintable() or c == "\n" for c in text)


def test_lines_stay_lines_and_nothing_acts(capsys):
    printing.say(HOSTILE)
    printing.tell(HOSTILE)
    shown = capsys.readouterr()
    assert shown.out == shown.err == "x\\x1b]0;pwn\\x07\\x7f\\x9b\\u202e\\u2028\\ud800\ny\n"


def test_a_file_for_a_program_is_exact_and_nothing_of_it_acts_on_a_terminal(capfdbinary, monkeypatch):
    data = b"\ta\r\n\xe9\x1b]0;pwn\x07\n"
    printing.say_exactly(data)
    sys.stdout.flush()
    assert capfdbinary.readouterr().out == data
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    printing.say_exactly(data)
    sys.stdout.flush()
    assert capfdbinary.readouterr().out == b"\\ta\\r\n\\xe9\\x1b]0;pwn\\x07\n"


def test_a_json_document_is_ascii_and_means_the_same(capsys):
    printing.say_json({HOSTILE: [HOSTILE]})
    shown = capsys.readouterr().out
    assert clean(shown)
    assert shown.isascii()
    assert json.loads(shown) == {HOSTILE: [HOSTILE]}


def test_a_question_and_a_bar_are_one_line(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert printing.ask(f"accept {HOSTILE}?")
    with printing.bar(HOSTILE, items=["a"]) as shown:
        list(shown)
    told = capsys.readouterr()
    assert told.out.strip() == ""  # An old click prints the blank behind its question there.
    assert clean(told.err)


@pytest.mark.parametrize("kind", [click.UsageError, click.BadParameter, click.NoSuchOption])
def test_errors_of_click_are_printed_like_ours(capsys, monkeypatch, kind):
    from mlguard.cli.main import COMMANDS, Entry, main

    def act() -> None:
        raise kind(HOSTILE)

    monkeypatch.setattr("mlguard.cli.main.acting", click.command("act")(act), raising=False)
    monkeypatch.setitem(COMMANDS, "act", Entry("mlguard.cli.main:acting", "Act."))
    with pytest.raises(SystemExit):
        main(["act"])
    told = capsys.readouterr()
    assert "pwn" in told.err
    assert clean(told.err)


@pytest.mark.parametrize(("typed", "ended", "answerable"), [("y\n", True, True), ("", False, True), ("", True, False)])
def test_an_input_that_came_to_its_end_gives_no_answer(monkeypatch, typed: str, ended: bool, answerable: bool):
    reading, writing = os.pipe()
    os.write(writing, typed.encode())
    if ended:
        os.close(writing)
    with open(reading) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        assert printing.can_be_answered() is answerable
        if typed:
            assert printing.ask("sure?") is True
    if not ended:
        os.close(writing)


def test_without_a_standard_input_nobody_answers(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    assert not printing.can_be_answered()
    with open(os.devnull) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        assert not printing.can_be_answered()
