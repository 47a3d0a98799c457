"""Planted changes of behaviour: of code, of the configuration, of the data on their way in."""

from mlguard.tools.mutation.code import code_mutants
from mlguard.tools.mutation.configuration import config_mutants
from mlguard.tools.mutation.data import data_mutants
from mlguard.tools.mutation.draw import sample
from mlguard.tools.mutation.mutant import Mutant

__all__ = ["Mutant", "code_mutants", "config_mutants", "data_mutants", "sample"]
