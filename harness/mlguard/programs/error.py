"""What goes wrong with a program, or with a file that it wrote."""

from __future__ import annotations


class ProgramError(Exception):
    """A program failed, or left something that cannot be read; the text says which, and what was expected."""
