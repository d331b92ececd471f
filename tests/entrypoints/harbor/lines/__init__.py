"""The lines of the permission matrix, one module per tag; see `tests.entrypoints.harbor.matrix`."""
