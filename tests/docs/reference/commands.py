"""The page of all commands, from the commands themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module

import click

from mlguard.cli.main import COMMANDS
from tests.docs.reference.declared import on_one_line

HEAD = """\
# Commands

Every command works from any folder below the project's root. What a command answers stands on standard output, all
else on standard error. `--json` makes the answer one [JSON document](json.md). Exit codes are those of
[outcomes](../README.md#outcomes-and-exit-codes). A word in brackets at the end of a message is
[explained](messages.md).
"""


def command(name: str) -> click.Command:
    """The click command of this name."""
    module, _, attribute = COMMANDS[name].home.partition(":")
    found = getattr(import_module(module), attribute)
    assert isinstance(found, click.Command)
    return found


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for name in COMMANDS for line in _section(name, command(name)))])


def _section(name: str, found: click.Command) -> Iterator[str]:
    yield f"## `mlguard {name}`\n"
    yield f"{inspect.cleandoc(found.help or '')}\n"
    words = [_word(one) for one in found.params if isinstance(one, click.Argument)]
    yield f"Usage: `{' '.join(['mlguard', name, '[OPTIONS]', *words])}`\n"
    yield "| option | does |\n|---|---|"
    for option in found.params:
        if isinstance(option, click.Option):
            assert option.help, f"{name} {option.opts[0]} says nothing"
            yield f"| {_names(option)} | {on_one_line(option.help)}{_default(option)} |"
    yield ""


def _word(argument: click.Argument) -> str:
    shown = argument.metavar or str(argument.name).upper()
    shown = shown if argument.metavar or argument.required else f"[{shown}]"
    return shown if "..." in shown or argument.nargs == 1 else f"{shown}..."


def _names(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in option.opts)
    return names if option.is_flag else f"{names} `{_value(option)}`"


def _value(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return " or ".join(map(str, option.type.choices))
    return option.metavar or {"integer": "NUMBER", "float": "NUMBER"}.get(
        _kind(option.type), _kind(option.type).upper()
    )


def _kind(kind: click.ParamType) -> str:
    """What a value is; a range of numbers is a number."""
    return kind.name.removesuffix(" range")


def _default(option: click.Option) -> str:
    return f" Default: `{option.default}`." if option.show_default else ""
