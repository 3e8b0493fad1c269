"""Unit tests of scanner.collect."""
