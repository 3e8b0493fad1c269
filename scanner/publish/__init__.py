"""Results and findings for the outside: the table, JSON, files, metrics, web."""
