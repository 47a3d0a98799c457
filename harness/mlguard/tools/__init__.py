"""Jobs built on run and compare: each answers one question that a check alone does not."""
