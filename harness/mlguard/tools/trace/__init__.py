"""Which function moved first: hold the traces of two runs against each other."""

from mlguard.tools.trace.moved import MovedFunction, first_moved

__all__ = ["MovedFunction", "first_moved"]
