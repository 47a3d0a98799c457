"""Verdicts -> text: pure functions that draw what was decided elsewhere."""
