"""The command line: one file per command, each parsing, calling one function, printing, and exiting with a code."""
