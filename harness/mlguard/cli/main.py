"""The command `mlguard`: finds the command that was asked for, and turns every error into its text and exit code."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NamedTuple, NoReturn

import click

from mlguard import __version__
from mlguard.core.error import MlguardError, RunError, UsageError, as_data
from mlguard.printing import answering, say_json, tell


class Entry(NamedTuple):  # No dataclass, whose library costs the overview a tenth of its time.
    """Where a command lives and what the overview says about it, so that `--help` need not import it."""

    home: str
    """`module:attribute` of the click command."""
    help: str
    """One line for the overview."""


COMMANDS = {
    "init": Entry("mlguard.cli.init:command", "Set up a project: settings, an example guard that runs at once, CI."),
    "make-dataset": Entry("mlguard.cli.make_dataset:command", "Write the tables of seeded datasets."),
    "list": Entry("mlguard.cli.list:command", "Show guards, datasets, goldens and their state."),
    "check": Entry("mlguard.cli.check:command", "Run guards, compare with their goldens, explain what moved."),
    "watch": Entry("mlguard.cli.watch:command", "Check what an edit can reach each time that a file is saved."),
    "regen-golden": Entry("mlguard.cli.regen_golden:command", "Record new goldens for what fails, with a reason."),
    "review": Entry("mlguard.cli.review:command", "Accept or reject what failed checks saw, without a new run."),
    "report": Entry("mlguard.cli.report:command", "Write an HTML page of what the last failed checks saw."),
    "status": Entry("mlguard.cli.status:command", "Show which goldens a branch changes, for its reviewers."),
    "gate": Entry("mlguard.cli.gate:command", "Let a bundle pass, or refuse it, by what a check kept with it."),
    "release": Entry("mlguard.cli.release:command", "Make a bundle that passes the gate current in a place."),
    "rollback": Entry("mlguard.cli.rollback:command", "Go back to the release before, with its goldens."),
    "calibrate": Entry("mlguard.cli.calibrate:command", "Measure the noise floor again and propose tolerances."),
    "audit": Entry("mlguard.cli.audit:command", "Plant behaviour changes and report which ones the guards notice."),
    "diff": Entry("mlguard.cli.diff:command", "Compare two revisions: which stage, and which edit moved it."),
    "shapes": Entry("mlguard.cli.shapes:command", "Hold the shapes that comments give against the real values."),
    "explain": Entry("mlguard.cli.explain:command", "Say what the word in brackets at the end of a message means."),
    "move": Entry("mlguard.cli.move:command", "Give the golden of a renamed guard to its new name."),
    "golden": Entry("mlguard.cli.golden:command", "Push goldens to a URL that a team shares, pull, verify."),
    "prune": Entry("mlguard.cli.prune:command", "Delete goldens whose guard is gone."),
}

USAGE = "usage"
"""The slug of click's own errors, which have none."""

_INTERRUPTED = 130
_DEFECT = 5
_SAID_OF_DEFECTS = "this is a defect in mlguard, not a verdict; please report it to mlguard's issue tracker"


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the table, which is the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command, or None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].home.partition(":")
        found: click.Command = getattr(import_module(module), attribute)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the overview from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])

    def make_context(self, *words: Any, **rest: Any) -> click.Context:
        """Read the words, of which `--help` and `--version` have their answer at once."""
        with answering():
            return super().make_context(*words, **rest)

    def invoke(self, ctx: click.Context) -> object:
        """Do what was asked for."""
        with answering():
            return super().invoke(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or answer with the nearest names."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches  # Late, as all that the overview does not need.

            near = get_close_matches(args[0], COMMANDS, n=2)
            hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(COMMANDS)}"
            raise UsageError(f"no command {args[0]!r}; {hint}", slug="unknown-command")
        return super().resolve_command(ctx, args)


@click.command(
    cls=LazyGroup,
    name="mlguard",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=True,
    # Spelt out: click changed its own form between the versions that we support.
    subcommand_metavar="COMMAND [ARGS]...",
)
@click.version_option(__version__, "--version", prog_name="mlguard")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Guard machine-learning code against unintended change.

    Seeded tiny datasets, goldens of what your pipeline does with them, and verdicts that say what moved, where it
    first moved, by how much, and which command accepts the change.
    """
    if ctx.invoked_subcommand is None:
        # Nothing was compared, so this must not look like a pass to a script.
        tell(ctx.get_help())
        ctx.exit(2)


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit: 0 to 5 as documented, 130 when interrupted, 5 for a defect of our own."""
    _open_standard_files()
    given = list(sys.argv[1:] if args is None else args)
    try:
        code = _exit_code(given)
    except RunError as error:  # What was to be said of an error is refused as any other answer is.
        tell(f"mlguard: {error}")
        code = error.exit_code
    sys.exit(code)


def _exit_code(given: list[str]) -> int:
    """Do what was asked for. Raises RunError where nobody takes the JSON of an error."""
    try:
        code = cli.main(given, prog_name="mlguard", standalone_mode=False)
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        tell(shown.getvalue().rstrip("\n"))
        return _as_json(error.format_message(), USAGE, UsageError.exit_code, wanted="--json" in given)
    except click.Abort as abort:
        return _aborted(abort)
    except KeyboardInterrupt:  # Outside of what click watches over, as while it is being set up.
        return _aborted(click.Abort())
    except MlguardError as error:
        tell("\n".join(filter(None, [f"mlguard: {error}", error.traceback])))
        return _as_json(error.message, error.slug, error.exit_code, wanted="--json" in given)
    except Exception:  # Whatever it is, it must not exit with 1, which says that behaviour moved.
        import traceback

        tell(f"{traceback.format_exc()}mlguard: {_SAID_OF_DEFECTS}")
        return _as_json(_SAID_OF_DEFECTS, "defect", _DEFECT, wanted="--json" in given)
    return code if isinstance(code, int) else 0


def _open_standard_files() -> None:
    """Where this was started with one of them closed, no other file may get its number and be taken for it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # The first number that is free.


def _as_json(message: str, slug: str, exit_code: int, *, wanted: bool) -> int:
    """The exit code; an error leaves JSON on standard output too, where the command was asked for JSON."""
    if wanted:
        say_json(as_data(message, slug, exit_code))
    return exit_code


def _aborted(abort: click.Abort) -> int:
    """Exit code of an interrupt, or of a question that nobody could answer."""
    if isinstance(abort.__context__, EOFError):
        tell("mlguard: a question needs an answer and there is no terminal; pass --yes, or another option of --help")
        return UsageError.exit_code
    tell("mlguard: interrupted")
    return _INTERRUPTED
