"""The same guards on two revisions, on this machine: what moved, where it first moved, and since which commit."""
