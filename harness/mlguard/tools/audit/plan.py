"""What can be planted: changes of the code that ran, of the configuration, and of the data on their way in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from mlguard.discovery import Declared, files
from mlguard.programs.cells import source_of
from mlguard.runner.order import Done
from mlguard.settings import Settings
from mlguard.tools.audit.reach import in_what_ran
from mlguard.tools.mutation import Mutant, code_mutants, config_mutants, data_mutants


def possible(settings: Settings, guard: Declared, clean: Done) -> list[Mutant]:
    """Every change that can be planted into one guard, in the order of files and lines.

    `clean` is a run that watched which lines ran.
    """
    sources = guarded_sources(settings, clean.reached)
    return [*_in_code(settings, clean, sources), *_in_configuration(clean, sources), *_in_data(guard, clean)]


def guarded_sources(settings: Settings, reached: Mapping[str, frozenset[int]]) -> list[Path]:
    """The project's modules that ran, without the generators; modules of guards only where nothing else ran."""
    ran = [Path(name) for name in sorted(reached) if reached[name]]
    code = [file for file in ran if not file.is_relative_to(settings.generators.resolve())]
    declaring = {file.resolve() for file in files(settings)}
    return [file for file in code if file not in declaring] or code


def _in_code(settings: Settings, clean: Done, sources: list[Path]) -> Iterator[Mutant]:
    for file in sources:
        text = source_of(file)
        wanted = in_what_ran(text, clean.reached[str(file)])
        yield from (m for m in code_mutants(file, text, shown=settings.relative(file)) if m.line in wanted)


def _in_configuration(clean: Done, sources: list[Path]) -> Iterator[Mutant]:
    known = clean.record.provenance.configuration
    if known:
        code = [source_of(file) for file in sources]
        yield from config_mutants(known.values, source=known.source, code=code)


def _in_data(guard: Declared, clean: Done) -> Iterator[Mutant]:
    if guard.dataset is not None:
        yield from data_mutants(guard.dataset, clean.dataset, target=guard.options.target)
