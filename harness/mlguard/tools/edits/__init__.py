"""Two states of a project as edits that can be undone one by one: of functions, constants, and files that are read."""

from mlguard.tools.edits.edit import Edit, EditKind
from mlguard.tools.edits.hunk import changed
from mlguard.tools.edits.needs import Needs
from mlguard.tools.edits.tree import Edits

__all__ = ["Edit", "EditKind", "Edits", "Needs", "changed"]
