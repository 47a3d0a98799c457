"""Write a seeded generator script for tables like a real one: what is learned, what is kept back, and its text."""
