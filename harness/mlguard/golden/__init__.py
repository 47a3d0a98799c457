"""Where goldens live and how they are written; a store saves, loads, names and deletes, and never compares."""
