"""Which function moved first: hold the traces of two runs against each other."""

from mlguard.tools.trace.hunks import Hunk, hunks, touching
from mlguard.tools.trace.moved import MovedFunction, first_moved

__all__ = ["Hunk", "MovedFunction", "first_moved", "hunks", "touching"]
