"""Follow the project's own functions while guarded code runs: what each was given, and what it gave back."""
