"""The names of a guard's runs: what each one is, how it is written, and its place in the order of explanation."""

from __future__ import annotations

from typing import ClassVar


class RunName(str):
    """The name of one run: like a member of a StrEnum it is its own text, and its class says which kind it is."""

    __slots__ = ()

    rank: ClassVar[int]
    """Position in the order of explanation, which is that of execution."""

    @property
    def kind(self) -> str:
        """Which kind of run it is: `main`, `seed`, `later`, `config`, `without` or `refit`."""
        return self.partition(" ")[0]

    def __reduce__(self) -> tuple[object, ...]:
        return (run_name, (str(self),))


class Main(RunName):
    """The run on the first data seed and the declared configuration."""

    __slots__ = ()
    rank = 0

    def __new__(cls) -> Main:  # noqa: D102 -- the class says it.
        return super().__new__(cls, "main")


class Seed(RunName):
    """The run on the data of another seed."""

    __slots__ = ()
    rank = 1

    def __new__(cls, number: int) -> Seed:  # noqa: D102 -- the class says it.
        return super().__new__(cls, f"seed {number}")

    @property
    def number(self) -> int:
        """The seed."""
        return int(self.partition(" ")[2])


class Later(RunName):
    """What the first model answers later, when others were trained."""

    __slots__ = ()
    rank = 2

    def __new__(cls) -> Later:  # noqa: D102 -- the class says it.
        return super().__new__(cls, "later")


class Config(RunName):
    """The run with one key of the configuration changed."""

    __slots__ = ()
    rank = 3

    def __new__(cls, key: str) -> Config:  # noqa: D102 -- the class says it.
        return super().__new__(cls, f"config {key}")

    @property
    def key(self) -> str:
        """The changed key."""
        return self.partition(" ")[2]


class Levels(RunName):
    """One more training, without the rows of one level of every key and category."""

    __slots__ = ()
    rank = 4

    def __new__(cls) -> Levels:  # noqa: D102 -- the class says it.
        return super().__new__(cls, "without levels")


class Refit(RunName):
    """The first data and the declared configuration again, after everything else."""

    __slots__ = ()
    rank = 5

    def __new__(cls) -> Refit:  # noqa: D102 -- the class says it.
        return super().__new__(cls, "refit")


MAIN, LATER, LEVELS, REFIT = Main(), Later(), Levels(), Refit()
"""The runs of which every guard has one at most."""


def run_name(text: str) -> RunName:
    """The run of this name. Raises ValueError for a text that names none."""
    kind, _, rest = text.partition(" ")
    for name in (MAIN, LATER, LEVELS, REFIT):
        if text == name:
            return name
    if kind == "seed" and rest.isdigit():
        return Seed(int(rest))
    if kind == "config" and rest:
        return Config(rest)
    raise ValueError(f"{text!r} names no run")
