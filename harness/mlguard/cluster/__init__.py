"""Run guards on a cluster that is already there."""
