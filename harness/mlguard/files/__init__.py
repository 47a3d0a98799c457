"""How what mlguard keeps reaches the disk and comes back: a tree of plain files, swaps, locks, CSV and JSON."""
