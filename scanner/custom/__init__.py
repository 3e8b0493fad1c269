"""Rules that others write: a first one to start from, what is wrong with them, and their cases."""
