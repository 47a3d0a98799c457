"""Guard -> Record: what is asked of worker processes, and what they do."""
