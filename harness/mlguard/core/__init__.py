"""The six nouns and how they compare: pure, with no disk, clock, environment or randomness."""
