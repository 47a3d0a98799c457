"""How a run of guarded code becomes Observations."""
