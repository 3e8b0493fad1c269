"""The command line: options in, documents and exit codes out."""
