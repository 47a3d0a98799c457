"""How fast mlguard is beside what does the same job without it, as ratios of one run."""
