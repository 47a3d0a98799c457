"""How one column's cells are changed for probe rows: a file per kind of column, each with its `changes`."""
