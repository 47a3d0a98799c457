"""What is tried against goldens, tables and pending Records, and the project that it is tried on."""
